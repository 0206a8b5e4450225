"""The check on state aid: compulsory before a grant, and bound to what the regulations allow over three years."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from ikc.tests.factories import UserFactory
from subsidies.de_minimis import Limit, OwnAid, room_for, window_start
from subsidies.models import Decision, StateAidAssessment
from subsidies.services import allocations, decisions, state_aid
from subsidies.services.admission import admit_application, all_yes
from subsidies.services.state_aid import (
    Assessed,
    DeMinimisExceeded,
    StateAidFixed,
    StateAidMissing,
    StatementMissing,
)
from subsidies.states import DecisionState
from subsidies.tests.factories import AFTER, ApplicationFactory
from subsidies.tests.factories_assessment import (
    ADVISED_AT,
    DECIDED_AT,
    SigningMandateFactory,
    advised_round,
    decided_round,
    ready_round,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


NONE = Assessed("no_economic_activity", "Het gaat om openbaar onderwijs.")
SMALL = Assessed(
    "de_minimis",
    "Kleine steun.",
    undertaking="Opvang BV",
    aid_amount=Decimal(4_000),
    received_before=Decimal(0),
    statement_on=date(2026, 3, 1),
)


def test_incompatible_aid_keeps_an_application_out_of_the_division(leader):
    round_ = advised_round(applications=2, ceiling=Decimal(15_000), scores=(5, 4))
    first = round_.applications.order_by("number").first()
    state_aid.assess_state_aid(
        first, Assessed("incompatible", "De opvang concurreert."), by=leader, at=ADVISED_AT
    )

    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)

    refused, granted = run.results.order_by("application__number")
    assert (refused.granted, refused.reasons) == (0, ["scheme_criteria"])
    assert granted.granted == 15_000


def test_de_minimis_aid_needs_its_statement(leader):
    application = ApplicationFactory(checking=True)
    with pytest.raises(StatementMissing):
        state_aid.assess_state_aid(
            application, Assessed("de_minimis", "Kleine steun."), by=leader, at=ADVISED_AT
        )
    with pytest.raises(StatementMissing, match="Vul in hoeveel"):
        state_aid.assess_state_aid(
            application, replace(SMALL, aid_amount=Decimal(15_001)), by=leader, at=ADVISED_AT
        )
    state_aid.assess_state_aid(application, SMALL, by=leader, at=ADVISED_AT)
    state_aid.assess_state_aid(application, NONE, by=leader, at=ADVISED_AT)
    assert StateAidAssessment.objects.get().statement_on is None


def test_state_aid_is_fixed_once_decided(leader):
    round_ = decided_round(applications=1)
    with pytest.raises(StateAidFixed):
        state_aid.assess_state_aid(round_.applications.get(), NONE, by=leader, at=ADVISED_AT)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"outcome": "de_minimis"}, "state_aid_de_minimis_has_a_statement"),
        ({"outcome": "anything"}, "state_aid_outcome_is_known"),
        ({"motivation": ""}, "state_aid_is_motivated"),
        (
            {"outcome": "de_minimis", "received_before": 0, "statement_on": date(2026, 3, 1)},
            "state_aid_de_minimis_names_who_gets_what",
        ),
    ],
)
def test_an_impossible_assessment_does_not_exist(leader, fields, name):
    application = ApplicationFactory(checking=True)
    state_aid.assess_state_aid(application, NONE, by=leader, at=ADVISED_AT)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        StateAidAssessment.objects.update(**fields)


@pytest.mark.usefixtures("spring")
def test_the_leader_assesses_on_a_page(client, leader):
    application = ApplicationFactory(checking=True)
    page = reverse("subsidies:state_aid_edit", args=[application.pk])
    client.force_login(application.created_by)
    assert client.get(page).status_code == 403
    client.force_login(leader)
    assert client.post(page, {"outcome": "notified"}).status_code == 422

    answer = client.post(page, {"outcome": "notified", "motivation": "Besluit SA.1"}, follow=True)

    assert "is bewaard" in answer.content.decode()
    assert "Besluit SA.1" in client.get(page).content.decode()


# --- compulsory before a grant


def locked_round(leader, **fields):
    round_ = advised_round(**fields)
    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    allocations.lock_run(run, by=leader, at=ADVISED_AT, without_answer="Haast.")
    return round_


def test_admission_adopts_the_usual_answer_unless_money_reaches_an_undertaking(leader):
    usual = ApplicationFactory(submitted=True)
    partner = ApplicationFactory()
    partner.state_aid_statement.reaches_undertaking = True
    partner.state_aid_statement.save()
    admit_application(usual, answers=all_yes(usual.round), by=leader, at=AFTER)
    state_aid.adopt_usual_answer(partner, by=leader, at=AFTER)
    row = StateAidAssessment.objects.get()
    assert (row.application, row.outcome, row.assessed_by) == (
        usual,
        "no_economic_activity",
        leader,
    )


@pytest.mark.usefixtures("spring")
def test_no_grant_is_drafted_without_an_assessment(client, leader):
    round_ = locked_round(leader, applications=2, ceiling=Decimal(15_000), scores=(5, 4))
    first, _ = round_.applications.order_by("number")
    StateAidAssessment.objects.all().delete()
    with pytest.raises(StateAidMissing, match=rf"van {first.number}\.$"):  # a refusal needs none
        decisions.draft_decisions(round_, by=leader, at=ADVISED_AT)
    client.force_login(leader)
    page = client.get(reverse("subsidies:decision_bundle", args=[round_.pk])).content.decode()
    assert reverse("subsidies:state_aid_edit", args=[first.pk]) in page
    assert "Conceptbesluiten maken" not in page

    state_aid.assess_state_aid(first, NONE, by=leader, at=ADVISED_AT)
    assert len(decisions.draft_decisions(round_, by=leader, at=ADVISED_AT)) == 2


def test_no_grant_is_taken_without_an_assessment(leader):
    round_ = ready_round(applications=1)
    application = round_.applications.get()
    signer = SigningMandateFactory()
    state_aid.assess_state_aid(
        application, Assessed("incompatible", "De opvang concurreert."), by=leader, at=ADVISED_AT
    )
    with pytest.raises(StateAidMissing, match="4:35"):
        decisions.take_decisions(round_, by=signer.user, at=DECIDED_AT)
    taken = {
        "state": DecisionState.TAKEN,
        "taken_by": signer.user,
        "taken_at": DECIDED_AT,
        "signing_mandate": signer,
    }
    with (
        pytest.raises(IntegrityError, match="grant_has_a_state_aid_assessment"),
        transaction.atomic(),
    ):
        Decision.objects.update(**taken)


def test_the_assessment_under_a_decision_stays_as_it_was():
    decided_round(applications=1)
    for change in (
        lambda: StateAidAssessment.objects.update(motivation="anders"),
        lambda: StateAidAssessment.objects.all().delete(),
    ):
        with (
            pytest.raises(IntegrityError, match="state_aid_fixed_after_decision"),
            transaction.atomic(),
        ):
            change()


# --- the ceiling of three years


def test_three_years_end_on_the_day_also_after_a_leap_day():
    assert window_start(date(2028, 2, 29)) == date(2025, 2, 28)


def test_aid_counts_once_and_what_was_kept_silent_counts_too():
    limit = Limit("de_minimis", Decimal(300_000), "Verordening (EU) 2023/2831")
    own = [
        OwnAid("A", Decimal(60_000), date(2025, 5, 1)),
        OwnAid("B", Decimal(30_000), date(2026, 4, 1)),
    ]
    told = {"declared_on": date(2026, 3, 1), "own": own, "limit": limit}
    assert room_for(Decimal(10_000), declared=Decimal(100_000), **told).total == 140_000
    assert room_for(Decimal(10_000), declared=Decimal(0), **told).total == 100_000
    assert room_for(Decimal(210_000), declared=Decimal(0), **told).fits
    assert not room_for(Decimal("210000.01"), declared=Decimal(0), **told).fits


def test_more_than_the_regulation_allows_is_refused(leader):
    application = ApplicationFactory(checking=True)
    most = replace(SMALL, received_before=Decimal(296_000))
    state_aid.assess_state_aid(application, most, by=leader, at=ADVISED_AT)
    with pytest.raises(DeMinimisExceeded, match=r"300\.000"):
        state_aid.assess_state_aid(
            application,
            replace(most, received_before=Decimal("296000.01")),
            by=leader,
            at=ADVISED_AT,
        )
    general = replace(most, outcome="sgei_de_minimis", received_before=Decimal(700_000))
    state_aid.assess_state_aid(application, general, by=leader, at=ADVISED_AT)


def test_two_grants_of_one_round_to_one_undertaking_count_together(leader):
    round_ = locked_round(leader, applications=2)
    most = replace(SMALL, received_before=Decimal(295_000))
    for application, name in zip(
        round_.applications.order_by("number"), ("Opvang BV", "opvang bv"), strict=True
    ):
        state_aid.assess_state_aid(
            application, replace(most, undertaking=name), by=leader, at=ADVISED_AT
        )
    with pytest.raises(DeMinimisExceeded, match="Opvang BV"):
        decisions.draft_decisions(round_, by=leader, at=ADVISED_AT)


def test_what_we_gave_earlier_is_known(leader):
    before = ready_round(applications=1)
    earlier = replace(SMALL, aid_amount=Decimal(9_000))
    state_aid.assess_state_aid(before.applications.get(), earlier, by=leader, at=ADVISED_AT)
    decisions.take_decisions(before, by=SigningMandateFactory().user, at=DECIDED_AT)
    application = ApplicationFactory(checking=True)
    found = replace(SMALL, received_before=Decimal(0), statement_on=date(2026, 6, 1))
    state_aid.assess_state_aid(application, found, by=leader, at=DECIDED_AT + timedelta(days=30))
    day = (DECIDED_AT + timedelta(days=30)).date()
    row = StateAidAssessment.objects.get(application=application)
    assert state_aid.room_of(row, day=day).before == 9_000
    later = day.replace(year=day.year + 4)
    assert not state_aid.own_aid("Opvang BV", "de_minimis", day=later)
