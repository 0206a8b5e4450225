"""What the pages of a commission member show: the own reviews with their progress, and one review to read and score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from ikc.models import User
from kvk2.core.addresses import numbered
from kvk2.core.audit import events_of
from kvk2.core.models import AuditEvent
from kvk2.nlds.components import Detail
from kvk2.nlds.templatetags.nlds import (
    decimal,
    dutch_date,
    euro,
    euro0,
    status_badge,
    upper_first,
)
from subsidies.application_page import ApplicationPage
from subsidies.automatic_checks import Check, checks_of
from subsidies.earlier_results import History, history_of
from subsidies.forms.lists import filter_bar
from subsidies.models import (
    AgendaItem,
    Calibration,
    CalibrationScoring,
    CommissionMember,
    Criterion,
    Review,
    ReviewScore,
    SubsidyRound,
)
from subsidies.services.budgets import BudgetState, budget_state
from subsidies.services.commission import DECLARABLE
from subsidies.services.reviews import Scores, weighted_total
from subsidies.services.standing import standing_at_submission
from subsidies.states import COUNTED_REVIEWS, OPEN_REVIEWS, ReviewState, RoundState
from subsidies.states_calibration import CalibrationState

BADGES = {
    ReviewState.ASSIGNED: "neutral",
    ReviewState.ACCEPTED: "neutral",
    ReviewState.IN_PROGRESS: "warning",
    ReviewState.SUBMITTED: "success",
    ReviewState.REOPENED: "danger",
    ReviewState.LOCKED: "inactive",
    ReviewState.RECUSED: "inactive",
    ReviewState.WITHDRAWN: "inactive",
}
LABELS = {
    ReviewState.ASSIGNED: "nieuw",
    ReviewState.ACCEPTED: "te beoordelen",
    ReviewState.IN_PROGRESS: "concept",
    ReviewState.SUBMITTED: "ingediend",
    ReviewState.REOPENED: "heropend",
    ReviewState.LOCKED: "afgerond",
}
STATE_FILTERS = {"todo": OPEN_REVIEWS, "done": COUNTED_REVIEWS}
STATES = [("todo", "nog te doen"), ("done", "ingediend")]
ORDERS = [("nummer", "nummer"), ("ikc", "naam van het IKC"), ("bedrag", "bedrag, hoogste eerst")]
PER_PAGE = 50
_ROW = (
    '<li class="lw-task-list__item"><span class="lw-task-list__name">'
    '<a class="nl-link" href="{}">{}</a>\n<span class="lw-task-list__hint">{} · {} · {}{}</span>'
    "</span>{}</li>"
)
SORTS = {
    "nummer": ("application__number", "pk"),
    "ikc": ("application__ikc__name", "pk"),
    "bedrag": ("-application__requested_amount", "pk"),
}


def own_reviews(user: User) -> QuerySet[Review]:
    """The reviews that are `user`'s own and in sight, with what lists show."""
    return Review.objects.own(user).select_related(
        "application__round", "application__ikc", "application__board"
    )


def next_review(user: User, *, after: Review) -> int | None:
    """The id of the next own review that is still to do in the same round, going round the numbers once."""
    return _next(_own_in_round(user, after.application.round_id), after.pk)


def _own_in_round(user: User, round_id: int) -> list[tuple[int, str]]:
    """(review, state) of each own review in the round, by number."""
    own = Review.objects.own(user).filter(application__round=round_id)
    return list(own.order_by("application__number", "pk").values_list("pk", "state"))


def _next(own: list[tuple[int, str]], after: int) -> int | None:
    place = next((place for place, (pk, _) in enumerate(own) if pk == after), 0)
    going_round = own[place + 1 :] + own[:place]
    return next((pk for pk, state in going_round if state in OPEN_REVIEWS), None)


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """One round of the member: `declared` says whether the interests are known."""

    round: SubsidyRound
    done: int
    total: int
    next_id: int | None
    declared: bool
    may_declare: bool
    # The exercise that the member still has to score.
    exercise_id: int | None = None


