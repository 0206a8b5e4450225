"""The highest amount an IKC may ask for, and the rules of a budget (domain reference 4.7, 7.2).

Amounts are euros, limits are inclusive. Every broken rule comes with a Dutch sentence that shows
the sum, so that the form can say it while people type.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from kvk2.core.errors import DomainError
from kvk2.core.money import (
    MAXIMUM_AMOUNT,
    format_amount,
    format_number,
    format_whole,
    round_half_up,
)

# More children than any IKC has: probably a typing error, so the form asks (domain reference 7.2).
MANY_CHILDREN = 1500


class ChildrenInvalid(DomainError):
    """A number of children below zero."""

    code = "CHILDREN_INVALID"


class UnknownFormula(DomainError):
    """Not a formula that the portal can compute."""

    code = "UNKNOWN_FORMULA"


@dataclass(frozen=True, slots=True)
class ChildCounts:
    """Children who attend on the reference date, by age in years."""

    age_0_1: int
    age_2_3: int
    age_4_12: int

    @property
    def counted(self) -> int:
        """Children of two and older: only they count for the maximum."""
        return self.age_2_3 + self.age_4_12


@dataclass(frozen=True, slots=True)
class LinearFormula:
    """`amount` euros for every `per_children` children."""

    amount: Decimal
    per_children: int

    def compute(self, children: int) -> Fraction:
        return Fraction(self.amount) * children / self.per_children

    def words(self, children: int) -> str:
        return (
            f"{_plain(self.amount)} × {format_whole(children)} / {format_whole(self.per_children)}"
        )


@dataclass(frozen=True, slots=True)
class BasePerChildFormula:
    """`base` euros, and `per_child` euros for every child."""

    base: Decimal
    per_child: Decimal

    def compute(self, children: int) -> Fraction:
        return Fraction(self.base) + Fraction(self.per_child) * children

    def words(self, children: int) -> str:
        return f"{_plain(self.base)} + {_plain(self.per_child)} × {format_whole(children)}"


Formula = LinearFormula | BasePerChildFormula


@dataclass(frozen=True, slots=True)
class MaximumAmount:
    """`explanation` shows the sum: `5.000 + 105 × 175 = € 23.375`."""

    children_counted: int
    maximum: Decimal
    warnings: tuple[str, ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One line of income or expenditure."""

    amount: Decimal
    explanation: str


class RuleKind(StrEnum):
    """A limit that a scheme may set: euros an hour, or a percentage."""

    HOURLY_RATE = "hourly_rate"
    PREPARATION = "preparation"
    OVERHEAD = "overhead"


