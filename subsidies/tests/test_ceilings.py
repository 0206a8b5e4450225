"""Another ceiling after publication: what the law allows, and that nothing else can move it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from pytest_django.asserts import assertContains, assertRedirects

from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from subsidies.models import AllocationRun, CeilingChange, SubsidyRound
from subsidies.services.ceilings import (
    CeilingChangeIncomplete,
    CeilingDecision,
    CeilingNotChangeable,
    LoweringTouchesApplicants,
    change_ceiling,
)
from subsidies.states import RoundState
from subsidies.tests.factories import (
    DURING,
    PUBLISHED,
    ApplicationFactory,
    SubsidyRoundFactory,
    add_parts,
    move,
)
from subsidies.tests.test_models_intake import refuses
from subsidies.tests.test_views_rounds import url

pytestmark = pytest.mark.django_db


@pytest.fixture
def signer():
    return UserFactory(signer=True)


def decided(amount, **changed):
    return CeilingDecision(
        **{
            "new_amount": Decimal(amount),
            "decision_number": "B&W 2026-090",
            "decided_on": date(2026, 3, 10),
            "publication_reference": "Gemeenteblad 2026, 400",
            "published_on": date(2026, 3, 12),
            "reason": "De raad stelde extra geld beschikbaar.",
            **changed,
        }
    )


def test_a_raise_counts_at_once_and_is_kept(signer):
    round_ = ApplicationFactory(submitted=True).round

    change = change_ceiling(round_, decided(400_000), by=signer, at=DURING)

    round_.refresh_from_db()
    assert round_.ceiling == 400_000
    assert (change.old_amount, change.new_amount, change.is_raise) == (350_000, 400_000, True)
    event = events_of(round_).get()
    assert (event.verb, event.actor, event.reason) == ("ceiling_changed", signer, change.reason)


def test_a_lowering_before_anybody_filed_is_allowed(signer):
    round_ = ApplicationFactory().round

    change_ceiling(round_, decided(300_000), by=signer, at=DURING)

    assert SubsidyRound.objects.get(pk=round_.pk).ceiling == 300_000


CONDITIONS = {"filed_before_budget": True, "follows_from_budget": True}


@pytest.mark.parametrize("warned", [True, False])
@pytest.mark.parametrize("lacking", [None, *CONDITIONS])
def test_a_lowering_after_somebody_filed_needs_everything_of_the_law(warned, lacking, signer):
    """Awb 4:28: applications before the budget, a lowering that follows from it, and a warning."""
    round_ = move(SubsidyRoundFactory(adopted=True), **PUBLISHED, budget_warning_published=warned)
    move(round_, state=RoundState.OPEN)
    ApplicationFactory(round=round_, submitted=True)
    conditions = {name: name != lacking for name in CONDITIONS}
    decision = decided(300_000, **conditions)

    if warned and lacking is None:
        change_ceiling(round_, decision, by=signer, at=DURING)
        assert SubsidyRound.objects.get().ceiling == 300_000
    else:
        with pytest.raises(LoweringTouchesApplicants, match="al 1 aanvraag ingediend"):
            change_ceiling(round_, decision, by=signer, at=DURING)
        assert SubsidyRound.objects.get().ceiling == 350_000


@pytest.mark.parametrize("state", ["adopted", "decided", "settled", "cancelled"])
def test_the_ceiling_changes_between_publication_and_decision(state, signer):
    with pytest.raises(CeilingNotChangeable):
        change_ceiling(SubsidyRoundFactory(**{state: True}), decided(400_000), by=signer, at=DURING)


def test_after_the_division_is_locked_the_ceiling_stays(signer):
    round_ = SubsidyRoundFactory(advised=True)
    AllocationRun.objects.create(
        round=round_,
        state="locked",
        algorithm="1",
        input={},
        output={},
        sha256="0" * 64,
        run_at=DURING,
        run_by=signer,
        locked_at=DURING,
        locked_by=signer,
    )

    with pytest.raises(CeilingNotChangeable, match="vastgelegd"):
        change_ceiling(round_, decided(400_000), by=signer, at=DURING)


WRONG = {
    "nothing": {"new_amount": Decimal(0)},
    "the same": {"new_amount": Decimal(350_000)},
    "no number": {"decision_number": " "},
    "no publication": {"publication_reference": ""},
    "no reason": {"reason": ""},
    "future decision": {"decided_on": DURING.date() + timedelta(days=1)},
    "future publication": {"published_on": DURING.date() + timedelta(days=1)},
    "published first": {"published_on": date(2026, 3, 9)},
    "unknown part": {"parts": {"dorpen": Decimal(1)}},
}


@pytest.mark.parametrize("what", WRONG)
def test_a_decision_that_cannot_be_right_is_refused(what, signer):
    round_ = SubsidyRoundFactory(open=True)

    with pytest.raises(CeilingChangeIncomplete):
        change_ceiling(round_, replace(decided(400_000), **WRONG[what]), by=signer, at=DURING)
    assert not CeilingChange.objects.exists()


@pytest.fixture
def parted():
    round_ = SubsidyRoundFactory()
    add_parts(round_, plus=200_000, others=150_000)
    return move(round_, state=RoundState.OPEN, **PUBLISHED)


def test_the_parts_change_with_the_ceiling(parted, signer):
    decision = decided(300_000, parts={"plus": Decimal(150_000)})

    change_ceiling(parted, decision, by=signer, at=DURING)

    assert dict(parted.sub_ceilings.values_list("code", "amount")) == {
        "plus": Decimal(150_000),
        "others": Decimal(150_000),
    }


@pytest.mark.parametrize("parts", [{}, {"plus": Decimal(0)}])
def test_the_parts_keep_fitting_in_the_ceiling(parts, parted, signer):
    with pytest.raises(CeilingChangeIncomplete, match="deelplafond"):
        change_ceiling(parted, decided(300_000, parts=parts), by=signer, at=DURING)


def test_no_other_hand_moves_the_ceiling(parted, signer):
    part = parted.sub_ceilings.get(code="plus")

    refuses("cannot be changed", move, parted, ceiling=400_000)
    refuses("cannot be changed", move, part, amount=1)
    change_ceiling(parted, decided(400_000), by=signer, at=DURING)
    refuses("cannot be changed", move, parted, ceiling=350_000)
    refuses("cannot be changed", move, part, amount=1)


def test_a_change_is_kept_as_it_was_written(signer):
    change = change_ceiling(SubsidyRoundFactory(open=True), decided(400_000), by=signer, at=DURING)

    refuses("kept as it was written", move, change, reason="iets anders")
    refuses("kept as it was written", CeilingChange.objects.filter(pk=change.pk).delete)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("ceiling_change_is_to_another_amount", {"new_amount": 350_000}),
        ("ceiling_change_is_decided_and_published", {"published_on": date(2026, 1, 1)}),
        ("ceiling_change_is_decided_and_published", {"reason": ""}),
    ],
)
def test_the_database_refuses_an_impossible_change(name, values, signer):
    fields = {
        "old_amount": 350_000,
        "new_amount": 400_000,
        "decision_number": "1",
        "decided_on": date(2026, 3, 10),
        "publication_reference": "x",
        "published_on": date(2026, 3, 12),
        "reason": "x",
        "changed_at": DURING,
        **values,
    }

    refuses(name, CeilingChange.objects.create, round=SubsidyRoundFactory(), **fields)


DATA = {
    "new_amount": "400.000",
    "decision_number": "B&W 2026-090",
    "decided_on": "10-3-2026",
    "publication_reference": "Gemeenteblad 2026, 400",
    "published_on": "12-3-2026",
    "reason": "De raad stelde extra geld beschikbaar.",
}


def test_the_signer_changes_the_ceiling_by_the_page(client, signer, parted):
    client.force_login(signer)
    parts = {"part_plus": "250.000", "part_others": "150.000"}
    assertContains(client.get(url("round_ceiling", parted.pk)), "Deelplafond Plus IKC")

    response = client.post(url("round_ceiling", parted.pk), {**DATA, **parts})

    assertRedirects(response, parted.get_absolute_url())
    assert parted.sub_ceilings.get(code="plus").amount == 250_000
    page = client.get(parted.get_absolute_url())
    assertContains(page, "Wijzigingen van het plafond")
    assertContains(page, "Gemeenteblad 2026, 400")


def test_a_lowering_that_is_refused_says_why_and_keeps_what_was_typed(client, signer):
    round_ = ApplicationFactory(submitted=True).round
    client.force_login(signer)

    response = client.post(url("round_ceiling", round_.pk), {**DATA, "new_amount": "300.000"})

    assertContains(response, "artikel 4:28 Awb", status_code=422)
    assertContains(response, DATA["reason"], status_code=422)
