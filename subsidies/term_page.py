"""The page about the terms of one application: until when, what moved that, and what was told about it."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.dateformat import format as date_format
from django.utils.functional import cached_property

from ikc.models import User
from kvk2.nlds.components import Detail, Tile
from kvk2.nlds.templatetags.nlds import dutch_date, euro
from subsidies.decision_terms import DecisionTerm, decision_term
from subsidies.models import (
    Application,
    ClockStop,
    CompletionRequest,
    DefaultNotice,
    PenaltyDecision,
)
from subsidies.penalties import MOST_DAYS, NoticeState, Penalty
from subsidies.services.default_notices import penalty_for
from subsidies.services.penalty_decisions import fix_until
from subsidies.services.term_changes import STOPS
from subsidies.states import UNDECIDED

# The badge of a notice on whose penalty was decided.
FIXED = ("dwangsom vastgesteld", "neutral")
# A term that ends within so many days is marked.
SOON_DAYS = 14
NOTICE_BADGES = {
    NoticeState.TOO_EARLY: "inactive",
    NoticeState.NO_PENALTY: "inactive",
    NoticeState.GRACE: "warning",
    NoticeState.IN_TIME: "success",
    NoticeState.RUNNING: "danger",
    NoticeState.MAXIMUM: "danger",
    NoticeState.STOPPED: "neutral",
}


@dataclass(frozen=True, slots=True)
class TermLine:
    """One thing that moved or told a term, with what can be done about it."""

    title: str
    hint: str
    badge: str
    kind: str
    text: str = ""
    url: str = ""
    action: str = ""


def lateness(last_day: date, today: date) -> tuple[str, str]:
    """How a term stands on `today`, in words and as the kind of a badge: never by colour alone."""
    left = (last_day - today).days
    if left < 0:
        return f"{_days(-left)} te laat", "danger"
    if left == 0:
        return "vandaag de laatste dag", "danger"
    return f"nog {_days(left)}", "warning" if left <= SOON_DAYS else "success"


def notice_sentence(penalty: Penalty) -> str:
    """What follows from a default notice, in a sentence."""
    start = dutch_date(penalty.first_day)
    return {
        NoticeState.TOO_EARLY: "Onze beslistermijn liep nog. Er volgt niets uit.",
        NoticeState.NO_PENALTY: "Er is geen dwangsom verschuldigd.",
        NoticeState.GRACE: f"Beslis uiterlijk op {dutch_date(penalty.grace_ends)}. Vanaf {start} kost elke dag geld.",
        NoticeState.IN_TIME: "Het besluit is binnen twee weken verzonden. Er is geen dwangsom.",
        NoticeState.RUNNING: f"De dwangsom loopt sinds {start}: {euro(penalty.amount)} tot en met vandaag.",
        NoticeState.MAXIMUM: f"De hoogste dwangsom is bereikt: {euro(penalty.amount)}.",
        NoticeState.STOPPED: f"De dwangsom liep vanaf {start} en is gestopt: {euro(penalty.amount)}.",
    }[penalty.state]


def fixed_sentence(decision: PenaltyDecision) -> str:
    """What was decided, and that paying follows."""
    return (
        f"De dwangsom is op {dutch_date(decision.taken_at)} vastgesteld op {euro(decision.amount)}, over "
        f"{_days(decision.days)}. De betaling volgt."
    )


def fixed_of(notice: DefaultNotice) -> PenaltyDecision | None:
    return getattr(notice, "penalty_decision", None)


def _day_tile(label: str, day: date, note: str) -> Tile:
    """A day that fits a narrow tile: the year stands in the note."""
    return Tile(label, date_format(day, "j M").lower(), f"{day.year} · {note}")


def _days(count: int) -> str:
    return "1 dag" if count == 1 else f"{count} dagen"


def _of_most(days: int) -> str:
    """For how many days a penalty runs, of the most that it can."""
    return f"{days} van hoogstens {MOST_DAYS} dagen"


class TermPage:
    """Reads of one application's terms; each is asked at most once."""

    def __init__(self, application: Application, user: User, *, today: date) -> None:
        self.application, self.user, self.today = application, user, today

    @property
    def runs(self) -> bool:
        return self.application.state in UNDECIDED

    @cached_property
    def term(self) -> DecisionTerm:
        return decision_term(self.application, today=self.today)

    @property
    def badge(self) -> tuple[str, str]:
        """Of the page as a whole."""
        if not self.runs:
            return "geen termijn meer", "inactive"
        if self.term.stands_still and self.term.last_day >= self.today:
            return "staat stil", "neutral"
        return lateness(self.term.last_day, self.today)

    @property
    def tiles(self) -> list[Tile]:
        words, _ = self.badge
        tiles = [_day_tile("Beslissen uiterlijk", self.term.last_day, words)]
        if told := self.application.later_decisions.last():
            tiles.append(_day_tile("Toegezegd", told.expected_on, "in een bericht"))
        for _, penalty in self.notices:
            if penalty.days:
                days = _of_most(penalty.days)
                tiles.append(Tile("Dwangsom tot nu toe", euro(penalty.amount), days))
        return tiles

    @property
    def sum(self) -> list[Detail]:
        """How the last day came about."""
        version = self.application.round.scheme_version
        start = version.get_decision_term_from_display()
        rows = [
            Detail("Termijn van de regeling", f"{version.decision_term_weeks} weken vanaf {start}"),
        ]
        if self.term.stopped_days:
            rows += [
                Detail("Zonder stilstand", dutch_date(self.term.base)),
                Detail("De termijn stond stil", _days(self.term.stopped_days)),
            ]
        return [*rows, Detail("Laatste dag", dutch_date(self.term.last_day))]

    def stops(self) -> list[TermLine]:
        """The times in which the clock stood still."""
        rows = sorted(
            self.application.clock_stops.all(), key=lambda stop: (stop.first_day, stop.pk)
        )
        may = self.user.has_perm("subsidies.stop_clock", self.application)
        return [self._stop(stop, may) for stop in rows]

    def _stop(self, stop: ClockStop, may_resume: bool) -> TermLine:
        until = f"tot {dutch_date(stop.resumes_on)}" if stop.resumes_on else "loopt nog"
        resumable = may_resume and stop.resumes_on is None and stop.reason in STOPS
        url = reverse("subsidies:clock_resume", args=[self.application.pk, stop.pk])
        return TermLine(
            f"Vanaf {dutch_date(stop.first_day)} {until}"
            if stop.resumes_on
            else f"Vanaf {dutch_date(stop.first_day)}",
            stop.get_reason_display(),
            "voorbij" if stop.resumes_on and stop.resumes_on <= self.today else "staat stil",
            "inactive" if stop.resumes_on and stop.resumes_on <= self.today else "neutral",
            stop.note,
            url if resumable else "",
            "Einde vastleggen" if resumable else "",
        )

    @cached_property
    def notices(self) -> list[tuple[DefaultNotice, Penalty]]:
        """The default notices with what follows from each."""
        rows = list(self.application.default_notices.select_related("penalty_decision"))
        for row in rows:
            row.application = self.application
        ended = self.term.last_day
        return [(row, penalty_for(row, today=self.today, term_ended_on=ended)) for row in rows]

    def notice_lines(self) -> list[TermLine]:
        return [self._notice(row, penalty) for row, penalty in self.notices]

    def _notice(self, row: DefaultNotice, penalty: Penalty) -> TermLine:
        fixed = fixed_of(row)
        return TermLine(
            f"Ontvangen op {dutch_date(row.received_on)}",
            f"van {row.sender}",
            *(FIXED if fixed else (penalty.state, NOTICE_BADGES[penalty.state])),
            fixed_sentence(fixed) if fixed else notice_sentence(penalty),
            row.get_absolute_url(),
            "Bekijken",
        )

    def told(self) -> list[TermLine]:
        """The messages that the decision comes later, the newest first."""
        return [
            TermLine(
                f"Besluit uiterlijk op {dutch_date(row.expected_on)}",
                f"bericht van {dutch_date(row.told_at)}; de termijn liep tot en met {dutch_date(row.term_ended_on)}",
                *(
                    lateness(row.expected_on, self.today)
                    if self.runs
                    else ("verstuurd", "inactive")
                ),
                row.reason,
            )
            for row in self.application.later_decisions.order_by("-pk")
        ]

    def completions(self) -> list[TermLine]:
        """The terms to complete with their extensions, the newest first."""
        rows = self.application.completion_requests.prefetch_related("extensions").order_by("-pk")
        return [self._completion(row) for row in rows]

    def _completion(self, request: CompletionRequest) -> TermLine:
        longer = [
            f"verlengd van {dutch_date(one.old_due_on)} tot en met {dutch_date(one.new_due_on)}: {one.reason}"
            for one in request.extensions.all()
        ]
        if request.closed_at is None:
            badge, kind = lateness(request.due_on, self.today)
        else:
            badge, kind = request.get_outcome_display(), "inactive"
        return TermLine(
            f"Aanvullen tot en met {dutch_date(request.due_on)}",
            f"gevraagd op {dutch_date(request.requested_at)}",
            badge,
            kind,
            "\n".join(longer),
        )

    def actions(self) -> list[dict[str, str]]:
        """What this person may do now."""
        possible = (
            (
                "extend_completion",
                "completion_extend",
                "Meer tijd geven om aan te vullen",
                "Alleen voor deze aanvrager. De aanvrager krijgt een brief.",
            ),
            (
                "tell_later_decision",
                "decision_later",
                "Melden dat het besluit later komt",
                "Met een nieuwe dag. De wettelijke termijn verandert daardoor niet.",
            ),
            (
                "stop_clock",
                "clock_stop",
                "Opschorting vastleggen",
                "Bij afgesproken uitstel, vertraging door de aanvrager of overmacht.",
            ),
            (
                "record_default_notice",
                "default_notice_record",
                "Ingebrekestelling vastleggen",
                "De aanvrager schrijft dat wij te laat zijn. Wij hebben dan nog twee weken.",
            ),
        )
        return [
            {
                "url": reverse(f"subsidies:{view}", args=[self.application.pk]),
                "label": label,
                "hint": hint,
            }
            for perm, view, label, hint in possible
            if self.user.has_perm(f"subsidies.{perm}", self.application)
        ]


