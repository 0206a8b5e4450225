"""Budget rules and the sentences that explain them."""

from decimal import Decimal

import pytest

from kvk2.core.errors import DomainError
from subsidies.budget import (
    BasePerChildFormula,
    BudgetFigures,
    BudgetLine,
    ChildCounts,
    LinearFormula,
    Rule,
    RuleKind,
    Severity,
    check_budget,
    maximum_amount,
    parse_formula,
)

PLUS = BasePerChildFormula(Decimal("5000.00"), Decimal("105.00"))
CHILDREN = ChildCounts(12, 30, 145)


RULES = (
    Rule(RuleKind.HOURLY_RATE, Decimal(80)),
    Rule(RuleKind.PREPARATION, Decimal(40)),
    Rule(RuleKind.OVERHEAD, Decimal(20)),
)


def messages(rules: tuple[Rule, ...] = RULES, **figures) -> dict[str, str]:
    problems = check_budget(BudgetFigures(**figures), rules)
    return {problem.code: problem.message for problem in problems}


@pytest.mark.parametrize(
    ("formula", "children", "explanation"),
    [
        (PLUS, CHILDREN, "5.000 + 105 × 175 = € 23.375"),
        (
            LinearFormula(Decimal(50_000), 175),
            ChildCounts(0, 0, 90),
            "50.000 × 90 / 175 = € 25.714,29",
        ),
        (
            BasePerChildFormula(Decimal("2500.50"), Decimal("0.10")),
            ChildCounts(0, 600, 401),
            "2.500,50 + 0,10 × 1.001 = € 2.600,60",
        ),
    ],
)
def test_the_maximum_shows_its_sum(formula, children, explanation):
    assert maximum_amount(formula, children).explanation == explanation


@pytest.mark.parametrize(("counted", "warned"), [(1500, False), (1501, True)])
def test_many_children_give_a_warning(counted, warned):
    warnings = maximum_amount(PLUS, ChildCounts(9999, 0, counted)).warnings
    assert warnings == (("CHILDREN_OVER_1500",) if warned else ())


@pytest.mark.parametrize("children", [(-1, 0, 0), (0, -1, 5), (0, 5, -1)])
def test_negative_children_are_refused(children):
    with pytest.raises(DomainError) as refused:
        maximum_amount(PLUS, ChildCounts(*children))
    assert refused.value.code == "CHILDREN_INVALID"


def test_a_formula_is_read_out_of_its_stored_form():
    assert parse_formula({"kind": "BASE_PER_CHILD", "base": "5000.00", "per_child": "105"}) == PLUS
    linear = parse_formula({"kind": "LINEAR", "amount": "50000", "per_children": 175})
    assert linear == LinearFormula(Decimal(50_000), 175)


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"kind": "SQUARE"},
        {"kind": "LINEAR", "amount": "1"},
        {"kind": "LINEAR", "amount": "1", "per_children": 0},
        {"kind": "LINEAR", "amount": "one", "per_children": 1},
        {"kind": "BASE_PER_CHILD", "base": None, "per_child": "1"},
    ],
)
def test_another_formula_is_refused(stored):
    with pytest.raises(DomainError) as refused:
        parse_formula(stored)
    assert refused.value.code == "UNKNOWN_FORMULA"


def test_nothing_given_breaks_no_rule():
    assert messages() == {}


@pytest.mark.parametrize(
    ("figures", "code", "message"),
    [
        (
            {"hourly_rates": [Decimal(80), Decimal("92.5")]},
            "HOURLY_RATE",
            "Een uurtarief is hoogstens € 80,00. U vulde € 92,50 in.",
        ),
        (
            {"preparation_hours": Decimal(41), "professional_hours": Decimal(100)},
            "PREPARATION",
            "Voorbereiding is hoogstens 40% van de uren met kinderen of ouders: "
            "40% van 100 is 40 uur. U vulde 41 uur in.",
        ),
        (
            {"preparation_hours": Decimal("0.25"), "professional_hours": Decimal(0)},
            "PREPARATION",
            "Voorbereiding is hoogstens 40% van de uren met kinderen of ouders: "
            "40% van 0 is 0 uur. U vulde 0,25 uur in.",
        ),
        (
            {"overhead": Decimal("10000.01"), "grant_total": Decimal(50000)},
            "OVERHEAD",
            "Overhead is hoogstens 20% van de subsidie: 20% van € 50.000,00 is € 10.000,00. "
            "U vulde € 10.000,01 in.",
        ),
        (
            {
                "requested": Decimal("23375.01"),
                "maximum": Decimal("23375.00"),
                "maximum_explanation": "5.000 + 105 × 175 = € 23.375",
            },
            "ABOVE_MAXIMUM",
            "U vraagt € 23.375,01. U kunt hoogstens € 23.375,00 vragen "
            "(5.000 + 105 × 175 = € 23.375).",
        ),
        (
            {
                "income": [BudgetLine(Decimal(900), "Subsidie")],
                "expenditure": [BudgetLine(Decimal(1000), "Uren")],
            },
            "NOT_BALANCED",
            "De inkomsten zijn € 900,00 en de uitgaven € 1.000,00. "
            "De uitgaven zijn € 100,00 hoger; ze moeten even hoog zijn.",
        ),
        (
            {"expenditure": [BudgetLine(Decimal(1), " "), BudgetLine(Decimal(1), "")]},
            "NO_EXPLANATION",
            "Bij 2 begrotingsregels ontbreekt de toelichting.",
        ),
        (
            {"asks_other_funding": True},
            "OTHER_FUNDING_UNANSWERED",
            "Beantwoord de vraag of u voor dezelfde kosten ook ergens anders geld vraagt.",
        ),
        (
            {"requested": Decimal("10000000.01")},
            "AMOUNT_RANGE",
            "Een bedrag ligt tussen € 0 en € 10.000.000.",
        ),
        (
            {"income": [BudgetLine(Decimal("-0.01"), "Korting")]},
            "AMOUNT_RANGE",
            "Een bedrag ligt tussen € 0 en € 10.000.000.",
        ),
    ],
    ids=range(10),
)
def test_a_broken_rule_explains_itself(figures, code, message):
    assert messages(**figures) == {code: message}


@pytest.mark.parametrize("answer", [True, False])
def test_both_answers_on_other_funding_are_answers(answer):
    assert messages(asks_other_funding=True, applied_elsewhere=answer) == {}


def test_limits_of_a_round_replace_the_usual_ones():
    strict = (
        Rule(RuleKind.HOURLY_RATE, Decimal(70)),
        Rule(RuleKind.PREPARATION, Decimal("12.5")),
        Rule(RuleKind.OVERHEAD, Decimal(10)),
    )
    found = messages(
        strict,
        hourly_rates=[Decimal(75)],
        preparation_hours=Decimal(13),
        professional_hours=Decimal(100),
        overhead=Decimal(11),
        grant_total=Decimal(100),
    )
    assert list(found) == ["HOURLY_RATE", "OVERHEAD", "PREPARATION"]
    assert "12,50% van 100 is 12,50 uur" in found["PREPARATION"]


def test_a_limit_that_the_scheme_does_not_set_is_no_limit():
    assert messages((), hourly_rates=[Decimal(500)]) == {}


def test_a_limit_may_warn_instead_of_forbid_and_explains_itself():
    rule = Rule(RuleKind.HOURLY_RATE, Decimal(80), Severity.WARNING, "Leg uit waarom.")

    (problem,) = check_budget(BudgetFigures(hourly_rates=[Decimal("80.01")]), [rule])

    assert not problem.blocks
    assert problem.message.endswith("U vulde € 80,01 in. Leg uit waarom.")
