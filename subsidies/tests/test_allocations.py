from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction

from ikc.tests.factories import UserFactory
from kvk2.core.workflow import TransitionNotAllowed
from subsidies.models import AllocationRun, CommissionAdvice
from subsidies.services import allocations
from subsidies.services.allocations import (
    RoundNotAdvised,
    RunAlreadyLocked,
    RunIsHypothetical,
    RunOutdated,
    ScenarioUnusable,
    WhatIf,
)
from subsidies.states import AllocationRunState
from subsidies.tests.factories import move
from subsidies.tests.factories_assessment import (
    ADVISED_AT,
    advised_round,
    assessing_round,
    scored_round,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


def granted(run):
    return dict(run.results.filter(granted__gt=0).values_list("rank", "granted"))


def test_al_01_tender_with_the_figures_of_the_programme(leader):
    round_ = scored_round([(50_000, 95 - n, 1) for n in range(29)], ceiling=750_000)

    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)

    assert granted(run) == {rank: Decimal(50_000) for rank in range(1, 16)}
    assert run.output["free"] == "0.00"
    refused = run.results.filter(rank__gte=16)
    assert {tuple(row.reasons) for row in refused} == {("ceiling",)}


def test_al_02_tiers_come_before_scores(leader):
    entries = [(50_000, 40 + n, 1) for n in range(9)]
    entries += [(50_000, 60 + n, 2) for n in range(7)]
    entries += [(50_000, 80 + n, 3) for n in range(13)]
    round_ = scored_round(entries, ceiling=750_000)

    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)

    tiers = [row.application.tier for row in run.results.filter(granted__gt=0)]
    assert sorted(tiers) == [1] * 9 + [2] * 6
    assert run.results.get(rank=16).application.score == Decimal(60)


@pytest.mark.parametrize(
    ("policy", "expected", "free"),
    [
        ("partial", {15: Decimal(50_000)}, "0.00"),
        ("refuse_stop", {}, "50000.00"),
        ("refuse_skip", {16: Decimal(40_000)}, "10000.00"),
    ],
)
def test_al_03_the_first_that_does_not_fit(leader, policy, expected, free):
    entries = [(50_000, 95 - n, 1) for n in range(14)] + [(62_500, 60, 1), (40_000, 50, 1)]
    floor = Decimal(50_000) if policy == "partial" else Decimal(40_000)
    round_ = scored_round(entries, ceiling=750_000, marginal_policy=policy, floor=floor)

    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)

    last = {rank: amount for rank, amount in granted(run).items() if rank > 14}
    assert (last, run.output["free"]) == (expected, free)


def test_al_05_a_tie_at_the_line_is_drawn_with_the_published_text(leader):
    entries = [(50_000, 99 - n, 1) for n in range(14)] + [(50_000, "78.50", 1)] * 2
    seed = "KVK2-2026-R1|loting|2026-04-16"
    round_ = scored_round(entries, ceiling=750_000, lottery_seed=seed)

    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)

    (draw,) = run.output["lotteries"]
    assert draw["order"] == ["KVK2-2026-0015", "KVK2-2026-0016"]
    assert [digest[:8] for digest in draw["hashes"]] == ["255849f0", "4f746cbe"]
    assert run.results.get(application__number="KVK2-2026-0015").granted == Decimal(50_000)
    assert run.results.get(application__number="KVK2-2026-0016").granted == 0


def test_the_same_input_gives_the_same_outcome_and_hash(leader):
    round_ = scored_round([(50_000, 80, 1), (40_000, 70, 1)], ceiling=60_000)

    first = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    second = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)

    assert first.pk != second.pk
    assert (first.sha256, first.input, first.output) == (second.sha256, second.input, second.output)
    first.refresh_from_db()
    assert first.state == AllocationRunState.DISCARDED
    assert allocations.is_reproducible(second)


def test_a_tampered_outcome_is_noticed(leader):
    round_ = scored_round([(50_000, 80, 1)], ceiling=60_000)
    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    run.output["results"][0]["granted"] = "60000.00"

    assert not allocations.is_reproducible(run)


def test_an_advice_against_keeps_an_application_out_and_a_lower_amount_limits_it(leader):
    round_ = advised_round(
        applications=2, scores=[4, 2], conclusions=["positive", "negative"], ceiling=Decimal(50_000)
    )
    best = CommissionAdvice.objects.get(conclusion="positive")
    move(best, proposed_amount=Decimal(9_000))

    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)

    limited, refused = run.results.order_by("application__number")
    assert (limited.granted, limited.outcome, limited.reasons) == (
        Decimal(9_000),
        "partial_grant",
        ["eligibility"],
    )
    assert (refused.granted, refused.rank, refused.reasons) == (0, None, ["scheme_criteria"])


def test_dividing_waits_for_the_advice(leader):
    with pytest.raises(RoundNotAdvised):
        allocations.run_allocation(assessing_round(applications=1), by=leader, at=ADVISED_AT)


def test_a_locked_run_is_final(leader):
    round_ = scored_round([(50_000, 80, 1)], ceiling=60_000)
    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)

    run = allocations.lock_run(run, by=leader, at=ADVISED_AT)

    assert (run.state, run.locked_by) == (AllocationRunState.LOCKED, leader)
    with pytest.raises(RunAlreadyLocked):
        allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    with pytest.raises(TransitionNotAllowed):
        allocations.lock_run(run, by=leader, at=ADVISED_AT)
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        AllocationRun.objects.filter(pk=run.pk).update(sha256="0" * 64)


