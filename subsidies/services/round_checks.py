"""What a round still lacks before the college can adopt it (domain reference 3.1)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from kvk2.core.money import format_amount
from subsidies.models import AmountFormula, PriorityTier, SubsidyRound
from subsidies.round_steps import RoundStep
from subsidies.services.financial_years import round_problems
from subsidies.services.standing import standings_without_a_part

TOTAL_WEIGHT = 100
Group, Admission = AmountFormula.Group, SubsidyRound.Admission


class Missing(NamedTuple):
    """One thing that is still missing, and the step in which to supply it."""

    text: str
    step: RoundStep


def missing_for_adoption(round_: SubsidyRound) -> list[Missing]:
    """What is missing, in the order of the steps; empty when the college can adopt the round."""
    order = list(RoundStep)
    found = [Missing(text, step) for step, done, text in _checks(round_) if not done]
    named = {item.step for item in found}
    found += [
        Missing(f"Kijk ‘{RoundStep(name).label}’ na en bewaar de stap.", RoundStep(name))
        for name in round_.steps_to_check
        if name not in named
    ]
    return sorted(found, key=lambda item: order.index(item.step))


def _checks(round_: SubsidyRound) -> Iterator[tuple[RoundStep, Any, str]]:
    yield (
        RoundStep.TARGET,
        round_.eligible_forms,
        "Kies welke vormen van IKC’s mogen meedoen.",
    )
    for text in round_problems(round_):
        yield RoundStep.DATES, False, text
    yield from _money_checks(round_)
    young = any(tier.rule == PriorityTier.Rule.YOUNG_CHILD for tier in round_.tiers.all())
    yield (
        RoundStep.PRIORITY,
        round_.sub_applications_allowed or not young,
        "Voorrang voor een deelaanvraag kan alleen als aanvragers een deelaanvraag kunnen doen.",
    )
    yield from _criteria_checks(round_)
    yield from _tie_checks(round_)


def _money_checks(round_: SubsidyRound) -> Iterator[tuple[RoundStep, Any, str]]:
    parts = sum((part.amount for part in round_.sub_ceilings.all()), Decimal(0))
    yield RoundStep.MONEY, round_.ceiling > 0, "Vul het subsidieplafond in."
    yield (
        RoundStep.MONEY,
        parts <= round_.ceiling,
        f"De deelplafonds zijn samen {format_amount(parts)}. Dat is meer dan het subsidieplafond.",
    )
    yield (
        RoundStep.MONEY,
        not parts or not standings_without_a_part(round_),
        "Niet elk IKC dat mag meedoen valt onder een deelplafond. Voeg een deelplafond toe, "
        "bijvoorbeeld voor alle andere IKC’s.",
    )
    groups = {formula.group for formula in round_.formulas.all()}
    for group in _needed_groups(round_):
        yield (
            RoundStep.FORMULAS,
            group in groups,
            f"Vul de bedragformule in voor {group.label}.",
        )
    yield (
        RoundStep.DIVISION,
        round_.floor is None or round_.floor <= round_.ceiling or not round_.ceiling,
        "Het kleinste zinvolle bedrag is hoger dan het subsidieplafond.",
    )


def _needed_groups(round_: SubsidyRound) -> Iterator[AmountFormula.Group]:
    """The groups of the target group that cannot do without a formula."""
    if round_.eligible_plus != Admission.NOT:
        yield Group.PLUS
    if round_.eligible_plus != Admission.ONLY:
        yield Group.REGULAR


def _criteria_checks(round_: SubsidyRound) -> Iterator[tuple[RoundStep, Any, str]]:
    """A tender ranks on its criteria; another method may do without, but then has no minimum score."""
    weights = [criterion.weight for criterion in round_.criteria.all()]
    needed = round_.needs_reviews or round_.min_score is not None
    yield RoundStep.CRITERIA, weights or not needed, "Voeg ten minste één criterium toe."
    yield (
        RoundStep.CRITERIA,
        not weights or sum(weights) == TOTAL_WEIGHT,
        f"De gewichten van de criteria tellen op tot {sum(weights)}%. Dat moet 100% zijn.",
    )
    yield (
        RoundStep.DIVISION,
        not weights or round_.min_reviews >= 1,
        "Vul in hoeveel beoordelingen een aanvraag ten minste krijgt.",
    )


def _tie_checks(round_: SubsidyRound) -> Iterator[tuple[RoundStep, Any, str]]:
    """The method is chosen; the chain that tells equals apart ends with the lot, and the lot can be drawn."""
    yield (
        RoundStep.DIVISION,
        round_.allocation_method in SubsidyRound.Method.values,
        "Kies hoe het geld wordt verdeeld.",
    )
    if not round_.is_ordered:
        return
    seeded = round_.lottery_mode == SubsidyRound.LotteryMode.SEEDED
    yield (
        RoundStep.DIVISION,
        round_.tie_chain and round_.tie_chain[-1] == SubsidyRound.TieBreak.LOTTERY,
        "Kies wat er beslist bij een gelijke stand; het lot komt als laatste.",
    )
    yield (
        RoundStep.DIVISION,
        not seeded or round_.lottery_seed.strip(),
        "Vul de tekst voor de loting in. Die beslist als alle scores gelijk zijn.",
    )
    yield (
        RoundStep.DIVISION,
        seeded or round_.lottery_drawn_by.strip(),
        "Vul in wie de loting doet.",
    )
