"""The last day to decide on an application: its term, and the days on which the clock stood still (Awb 4:13-4:15)."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from kvk2.core import deadlines
from kvk2.core.deadlines import local_date
from kvk2.nlds.templatetags.nlds import dutch_date
from subsidies.closing import closing_moment
from subsidies.models import Application, ClockStop, SubsidyRound


@dataclass(frozen=True, slots=True)
class DecisionTerm:
    """`base` is the term of the scheme; `stopped_days` were added to it; `stands_still`: now."""

    base: date
    stopped_days: int
    last_day: date
    stands_still: bool = False
    is_over: bool = False

    @property
    def sentence(self) -> str:
        """The term with its sum in words, for the municipality and the applicant alike."""
        days = "1 dag" if self.stopped_days == 1 else f"{self.stopped_days} dagen"
        parts = [f"Wij beslissen uiterlijk op {dutch_date(self.last_day)}"]
        if self.stands_still:
            counted = f", hier gerekend met {days}" if self.stopped_days else ""
            parts.append(f"de termijn staat stil zolang wij wachten{counted}")
        elif self.stopped_days:
            parts.append(f"de termijn stond {days} stil")
        return f"{'; '.join(parts)}."


def scheme_term(round_: SubsidyRound) -> date:
    """The last day to decide on what came in at the closing of `round_`, the clock never having stood still."""
    return round_.scheme_version.decide_before(closes_on=local_date(closing_moment(round_)))


def decision_term(application: Application, *, today: date | None = None) -> DecisionTerm:
    """The term of one application; reads `clock_stops` with their requests, which a list prefetches."""
    today = today or timezone.localdate()
    stops = list(application.clock_stops.all())
    received_at = application.received_at
    counted = application.round.scheme_version.decision_deadline(
        closes_on=local_date(closing_moment(application.round)),
        received_on=local_date(received_at) if received_at else None,
        stops=[as_counted(stop, today) for stop in stops],
    )
    return DecisionTerm(
        base=counted.base,
        stopped_days=counted.stopped_days,
        last_day=counted.last_day,
        stands_still=any(stop.resumes_on is None for stop in stops),
        is_over=counted.last_day < today,
    )


def as_counted(stop: ClockStop, today: date) -> deadlines.ClockStop:
    """The days of `stop`; while it runs up to the last day of what was asked (Awb 4:15(1)a), else up to and with `today`."""
    resumes_on = stop.resumes_on
    if resumes_on is None:
        resumes_on = (
            stop.request.due_on if stop.request else max(stop.first_day, today + deadlines.DAY)
        )
    return deadlines.ClockStop(stop.first_day, resumes_on)