def test_a_withdrawal_makes_a_run_outdated(leader):
    round_ = scored_round([(50_000, 80, 1), (40_000, 70, 1)], ceiling=60_000)
    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    move(round_.applications.order_by("number").first(), state="withdrawn")

    with pytest.raises(RunOutdated):
        allocations.lock_run(run, by=leader, at=ADVISED_AT)

    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    assert run.results.count() == 1
    assert allocations.lock_run(run, by=leader, at=ADVISED_AT).pk


def test_each_published_way_of_dividing_runs(leader):
    expected = {
        "first_come": [50_000, 10_000],
        "pro_rata": [Decimal("33333.33"), Decimal("26666.67")],
        "per_child": [30_000, 30_000],
    }
    for method, amounts in expected.items():
        round_ = scored_round(
            [(50_000, 80, 1), (40_000, 70, 1)], ceiling=60_000, allocation_method=method
        )
        move(round_.applications.order_by("number").last(), complete_at=ADVISED_AT)

        run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)

        results = run.results.order_by("application__number")
        assert [row.granted for row in results] == amounts
        assert allocations.lock_run(run, by=leader, at=ADVISED_AT, without_answer="Het mag.").pk


def test_the_parts_of_a_ceiling_are_divided_apart_and_flow_over(leader):
    round_ = scored_round(
        [(15_000, 80, 1, "plus"), (60_000, 70, 1, "others")],
        ceiling=60_000,
        parts={"plus": Decimal(20_000), "others": Decimal(40_000)},
    )

    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)

    assert [row.granted for row in run.results.order_by("application__number")] == [15_000, 45_000]
    assert [pot["granted"] for pot in run.output["pots"]] == ["15000.00", "45000.00"]


def scenario(**fields):
    rules = {
        "name": "Iedereen naar verhouding",
        "ceiling": Decimal(60_000),
        "method": "pro_rata",
        "marginal_policy": "partial",
        **fields,
    }
    return WhatIf(**rules)


def test_a_scenario_departs_from_the_rules_and_can_never_be_locked(leader):
    round_ = scored_round([(50_000, 80, 1), (40_000, 70, 1)], ceiling=60_000)
    real = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)

    run = allocations.run_scenario(round_, scenario(), by=leader, at=ADVISED_AT)

    assert run.deviations == {"method": ["tender", "pro_rata"]}
    assert run.output["free"] == "0.00"
    real.refresh_from_db()
    assert real.state == AllocationRunState.DRAFT
    with pytest.raises(RunIsHypothetical):
        allocations.lock_run(run, by=leader, at=ADVISED_AT)
    with (
        pytest.raises(IntegrityError, match="run_locked_follows_the_published_rules"),
        transaction.atomic(),
    ):
        AllocationRun.objects.filter(pk=run.pk).update(
            state="locked", locked_at=ADVISED_AT, locked_by=leader
        )
    assert allocations.lock_run(real, by=leader, at=ADVISED_AT, without_answer="Het mag.").pk


def test_a_scenario_has_a_name_of_its_own_and_differs(leader):
    round_ = scored_round([(50_000, 80, 1)], ceiling=60_000)
    allocations.run_scenario(round_, scenario(), by=leader, at=ADVISED_AT)

    for again in (
        scenario(),
        scenario(name=" "),
        scenario(name="Gelijk", method="tender"),
    ):
        with pytest.raises(ScenarioUnusable):
            allocations.run_scenario(round_, again, by=leader, at=ADVISED_AT)


def test_a_discarded_scenario_can_be_taken_back(leader):
    round_ = scored_round([(50_000, 80, 1)], ceiling=60_000)
    run = allocations.run_scenario(round_, scenario(), by=leader, at=ADVISED_AT)

    allocations.discard_run(run, by=leader, at=ADVISED_AT)
    assert allocations.restore_run(run, by=leader, at=ADVISED_AT).state == AllocationRunState.DRAFT

    allocations.discard_run(run, by=leader, at=ADVISED_AT)
    allocations.run_scenario(round_, scenario(), by=leader, at=ADVISED_AT)
    with pytest.raises(ScenarioUnusable):
        allocations.restore_run(run, by=leader, at=ADVISED_AT)


def test_without_priority_groups_the_score_alone_counts(leader):
    round_ = scored_round([(50_000, 60, 1), (50_000, 90, 2)], ceiling=50_000)
    other = scenario(name="Zonder voorrang", method="tender", ceiling=Decimal(50_000), tiers=False)

    run = allocations.run_scenario(round_, other, by=leader, at=ADVISED_AT)

    assert run.deviations == {"tiers": [True, False]}
    assert run.results.get(granted__gt=0).application.score == 90


@pytest.mark.parametrize("count", [1, 12])
def test_a_run_costs_the_same_for_one_application_and_for_twelve(
    leader, count, django_assert_num_queries
):
    round_ = scored_round([(1_000, 80 - n, 1) for n in range(count)], ceiling=60_000)
    ContentType.objects.get_for_model(AllocationRun)  # asked once per process, for the trail

    # The round with its rules, its runs, the applications, the run, its results, the trail; and a savepoint.
    with django_assert_num_queries(8):
        allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
