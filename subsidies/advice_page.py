"""What the secretary's pages show, and how much of it the municipality may see before adoption."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from ikc.models import User
from ikc.roles import Role
from kvk2.core.money import format_number
from kvk2.nlds.components import Detail
from kvk2.nlds.templatetags.nlds import dutch_date, euro, upper_first
from subsidies import scoring
from subsidies.models import (
    AgendaItem,
    Application,
    CommissionAdvice,
    Criterion,
    Review,
    ScoreChange,
)
from subsidies.services.advice import (
    missing_for_adoption,
    standing_of,
    with_reviews,
)
from subsidies.states import (
    COUNTED_REVIEWS,
    GONE_REVIEWS,
    OPEN_REVIEWS,
    AdviceState,
    ApplicationState,
    ReviewState,
)

ASSESSED = (
    ApplicationState.ADMITTED,
    ApplicationState.IN_REVIEW,
    ApplicationState.ADVISED,
    ApplicationState.INTENT,
    ApplicationState.DECIDED,
)
ADOPTED_STATES = (
    AdviceState.ADOPTED,
    AdviceState.SENT,
    AdviceState.FOLLOWED,
    AdviceState.DEVIATED,
)
BADGES = {
    AdviceState.DRAFT: "neutral",
    AdviceState.DISCUSSED: "warning",
    AdviceState.ADOPTED: "warning",
    AdviceState.SENT: "success",
    AdviceState.FOLLOWED: "success",
    AdviceState.DEVIATED: "danger",
}


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion with the name and the score of each counted member, as in `AdvicePage.counted`."""

    criterion: Criterion
    cells: tuple[tuple[str, int | None], ...]
    mean: Decimal | None


