"""What a round says: who may apply, when, for how much, and how the ceiling is divided."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from ikc.models import Ikc
from subsidies.models import AmountFormula, SchemeVersion, SubsidyRound
from subsidies.services.admission import USUAL, Question
from subsidies.services.budget_rules import BudgetRuleContent

# The parts of a round that are rows of their own.
ROWS = ("criteria", "formulas", "tiers", "sub_ceilings", "budget_rules", "checklist")


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
    sub_applications_allowed: bool = False
    sub_application_name: str = ""
    partner_confirmation: str = SubsidyRound.PartnerRule.REQUIRED
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
    # Empty: the usual questions, of a round from before it had its own.
    checklist: Sequence[Question] = USUAL

    def columns(self) -> dict:
        """The values of the columns of the round itself."""
        values = {part.name: getattr(self, part.name) for part in fields(self)}
        return {
            name: list(value) if name in ("eligible_forms", "tie_chain") else value
            for name, value in values.items()
            if name not in ROWS
        }


def content_of(round_: SubsidyRound) -> RoundContent:
    """What `round_` says now, its rows included."""
    values = {
        part.name: getattr(round_, part.name)
        for part in fields(RoundContent)
        if part.name not in ROWS
    }
    parts = sorted(round_.sub_ceilings.all(), key=lambda part: part.order)
    codes = {part.pk: part.code for part in parts}
    return RoundContent(
        **values,
        criteria=[
            CriterionContent(row.code, row.name, row.question, row.weight)
            for row in sorted(round_.criteria.all(), key=lambda row: row.order)
        ],
        formulas=[
            _formula_content(row) for row in sorted(round_.formulas.all(), key=_formula_order)
        ],
        tiers=[row.rule for row in sorted(round_.tiers.all(), key=lambda row: row.rank)],
        sub_ceilings=[
            SubCeilingContent(
                part.code,
                part.name,
                part.rule,
                part.amount,
                codes.get(part.overflow_to_id or 0, ""),
            )
            for part in parts
        ],
        budget_rules=[
            BudgetRuleContent(**row.content())
            for row in sorted(round_.budget_rules.all(), key=lambda row: (row.order, row.pk))
        ],
        checklist=tuple(
            Question(row.code, row.text, row.subject)
            for row in sorted(round_.checklist.all(), key=lambda row: row.order)
        ),
    )


def _formula_order(formula: AmountFormula) -> tuple[int, int]:
    return AmountFormula.Group.values.index(formula.group), formula.ikc_id or 0


def _formula_content(formula: AmountFormula) -> FormulaContent:
    names = (part.name for part in fields(FormulaContent))
    return FormulaContent(**{name: getattr(formula, name) for name in names})


def lock_round(round_: SubsidyRound) -> SubsidyRound:
    """The round as it is now, with its row locked until the end of the transaction."""
    return SubsidyRound.objects.select_for_update(of=("self",)).get(pk=round_.pk)