class ReviewList:
    """The list page: own reviews by search and state, and per round how far they are."""

    def __init__(self, user: User, wishes: Mapping[str, str], *, today: date) -> None:
        self.user, self.wishes, self.today = user, wishes, today
        self.search = wishes.get("zoek", "").strip()
        self.state = wishes.get("status", "")
        self.number = wishes.get("page", "1")
        self.sort = wishes.get("sorteer", "nummer") if wishes.get("sorteer") in SORTS else "nummer"

    @cached_property
    def _own(self) -> QuerySet[Review]:
        """All own reviews that count, in the wanted order."""
        return (
            own_reviews(self.user)
            .filter(
                application__round__state__in=[
                    RoundState.ASSESSING,
                    RoundState.ADVISED,
                    RoundState.DECIDED,
                ]
            )
            .order_by("-application__round__opens_at", *SORTS[self.sort])
        )

    @cached_property
    def standings(self) -> list[tuple[int, int, str]]:
        """(round, review, state) of each own review, in the wanted order."""
        return list(self._own.values_list("application__round_id", "pk", "state"))

    @cached_property
    def reviews(self) -> QuerySet[Review]:
        """Those that the filters ask for."""
        reviews = self._own
        if self.state in STATE_FILTERS:
            reviews = reviews.filter(state__in=STATE_FILTERS[self.state])
        if self.search:
            reviews = reviews.filter(
                Q(application__number__icontains=self.search)
                | Q(application__title__icontains=self.search)
                | Q(application__ikc__name__icontains=self.search)
            )
        return reviews

    @cached_property
    def shown(self) -> Page:
        """The page of the list that was asked for; the order is that of `standings`, which are read anyway."""
        page = Paginator(self._found(), PER_PAGE).get_page(self.number)
        # The keys come from the reads that know what the member may see.
        rows = Review.objects.filter(pk__in=page.object_list).values(
            "pk",
            "state",
            "total",
            *(f"application__{name}" for name in ("number", "title", "requested_amount")),
            "application__ikc__name",
        )
        found = {row["pk"]: row for row in rows.order_by()}
        page.object_list = [found[pk] for pk in page.object_list if pk in found]
        return page

    def _found(self) -> list[int]:
        if self.search:
            return list(self.reviews.values_list("pk", flat=True))
        states = STATE_FILTERS.get(self.state)
        return [pk for _, pk, state in self.standings if states is None or state in states]

    @cached_property
    def rounds(self) -> list[RoundProgress]:
        """Rounds with reviews, and those for which the interests are asked; newest first."""
        seats = CommissionMember.objects.filter(user=self.user).order_by()
        declared, sits, scores = set(), False, False
        for first, last, function, round_id in seats.values_list(
            "valid_from", "valid_until", "function", "declarations__round"
        ):
            declared.add(round_id)
            now = first <= self.today <= (last or date.max)
            sits |= now
            scores |= now and function != CommissionMember.Function.SECRETARY
        wanted = Q(pk__in={round_id for round_id, _, _ in self.standings})
        if sits:
            wanted |= Q(state__in=DECLARABLE)
        rounds = SubsidyRound.objects.filter(wanted).only("name", "state", "opens_at")
        rounds = rounds.annotate(exercise_id=self._exercise(scores))
        return [self._progress(round_, declared) for round_ in rounds.order_by("-opens_at", "pk")]

    def _exercise(self, scores: bool) -> Subquery:
        """Of a round: the open exercise that the member did not submit; read along with the rounds."""
        given = CalibrationScoring.objects.submitted().filter(
            calibration=OuterRef("pk"), member__user=self.user
        )
        waiting = Calibration.objects.filter(round=OuterRef("pk"), state=CalibrationState.OPEN)
        found = waiting.filter(~Exists(given)) if scores else waiting.none()
        return Subquery(found.values("pk")[:1])

    @property
    def filtered(self) -> bool:
        return bool(self.search or self.state)

    @property
    def filter_bar(self) -> SafeString:
        return filter_bar(
            self.wishes,
            states=STATES,
            sorts=ORDERS,
            label="Beoordelingen filteren",
            reset_url=reverse("subsidies:review_list"),
        )

    @property
    def body(self) -> SafeString:
        """The rows of the list; written here and not in the template, as there are fifty of them."""
        address = numbered("subsidies:review_edit")
        badges = {state: status_badge(LABELS[state], BADGES[state]) for state in LABELS}
        return format_html_join(
            "\n",
            _ROW,
            (
                (
                    address(row["pk"]),
                    row["application__ikc__name"],
                    row["application__number"],
                    row["application__title"],
                    euro0(row["application__requested_amount"]),
                    "" if row["total"] is None else f" · uw totaal {decimal(row['total'], 1)}",
                    badges[ReviewState(row["state"])],
                )
                for row in self.shown
            ),
        )

    def export(self):
        headers = ["Nummer", "IKC", "Bestuur", "Ronde", "Gevraagd", "Status", "Uw totaal"]
        rows = (
            [
                review.application.number,
                review.application.ikc.name,
                review.application.board.name,
                review.application.round.name,
                review.application.requested_amount,
                LABELS[ReviewState(review.state)],
                review.total,
            ]
            for review in self.reviews
        )
        return headers, rows

    def _progress(self, round_: SubsidyRound, declared: set[int]) -> RoundProgress:
        own = [(pk, state) for round_id, pk, state in self.standings if round_id == round_.pk]
        todo = [pk for pk, state in own if state in OPEN_REVIEWS]
        return RoundProgress(
            round=round_,
            done=sum(state in COUNTED_REVIEWS for _, state in own),
            total=len(own),
            next_id=todo[0] if todo else None,
            declared=round_.pk in declared or round_.state not in DECLARABLE,
            may_declare=round_.state in DECLARABLE,
            exercise_id=getattr(round_, "exercise_id", None),
        )


