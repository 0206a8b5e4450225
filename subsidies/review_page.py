"""What the pages of a commission member show: the own reviews with their progress, and one review to read and score."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils import timezone

from ikc.models import User
from subsidies.models import (
    Attachment,
    BudgetLine,
    CommissionMember,
    Criterion,
    InterestDeclaration,
    Review,
    SubsidyRound,
)
from subsidies.services.budgets import BudgetState, Standing, budget_state
from subsidies.services.commission import DECLARABLE
from subsidies.services.reviews import Scores, weighted_total
from subsidies.states import COUNTED_REVIEWS, ReviewState, RoundState

OPEN_REVIEWS = (
    ReviewState.REOPENED,
    ReviewState.IN_PROGRESS,
    ReviewState.ACCEPTED,
    ReviewState.ASSIGNED,
)
BADGES = {
    ReviewState.ASSIGNED: "neutral",
    ReviewState.ACCEPTED: "neutral",
    ReviewState.IN_PROGRESS: "warning",
    ReviewState.SUBMITTED: "success",
    ReviewState.REOPENED: "danger",
    ReviewState.LOCKED: "inactive",
    ReviewState.RECUSED: "inactive",
}
LABELS = {
    ReviewState.ASSIGNED: "nieuw",
    ReviewState.ACCEPTED: "te beoordelen",
    ReviewState.IN_PROGRESS: "concept",
    ReviewState.SUBMITTED: "ingediend",
    ReviewState.REOPENED: "heropend",
    ReviewState.LOCKED: "afgerond",
}
SORTS = {
    "nummer": ("application__number", "pk"),
    "ikc": ("application__ikc__name", "pk"),
    "bedrag": ("-application__requested_amount", "pk"),
}


def own_reviews(user: User) -> QuerySet[Review]:
    """The reviews that are `user`'s own and in sight, with what lists show."""
    return (
        Review.objects.visible_to(user)
        .filter(member__user=user)
        .select_related("application__round", "application__ikc", "application__board")
    )


def next_review(user: User, *, after: Review) -> int | None:
    """The id of the next own review that is still to do in the same round, going round the numbers once."""
    waiting = (
        own_reviews(user)
        .filter(application__round=after.application.round, state__in=OPEN_REVIEWS)
        .exclude(pk=after.pk)
        .annotate(
            passed=Case(
                When(application__number__lt=after.application.number, then=Value(1)),
                default=Value(0),
                output_field=IntegerField(),
            )
        )
        .order_by("passed", "application__number", "pk")
    )
    first = waiting.values_list("pk", flat=True).first()
    return first


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """One round of the member: `declared` says whether the interests are known."""

    round: SubsidyRound
    done: int
    total: int
    next_id: int | None
    declared: bool

    @property
    def percentage(self) -> int:
        return 100 * self.done // self.total if self.total else 0