class NoticePage:
    """The page of one default notice: what came in, and the sum of the penalty."""

    def __init__(self, notice: DefaultNotice, user: User, *, today: date) -> None:
        self.notice, self.user = notice, user
        self.penalty = penalty_for(notice, today=today)
        self.fixed = fixed_of(notice)
        self.is_due = self.fixed is None and self.penalty.is_over(today)

    @property
    def badge(self) -> tuple[str, str]:
        return FIXED if self.fixed else (self.penalty.state, NOTICE_BADGES[self.penalty.state])

    @property
    def sentence(self) -> str:
        return fixed_sentence(self.fixed) if self.fixed else notice_sentence(self.penalty)

    @property
    def may_fix(self) -> bool:
        return self.is_due and self.user.has_perm("subsidies.fix_penalty", self.notice)

    @property
    def next_step(self) -> str:
        """What the municipality has to do now, for its own people."""
        if not self.is_due or not self.user.is_municipal:
            return ""
        until = dutch_date(fix_until(self.penalty))
        return f"De ondertekenaar stelt de dwangsom vast, uiterlijk op {until} (artikel 4:18 Awb)."

    @property
    def counts(self) -> bool:
        """Whether money may follow from it."""
        return self.penalty.state not in (NoticeState.TOO_EARLY, NoticeState.NO_PENALTY)

    @property
    def tiles(self) -> list[Tile]:
        penalty = self.penalty
        return [
            Tile("Dwangsom", euro(penalty.amount), _of_most(penalty.days)),
            _day_tile("Zonder dwangsom", penalty.grace_ends, "uiterlijk beslissen"),
            _day_tile("Hoogstens tot en met", penalty.last_possible_day, f"na {MOST_DAYS} dagen"),
        ]

    @property
    def facts(self) -> list[Detail]:
        notice = self.notice
        rows = [
            Detail("Ontvangen op", dutch_date(notice.received_on)),
            Detail("Van", notice.sender),
            Detail("Vastgelegd door", f"{notice.recorded_by}, {dutch_date(notice.recorded_at)}"),
        ]
        if notice.note:
            rows.append(Detail("Toelichting", notice.note))
        if notice.no_penalty:
            rows.append(Detail("Geen dwangsom", notice.get_no_penalty_display()))
            rows.append(Detail("Waarom", notice.no_penalty_reason))
        if self.fixed:
            rows.append(Detail("Kenmerk van het besluit", self.fixed.reference))
            rows.append(Detail("Vastgesteld door", str(self.fixed.taken_by)))
        return rows

    @property
    def sum(self) -> list[Detail]:
        """The sum of the penalty, per amount a day."""
        rows = [
            Detail(
                f"Dag {step.first_day} tot en met {step.last_day}",
                f"{step.days} × {euro(step.rate)} = {euro(step.amount)}",
            )
            for step in self.penalty.steps
        ]
        return [*rows, Detail("Samen", euro(self.penalty.amount))]
