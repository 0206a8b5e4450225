"""In the late round: one application whose term stood still by agreement, and one that costs money by the day."""

from datetime import datetime, time, timedelta

from kvk2.core.deadlines import AMSTERDAM, local_date
from monitoring.demo.people import World
from subsidies.models import Application, ClockStop
from subsidies.services import default_notices, term_changes
from subsidies.services.default_notices import ReceivedNotice


def make_lateness(world: World, applications: list[Application], now: datetime) -> None:
    """The term of the round ended three weeks ago."""
    leader = world.person("projectleider")
    today = local_date(now)
    agreed, late = applications

    def moment(days: int) -> datetime:
        return datetime.combine(today - timedelta(days=days), time(10), AMSTERDAM)

    term_changes.stop_clock(
        agreed,
        reason=ClockStop.Reason.AGREED,
        first_day=today - timedelta(days=35),
        resumes_on=today - timedelta(days=7),
        note="De aanvrager stemde per brief in met vier weken uitstel, voor overleg met de wijk.",
        by=leader,
        at=moment(40),
    )
    term_changes.tell_later_decision(
        late,
        expected_on=today + timedelta(days=14),
        reason="Wij wachten op het advies over de huisvesting van dit IKC.",
        by=leader,
        at=moment(22),
    )
    default_notices.record_default_notice(
        late,
        ReceivedNotice(
            received_on=today - timedelta(days=19),
            sender=late.board.name,
            note="Per post ontvangen.",
        ),
        by=leader,
        at=moment(19),
    )
