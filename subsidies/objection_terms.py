"""Whether an objection is in time, and until when is decided on it (Awb 6:7-6:11, 7:10; domain reference 3.0.2, 3.11).

Pure: facts in, a verdict with its reasons out. Being late is judged here and never a reason to refuse an objection at
the door (E11). All days are Europe/Amsterdam.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from django.utils.dateformat import format as date_format

from kvk2.core import deadlines
from kvk2.core.deadlines import AMSTERDAM, ClockStop, DeadlineKind, Unit, local_date

DAY = timedelta(days=1)
# Awb 6:9(2): what was posted in time is in time when it comes in within a week.
POST_WEEKS = 1
# Awb 7:4(1): new documents until ten days before the hearing.
NEW_DOCUMENTS_DAYS = 10
# Awb 7:10(3): at most six weeks more.
LONGEST_EXTENSION = 6


class Channel(StrEnum):
    """How an objection came in (Awb 6:4, 2:16; E11)."""

    PORTAL = "portal"
    POST = "post"
    EMAIL = "email"
    DESK = "desk"


class Verdict(StrEnum):
    IN_TIME = "in_time"
    POSTED_IN_TIME = "posted_in_time"
    NOT_HELD = "not_held"
    OUTAGE = "outage"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The facts. `last_day`: of the term as it was announced; `postmark_on`: the day of posting, when it is legible.

    `posted_in_portal`: when the decision was posted in the portal for who objects, if it was; `noticed_at`: when the
    first notice of that went out; `notice_declined`: the addressee did not want notices (Awb 2:10).
    """

    last_day: date
    received_at: datetime
    channel: Channel
    postmark_on: date | None = None
    posted_in_portal: datetime | None = None
    noticed_at: datetime | None = None
    notice_declined: bool = False
    outages: Collection[tuple[datetime, datetime | None]] = ()
    holidays: Collection[date] = ()


@dataclass(frozen=True, slots=True)
class Timeliness:
    """The verdict, the last day that counts for this objection, and why, in Dutch sentences."""

    verdict: Verdict
    last_day: date
    reasons: tuple[str, ...]

    @property
    def is_late(self) -> bool:
        return self.verdict == Verdict.LATE


def judge(receipt: Receipt) -> Timeliness:
    """Whether the objection is in time, by the first rule that holds."""
    received, last_day = local_date(receipt.received_at), receipt.last_day
    term = f"De termijn liep tot en met {_words(last_day)} (artikelen 6:7 en 6:8 Awb)."
    came = f"Het bezwaar is ontvangen op {_words(received)}."
    if received <= last_day:
        return Timeliness(Verdict.IN_TIME, last_day, (term, came, "Dat is op tijd."))
    reasons = [term, came]
    for rule in (_posted_in_time, _not_held, _by_outage):
        found, sentence = rule(receipt, received)
        if sentence:
            reasons.append(sentence)
        if found:
            return Timeliness(found[0], found[1], tuple(reasons))
    late = (received - last_day).days
    days = "1 dag" if late == 1 else f"{late} dagen"
    reasons.append(
        f"Dat is {days} te laat. Te laat blijft zonder gevolg als de bezwaarmaker er redelijkerwijs niets aan kon doen "
        "(artikel 6:11 Awb)."
    )
    return Timeliness(Verdict.LATE, last_day, tuple(reasons))


Found = tuple[tuple[Verdict, date] | None, str]


def _posted_in_time(receipt: Receipt, received: date) -> Found:
    """Awb 6:9(2). The week is a term in an Act, so that it moves on from a weekend or holiday."""
    if receipt.channel != Channel.POST:
        return None, ""
    if receipt.postmark_on is None:
        return None, "Er is geen leesbaar poststempel, dus telt de dag van ontvangst."
    posted = f"Het poststempel is van {_words(receipt.postmark_on)}."
    if receipt.postmark_on > receipt.last_day:
        return None, f"{posted} Dat is na de termijn."
    until = post_until(receipt.last_day, receipt.holidays)
    if received > until:
        return (
            None,
            f"{posted} Dat is op tijd, maar het bezwaar kwam na {_words(until)}: meer dan een week later.",
        )
    return (
        (Verdict.POSTED_IN_TIME, until),
        f"{posted} Dat is op tijd, en het kwam binnen een week na de termijn (artikel 6:9, tweede lid, Awb).",
    )


