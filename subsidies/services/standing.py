"""How an IKC stands on one day, and what follows from it in a round: may it take part, its priority, its
formula and its part of the ceiling (domain reference 4.1, 4.7)."""

from dataclasses import dataclass
from datetime import date
from itertools import product

from ikc.models import Ikc, PlusStatus
from subsidies.models import AmountFormula, Application, PriorityTier, SubCeiling, SubsidyRound

Admission = SubsidyRound.Admission


@dataclass(frozen=True, slots=True)
class Standing:
    """The facts about an IKC on one day that decide its formula, its priority and its part of the ceiling."""

    is_plus: bool
    in_attention_area: bool
    extended_learning_time: bool
    special_education: bool = False
    form: str = Ikc.Form.REGULAR
    # Of the application and not of the IKC: it has a part for children up to and including five years.
    young_child: bool = False

    def meets(self, rule: str) -> bool:
        return {
            PriorityTier.Rule.PLUS: self.is_plus,
            PriorityTier.Rule.ATTENTION_AREA: self.in_attention_area,
            PriorityTier.Rule.EXTENDED_LEARNING_TIME: self.extended_learning_time,
            PriorityTier.Rule.VILLAGE: self.form == Ikc.Form.VILLAGE,
            PriorityTier.Rule.SPECIAL_EDUCATION: self.special_education,
            PriorityTier.Rule.YOUNG_CHILD: self.young_child,
        }[PriorityTier.Rule(rule)]

    def belongs_to(self, rule: str) -> bool:
        """Whether an IKC that stands so may compete for a part of the ceiling with this rule."""
        return {
            SubCeiling.Rule.PLUS: self.is_plus,
            SubCeiling.Rule.NOT_PLUS: not self.is_plus,
            SubCeiling.Rule.ATTENTION_AREA: self.in_attention_area,
            SubCeiling.Rule.VILLAGE: self.form == Ikc.Form.VILLAGE,
            SubCeiling.Rule.SPECIAL_EDUCATION: self.special_education,
            SubCeiling.Rule.OTHERS: True,
        }[SubCeiling.Rule(rule)]


def standing_of(ikc: Ikc, day: date) -> Standing:
    """How `ikc` stands on `day`; the area counts only while it is an attention area."""
    area = ikc.attention_area
    in_area = area is not None and (
        area.valid_from <= day and (area.valid_until is None or day <= area.valid_until)
    )
    return Standing(
        is_plus=PlusStatus.objects.granted().active_on(day).filter(ikc=ikc).exists(),
        in_attention_area=in_area,
        extended_learning_time=ikc.extended_learning_time,
        special_education=ikc.special_education,
        form=ikc.form,
    )


def standing_at_submission(application: Application) -> Standing:
    """How the IKC stood when `application` was filed; those facts are frozen."""
    return Standing(
        is_plus=application.is_plus,
        in_attention_area=application.in_attention_area,
        extended_learning_time=application.extended_learning_time,
        special_education=application.special_education,
        form=application.ikc_form,
    )


def why_not_eligible(round_: SubsidyRound, ikc: Ikc, standing: Standing) -> str:
    """The sentence that says why `ikc` is outside the target group of `round_`; empty when it may take part."""
    if ikc.form not in round_.eligible_forms:
        return f"Deze ronde is niet bedoeld voor: {ikc.get_form_display()}."
    if ikc.founding and not round_.founding_allowed:
        return "Deze ronde is niet bedoeld voor IKC’s in oprichting."
    if not _admits(round_.eligible_plus, standing.is_plus):
        if standing.is_plus:
            return "Deze ronde is niet bedoeld voor Plus IKC’s."
        return "Deze ronde is alleen bedoeld voor Plus IKC’s."
    if not _admits(round_.eligible_special_education, standing.special_education):
        if standing.special_education:
            return "Deze ronde is niet bedoeld voor IKC’s speciaal onderwijs."
        return "Deze ronde is alleen bedoeld voor IKC’s speciaal onderwijs."
    return ""


def _admits(admission: str, marked: bool) -> bool:
    return admission == Admission.ANY or (admission == Admission.ONLY) == marked


def tier_of(round_: SubsidyRound, standing: Standing) -> int:
    """The first published priority that applies; who matches none comes after the last."""
    tiers = sorted(round_.tiers.all(), key=lambda tier: tier.rank)
    for tier in tiers:
        if standing.meets(tier.rule):
            return tier.rank
    return tiers[-1].rank + 1 if tiers else 1


def sub_ceiling_of(round_: SubsidyRound, standing: Standing) -> SubCeiling | None:
    """The first part of the ceiling whose rule fits; None when the round has no parts, or none that fits."""
    return _first_that_fits(_parts_of(round_), standing)


def _parts_of(round_: SubsidyRound) -> list[SubCeiling]:
    return sorted(round_.sub_ceilings.all(), key=lambda part: part.order)


def _first_that_fits(parts: list[SubCeiling], standing: Standing) -> SubCeiling | None:
    return next((part for part in parts if standing.belongs_to(part.rule)), None)


def formula_for(round_: SubsidyRound, ikc: Ikc, standing: Standing) -> AmountFormula | None:
    """The formula of the IKC itself, else of special education, else of its group; None when there is none."""
    formulas = list(round_.formulas.all())
    own = next((formula for formula in formulas if formula.ikc_id == ikc.pk), None)
    if own is not None:
        return own
    by_group = {formula.group: formula for formula in formulas}
    group = AmountFormula.Group
    if standing.special_education and group.SPECIAL_EDUCATION in by_group:
        return by_group[group.SPECIAL_EDUCATION]
    return by_group.get(group.PLUS if standing.is_plus else group.REGULAR)


def standings_without_a_part(round_: SubsidyRound) -> list[Standing]:
    """The ways in which an IKC of the target group can stand and yet fit no part of the ceiling."""
    ways = (
        Standing(plus, area, False, special, form)
        for form, plus, area, special in product(
            round_.eligible_forms, (False, True), (False, True), (False, True)
        )
        if _admits(round_.eligible_plus, plus)
        and _admits(round_.eligible_special_education, special)
    )
    parts = _parts_of(round_)
    return [way for way in ways if _first_that_fits(parts, way) is None]
