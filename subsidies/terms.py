"""The terms that run for somebody: one list for the work list, the calendar and the page of terms.

The database counts; only what has a term of its own (the clock stood still, a default notice) is read row by row. So
ten thousand applications under one term are one line and one row to read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    Count,
    DateField,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone

from ikc.roles import Role
from kvk2.core.deadlines import AMSTERDAM, local_date
from kvk2.core.models import LegalHoliday
from subsidies.closing import closing_moment
from subsidies.decision_terms import decision_term
from subsidies.models import (
    Application,
    ClockStop,
    CompletionRequest,
    DefaultNotice,
    LaterDecision,
    SchemeVersion,
    SubsidyRound,
    ViewRequest,
)
from subsidies.penalties import decide_until, grace_ends
from subsidies.services.default_notices import due_penalties, open_notices
from subsidies.services.not_processing import leave_until
from subsidies.states import UNDECIDED, ApplicationState, CorrectionState, RoundState, ViewState
from subsidies.term_kinds import Term, TermKind
from subsidies.terms_meetings import advise_before, of_meetings, of_presentations
from subsidies.terms_objections import of_objections

if TYPE_CHECKING:
    from ikc.models import User

# A request that ended longer ago cannot lead to leaving unprocessed any more: four weeks, and some days for holidays.
LONGEST_LEAVING = timedelta(days=45)
STOPS = "clock_stops__request"
# What the name of a round and its terms are read from.
OF_A_ROUND = (
    "name",
    "closes_at",
    "extended_until",
    "scheme_version__decision_term_from",
    "scheme_version__decision_term_weeks",
)


@dataclass(slots=True)
class Line:
    """Applications of one round whose term ends on one day; `first` is one of them."""

    round_id: int
    due_on: date
    count: int
    first: int


def upcoming_terms(user: "User", *, today: date | None = None) -> list[Term]:
    """All terms that `user` may know of, the first to end on top; a term that has passed stays while it matters."""
    today = today or timezone.localdate()
    found = [*_of_rounds(user, today)]
    if user.is_municipal or user.has_role(Role.IKC_DIRECTOR, Role.SCHOOL_BOARD):
        found += _of_applications(user, today)
        found += of_objections(user)
    if user.has_role(Role.IKC_DIRECTOR, Role.SCHOOL_BOARD):
        found += of_presentations(user, today)
    if user.has_role(Role.COMMISSION_MEMBER, Role.COMMISSION_SECRETARY):
        found += of_meetings(user, today)
    return sorted(found, key=lambda term: (term.due_on, term.kind, term.title, term.url))


def late_terms(user: "User", *, today: date, rounds: Iterable[SubsidyRound] = ()) -> list[Term]:
    """What the municipality decides too late if not today, default notices and penalties to fix; see `upcoming_terms`.

    `rounds` are those that the caller knows already, with the version of their scheme.
    """
    visible = Application.objects.visible_to(user).order_by()
    known = {round_.pk: round_ for round_ in rounds}
    notices = open_notices(today)
    noticed = [notice.application for notice in notices]
    holidays = _holidays() if notices else frozenset()
    deciding = decision_lines(visible, today, rounds=known, ended_by=today, others=noticed)
    prefetch_related_objects(noticed, STOPS)  # unless they were read with the others
    lines = [
        *((TermKind.DECIDE, line) for line in deciding),
        *((TermKind.DEFAULT, line) for line in _default_lines(notices, today, holidays)),
        *((TermKind.PENALTY, line) for line in _penalty_lines(notices, today, holidays)),
    ]
    told = _told(lines, visible, known)
    return sorted(told, key=lambda term: (term.due_on, term.kind, term.title, term.url))


def _of_rounds(user: "User", today: date) -> Iterator[Term]:
    """Openings and closings that are still to come, and until when the commission sends its advices (L06)."""
    advises = user.has_role(Role.COMMISSION_SECRETARY, Role.PROJECT_LEADER)
    rounds = (
        SubsidyRound.objects.visible_to(user)
        .filter(
            state__in=[
                RoundState.ADOPTED,
                RoundState.PUBLISHED,
                RoundState.OPEN,
                RoundState.ASSESSING,
            ]
        )
        .order_by("opens_at", "pk")
    )
    for round_ in rounds:
        if round_.state == RoundState.ASSESSING:
            if advises and (due_on := advise_before(round_)):
                url = reverse("subsidies:advice_round", args=[round_.pk])
                title = f"Adviezen van de IKC-commissie over {round_} versturen"
                yield Term(TermKind.ADVISE, title, due_on, url, round_.pk, str(round_))
            continue
        opens, closes = local_date(round_.opens_at), local_date(closing_moment(round_))
        url = round_.get_absolute_url()
        if round_.state != RoundState.OPEN and opens >= today:
            yield Term(TermKind.OPENS, f"{round_} gaat open", opens, url, round_.pk, str(round_))
        if closes >= today:
            yield Term(TermKind.CLOSES, f"{round_} sluit", closes, url, round_.pk, str(round_))


def _of_applications(user: "User", today: date) -> Iterator[Term]:
    visible = Application.objects.visible_to(user).order_by()
    together = user.is_municipal
    rounds: dict[int, SubsidyRound] = {}
    deciding = (
        decision_lines(visible, today, rounds=rounds)
        if together
        else _own_decisions(visible, today)
    )
    lines = [
        *((TermKind.DECIDE, line) for line in deciding),
        *((TermKind.COMPLETE, line) for line in _completion_lines(visible, together=together)),
        *((TermKind.PROMISED, line) for line in _promised_lines(visible, together=together)),
        *((TermKind.VIEW, line) for line in _view_lines(visible, together=together)),
    ]
    if together:
        holidays = _holidays()
        lines += [(TermKind.LEAVE, line) for line in _leaving_lines(today, holidays)]
        notices = open_notices(today)
        prefetch_related_objects([notice.application for notice in notices], STOPS)
        lines += [(TermKind.DEFAULT, line) for line in _default_lines(notices, today, holidays)]
        lines += [(TermKind.PENALTY, line) for line in _penalty_lines(notices, today, holidays)]
    yield from _told(lines, visible, rounds)


def _holidays() -> frozenset[date]:
    return frozenset(LegalHoliday.objects.values_list("date", flat=True))


def _complete(rounds: dict[int, SubsidyRound], wanted: Iterable[int]) -> None:
    """Read into `rounds` those `wanted` that are not there yet, with what terms and names need."""
    if missing := set(wanted) - rounds.keys():
        named = SubsidyRound.objects.select_related("scheme_version").only(*OF_A_ROUND)
        rounds |= named.in_bulk(missing)


def _told(
    lines: list[tuple[TermKind, Line]],
    visible: QuerySet[Application],
    rounds: dict[int, SubsidyRound],
) -> Iterator[Term]:
    """The lines in words; one of several applications leads to their round."""
    _complete(rounds, (line.round_id for _, line in lines))
    single = {line.first for _, line in lines if line.count == 1}
    named = visible.select_related("ikc").only("number", "ikc__name").in_bulk(single)
    for kind, line in lines:
        round_ = rounds[line.round_id]
        if line.count > 1:
            yield Term(
                kind,
                f"{SEVERAL[kind].format(line.count)} in {round_}",
                line.due_on,
                round_.get_absolute_url(),
                round_.pk,
                str(round_),
            )
            continue
        application = named[line.first]
        yield Term(
            kind,
            f"{ONE[kind]} {application.number} van {application.ikc}",
            line.due_on,
            _page_of(kind, application),
            round_.pk,
            str(round_),
        )


ONE = {
    TermKind.DECIDE: "Besluit over",
    TermKind.COMPLETE: "Aanvulling van",
    TermKind.LEAVE: "Besluit om niet te behandelen:",
    TermKind.PROMISED: "Toegezegd besluit over",
    TermKind.DEFAULT: "Besluit na ingebrekestelling over",
    TermKind.PENALTY: "Dwangsom vaststellen bij",
    TermKind.VIEW: "Zienswijze over",
}
SEVERAL = {
    TermKind.DECIDE: "Besluit over {} aanvragen",
    TermKind.COMPLETE: "Aanvulling van {} aanvragen",
    TermKind.LEAVE: "Besluit om {} aanvragen niet te behandelen",
    TermKind.PROMISED: "Toegezegd besluit over {} aanvragen",
    TermKind.DEFAULT: "Besluit na ingebrekestelling over {} aanvragen",
    TermKind.PENALTY: "Dwangsom vaststellen bij {} aanvragen",
    TermKind.VIEW: "Zienswijze over {} aanvragen",
}


def _page_of(kind: TermKind, application: Application) -> str:
    if kind in (TermKind.PROMISED, TermKind.DEFAULT, TermKind.PENALTY):
        return reverse("subsidies:application_term", args=[application.pk])
    if kind == TermKind.VIEW:
        return reverse("subsidies:view_give", args=[application.pk])
    return application.get_absolute_url()


def _merged(rows: Iterable[Line]) -> list[Line]:
    """One line per round and day."""
    lines: dict[tuple[int, date], Line] = {}
    for row in rows:
        known = lines.setdefault((row.round_id, row.due_on), row)
        if known is not row:
            known.count += row.count
            known.first = min(known.first, row.first)
    return list(lines.values())


def decision_lines(
    applications: QuerySet[Application],
    today: date,
    *,
    rounds: dict[int, SubsidyRound] | None = None,
    ended_by: date | None = None,
    others: Sequence[Application] = (),
) -> list[Line]:
    """The terms to decide on what is undecided among `applications`; with `ended_by` those that ended by then.

    `rounds` are those that are known, and get those that are not. The stops of the clock of `others` are read along.
    """
    rounds = {} if rounds is None else rounds
    undecided = applications.filter(state__in=UNDECIDED)
    stopped = Exists(ClockStop.objects.filter(application=OuterRef("pk")))
    lines: list[Line] = []
    put_off: set[int] = set()
    for line, has_stops in _counted_decisions(undecided.annotate(stopped=stopped), rounds):
        # A clock that stood still only puts the term off: what is in time without that, is in time.
        if ended_by and line.due_on > ended_by:
            continue
        if has_stops:
            put_off.add(line.round_id)
        else:
            lines.append(line)
    if put_off:
        own = undecided.filter(stopped, round__in=put_off)
        lines += [
            line
            for line in _own_decisions(own, today, others)
            if not (ended_by and line.due_on > ended_by)
        ]
    return _merged(lines)


def _own_decisions(
    applications: QuerySet[Application], today: date, others: Sequence[Application] = ()
) -> list[Line]:
    """The same, a line for each application."""
    rows = list(
        applications.filter(state__in=UNDECIDED)
        .select_related("round__scheme_version")
        .only("received_at", *(f"round__{name}" for name in OF_A_ROUND))
    )
    prefetch_related_objects([*rows, *others], STOPS)
    return [Line(row.round_id, decision_term(row, today=today).last_day, 1, row.pk) for row in rows]


def _counted_decisions(
    applications: QuerySet[Application], rounds: dict[int, SubsidyRound]
) -> Iterator[tuple[Line, bool]]:
    """Applications by the term of their round or of their day of receipt, and whether their clock ever stood still."""
    from_receipt = Q(round__scheme_version__decision_term_from=SchemeVersion.DecisionFrom.RECEIPT)
    received_on = Case(
        When(from_receipt, then=TruncDate("received_at", tzinfo=AMSTERDAM)),
        output_field=DateField(),
    )
    groups = list(
        applications.annotate(received_on=received_on)
        .values("round_id", "received_on", "stopped")
        .annotate(count=Count("pk"), first=Min("pk"))
    )
    _complete(rounds, (group["round_id"] for group in groups))
    for group in groups:
        round_ = rounds[group["round_id"]]
        last_day = round_.scheme_version.decide_before(
            closes_on=local_date(closing_moment(round_)), received_on=group["received_on"]
        )
        yield Line(round_.pk, last_day, group["count"], group["first"]), group["stopped"]


def _completion_lines(visible: QuerySet[Application], *, together: bool) -> list[Line]:
    """What applicants may still complete."""
    asked = CompletionRequest.objects.filter(
        closed_at=None,
        application__in=visible.filter(state=ApplicationState.INCOMPLETE).values("pk"),
    )
    return _by_day(asked, F("due_on"), together=together)


def _promised_lines(visible: QuerySet[Application], *, together: bool) -> list[Line]:
    """The days that were named in the latest message that a decision comes later."""
    newer = LaterDecision.objects.filter(application=OuterRef("application"), pk__gt=OuterRef("pk"))
    told = LaterDecision.objects.filter(
        ~Exists(newer), application__in=visible.filter(state__in=UNDECIDED).values("pk")
    )
    return _by_day(told, F("expected_on"), together=together)


def _view_lines(visible: QuerySet[Application], *, together: bool) -> list[Line]:
    """Until when applicants may react to an intention (L07; Awb 4:7-4:9)."""
    asked = ViewRequest.objects.filter(state=ViewState.ASKED, application__in=visible.values("pk"))
    return _by_day(asked, F("due_on"), together=together)


def _by_day(rows: QuerySet[Any], day: F, *, together: bool) -> list[Line]:
    per = () if together else ("application",)
    groups = (
        rows.order_by()
        .values("application__round_id", *per, day=day)
        .annotate(count=Count("application", distinct=True), first=Min("application"))
    )
    return [
        Line(group["application__round_id"], group["day"], group["count"], group["first"])
        for group in groups
    ]


def _leaving_lines(today: date, holidays: frozenset[date]) -> list[Line]:
    """Until when an application that was not completed may be left unprocessed; afterwards that can no longer be."""
    newer = CompletionRequest.objects.filter(
        application=OuterRef("application"), pk__gt=OuterRef("pk")
    )
    unused = Q(outcome=CompletionRequest.Outcome.EXPIRED)
    judged = Q(
        outcome=CompletionRequest.Outcome.COMPLETED, correction__state=CorrectionState.REJECTED
    )
    ended = CompletionRequest.objects.filter(
        unused | judged,
        ~Exists(newer),
        closed_at__date__gte=today - LONGEST_LEAVING,
        application__state=ApplicationState.CHECKING,
    ).select_related("application")
    rows = (
        Line(row.application.round_id, leave_until(row, holidays), 1, row.application_id)
        for row in ended.order_by("pk")
    )
    return _merged(row for row in rows if row.due_on >= today)


def _default_lines(
    notices: Iterable[DefaultNotice], today: date, holidays: frozenset[date]
) -> list[Line]:
    """The two weeks after a default notice that counts; they stay until the decision is there."""
    return _merged(
        Line(
            notice.application.round_id,
            grace_ends(notice.received_on, holidays),
            1,
            notice.application_id,
        )
        for notice in notices
        if notice.application.state in UNDECIDED
        and notice.received_on > decision_term(notice.application, today=today).last_day
    )


def _penalty_lines(
    notices: Iterable[DefaultNotice], today: date, holidays: frozenset[date]
) -> list[Line]:
    """The two weeks in which the amount of a penalty is fixed (Awb 4:18); they stay until it is."""
    return _merged(
        Line(notice.application.round_id, decide_until(penalty, holidays), 1, notice.application_id)
        for notice, penalty in due_penalties(notices, today, holidays)
    )