def _not_held(receipt: Receipt, received: date) -> Found:
    """E3 (Awb 2:10, 2:22): without a notice within 48 hours the term that the message started is not held against them."""
    posted = receipt.posted_in_portal
    if posted is None or receipt.notice_declined:
        return None, ""
    if receipt.noticed_at is None:
        return (
            (Verdict.NOT_HELD, received),
            "Over het bericht in het portaal ging geen melding per e-mail. De termijn wordt daarom niet tegengeworpen "
            "(artikelen 2:10 en 2:22 Awb).",
        )
    if receipt.noticed_at <= deadlines.notice_due(posted):
        return None, ""
    noticed_on = local_date(receipt.noticed_at)
    until = deadlines.deadline(
        DeadlineKind.OBJECT, noticed_on, extra_holidays=receipt.holidays
    ).last_day
    sentence = (
        f"De melding van het bericht ging pas op {_words(noticed_on)}, later dan 48 uur. Zes weken daarna is "
        f"{_words(until)} (artikelen 2:10 en 2:22 Awb)."
    )
    return ((Verdict.NOT_HELD, until), sentence) if received <= until else (None, sentence)


def _by_outage(receipt: Receipt, received: date) -> Found:
    """E10 (Awb 2:21): an outage on the last day excuses at least its own length; real hours, also in a clock change night."""
    if receipt.channel not in (Channel.PORTAL, Channel.EMAIL):
        return None, ""
    begin, end = _midnight(receipt.last_day), _midnight(receipt.last_day + DAY)
    touching = [
        (started, ended or receipt.received_at)
        for started, ended in receipt.outages
        if started < end and (ended is None or ended > begin)
    ]
    if not touching:
        return None, ""
    # Counted in UTC: on the local clock an hour may be missing, or come twice.
    length = sum(
        (ended.astimezone(UTC) - started.astimezone(UTC) for started, ended in touching),
        timedelta(),
    )
    until = (end.astimezone(UTC) + length).astimezone(AMSTERDAM)
    excused = local_date(until - timedelta(microseconds=1))
    sentence = (
        "Op de laatste dag van de termijn was er een storing. Te laat zijn wordt daarom verontschuldigd tot en met "
        f"{_words(excused)} (artikel 2:21 Awb)."
    )
    return ((Verdict.OUTAGE, excused), sentence) if received <= excused else (None, sentence)


def post_until(last_day: date, holidays: Collection[date] = ()) -> date:
    """The last day on which post that was posted in time may come in (Awb 6:9(2))."""
    return deadlines.term_end(
        last_day, POST_WEEKS, Unit.WEEKS, atw_applies=True, extra_holidays=holidays
    ).last_day


def decide_before(
    last_day: date,
    *,
    committee: bool,
    stops: Iterable[ClockStop] = (),
    extended_weeks: int = 0,
    agreed_until: date | None = None,
    holidays: Collection[date] = (),
) -> date:
    """The last day to decide on an objection to a decision of which the objection term ended on `last_day` (Awb 7:10).

    Six weeks, with an advisory committee of Awb 7:13 twelve; the days in `stops` do not count; at most six weeks more
    when the municipality said so, and until the day to which the objector agreed.
    """
    kind = DeadlineKind.OBJECTION_DECIDE_COMMITTEE if committee else DeadlineKind.OBJECTION_DECIDE
    found = deadlines.deadline(kind, last_day, stops=stops, extra_holidays=holidays).last_day
    if extended_weeks:
        found = deadlines.term_end(
            found, extended_weeks, Unit.WEEKS, atw_applies=True, extra_holidays=holidays
        ).last_day
    return max(found, agreed_until) if agreed_until else found


def documents_until(hearing_on: date) -> date:
    """The last day on which new documents may come in; counted back, so it never moves (Atw 1(2))."""
    return deadlines.backward_term(hearing_on, NEW_DOCUMENTS_DAYS, Unit.DAYS)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=AMSTERDAM)


def _words(day: date) -> str:
    return date_format(day, "j F Y")
