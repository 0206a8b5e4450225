"""What a round says: who may apply, when, for how much, and how the ceiling is divided. Written while it is a draft.

Nothing that affects the ranking changes after adoption (Awb 4:26, 4:27): `update_round` refuses it here, and a
trigger refuses it in the database (migration 0008).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from ikc.models import Ikc
from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from kvk2.core.money import format_amount
from subsidies.models import (
    AmountFormula,
    Criterion,
    PriorityTier,
    SchemeVersion,
    SubCeiling,
    SubsidyRound,
)
from subsidies.services.budget_rules import BudgetRuleContent, write_budget_rules
from subsidies.services.standing import standings_without_a_part
from subsidies.states import SchemeState

if TYPE_CHECKING:
    from ikc.models import User

TOTAL_WEIGHT = 100


class RoundIsFixed(DomainError):
    """A round that was adopted keeps its content."""

    code = "ROUND_FIXED"


class RoundNameTaken(DomainError):
    """Rounds are told apart by their names."""

    code = "NAME_TAKEN"


class OverflowNotLater(DomainError):
    """What a part of the ceiling leaves over may flow to a later part only (domain reference 4.1, R3)."""

    code = "OVERFLOW_ORDER"


@dataclass(frozen=True, slots=True)
class CriterionContent:
    """One criterion; the order of the list is the order on the form of the commission."""

    code: str
    name: str
    question: str
    weight: int


@dataclass(frozen=True, slots=True)
class FormulaContent:
    """The maximum of a group, or of one IKC: `base` euros and `per_child` euros for each child of 2 and older,
    or `amount` euros for every `per_children` of them."""

    group: str
    base: Decimal = Decimal(0)
    per_child: Decimal = Decimal(0)
    kind: str = AmountFormula.Kind.BASE_PER_CHILD
    amount: Decimal = Decimal(0)
    per_children: int = 0
    ikc: Ikc | None = None


@dataclass(frozen=True, slots=True)
class SubCeilingContent:
    """Part of the ceiling in euros; `overflow_to` is the code of a later one, or empty."""

    code: str
    name: str
    rule: str
    amount: Decimal
    overflow_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundContent:
    """Everything that the project leader writes down about a round. Money in euros, rates in percent."""

    scheme_version: SchemeVersion
    name: str
    year: int
    description: str
    eligible_forms: Sequence[str] = tuple(Ikc.Form.values)
    founding_allowed: bool = True
    eligible_plus: str = SubsidyRound.Admission.ANY
    eligible_special_education: str = SubsidyRound.Admission.ANY
    opens_at: datetime
    closes_at: datetime
    period_start: date
    period_end: date
    reference_date: date
    ceiling: Decimal
    allocation_method: str = SubsidyRound.Method.TENDER
    marginal_policy: str = SubsidyRound.MarginalPolicy.PARTIAL
    floor: Decimal | None = None
    min_score: Decimal | None = None
    min_reviews: int = 3
    spread_limit: Decimal = Decimal(25)
    tie_chain: Sequence[str] = (SubsidyRound.TieBreak.CRITERIA, SubsidyRound.TieBreak.LOTTERY)
    lottery_mode: str = SubsidyRound.LotteryMode.SEEDED
    lottery_seed: str = ""
    lottery_drawn_by: str = ""
    fallback_on_outage: str = SubsidyRound.OutageFallback.EXTEND
    criteria: Sequence[CriterionContent] = ()
    formulas: Sequence[FormulaContent] = ()
    tiers: Sequence[str] = ()
    sub_ceilings: Sequence[SubCeilingContent] = ()
    # None: those of the scheme.
    budget_rules: Sequence[BudgetRuleContent] | None = None

    def columns(self) -> dict:
        """The values of the columns of the round itself."""
        rows = ("criteria", "formulas", "tiers", "sub_ceilings", "budget_rules")
        values = {part.name: getattr(self, part.name) for part in fields(self)}
        return {
            name: list(value) if name in ("eligible_forms", "tie_chain") else value
            for name, value in values.items()
            if name not in rows
        }


@transaction.atomic
def create_round(
    content: RoundContent, *, by: "User | None", at: datetime, is_demo: bool = False
) -> SubsidyRound:
    """A new round in draft; it may still be incomplete. Refusal: `RoundNameTaken`."""
    _require_free_name(content.name)
    round_ = SubsidyRound.objects.create(**content.columns(), is_demo=is_demo)
    _write_rows(round_, content)
    record(round_, "round_created", actor=by, at=at, after=round_.state)
    return round_


@transaction.atomic
def update_round(
    round_: SubsidyRound, content: RoundContent, *, by: "User | None", at: datetime
) -> SubsidyRound:
    """Replace the content of a draft. Refusals: `RoundIsFixed`, `RoundNameTaken`."""
    round_ = lock_round(round_)
    if not round_.is_editable:
        raise RoundIsFixed("De ronde is vastgesteld. De inhoud kan niet meer veranderen.")
    _require_free_name(content.name, but=round_.pk)
    for name, value in content.columns().items():
        setattr(round_, name, value)
    round_.save(update_fields=list(content.columns()))
    round_.criteria.all().delete()
    round_.formulas.all().delete()
    round_.tiers.all().delete()
    round_.sub_ceilings.all().delete()
    _write_rows(round_, content)
    record(round_, "round_changed", actor=by, at=at, before=round_.state, after=round_.state)
    return round_


def _require_free_name(name: str, *, but: int | None = None) -> None:
    others = SubsidyRound.objects.filter(name=name)
    if but is not None:
        others = others.exclude(pk=but)
    if others.exists():
        raise RoundNameTaken("Er is al een ronde met deze naam. Kies een andere naam.")


def _write_rows(round_: SubsidyRound, content: RoundContent) -> None:
    Criterion.objects.bulk_create(
        Criterion(round=round_, order=order, **asdict(criterion))
        for order, criterion in enumerate(content.criteria, 1)
    )
    AmountFormula.objects.bulk_create(
        AmountFormula(round=round_, **_columns(formula)) for formula in content.formulas
    )
    PriorityTier.objects.bulk_create(
        PriorityTier(round=round_, rank=rank, rule=rule)
        for rank, rule in enumerate(content.tiers, 1)
    )
    _write_sub_ceilings(round_, content.sub_ceilings)
    write_budget_rules(round_, content.budget_rules)


def _columns(formula: FormulaContent) -> dict[str, Any]:
    return {part.name: getattr(formula, part.name) for part in fields(formula)}


def _write_sub_ceilings(round_: SubsidyRound, parts: Sequence[SubCeilingContent]) -> None:
    """The last part first, so that every part finds the later one into which it flows."""
    written: dict[str, SubCeiling] = {}
    for order, part in reversed(list(enumerate(parts, 1))):
        if part.overflow_to and part.overflow_to not in written:
            raise OverflowNotLater(
                f"Wat overblijft van ‘{part.name}’ kan alleen naar een later deelplafond."
            )
        written[part.code] = SubCeiling.objects.create(
            round=round_,
            order=order,
            code=part.code,
            name=part.name,
            rule=part.rule,
            amount=part.amount,
            overflow_to=written.get(part.overflow_to),
        )


def missing_for_adoption(round_: SubsidyRound) -> list[str]:
    """What the round still lacks before the college can adopt it, as sentences (domain reference 3.1)."""
    version = round_.scheme_version
    checks = (
        (
            version.state == SchemeState.IN_FORCE,
            f"De regeling ({version}) is {version.get_state_display()}. Kies een versie die in werking is.",
        ),
        *_money_checks(round_),
        *_criteria_checks(round_),
        *_lottery_checks(round_),
        (round_.eligible_forms, "Kies welke vormen van IKC’s mogen meedoen."),
    )
    return [sentence for done, sentence in checks if not done]


def _money_checks(round_: SubsidyRound) -> list[tuple[Any, str]]:
    groups = {formula.group for formula in round_.formulas.all()}
    parts = sum((part.amount for part in round_.sub_ceilings.all()), Decimal(0))
    return [
        (round_.ceiling > 0, "Vul het subsidieplafond in."),
        (
            parts <= round_.ceiling,
            f"De deelplafonds zijn samen {format_amount(parts)}. Dat is meer dan het subsidieplafond.",
        ),
        (
            not parts or not standings_without_a_part(round_),
            "Niet elk IKC dat mag meedoen valt onder een deelplafond. Voeg een deelplafond toe, "
            "bijvoorbeeld voor alle andere IKC’s.",
        ),
        *(
            (group in groups, f"Vul de bedragformule in voor {group.label}.")
            for group in AmountFormula.NEEDED
        ),
        (
            round_.floor is None or round_.floor <= round_.ceiling,
            "Het kleinste zinvolle bedrag is hoger dan het subsidieplafond.",
        ),
    ]


def _criteria_checks(round_: SubsidyRound) -> list[tuple[Any, str]]:
    """A tender ranks on its criteria; another method may do without, but then has no minimum score."""
    weights = [criterion.weight for criterion in round_.criteria.all()]
    needed = round_.allocation_method == SubsidyRound.Method.TENDER or round_.min_score is not None
    return [
        (weights or not needed, "Voeg ten minste één criterium toe."),
        (
            not weights or sum(weights) == TOTAL_WEIGHT,
            f"De gewichten van de criteria tellen op tot {sum(weights)}%. Dat moet 100% zijn.",
        ),
        (
            not weights or round_.min_reviews >= 1,
            "Vul in hoeveel beoordelingen een aanvraag ten minste krijgt.",
        ),
    ]


def _lottery_checks(round_: SubsidyRound) -> list[tuple[Any, str]]:
    """The chain that tells equal applications apart ends with the lot, and the lot can be drawn."""
    if not round_.is_ordered:
        return []
    seeded = round_.lottery_mode == SubsidyRound.LotteryMode.SEEDED
    return [
        (
            round_.tie_chain and round_.tie_chain[-1] == SubsidyRound.TieBreak.LOTTERY,
            "Kies wat er beslist bij een gelijke stand; het lot komt als laatste.",
        ),
        (
            not seeded or round_.lottery_seed.strip(),
            "Vul de tekst voor de loting in. Die beslist als alle scores gelijk zijn.",
        ),
        (seeded or round_.lottery_drawn_by.strip(), "Vul in wie de loting doet."),
    ]


def lock_round(round_: SubsidyRound) -> SubsidyRound:
    """The round as it is now, with its row locked until the end of the transaction."""
    return SubsidyRound.objects.select_for_update(of=("self",)).get(pk=round_.pk)
