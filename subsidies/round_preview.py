"""What a step of the form of a round comes down to, shown beside it while it is written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from kvk2.core.capitals import upper_first
from kvk2.core.deadlines import local_date
from subsidies.budget import ChildCounts, maximum_amount
from subsidies.models import AmountFormula
from subsidies.round_steps import RoundStep
from subsidies.round_words import (
    day_in_words,
    euros,
    formula_row,
    method_sentences,
    parts_in_words,
    priority_in_words,
)
from subsidies.services.round_checks import TOTAL_WEIGHT
from subsidies.services.round_content import FormulaContent, RoundContent

# The sizes of the examples (domain reference 4.7): children of 2 and older.
SIZES = (90, 175, 240)
EXAMPLE = 175
Group = AmountFormula.Group


@dataclass(frozen=True, slots=True)
class Preview:
    """Sentences, warnings, and a table of amounts per number of children."""

    lines: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    rows: tuple[tuple[str, tuple[tuple[int, str], ...]], ...] = ()


def preview(step: RoundStep, content: RoundContent) -> Preview | None:
    """What `content` comes down to at `step`; None where the answers speak for themselves."""
    make = _PREVIEWS.get(step)
    return make(content) if make else None


def _dates(content: RoundContent) -> Preview:
    opens, closes = local_date(content.opens_at), local_date(content.closes_at)
    days = (closes - opens).days + 1
    decide = content.scheme_version.decide_before(closes_on=closes)
    lines = (
        f"De ronde is {days} dagen open.",
        f"De publicatie staat er uiterlijk {day_in_words(opens)}, vóór de opening.",
        f"Het college besluit uiterlijk {day_in_words(decide)}.",
    )
    warnings = []
    if days < 14:
        warnings.append("De ronde is korter dan twee weken open.")
    if decide > content.period_start:
        warnings.append("Het besluit kan komen na het begin van de subsidieperiode.")
    if content.reference_date > opens:
        warnings.append(
            "De peildatum ligt na de opening. Aanvragers kennen hun aantal dan nog niet."
        )
    if content.period_end - content.period_start > timedelta(days=366):
        warnings.append("De subsidieperiode is langer dan een jaar.")
    return Preview(lines, tuple(warnings))


def _money(content: RoundContent) -> Preview:
    if not content.sub_ceilings:
        return Preview(("Er zijn geen deelplafonds: alle aanvragen delen één bedrag.",))
    total = sum((part.amount for part in content.sub_ceilings), Decimal(0))
    lines = [
        *parts_in_words(content.sub_ceilings),
        f"Samen {euros(total)} van {euros(content.ceiling)}.",
    ]
    free, warnings = content.ceiling - total, []
    if free > 0:
        lines.append(f"{euros(free)} valt onder geen deelplafond en wordt niet verdeeld.")
    elif free < 0:
        warnings.append(f"De deelplafonds zijn samen {euros(-free)} hoger dan het subsidieplafond.")
    return Preview(tuple(lines), tuple(warnings))


def _formulas(content: RoundContent) -> Preview:
    rows, lines = [], []
    for formula in content.formulas:
        row = formula_row(formula)
        amounts = tuple((size, euros(_maximum(formula, size))) for size in SIZES)
        rows.append((upper_first(row.for_whom), amounts))
        lines.append(
            f"{_one(formula)} met {EXAMPLE} kinderen kan hoogstens {euros(_maximum(formula, EXAMPLE))} vragen."
        )
    return Preview(
        tuple(lines) or ("Kies een formule. Dan staat hier wat een IKC hoogstens kan vragen.",),
        sizes=SIZES if rows else (),
        rows=tuple(rows),
    )


def _one(formula: FormulaContent) -> str:
    """One IKC of the group, at the start of a sentence."""
    if formula.ikc is not None:
        return str(formula.ikc)
    return {
        Group.PLUS: "Een Plus IKC",
        Group.REGULAR: "Een ander IKC",
        Group.SPECIAL_EDUCATION: "Een IKC speciaal onderwijs",
    }[Group(formula.group)]


def _maximum(formula: FormulaContent, children: int) -> Decimal:
    counts = ChildCounts(0, 0, children)
    return maximum_amount(formula_row(formula).formula, counts).maximum


def _division(content: RoundContent) -> Preview:
    return Preview(tuple(method_sentences(content)))


def _priority(content: RoundContent) -> Preview:
    if not content.tiers:
        return Preview(("Niemand heeft voorrang: alleen de verdeelwijze telt.",))
    return Preview((*priority_in_words(content.tiers).split("\n"), "Daarna alle andere aanvragen."))


def _criteria(content: RoundContent) -> Preview:
    total = sum(criterion.weight for criterion in content.criteria)
    if total == TOTAL_WEIGHT or not content.criteria:
        return Preview((f"De gewichten zijn samen {total}%.",))
    return Preview(warnings=(f"De gewichten zijn samen {total}%. Dat moet 100% zijn.",))


_PREVIEWS: dict[RoundStep, Callable[[RoundContent], Preview]] = {
    RoundStep.DATES: _dates,
    RoundStep.MONEY: _money,
    RoundStep.FORMULAS: _formulas,
    RoundStep.DIVISION: _division,
    RoundStep.PRIORITY: _priority,
    RoundStep.CRITERIA: _criteria,
}
