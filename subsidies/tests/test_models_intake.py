"""What the database itself refuses about rounds and applications: each constraint once, by name, and the triggers."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from subsidies.models import (
    AmountFormula,
    Application,
    BudgetLine,
    Criterion,
    PriorityTier,
    SubsidyRound,
)
from subsidies.tests.factories import (
    CLOSES_AT,
    OPENS_AT,
    ROUND_STATES,
    ApplicationFactory,
    SubsidyRoundFactory,
    move,
)

pytestmark = pytest.mark.django_db


def refuses(message, write, /, *args, **kwargs):
    with pytest.raises(IntegrityError, match=message), transaction.atomic():
        write(*args, **kwargs)


ROUND_REFUSALS = {
    "round_state_is_known": {
        "state": "unknown",
        "decision_number": "1",
        "decided_on": "2026-01-01",
    },
    "round_opens_before_it_closes": {"opens_at": CLOSES_AT},
    "round_period_is_in_order": {"period_end": "2026-07-31"},
    "round_ceiling_is_positive": {"ceiling": -1},
    "round_floor_is_not_negative": {"floor": -1},
    "round_adopted_by_a_decision": {"state": "adopted"},
    "round_published_somewhere": {
        "state": "open",
        "decision_number": "B&W 1",
        "decided_on": "2026-01-01",
    },
}


@pytest.mark.parametrize("name", ROUND_REFUSALS)
def test_the_database_refuses_an_impossible_round(name):
    refuses(name, move, SubsidyRoundFactory(), **ROUND_REFUSALS[name])


def test_a_name_of_a_round_is_used_once():
    round_ = SubsidyRoundFactory()

    refuses("name", SubsidyRoundFactory, name=round_.name, bare=True)


@pytest.mark.parametrize(
    ("name", "model", "values"),
    [
        ("formula_once_per_group", AmountFormula, {"group": "plus", "base": 1, "per_child": 1}),
        ("tier_rank_once", PriorityTier, {"rank": 1, "rule": "extended_learning_time"}),
        ("tier_rule_once", PriorityTier, {"rank": 9, "rule": "plus"}),
        ("tier_rank_from_1", PriorityTier, {"rank": 0, "rule": "extended_learning_time"}),
        (
            "criterion_code_once",
            Criterion,
            {"order": 9, "code": "profiel", "name": "x", "weight": 1},
        ),
        (
            "criterion_weight_is_a_percentage",
            Criterion,
            {"order": 9, "code": "nieuw", "name": "x", "weight": 101},
        ),
    ],
)
def test_the_rows_of_a_round_are_consistent(name, model, values):
    refuses(name, model.objects.create, round=SubsidyRoundFactory(), **values)


def test_a_formula_is_not_negative():
    round_ = SubsidyRoundFactory()

    refuses("formula_is_not_negative", round_.formulas.update, base=-1)


FILED_REFUSALS = {
    "application_filed_is_numbered_signed_and_dated": {"state": "submitted"},
    "application_state_is_known": {"state": "unknown"},
    "application_requested_is_an_amount": {"requested_amount": Decimal("10000000.01")},
    "application_granted_not_above_requested": {"granted_amount": Decimal(15001)},
    "application_granted_only_when_decided": {"granted_amount": Decimal(1)},
    "application_score_is_a_total": {"score": Decimal(101)},
}


@pytest.mark.parametrize("name", FILED_REFUSALS)
def test_the_database_refuses_an_impossible_application(name):
    refuses(name, move, ApplicationFactory(), **FILED_REFUSALS[name])


def test_an_ikc_has_one_live_application_in_a_round():
    first = ApplicationFactory()

    refuses(
        "application_one_live_per_ikc_and_round",
        ApplicationFactory,
        round=first.round,
        ikc=first.ikc,
        director=first.created_by,
    )


def test_after_withdrawing_there_is_room_for_another():
    first = ApplicationFactory(withdrawn=True)

    assert ApplicationFactory(round=first.round, ikc=first.ikc, director=first.created_by).pk


def test_a_number_is_given_once():
    first = ApplicationFactory(submitted=True)

    refuses("application_number_is_unique", ApplicationFactory, submitted=True, number=first.number)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("budget_line_amount_is_in_range", {"amount": -1, "side": "income"}),
        ("budget_line_side_is_known", {"amount": 1, "side": "other"}),
    ],
)
def test_a_budget_line_is_an_amount_on_one_side(name, values):
    application = ApplicationFactory()

    refuses(
        name, BudgetLine.objects.create, application=application, order=9, kind="other", **values
    )


CONTENT = {
    "ceiling": 1,
    "closes_at": CLOSES_AT + timedelta(days=1),
    "opens_at": OPENS_AT + timedelta(minutes=1),
    "min_score": 1,
    "marginal_policy": "refuse_stop",
    "lottery_seed": "iets anders",
    "reference_date": "2026-02-02",
    "eligible_forms": [],
    "decision_number": "B&W 999",
}


@pytest.mark.parametrize(
    "state", ["adopted", "published", "open", "closed", "assessing", "decided"]
)
@pytest.mark.parametrize("field", CONTENT)
def test_what_affects_the_ranking_is_fixed_after_adoption(field, state):
    round_ = SubsidyRoundFactory(**{state: True})

    refuses("cannot be changed", move, round_, **{field: CONTENT[field]})


def test_the_publication_is_written_once():
    round_ = move(
        SubsidyRoundFactory(adopted=True), publication_reference="A", published_on="2026-02-01"
    )
    move(round_, state="published")

    refuses("cannot be changed", move, round_, publication_reference="B")


@pytest.mark.parametrize("rows", ["criteria", "formulas", "tiers", "budget_rules", "checklist"])
def test_the_rules_of_an_adopted_round_are_fixed(rows):
    round_ = SubsidyRoundFactory()
    round_.checklist.create(order=1, code="plan", text="Het plan is ondertekend.")
    move(round_, state="adopted", **ROUND_STATES["adopted"])

    refuses("cannot be changed", getattr(round_, rows).all().delete)


def test_no_criterion_is_added_to_an_adopted_round():
    round_ = SubsidyRoundFactory(adopted=True)

    refuses(
        "cannot be changed",
        Criterion.objects.create,
        round=round_,
        order=9,
        code="x",
        name="x",
        weight=1,
    )


def test_a_criterion_does_not_move_to_an_adopted_round():
    draft, adopted = SubsidyRoundFactory(), SubsidyRoundFactory(adopted=True, bare=True)

    refuses("cannot be changed", draft.criteria.update, round=adopted)


def test_an_adopted_round_is_not_deleted():
    round_ = SubsidyRoundFactory(adopted=True, bare=True)

    refuses("cannot be deleted", SubsidyRound.objects.filter(pk=round_.pk).delete)


def test_a_draft_round_may_go():
    SubsidyRoundFactory().delete()

    assert not SubsidyRound.objects.exists()


FILED_FACTS = {
    "requested_amount": 1,
    "children_2_3": 1,
    "max_amount": 1,
    "eligible_amount": 1,
    "tier": 1,
    "is_plus": True,
    "number": "KVK2-2026-9999",
    "received_at": OPENS_AT,
    "signed_name": "Een ander",
    "title": "Een ander plan",
}


@pytest.mark.parametrize("field", FILED_FACTS)
def test_the_facts_of_a_filed_application_are_fixed(field):
    application = ApplicationFactory(admitted=True)

    refuses("cannot be changed", move, application, **{field: FILED_FACTS[field]})


def test_the_plan_of_a_filed_application_is_fixed():
    application = ApplicationFactory(submitted=True)
    application.plan.summary = "anders"

    refuses("cannot be changed", application.plan.save)


@pytest.mark.parametrize("act", ["delete", "update", "add"])
def test_the_budget_of_a_filed_application_is_fixed(act):
    application = ApplicationFactory(submitted=True)
    acts = {
        "delete": lambda: application.budget_lines.all().delete(),
        "update": lambda: application.budget_lines.update(amount=1),
        "add": lambda: BudgetLine.objects.create(
            application=application, order=9, side="income", kind="own_board", amount=1
        ),
    }

    refuses("cannot be changed", acts[act])


def test_a_filed_application_is_not_deleted():
    application = ApplicationFactory(withdrawn=True)
    application.attachments.all().delete()

    refuses("cannot be", Application.objects.filter(pk=application.pk).delete)


def test_the_assessment_may_write_its_own_facts():
    application = ApplicationFactory(advised=True)

    assert move(application, score=Decimal("71.25"), state="decided", granted_amount=100).score


def test_an_application_reads_as_its_number_and_title():
    application = ApplicationFactory(submitted=True, title="Taal voor iedereen")

    assert str(application) == f"{application.number} Taal voor iedereen"
    assert str(ApplicationFactory(bare=True)) == "concept"


def test_a_round_is_editable_in_draft_alone():
    assert SubsidyRoundFactory().is_editable
    assert not SubsidyRoundFactory(adopted=True).is_editable