class AdvicePage:
    """One application before the commission; what the reader may not see yet is simply not there."""

    def __init__(self, application: Application, user: User) -> None:
        self.application, self.user = application, user
        self.round = application.round

    @cached_property
    def advice(self) -> CommissionAdvice | None:
        return (
            CommissionAdvice.objects.select_related("adopted_by", "application__round")
            .filter(application=self.application)
            .first()
        )

    @cached_property
    def sees_scores(self) -> bool:
        """Domain reference 6.2: the secretary at once, the municipality after adoption; blind who still has to score."""
        if self.user.has_role(Role.COMMISSION_SECRETARY):
            owed = self.application.reviews.filter(member__user=self.user, state__in=OPEN_REVIEWS)
            if not owed.exists():
                return True
        return self.advice is not None and self.advice.state in ADOPTED_STATES

    @property
    def why_hidden(self) -> str:
        if self.user.has_role(Role.COMMISSION_SECRETARY):
            return (
                "Dien eerst uw eigen beoordeling in. Tot dan ziet u de scores en het advies niet."
            )
        return "U ziet de scores en het advies zodra de commissie het advies heeft vastgesteld."

    @cached_property
    def why_closed(self) -> str:
        """Why the reader may not work on the text yet: an own review to give, or too few reviews; empty when nothing is in the way."""
        if not self.sees_scores:
            return self.why_hidden
        if self.score is None:
            return f"Er zijn minder dan {self.round.min_reviews} ingediende beoordelingen. Zonder dat quorum is er geen advies."
        return ""

    @property
    def sees_advice(self) -> bool:
        return self.advice is not None and self.sees_scores

    @cached_property
    def criteria(self) -> list[Criterion]:
        return list(self.round.criteria.order_by("order"))

    @cached_property
    def reviews(self) -> list[Review]:
        return list(
            Review.objects.visible_to(self.user)
            .filter(application=self.application)
            .select_related("member__user")
            .prefetch_related("scores__criterion")
            .order_by("member__user__last_name", "pk")
        )

    @property
    def counted(self) -> list[Review]:
        return [review for review in self.reviews if review.state in COUNTED_REVIEWS]

    @property
    def waiting(self) -> list[Review]:
        done = (*COUNTED_REVIEWS, *GONE_REVIEWS)
        return [review for review in self.reviews if review.state not in done]

    @property
    def recused(self) -> list[Review]:
        return [review for review in self.reviews if review.state == ReviewState.RECUSED]

    @cached_property
    def score(self) -> scoring.WeightedScore | None:
        """What the counted reviews come to, or None while there are too few."""
        if not self.sees_scores:
            return None
        application = with_reviews(Application.objects.filter(pk=self.application.pk)).get()
        return standing_of(application, self.round, self.criteria).score

    @property
    def is_commission(self) -> bool:
        return self.user.has_role(Role.COMMISSION_MEMBER, Role.COMMISSION_SECRETARY)

    @cached_property
    def changes(self) -> list[ScoreChange]:
        """The scores that changed after the conversation, as they were made."""
        if not self.sees_scores:
            return []
        rows = ScoreChange.objects.filter(application=self.application)
        return list(rows.select_related("criterion", "review__member__user").order_by("pk"))

    @cached_property
    def item(self) -> AgendaItem | None:
        """The latest slot of the application on an agenda that the reader may see."""
        items = AgendaItem.objects.standing().visible_to(self.user)
        items = items.filter(application=self.application)
        return items.order_by("-starts_at", "-pk").first()

    @cached_property
    def rows(self) -> Sequence[CriterionRow]:
        means = self.score.criterion_scores if self.score else {}
        given = [
            (
                review.member.user.last_name,
                {row.criterion_id: row.score for row in review.scores.all()},
            )
            for review in self.counted
        ]
        return [
            CriterionRow(
                criterion,
                tuple((name, scores.get(criterion.pk)) for name, scores in given),
                means.get(criterion.code),
            )
            for criterion in self.criteria
        ]

    @cached_property
    def missing(self) -> list[str]:
        """What stands in the way of adoption, as sentences."""
        if self.score is None:
            return [f"Er zijn minder dan {self.round.min_reviews} ingediende beoordelingen."]
        if self.advice is None:
            return ["Er is nog geen conceptadvies."]
        return missing_for_adoption(self.advice, self.score.score)

    @property
    def badge(self) -> str:
        return BADGES[AdviceState(self.advice.state)] if self.advice else "neutral"

    @property
    def spread_sentence(self) -> str:
        if self.score is None:
            return ""
        return (
            f"Tussen de hoogste en de laagste beoordeling zitten {format_number(self.score.spread, 1)} punten. "
            f"Bij meer dan {format_number(self.round.spread_limit, 0)} punten bespreekt de commissie waarom."
        )

    @property
    def facts(self) -> list[Detail]:
        """The advice at a glance."""
        advice = self.advice
        if advice is None:
            return []
        rows = [
            Detail("Conclusie", upper_first(advice.get_conclusion_display() or "nog niet gekozen"))
        ]
        if self.score is not None:
            reviews = f"{self.score.counted_reviews} beoordelingen"
            rows.append(
                Detail("Score", f"{format_number(self.score.score, 2)} van de 100 ({reviews})")
            )
        if advice.proposed_amount is not None:
            rows.append(Detail("Voorgesteld bedrag", euro(advice.proposed_amount)))
        if advice.effort_text:
            rows += [
                Detail("De commissie ziet dat", advice.effort_finding),
                Detail("De aanvrager spant zich ervoor in dat", advice.effort_text),
                Detail("Te laten zien met", advice.effort_evidence),
                Detail("Te laten zien vóór", dutch_date(advice.effort_due_on)),
            ]
        rows.append(Detail("Besproken op", dutch_date(advice.meeting_on) or "Nog niet besproken"))
        if advice.adopted_by:
            rows.append(
                Detail("Vastgesteld", f"{dutch_date(advice.adopted_at)}, {advice.adopted_by}")
            )
        return rows

    @property
    def texts(self) -> list[tuple[Criterion, str]]:
        texts = self.advice.criterion_texts if self.advice else {}
        return [(criterion, texts.get(criterion.code, "")) for criterion in self.criteria]