@dataclass(frozen=True, slots=True)
class Total:
    """The bar under the form: how many criteria are scored and what they weigh together, 0 to 100."""

    scored: int
    criteria: int
    total: Decimal | None
    reached: Decimal

    @classmethod
    def of(cls, criteria: Sequence[Criterion], scores: Scores) -> "Total":
        """`reached` is what the scores given so far are worth; it becomes the total with the last one."""
        given = [
            (criterion, score)
            for criterion in criteria
            if criterion.code in scores and (score := scores[criterion.code].score) is not None
        ]
        reached = sum(
            (Decimal(criterion.weight * score) / Criterion.MAX_SCORE for criterion, score in given),
            Decimal(0),
        )
        total = weighted_total(list(criteria), scores)
        return cls(len(given), len(criteria), total, reached)


class ReviewPage:
    """One review: the application to read, the checks that the portal did, and the others when they may be seen."""

    def __init__(self, review: Review, user: User, reading: ApplicationPage) -> None:
        self.review, self.user, self.reading = review, user, reading
        self.application = review.application

    @property
    def is_own(self) -> bool:
        return self.review.member.user_id == self.user.pk

    @cached_property
    def answered(self) -> list[AgendaItem]:
        """What the applicant answered before the conversation, as the reader may see it."""
        items = AgendaItem.objects.visible_to(self.user).exclude(answer="")
        return list(items.filter(application=self.application).order_by("starts_at", "pk"))

    @property
    def label(self) -> str:
        return LABELS[ReviewState(self.review.state)]

    @property
    def badge(self) -> str:
        return BADGES[ReviewState(self.review.state)]

    @property
    def facts(self) -> list[Detail]:
        """What a member wants to know at a glance."""
        application = self.application
        round_ = application.round
        standing = [
            name
            for holds, name in (
                (application.is_plus, "Plus IKC"),
                (application.in_attention_area, "aandachtsgebied"),
                (application.extended_learning_time, "verlengde leertijd"),
            )
            if holds
        ]
        return [
            Detail("IKC", application.ikc),
            Detail("Aanvrager", application.board),
            Detail("Vorm", upper_first(", ".join([application.ikc.get_form_display(), *standing]))),
            Detail("Gevraagd bedrag", euro(application.requested_amount)),
            Detail("Kinderen vanaf 2 jaar", application.children_counted),
            Detail(
                "Subsidieperiode",
                f"{dutch_date(round_.period_start)} tot en met {dutch_date(round_.period_end)}",
            ),
        ]

    @cached_property
    def checks(self) -> list[Check]:
        """What nobody has to work out by hand."""
        return checks_of(self.application, self.reading.dossier, self.budget)

    @cached_property
    def history(self) -> History:
        """What came of earlier applications of this IKC, as far as the reader may know."""
        before = self.application.ikc.earlier_grants.all()  # read with the review
        return history_of(self.application, self.user, before)

    @cached_property
    def given(self) -> list:
        """The scores of this review in published order."""
        return sorted(self.review.scores.all(), key=lambda row: row.criterion.order)

    @property
    def shows_others(self) -> bool:
        return self.is_own and self.review.state in COUNTED_REVIEWS

    @property
    def next_id(self) -> int | None:
        return _next(self._own_in_round, self.review.pk)

    @cached_property
    def reopen_reason(self) -> str:
        """Why the secretary gave the review back, until it is submitted anew; what is kept meanwhile does not end that."""
        given_back = (ReviewState.REOPENED, ReviewState.IN_PROGRESS)
        if self.review.submitted_at is None or self.review.state not in given_back:
            return ""
        event: AuditEvent | None = events_of(self.review).filter(verb="review_reopened").first()
        return event.reason if event else ""

    @cached_property
    def budget(self) -> BudgetState:
        """Held against the limits with the facts as they were at submission."""
        application = self.application
        standing = standing_at_submission(application)
        return budget_state(application, self.reading.lines, standing)

    @cached_property
    def others(self) -> list[Review]:
        """The submitted reviews of other members, as far as `user` may see them."""
        return list(
            Review.objects.visible_to(self.user)
            .filter(application=self.application, state__in=COUNTED_REVIEWS)
            .exclude(pk=self.review.pk)
            .select_related("member__user")
            .order_by("member__user__last_name", "pk")
        )

    @cached_property
    def others_with_scores(self) -> list[tuple[Review, list[ReviewScore]]]:
        scores: dict[int, list[ReviewScore]] = {}
        rows = ReviewScore.objects.filter(review__application=self.application)
        for row in rows.select_related("criterion").order_by("criterion__order"):
            scores.setdefault(row.review_id, []).append(row)
        return [(other, scores.get(other.pk, [])) for other in self.others]

    @cached_property
    def place(self) -> tuple[int, int]:
        """This is the how-manieth of how many of the own reviews in the round."""
        numbers = [pk for pk, _ in self._own_in_round]
        if self.review.pk not in numbers:
            return (0, 0)
        return numbers.index(self.review.pk) + 1, len(numbers)

    @cached_property
    def _own_in_round(self) -> list[tuple[int, str]]:
        return _own_in_round(self.user, self.application.round_id)
