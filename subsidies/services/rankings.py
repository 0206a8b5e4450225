"""What a ranking stands on, read once: applications, the reviews that count, and what may not be known yet.

Domain reference 4.2 and 6.2. The order itself is pure arithmetic, in `subsidies.scoring` and `subsidies.sensitivity`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from ikc.roles import Role
from kvk2.core.money import format_number
from subsidies import scoring
from subsidies.models import (
    CommissionAdvice,
    Criterion,
    RefusalFinding,
    Review,
    ReviewScore,
    ScoreChange,
    StateAidAssessment,
    SubsidyRound,
)
from subsidies.sensitivity import Assessed
from subsidies.services.allocation_input import with_rules
from subsidies.states import (
    COUNTED_REVIEWS,
    GONE_REVIEWS,
    OPEN_REVIEWS,
    AdviceState,
    ApplicationState,
    RoundState,
)

if TYPE_CHECKING:
    from ikc.models import User

RANKED = (
    ApplicationState.ADMITTED,
    ApplicationState.IN_REVIEW,
    ApplicationState.ADVISED,
    ApplicationState.INTENT,
    ApplicationState.DECIDED,
)
EDITABLE = (AdviceState.DRAFT, AdviceState.DISCUSSED)
# From here on the division shows everybody of the procedure who takes no part, and why.
DIVIDED = (RoundState.ADVISED, RoundState.DECIDED, RoundState.SETTLED, RoundState.ARCHIVED)


@dataclass(frozen=True, slots=True)
class Contender:
    """One application in a ranking. Amounts in euros, scores 0-100; satisfies `scoring.Rankable`.

    `counted` reviews stand in the mean of `assigned` ones; `low` and `high` are totals of members, `pot` the code of
    its part of the ceiling.
    """

    pk: int
    number: str
    ikc: str
    tier: int
    pot: str | None
    amount: Decimal
    score: Decimal
    criterion_scores: Mapping[str, Decimal]
    counted: int
    assigned: int
    low: Decimal | None
    high: Decimal | None
    discuss: bool
    adopted: bool

    @property
    def spread(self) -> Decimal | None:
        return None if self.low is None or self.high is None else self.high - self.low


@dataclass(frozen=True, slots=True)
class Outside:
    """An application without a place, and why, as a sentence."""

    pk: int
    number: str
    ikc: str
    why: str


@dataclass(frozen=True, slots=True)
class Field:
    """All applications of a round for one reader; `names` of members by reviewer key."""

    criteria: Sequence[scoring.Criterion]
    contenders: Sequence[Contender]
    assessed: Sequence[Assessed]
    outside: Sequence[Outside]
    names: Mapping[str, str]


def rounds_with_rules(user: "User") -> QuerySet[SubsidyRound]:
    """The rounds that `user` sees, with what `field_of` reads of their rules."""
    criteria = Criterion.objects.filter(round=OuterRef("pk")).order_by("order")
    return with_rules(SubsidyRound.objects.visible_to(user)).annotate(
        criterion_names=ArraySubquery(criteria.values(row=JSONObject(code="code", name="name")))
    )


def field_of(round_: Any, user: "User") -> Field:
    """The applications that `user` may see the score of, and the others with why not. Two queries.

    `round_` comes from `rounds_with_rules`. The secretary sees scores at once, the municipality after adoption, and who
    still has to score an application sees none of it (domain reference 6.2).
    """
    reader = _Reader(round_, user)
    for row in _applications(round_):
        reader.add(row)
    return reader.field


class _Reader:
    """Sorts the rows of one round into those with a place and those without."""

    def __init__(self, round_: Any, user: "User") -> None:
        self.round, self.user = round_, user
        self.at_once = user.has_role(Role.COMMISSION_SECRETARY)
        self.criteria = [
            scoring.Criterion(row["code"], row["weight"], Criterion.MIN_SCORE, Criterion.MAX_SCORE)
            for row in round_.rule_criteria
        ]
        self.reviews: dict[int, list[Mapping[str, Any]]] = {}
        self.names: dict[str, str] = {}
        for row in _reviews(round_):
            self.reviews.setdefault(row["application_id"], []).append(row)
        self.contenders: list[Contender] = []
        self.assessed: list[Assessed] = []
        self.outside: list[Outside] = []

    @property
    def field(self) -> Field:
        return Field(self.criteria, self.contenders, self.assessed, self.outside, self.names)

    def add(self, row: Mapping[str, Any]) -> None:
        reviews = self.reviews.get(row["pk"], [])
        counted = [review for review in reviews if review["state"] in COUNTED_REVIEWS]
        if why := self._unknown(row, reviews, counted):
            self._leave_out(row, why)
            return
        scores = tuple(
            scoring.Review(str(review["member_id"]), _by_code(review["given"]))
            for review in counted
        )
        adopted = {change["code"]: Decimal(str(change["after"])) for change in row["changes"]}
        score, criterion_scores = self._score(row, scores, adopted)
        if why := self._no_part(row, score):
            self._leave_out(row, why)
            return
        self._place(row, reviews, counted, score, criterion_scores)
        self.names |= {
            str(review["member_id"]): f"{review['first_name']} {review['last_name']}"
            for review in counted
        }
        self.assessed.append(
            Assessed(
                row["number"],
                row["tier"],
                scores,
                adopted,
                scoring.Scored(row["number"], row["tier"], score, criterion_scores),
            )
        )

    def _unknown(
        self,
        row: Mapping[str, Any],
        reviews: Sequence[Mapping[str, Any]],
        counted: Sequence[Mapping[str, Any]],
    ) -> str:
        """Why this reader knows no score yet."""
        if _is_adopted(row):
            return ""
        if not self.at_once:
            return "Het advies van de commissie is nog niet vastgesteld."
        mine = [review for review in reviews if review["user_id"] == self.user.pk]
        if any(review["state"] in OPEN_REVIEWS for review in mine):
            return "U beoordeelt deze aanvraag zelf nog. Daarna ziet u de scores van de anderen."
        needed = max(self.round.min_reviews, 1)
        if len(counted) < needed:
            return f"{len(counted)} van de minstens {needed} beoordelingen zijn ingediend."
        return ""

    def _no_part(self, row: Mapping[str, Any], score: Decimal) -> str:
        """Why it has a score and no place in the division (rule R1)."""
        minimum = self.round.min_score
        if _is_adopted(row) and row["advice__conclusion"] == CommissionAdvice.Conclusion.NEGATIVE:
            return f"De commissie adviseert negatief ({format_number(score, 2)} punten)."
        if minimum is not None and score < minimum:
            return (
                f"{format_number(score, 2)} punten is lager dan de minimumscore van "
                f"{format_number(minimum, 2)}."
            )
        # A ground is the municipality's own until the division is there for the secretary as well.
        if (self.user.is_municipal or self.round.state in DIVIDED) and _is_refused(row):
            return "Er is een weigeringsgrond, of de steun is niet verenigbaar met de regels."
        return ""

    def _score(
        self,
        row: Mapping[str, Any],
        reviews: Iterable[scoring.Review],
        adopted: Mapping[str, Decimal],
    ) -> tuple[Decimal, Mapping[str, Decimal]]:
        """What was frozen at adoption, else what the reviews come to now."""
        if _is_adopted(row):
            frozen = row["advice__criterion_scores"] or {}
            return row["advice__score"], {code: Decimal(text) for code, text in frozen.items()}
        result = scoring.weighted_score(
            self.criteria,
            reviews,
            adopted=adopted,
            min_reviews=self.round.min_reviews,
            spread_limit=self.round.spread_limit,
        )
        return result.score, result.criterion_scores

    def _place(
        self,
        row: Mapping[str, Any],
        reviews: Sequence[Mapping[str, Any]],
        counted: Sequence[Mapping[str, Any]],
        score: Decimal,
        criterion_scores: Mapping[str, Decimal],
    ) -> None:
        # A review that counts has its total (a database constraint says so).
        totals: list[Decimal] = [review["total"] for review in counted]
        low, high = (min(totals), max(totals)) if totals else (None, None)
        self.contenders.append(
            Contender(
                pk=row["pk"],
                number=row["number"],
                ikc=row["ikc__name"],
                tier=row["tier"],
                pot=row["sub_ceiling__code"],
                amount=_amount(row),
                score=score,
                criterion_scores=criterion_scores,
                counted=len(counted) or row["advice__reviews_counted"] or 0,
                assigned=sum(review["state"] not in GONE_REVIEWS for review in reviews),
                low=low,
                high=high,
                discuss=low is not None
                and high is not None
                and high - low > self.round.spread_limit,
                adopted=_is_adopted(row),
            )
        )

    def _leave_out(self, row: Mapping[str, Any], why: str) -> None:
        self.outside.append(Outside(row["pk"], row["number"], row["ikc__name"], why))


def _applications(round_: SubsidyRound) -> Iterable[Mapping[str, Any]]:
    """By number, with the scores that the commission adopted in the meeting, oldest first."""
    changes = ScoreChange.objects.filter(application=OuterRef("pk"), review=None).order_by("pk")
    grounds = RefusalFinding.objects.filter(application=OuterRef("pk"), withdrawn_at=None)
    return (
        round_.applications.filter(state__in=RANKED)
        .annotate(
            changes=ArraySubquery(changes.values(row=JSONObject(code="criterion__code", after="after"))),
            has_ground=Exists(grounds),
        )
        .order_by("number")
        .values(
            "pk", "number", "tier", "ikc__name", "requested_amount", "eligible_amount",
            "sub_ceiling__code", "advice__state", "advice__score", "advice__criterion_scores",
            "advice__conclusion", "advice__proposed_amount", "advice__reviews_counted",
            "state_aid__outcome", "changes", "has_ground",
        )
    )  # fmt: skip


def _reviews(round_: SubsidyRound) -> Iterable[Mapping[str, Any]]:
    """Of every application of the round, with the member and the scores; a score that is not there is left out."""
    given = ReviewScore.objects.filter(review=OuterRef("pk"), score__isnull=False).order_by("pk")
    return (
        Review.objects.filter(application__round=round_, application__state__in=RANKED)
        .annotate(
            given=ArraySubquery(given.values(row=JSONObject(code="criterion__code", score="score"))),
            user_id=F("member__user_id"),
            first_name=F("member__user__first_name"),
            last_name=F("member__user__last_name"),
        )
        .order_by("pk")
        .values(
            "application_id", "member_id", "state", "total", "given", "user_id", "first_name", "last_name"
        )
    )  # fmt: skip


def _is_adopted(row: Mapping[str, Any]) -> bool:
    return row["advice__state"] is not None and row["advice__state"] not in EDITABLE


def _is_refused(row: Mapping[str, Any]) -> bool:
    incompatible = row["state_aid__outcome"] == StateAidAssessment.Outcome.INCOMPATIBLE
    return bool(row["has_ground"]) or incompatible


def _amount(row: Mapping[str, Any]) -> Decimal:
    """What it could get: the lowest of what was asked, what may be paid, and what the commission proposes."""
    amounts = (row["requested_amount"], row["eligible_amount"], row["advice__proposed_amount"])
    return min((amount for amount in amounts if amount is not None), default=Decimal(0))


def _by_code(given: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    return {each["code"]: each["score"] for each in given}
