"""What the database refuses of the rules of a round: its formulas, the parts of its ceiling, and what became fixed."""

from decimal import Decimal

import pytest

from ikc.tests.factories import IkcFactory
from subsidies.models import AmountFormula, SubCeiling, SubsidyRound
from subsidies.tests.factories import ApplicationFactory, SubsidyRoundFactory, add_parts, move
from subsidies.tests.test_models_intake import refuses

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("formula_names_its_ikc", {"group": "ikc"}),
        ("formula_is_of_one_kind", {"group": "special", "kind": "linear", "amount": 5}),
        ("formula_is_of_one_kind", {"group": "special", "base": 5, "per_children": 5}),
    ],
)
def test_a_formula_is_of_one_kind_and_one_group(name, values):
    refuses(name, AmountFormula.objects.create, round=SubsidyRoundFactory(), **values)


def test_an_ikc_has_one_formula_of_its_own():
    round_, ikc = SubsidyRoundFactory(), IkcFactory()
    round_.formulas.create(group="ikc", ikc=ikc, base=1)

    refuses("formula_once_per_ikc", round_.formulas.create, group="ikc", ikc=ikc, base=2)
    round_.formulas.create(group="ikc", ikc=IkcFactory(), base=2)


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("sub_ceiling_is_positive", {"amount": 0}),
        ("sub_ceiling_order_once", {"order": 1}),
        ("sub_ceiling_code_once", {"code": "plus"}),
        ("sub_ceiling_rule_once", {"rule": "plus"}),
    ],
)
def test_the_parts_of_a_ceiling_are_told_apart(name, changed):
    round_ = SubsidyRoundFactory()
    add_parts(round_, plus=1000, others=500)
    values = {"order": 9, "code": "new", "name": "Nieuw", "rule": "village", "amount": 1, **changed}

    refuses(name, SubCeiling.objects.create, round=round_, **values)


def test_what_is_left_over_flows_to_a_later_part_of_the_same_round():
    round_ = SubsidyRoundFactory()
    plus, others = add_parts(round_, plus=1000, others=500)
    (elsewhere,) = add_parts(SubsidyRoundFactory(), plus=1000)

    move(plus, overflow_to=others)
    refuses("flows to a later part", move, others, overflow_to=plus)
    refuses("flows to a later part", move, plus, overflow_to=elsewhere)
    refuses("sub_ceiling_does_not_flow_into_itself", move, plus, overflow_to=plus)
    refuses("flows to a later part", move, others, order=0)


def test_parts_above_the_ceiling_are_not_adopted():
    round_ = SubsidyRoundFactory()
    add_parts(round_, plus=round_.ceiling, others=1)

    refuses("more than the ceiling", move, round_, state="adopted", **ADOPTED)


ADOPTED = {"decision_number": "B&W 1", "decided_on": "2026-01-20"}


def test_the_parts_of_an_adopted_round_are_fixed():
    round_ = SubsidyRoundFactory()
    (part,) = add_parts(round_, plus=1000)
    move(round_, state="adopted", **ADOPTED)

    refuses("cannot be changed", move, part, amount=2)


# A new column of a round is fixed by itself: the trigger names what may still change.
OTHER_VALUES = {
    "allocation_method": "pro_rata",
    "tie_chain": ["lottery"],
    "lottery_mode": "manual",
    "lottery_drawn_by": "notaris",
    "fallback_on_outage": "lottery",
    "eligible_plus": "only",
    "eligible_special_education": "not",
    "ceiling": Decimal(1),
    "steps_to_check": ["geld"],
}


@pytest.mark.parametrize("field", OTHER_VALUES)
def test_what_affects_the_ranking_is_fixed_after_adoption(field):
    round_ = SubsidyRoundFactory(adopted=True, bare=True)

    refuses("cannot be changed", move, round_, **{field: OTHER_VALUES[field]})


def test_the_publication_is_fixed_after_publication():
    round_ = SubsidyRoundFactory(published=True, bare=True)

    refuses("cannot be changed", move, round_, publication_reference="Elders")
    assert move(round_, retention_basis="Selectielijst 8.1").retention_basis


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("round_choices_are_known", {"allocation_method": "unknown"}),
        ("round_choices_are_known", {"lottery_mode": "x"}),
        ("round_adopted_can_draw_lots", {"state": "adopted", "lottery_seed": "", **ADOPTED}),
        ("round_adopted_can_draw_lots", {"state": "adopted", "lottery_mode": "manual", **ADOPTED}),
        ("round_ceiling_is_positive", {"state": "adopted", "ceiling": 0, **ADOPTED}),
    ],
)
def test_the_database_refuses_an_impossible_rule(name, values):
    refuses(name, move, SubsidyRoundFactory(bare=True), **values)


def test_a_draft_may_have_no_ceiling_yet():
    assert move(SubsidyRoundFactory(bare=True), ceiling=0).ceiling == 0


def test_a_round_that_divides_by_proportion_needs_no_lot():
    round_ = SubsidyRoundFactory(bare=True, allocation_method="pro_rata", lottery_seed="")

    assert move(round_, state="adopted", **ADOPTED).state == "adopted"


def parted_round(**parts):
    round_ = SubsidyRoundFactory()
    made = add_parts(round_, **parts)
    return move(
        round_, state="open", **ADOPTED, publication_reference="x", published_on="2026-02-02"
    ), made


def test_an_application_competes_for_a_part_of_its_own_round():
    round_, (part,) = parted_round(others=1000)
    (elsewhere,) = add_parts(SubsidyRoundFactory(), plus=1000)
    draft = ApplicationFactory(round=round_)

    refuses("of its own round", move, draft, sub_ceiling=elsewhere)
    assert move(draft, sub_ceiling=part).sub_ceiling == part


def test_a_filed_application_has_its_part_and_keeps_it():
    round_, (plus, others) = parted_round(plus=1000, others=1000)

    refuses("where the round has parts", ApplicationFactory, round=round_, submitted=True)
    filed = ApplicationFactory(round=round_, submitted=True, sub_ceiling=plus)
    refuses("cannot be changed", move, filed, sub_ceiling=others)
    refuses("cannot be changed", move, filed, special_education=True)


@pytest.mark.parametrize(
    ("method", "ordered"),
    [("tender", True), ("first_come", True), ("pro_rata", False), ("per_child", False)],
)
def test_only_some_methods_serve_one_after_another(method, ordered):
    assert SubsidyRound(allocation_method=method).is_ordered is ordered


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (
            AmountFormula(base=Decimal(5000), per_child=Decimal(105)),
            "€ 5.000,00 + € 105,00 per kind van 2 jaar en ouder",
        ),
        (
            AmountFormula(kind="linear", amount=Decimal(50_000), per_children=175),
            "€ 50.000,00 per 175 kinderen van 2 jaar en ouder, naar rato",
        ),
    ],
)
def test_a_formula_in_words(formula, words):
    assert formula.words.replace("\xa0", " ") == words
