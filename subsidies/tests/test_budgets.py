"""The facts about an IKC that decide its formula and its priority, on a given day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from ikc.tests.factories import AttentionAreaFactory, IkcFactory, PlusStatusFactory
from subsidies.models import PriorityTier
from subsidies.services.budget_rules import (
    BudgetRuleContent,
    budget_rules_of,
    write_budget_rules,
)
from subsidies.services.budgets import budget_state, maximum_for
from subsidies.services.standing import Standing, standing_of, tier_of
from subsidies.tests.factories import ApplicationFactory, SchemeVersionFactory, SubsidyRoundFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 20)


def test_plus_counts_on_the_days_of_the_status():
    status = PlusStatusFactory(valid_from=DAY, valid_until=DAY)

    assert standing_of(status.ikc, DAY).is_plus
    assert not standing_of(status.ikc, DAY - timedelta(days=1)).is_plus
    assert not standing_of(status.ikc, DAY + timedelta(days=1)).is_plus


def test_an_area_counts_while_it_is_an_attention_area():
    area = AttentionAreaFactory(valid_from=DAY, valid_until=DAY)
    ikc = IkcFactory(attention_area=area)

    assert standing_of(ikc, DAY).in_attention_area
    assert not standing_of(ikc, DAY + timedelta(days=1)).in_attention_area
    assert not standing_of(IkcFactory(), DAY).in_attention_area


@pytest.mark.parametrize(
    ("standing", "tier"),
    [
        (Standing(is_plus=True, in_attention_area=True, extended_learning_time=True), 1),
        (Standing(is_plus=False, in_attention_area=True, extended_learning_time=True), 2),
        (Standing(is_plus=False, in_attention_area=False, extended_learning_time=True), 3),
        (Standing(is_plus=False, in_attention_area=False, extended_learning_time=False), 4),
    ],
)
def test_the_first_priority_that_applies_counts(standing, tier):
    round_ = SubsidyRoundFactory()
    PriorityTier.objects.create(round=round_, rank=3, rule="extended_learning_time")

    assert tier_of(round_, standing) == tier


def test_without_priorities_everybody_is_in_the_first_group():
    round_ = SubsidyRoundFactory(bare=True)

    assert tier_of(round_, Standing(False, False, False)) == 1


REGULAR = Standing(False, False, False)
PLUS = Standing(True, False, False)


def test_the_maximum_follows_the_group():
    application = ApplicationFactory()

    assert maximum_for(application, REGULAR).maximum == Decimal("17375.00")
    assert maximum_for(application, PLUS).maximum == Decimal("23375.00")


def test_the_maximum_is_unknown_without_children_or_formula():
    assert maximum_for(ApplicationFactory(bare=True), REGULAR) is None
    bare = ApplicationFactory(round=SubsidyRoundFactory(bare=True))
    assert maximum_for(bare, REGULAR) is None


def test_the_sums_of_a_balanced_budget():
    application = ApplicationFactory()

    state = budget_state(application, application.budget_lines.order_by("pk"), REGULAR)

    assert (state.expenditure, state.other_income, state.income, state.difference) == (
        16000,
        1000,
        16000,
        0,
    )
    assert state.problems == ()


def test_a_warning_of_the_round_asks_for_an_explanation_and_does_not_block():
    application = ApplicationFactory(round=SubsidyRoundFactory())
    rules = application.round.budget_rules
    rules.filter(kind="hourly_rate").update(limit=1, severity="warning", text="Leg dit uit.")
    lines = list(application.budget_lines.order_by("pk"))
    lines[0].rate = Decimal(50)

    state = budget_state(application, lines, REGULAR)
    (warning,) = state.warnings
    assert (warning.code, state.errors) == ("HOURLY_RATE", [])
    assert warning.message.endswith("Leg dit uit.")

    rules.filter(kind="hourly_rate").update(severity="error")
    state = budget_state(application, lines, REGULAR)
    assert [problem.code for problem in state.errors] == ["HOURLY_RATE"]
    assert state.warnings == []


def test_a_new_round_copies_the_limits_of_its_scheme_and_may_depart_from_them():
    version = SchemeVersionFactory()
    round_ = SubsidyRoundFactory(scheme_version=version, bare=True)

    write_budget_rules(round_, None)
    assert budget_rules_of(version) == [
        BudgetRuleContent(**rule.content()) for rule in round_.budget_rules.order_by("order")
    ]
    write_budget_rules(round_, [BudgetRuleContent("overhead", Decimal(10), "warning")])
    assert round_.budget_rules.get().limit == 10
    assert version.budget_rules.count() == 3