class Severity(StrEnum):
    """What a broken rule means: an error keeps from filing, a warning asks for an explanation."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """A published limit. `text` is what the municipality wants to say with it."""

    kind: RuleKind
    limit: Decimal
    severity: Severity = Severity.ERROR
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetFigures:
    """What is known of a budget; a rule is checked only when all its figures are given.

    `grant_total` is the subsidy that overhead is measured against. The requested subsidy is one of
    the lines of `income`. `applied_elsewhere` answers whether the same costs were put to another
    fund; `None` is no answer, and counts only when `asks_other_funding` is set.
    """

    hourly_rates: Sequence[Decimal] = ()
    preparation_hours: Decimal | None = None
    professional_hours: Decimal | None = None
    overhead: Decimal | None = None
    grant_total: Decimal | None = None
    requested: Decimal | None = None
    maximum: Decimal | None = None
    maximum_explanation: str = ""
    income: Sequence[BudgetLine] | None = None
    expenditure: Sequence[BudgetLine] | None = None
    asks_other_funding: bool = False
    applied_elsewhere: bool | None = None


@dataclass(frozen=True, slots=True, order=True)
class BudgetProblem:
    """A broken rule: its code, and what to tell the applicant."""

    code: str
    message: str
    severity: Severity = Severity.ERROR

    @property
    def blocks(self) -> bool:
        return self.severity is Severity.ERROR


def parse_formula(data: Mapping[str, Any]) -> Formula:
    """The formula of a round out of its stored form: `kind` and the parameters of that kind."""
    try:
        match data["kind"]:
            case "LINEAR" if int(data["per_children"]) > 0:
                return LinearFormula(Decimal(data["amount"]), int(data["per_children"]))
            case "BASE_PER_CHILD":
                return BasePerChildFormula(Decimal(data["base"]), Decimal(data["per_child"]))
    except (KeyError, TypeError, ValueError, ArithmeticError):
        pass
    raise UnknownFormula("Deze rekenregel voor het maximum kent het portaal niet.")


def maximum_amount(formula: Formula, children: ChildCounts) -> MaximumAmount:
    """The highest subsidy for an IKC with these children, half-up to the cent.

    Warning `CHILDREN_OVER_1500` asks to check the number. Refusal: `CHILDREN_INVALID`.
    """
    if min(children.age_0_1, children.age_2_3, children.age_4_12) < 0:
        raise ChildrenInvalid("Een aantal kinderen is niet negatief.")
    counted = children.counted
    maximum = round_half_up(formula.compute(counted), 2)
    return MaximumAmount(
        children_counted=counted,
        maximum=maximum,
        warnings=("CHILDREN_OVER_1500",) if counted > MANY_CHILDREN else (),
        explanation=f"{formula.words(counted)} = € {_plain(maximum)}",
    )


def check_budget(figures: BudgetFigures, rules: Iterable[Rule]) -> tuple[BudgetProblem, ...]:
    """The broken rules, by code: those of the scheme and those of every budget.

    Nothing is refused here: a draft may still be wrong.
    """
    checks = (
        *(_broken(rule, figures) for rule in rules),
        _above_maximum(figures),
        _not_balanced(figures),
        _no_explanation(figures),
        _other_funding(figures),
        _amount_range(figures),
    )
    return tuple(sorted(problem for problem in checks if problem is not None))


def _broken(rule: Rule, figures: BudgetFigures) -> BudgetProblem | None:
    sentence = _LIMITS[rule.kind](figures, rule.limit)
    if not sentence:
        return None
    return BudgetProblem(rule.kind.name, f"{sentence} {rule.text}".strip(), rule.severity)


def _hourly_rate(figures: BudgetFigures, limit: Decimal) -> str:
    highest = max(figures.hourly_rates, default=limit)
    if highest <= limit:
        return ""
    return (
        f"Een uurtarief is hoogstens {format_amount(limit)}. U vulde {format_amount(highest)} in."
    )


def _preparation(figures: BudgetFigures, limit: Decimal) -> str:
    preparation, professional = figures.preparation_hours, figures.professional_hours
    if preparation is None or professional is None:
        return ""
    allowed = _share(limit, professional)
    if preparation <= allowed:
        return ""
    percentage = _plain(limit)
    return (
        f"Voorbereiding is hoogstens {percentage}% van de uren met kinderen of ouders: "
        f"{percentage}% van {_plain(professional)} is {_plain(round_half_up(allowed, 2))} uur. "
        f"U vulde {_plain(preparation)} uur in."
    )


def _overhead(figures: BudgetFigures, limit: Decimal) -> str:
    overhead, grant = figures.overhead, figures.grant_total
    if overhead is None or grant is None:
        return ""
    allowed = _share(limit, grant)
    if overhead <= allowed:
        return ""
    percentage = _plain(limit)
    return (
        f"Overhead is hoogstens {percentage}% van de subsidie: {percentage}% van "
        f"{format_amount(grant)} is {format_amount(round_half_up(allowed, 2))}. "
        f"U vulde {format_amount(overhead)} in."
    )


_LIMITS: Mapping[RuleKind, Callable[[BudgetFigures, Decimal], str]] = MappingProxyType(
    {
        RuleKind.HOURLY_RATE: _hourly_rate,
        RuleKind.PREPARATION: _preparation,
        RuleKind.OVERHEAD: _overhead,
    }
)


def _above_maximum(figures: BudgetFigures) -> BudgetProblem | None:
    requested, maximum = figures.requested, figures.maximum
    if requested is None or maximum is None or requested <= maximum:
        return None
    reckoning = f" ({figures.maximum_explanation})" if figures.maximum_explanation else ""
    return BudgetProblem(
        "ABOVE_MAXIMUM",
        f"U vraagt {format_amount(requested)}. U kunt hoogstens {format_amount(maximum)} "
        f"vragen{reckoning}.",
    )


def _not_balanced(figures: BudgetFigures) -> BudgetProblem | None:
    if figures.income is None or figures.expenditure is None:
        return None
    income, expenditure = _sum(figures.income), _sum(figures.expenditure)
    if income == expenditure:
        return None
    larger = "inkomsten" if income > expenditure else "uitgaven"
    return BudgetProblem(
        "NOT_BALANCED",
        f"De inkomsten zijn {format_amount(income)} en de uitgaven {format_amount(expenditure)}. "
        f"De {larger} zijn {format_amount(abs(income - expenditure))} hoger; "
        "ze moeten even hoog zijn.",
    )


def _no_explanation(figures: BudgetFigures) -> BudgetProblem | None:
    missing = sum(not line.explanation.strip() for line in _lines(figures))
    if not missing:
        return None
    where = "1 begrotingsregel" if missing == 1 else f"{missing} begrotingsregels"
    return BudgetProblem("NO_EXPLANATION", f"Bij {where} ontbreekt de toelichting.")


def _other_funding(figures: BudgetFigures) -> BudgetProblem | None:
    if not figures.asks_other_funding or figures.applied_elsewhere is not None:
        return None
    return BudgetProblem(
        "OTHER_FUNDING_UNANSWERED",
        "Beantwoord de vraag of u voor dezelfde kosten ook ergens anders geld vraagt.",
    )


def _amount_range(figures: BudgetFigures) -> BudgetProblem | None:
    amounts = [line.amount for line in _lines(figures)]
    amounts += [
        amount
        for amount in (figures.requested, figures.overhead, figures.grant_total)
        if amount is not None
    ]
    if all(0 <= amount <= MAXIMUM_AMOUNT for amount in amounts):
        return None
    return BudgetProblem(
        "AMOUNT_RANGE", f"Een bedrag ligt tussen € 0 en € {_plain(MAXIMUM_AMOUNT)}."
    )


def _lines(figures: BudgetFigures) -> list[BudgetLine]:
    return [*(figures.income or ()), *(figures.expenditure or ())]


def _sum(lines: Iterable[BudgetLine]) -> Decimal:
    return sum((line.amount for line in lines), start=Decimal(0))


def _share(percentage: Decimal, whole: Decimal) -> Fraction:
    return Fraction(percentage) * Fraction(whole) / 100


def _plain(value: Decimal) -> str:
    """A figure without needless decimals: `5.000`, `105`, `25.714,29`."""
    return format_number(value, 0 if value == value.to_integral_value() else 2)
