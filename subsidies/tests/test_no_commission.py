"""A round without criteria: nobody scores, and a missing advice does not block the decision (Awb 3:6(2))."""

from decimal import Decimal

import pytest
from django.urls import reverse

from ikc.tests.factories import UserFactory
from subsidies.models import Application, CommissionAdvice, Decision, Letter
from subsidies.services import allocations, decisions, letters, rounds
from subsidies.services.rounds import ChecksNotFinished
from subsidies.states import ApplicationState, RoundState
from subsidies.tests.factories import AFTER, ApplicationFactory, SubsidyRoundFactory, move
from subsidies.tests.factories_assessment import (
    ADVISED_AT,
    DECIDED_AT,
    SigningMandateFactory,
    admitted,
    assessing_round,
)

pytestmark = pytest.mark.django_db


def closed_round(*, requested=15_000, **fields):
    """Closed, without criteria, with two admitted applications."""
    round_ = SubsidyRoundFactory(min_score=None, floor=None, **fields)
    round_.criteria.all().delete()
    move(round_, state=RoundState.ADOPTED, decision_number="B&W 1", decided_on=AFTER.date())
    move(
        round_,
        state=RoundState.CLOSED,
        publication_reference="Gemeenteblad 1",
        published_on=AFTER.date(),
    )
    for _ in range(2):
        admitted(round_, requested_amount=Decimal(requested))
    return round_


@pytest.mark.usefixtures("spring")
@pytest.mark.parametrize(
    ("method", "granted"),
    [
        ("first_come", [10_000, 10_000]),
        ("pro_rata", [10_000, 10_000]),
        ("per_child", [10_000, 10_000]),
    ],
)
def test_from_closing_to_the_letter_without_a_commission(client, method, granted):
    leader = UserFactory(project_leader=True)
    requested = 10_000 if method == "first_come" else 15_000
    round_ = closed_round(allocation_method=method, ceiling=Decimal(20_000), requested=requested)
    page = reverse("subsidies:round_assess", args=[round_.pk])
    client.force_login(leader)
    assert "zonder advies naar de verdeling" in client.get(page).content.decode()
    client.post(page)
    round_.refresh_from_db()
    assert round_.state == RoundState.ADVISED
    assert set(round_.applications.values_list("state", flat=True)) == {ApplicationState.ADVISED}

    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    allocations.lock_run(run, by=leader, at=ADVISED_AT)
    decisions.draft_decisions(round_, by=leader, at=ADVISED_AT)
    decisions.send_to_check(round_, by=leader, at=ADVISED_AT)
    decisions.approve_decisions(
        round_,
        checklist=list(decisions.CHECKLIST),
        by=UserFactory(second_project_leader=True),
        at=ADVISED_AT,
    )
    decisions.take_decisions(round_, by=SigningMandateFactory().user, at=DECIDED_AT)

    amounts = Application.objects.order_by("number").values_list("granted_amount", flat=True)
    assert list(amounts) == granted
    assert not CommissionAdvice.objects.exists()
    letter = Letter.objects.exclude(decision=None).first()
    assert letter.context["adviser"] is None
    assert letters.render_letter(letter.pk, at=DECIDED_AT)
    decision = Decision.objects.first()
    detail = client.get(decision.get_absolute_url()).content.decode()
    assert "Verleend" in detail
    assert ">Score<" not in detail
    assert client.get(run.get_absolute_url()).status_code == 200


def test_a_round_with_criteria_waits_for_its_commission():
    round_ = assessing_round(applications=1)
    move(round_, state=RoundState.CLOSED)
    rounds.start_assessment(round_, by=UserFactory(project_leader=True), at=ADVISED_AT)
    assert round_.applications.get().state == ApplicationState.ADMITTED
    round_.refresh_from_db()
    assert round_.state == RoundState.ASSESSING


def test_an_unchecked_application_holds_it_up_as_well():
    round_ = closed_round(allocation_method="pro_rata")
    ApplicationFactory(round=round_, checking=True)
    with pytest.raises(ChecksNotFinished):
        rounds.start_assessment(round_, by=UserFactory(project_leader=True), at=ADVISED_AT)
