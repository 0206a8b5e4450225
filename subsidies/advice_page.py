"""What the secretary's pages show, and how much of it the municipality may see before adoption."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from ikc.models import User
from ikc.roles import Role
from kvk2.core.money import format_number
from kvk2.nlds.components import Detail, Tile
from kvk2.nlds.templatetags.nlds import dutch_date, euro, upper_first
from subsidies import scoring
from subsidies.forms.lists import ListFilter
from subsidies.models import (
    AgendaItem,
    Application,
    CommissionAdvice,
    Criterion,
    Review,
    ScoreChange,
    SubsidyRound,
)
from subsidies.services.advice import (
    Standing,
    missing_for_adoption,
    missing_for_round,
    standing_of,
    with_reviews,
)
from subsidies.states import (
    COUNTED_REVIEWS,
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
FILTERS = [
    ("todo", "nog geen vastgesteld advies"),
    ("few", "te weinig beoordelingen"),
    ("discuss", "te bespreken: grote verschillen"),
    ("adopted", "advies vastgesteld"),
]
SORTS = [
    ("nummer", "nummer"),
    ("score", "score, hoogste eerst"),
    ("spreiding", "verschil, grootste eerst"),
]


@dataclass(frozen=True, slots=True)
class Row:
    """One application on the overview; score and spread are None while the reader may not know them."""

    application: Application
    advice: CommissionAdvice | None
    done: int
    assigned: int
    score: Decimal | None
    spread: Decimal | None
    discuss: bool
    enough: bool

    @property
    def adopted(self) -> bool:
        return self.advice is not None and self.advice.state in ADOPTED_STATES

    @property
    def spread_words(self) -> str:
        return "" if self.spread is None else f"{format_number(self.spread, 1)} punten"

    @property
    def conclusion(self) -> str:
        """Only what was adopted is a conclusion."""
        return self.advice.get_conclusion_display() if self.adopted and self.advice else ""

    @property
    def status(self) -> tuple[str, str]:
        """Label and kind of the badge."""
        if self.advice is not None:
            return self.advice.get_state_display(), BADGES[AdviceState(self.advice.state)]
        if self.enough:
            return "klaar voor advies", "warning"
        return "wordt beoordeeld", "neutral"


class RoundAdvice:
    """The overview of a round for one reader; the secretary sees scores at once, others after adoption."""

    def __init__(self, round_: SubsidyRound, user: User, wishes: Mapping[str, str]) -> None:
        self.round, self.user = round_, user
        self.search = wishes.get("zoek", "").strip()
        self.state = wishes.get("status", "")
        self.sort = wishes.get("sorteer", "nummer")
        self.filter_form = ListFilter(wishes, states=FILTERS, sorts=SORTS)

    @cached_property
    def is_secretary(self) -> bool:
        return self.user.has_role(Role.COMMISSION_SECRETARY)

    @cached_property
    def all_rows(self) -> list[Row]:
        criteria = list(self.round.criteria.order_by("order"))
        applications = with_reviews(
            Application.objects.visible_to(self.user).filter(round=self.round, state__in=ASSESSED)
        )
        return [
            self._row(standing_of(application, self.round, criteria))
            for application in applications.order_by("number")
        ]

    @cached_property
    def rows(self) -> list[Row]:
        rows = [row for row in self.all_rows if self._wanted(row)]
        if self.sort == "score":
            rows.sort(key=lambda row: (row.score is None, -(row.score or 0)))
        elif self.sort == "spreiding":
            rows.sort(key=lambda row: (row.spread is None, -(row.spread or 0)))
        return rows

    @property
    def filtered(self) -> bool:
        return bool(self.search or self.state)

    @property
    def adopted(self) -> int:
        """Adopted and not sent yet."""
        states = [row.advice.state for row in self.all_rows if row.advice]
        return states.count(AdviceState.ADOPTED)

    @property
    def with_advice(self) -> int:
        return sum(row.adopted for row in self.all_rows)

    @property
    def reviews_done(self) -> int:
        return sum(row.done for row in self.all_rows)

    @property
    def reviews_assigned(self) -> int:
        return sum(row.assigned for row in self.all_rows)

    @property
    def to_discuss(self) -> int:
        return sum(row.discuss and not row.adopted for row in self.all_rows)

    @property
    def tiles(self) -> list[Tile]:
        total = len(self.all_rows)
        tiles = [
            Tile("Beoordelingen", f"{self.reviews_done} van {self.reviews_assigned}", "ingediend"),
            Tile("Adviezen", f"{self.with_advice} van {total}", "vastgesteld"),
        ]
        if self.is_secretary:
            limit = format_number(self.round.spread_limit, 0)
            tiles.append(
                Tile("Te bespreken", str(self.to_discuss), f"meer dan {limit} punten verschil")
            )
        return tiles

    @cached_property
    def missing(self) -> list[str]:
        return missing_for_round(self.round)

    def export(self):
        headers = [
            "Nummer",
            "IKC",
            "Beoordelingen",
            "Toegewezen",
            "Score",
            "Verschil",
            "Bespreken",
            "Advies",
            "Conclusie",
        ]
        rows = (
            [
                row.application.number,
                row.application.ikc.name,
                row.done,
                row.assigned,
                row.score,
                row.spread,
                row.discuss,
                row.status[0],
                row.advice.get_conclusion_display()
                if row.advice and (self.is_secretary or row.adopted)
                else "",
            ]
            for row in self.rows
        )
        return headers, rows

    def _row(self, standing: Standing) -> Row:
        advice = standing.advice
        adopted = advice is not None and advice.state in ADOPTED_STATES
        known = adopted or (self.is_secretary and not self._owes_review(standing.application))
        score = standing.score if known else None
        return Row(
            application=standing.application,
            advice=advice,
            done=standing.reviews_done,
            assigned=standing.reviews_assigned,
            score=score.score if score else None,
            spread=score.spread if score else None,
            discuss=score is not None and score.discuss,
            enough=standing.score is not None,
        )

    def _owes_review(self, application: Application) -> bool:
        """A chair who still has to score this application is as blind as any member."""
        return any(
            review.member.user_id == self.user.pk and review.state in OPEN_REVIEWS
            for review in application.reviews.all()
        )

    def _wanted(self, row: Row) -> bool:
        words = f"{row.application.number} {row.application.title} {row.application.ikc.name}"
        if self.search.casefold() not in words.casefold():
            return False
        return {
            "todo": not row.adopted,
            "few": not row.enough,
            "discuss": row.discuss,
            "adopted": row.adopted,
        }.get(self.state, True)


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
        done = (*COUNTED_REVIEWS, ReviewState.RECUSED)
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
        items = AgendaItem.objects.visible_to(self.user).filter(application=self.application)
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