class ReviewList:
    """The list page: own reviews by search and state, and per round how far they are."""

    def __init__(self, user: User, wishes: Mapping[str, str], *, today: date) -> None:
        self.user, self.today = user, today
        self.search = wishes.get("zoek", "").strip()
        self.state = wishes.get("status", "")
        self.sort = wishes.get("sorteer", "nummer") if wishes.get("sorteer") in SORTS else "nummer"

    @cached_property
    def all_reviews(self) -> list[Review]:
        return list(
            own_reviews(self.user)
            .filter(application__round__state__in=[RoundState.ASSESSING, RoundState.ADVISED, RoundState.DECIDED])
            .order_by("-application__round__opens_at", *SORTS[self.sort])
        )

    @cached_property
    def reviews(self) -> list[Review]:
        return [review for review in self.all_reviews if self._wanted(review)]

    @cached_property
    def rounds(self) -> list[RoundProgress]:
        """Rounds with reviews, and those for which the interests are asked; newest first."""
        declared = set(
            InterestDeclaration.objects.filter(member__user=self.user).values_list("round_id", flat=True)
        )
        found: dict[int, SubsidyRound] = {
            review.application.round_id: review.application.round for review in self.all_reviews
        }
        if self.has_seat:
            for round_ in SubsidyRound.objects.filter(state__in=DECLARABLE).order_by("-opens_at", "pk"):
                found.setdefault(round_.pk, round_)
        return [
            self._progress(round_, declared)
            for round_ in sorted(found.values(), key=lambda row: row.opens_at, reverse=True)
        ]

    @cached_property
    def has_seat(self) -> bool:
        return CommissionMember.objects.active_on(self.today).filter(user=self.user).exists()

    @property
    def filtered(self) -> bool:
        return bool(self.search or self.state)

    @property
    def states(self) -> list[tuple[str, str]]:
        return [("todo", "nog te doen"), ("done", "ingediend")]

    @property
    def sorts(self) -> list[tuple[str, str]]:
        return [("nummer", "nummer"), ("ikc", "naam van het IKC"), ("bedrag", "bedrag, hoogste eerst")]

    def rows(self) -> Iterable[tuple[Review, str, str]]:
        """Each review with the label and the kind of its badge."""
        for review in self.reviews:
            state = ReviewState(review.state)
            yield review, LABELS[state], BADGES[state]

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

    def _wanted(self, review: Review) -> bool:
        application = review.application
        words = f"{application.number} {application.title} {application.ikc.name}".casefold()
        if self.search.casefold() not in words:
            return False
        if self.state == "todo":
            return review.state in OPEN_REVIEWS
        return self.state != "done" or review.state in COUNTED_REVIEWS

    def _progress(self, round_: SubsidyRound, declared: set[int]) -> RoundProgress:
        own = [review for review in self.all_reviews if review.application.round_id == round_.pk]
        todo = [review.pk for review in own if review.state in OPEN_REVIEWS]
        return RoundProgress(
            round=round_,
            done=sum(review.state in COUNTED_REVIEWS for review in own),
            total=len(own),
            next_id=todo[0] if todo else None,
            declared=round_.pk in declared or round_.state not in DECLARABLE,
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
            (criterion, scores[criterion.code].score)
            for criterion in criteria
            if criterion.code in scores and scores[criterion.code].score is not None
        ]
        reached = sum(
            (Decimal(criterion.weight * score) / Criterion.MAX_SCORE for criterion, score in given),
            Decimal(0),
        )
        total = weighted_total(list(criteria), scores)
        return cls(len(given), len(criteria), total, reached)


class ReviewPage:
    """One review: the application to read, the checks that the portal did, and the others when they may be seen."""

    def __init__(self, review: Review, user: User, criteria: Sequence[Criterion]) -> None:
        self.review, self.user, self.criteria = review, user, criteria
        self.application = review.application

    @property
    def is_own(self) -> bool:
        return self.review.member.user_id == self.user.pk

    @cached_property
    def lines(self) -> list[BudgetLine]:
        return list(self.application.budget_lines.order_by("-side", "order", "pk"))

    @property
    def expenditure(self) -> list[BudgetLine]:
        return [line for line in self.lines if line.side == BudgetLine.Side.EXPENDITURE]

    @property
    def income(self) -> list[BudgetLine]:
        return [line for line in self.lines if line.side == BudgetLine.Side.INCOME]

    @cached_property
    def attachments(self) -> list[Attachment]:
        return list(self.application.attachments.select_related("stored").order_by("kind", "pk"))

    @cached_property
    def budget(self) -> BudgetState:
        """Held against the limits with the facts as they were at submission."""
        application = self.application
        standing = Standing(
            is_plus=application.is_plus,
            in_attention_area=application.in_attention_area,
            extended_learning_time=application.extended_learning_time,
        )
        return budget_state(application, self.lines, standing)

    @cached_property
    def others(self) -> list[Review]:
        """The submitted reviews of other members, as far as `user` may see them."""
        return list(
            Review.objects.visible_to(self.user)
            .filter(application=self.application, state__in=COUNTED_REVIEWS)
            .exclude(pk=self.review.pk)
            .select_related("member__user")
            .prefetch_related("scores__criterion")
            .order_by("member__user__last_name", "pk")
        )

    @cached_property
    def place(self) -> tuple[int, int]:
        """This is the how-manieth of how many of the own reviews in the round."""
        numbers = list(
            own_reviews(self.user)
            .filter(application__round=self.application.round)
            .order_by("application__number", "pk")
            .values_list("pk", flat=True)
        )
        if self.review.pk not in numbers:
            return (0, 0)
        return numbers.index(self.review.pk) + 1, len(numbers)

    @property
    def deadline(self) -> date:
        return timezone.localdate(self.application.round.closes_at)
