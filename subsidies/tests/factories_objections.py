"""Objections for tests, against decisions that were sent by the letters' own service."""

from datetime import UTC, date, datetime, timedelta

from ikc.tests.factories import UserFactory
from kvk2.tests.worlds import world
from subsidies.models import Decision, Letter, Objection
from subsidies.objection_terms import Channel
from subsidies.services import letters
from subsidies.services import objection_hearings as hearings
from subsidies.services import objections as services
from subsidies.services.objections import Received
from subsidies.tests.factories_assessment import DECIDED_AT, decided_round

# Sent on 20 May 2026: the objection term runs until 1 July.
LAST_DAY = date(2026, 7, 1)
IN_TIME = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)


@world
def sent_decisions(*, applications: int = 1, **fields) -> list[Decision]:
    """The decisions of a round, sent, in order of number; the last ones refused when `ceiling` is short."""
    decided_round(applications=applications, **fields)
    for letter in Letter.objects.filter(decision__state="taken").order_by("pk"):
        letters.render_letter(letter.pk, at=DECIDED_AT)
    found = Decision.objects.filter(state="sent").select_related("application__ikc")
    return list(found.order_by("application__number"))


def handler():
    """A project leader who had no part in the decisions of `sent_decisions`."""
    return UserFactory(project_leader=True)


def received(**fields) -> Received:
    content = {
        "party": "addressee",
        "name": "Sanne de Boer",
        "channel": Channel.DESK,
        "received_at": IN_TIME,
        "grounds": "De commissie telde onze ouderbijeenkomsten niet mee.",
        "signed": True,
    }
    return Received(**{**content, **fields})


def objected(decision: Decision, *, by=None, at=None, **fields) -> Objection:
    content = received(**fields)
    by = by or handler()
    return services.register_objection(decision, content, by=by, at=at or content.received_at)


def judged(objection: Objection, *, by, at=LATER, **fields) -> Objection:
    """Confirmed and judged as somebody with an interest."""
    services.acknowledge(objection, by=by, at=at)
    content = {"interested": True, "excused": False, "judgement": "Op tijd en belanghebbende."}
    return services.assess(objection, **{**content, **fields}, by=by, at=at)


def advised(objection: Objection, *, by, outcome="unfounded", at=LATER, **fields) -> Objection:
    """Judged, not heard because the objector did not want it, and advised on."""
    objection = judged(objection, by=by, at=at, **fields)
    hearings.skip_hearing(objection, ground="waived", reason="Per mail van 3 juli.", by=by, at=at)
    return hearings.advise(
        objection,
        outcome=outcome,
        advice="De gronden slagen niet.",
        advised_by="mr. W. Bos",
        advised_on=at.date(),
        by=by,
        at=at,
    )


def plan(at=LATER, **fields) -> hearings.HearingPlan:
    content = {
        "starts_at": at + timedelta(days=10),
        "place": "Stadskantoor, kamer 2.14",
        "file_open_from": at.date(),
        "chair": "mr. A. Visser",
    }
    return hearings.HearingPlan(**{**content, **fields})
