"""The database refuses grants above the ceiling, whoever writes them and however many at a time (Awb 4:25)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from ikc.tests.factories import UserFactory
from subsidies.models import Application, Decision
from subsidies.services import decisions
from subsidies.services.decision_guards import CeilingExceeded
from subsidies.states import ApplicationState, DecisionState
from subsidies.tests.factories import move
from subsidies.tests.factories_assessment import (
    ADVISED_AT,
    DECIDED_AT,
    SigningMandateFactory,
    advised_round,
    decided_round,
)

pytestmark = pytest.mark.django_db
REFUSAL = "grants of a round are more than its ceiling"


@pytest.fixture
def signer():
    return SigningMandateFactory()


def ready_decision(application, amount, *, drafter, checker, **fields):
    return Decision.objects.create(
        application=application,
        kind="grant",
        state=DecisionState.READY,
        reference=f"{application.number}-T{Decision.objects.count()}",
        amount=amount,
        motivation="Het plan is goed.",
        drafted_by=drafter,
        drafted_at=ADVISED_AT,
        checked_by=checker,
        checked_at=ADVISED_AT,
        **fields,
    )


def two_ready(amounts, *, ceiling):
    """A round in which two decisions wait for the signer, past the services that would have refused them."""
    round_ = advised_round(applications=2, ceiling=Decimal(ceiling))
    drafter = UserFactory(project_leader=True)
    checker = UserFactory(second_project_leader=True)
    return [
        ready_decision(application, Decimal(amount), drafter=drafter, checker=checker)
        for application, amount in zip(round_.applications.order_by("number"), amounts, strict=True)
    ]


def take(decision, mandate):
    """As SQL would do it, past the service."""
    Decision.objects.filter(pk=decision.pk).update(
        state=DecisionState.TAKEN,
        taken_by=mandate.user,
        taken_at=DECIDED_AT,
        signing_mandate=mandate,
    )


def test_decisions_up_to_the_ceiling_are_taken_and_not_a_cent_more(signer):
    first, second = two_ready(["15000.00", "10000.00"], ceiling=25_000)
    take(first, signer)
    take(second, signer)

    first, second = two_ready(["15000.00", "10000.01"], ceiling=25_000)
    take(first, signer)
    with pytest.raises(IntegrityError, match=REFUSAL), transaction.atomic():
        take(second, signer)


def test_many_at_once_are_added_up_too(signer):
    rows = two_ready(["15000.00", "10000.01"], ceiling=25_000)

    with pytest.raises(IntegrityError, match=REFUSAL), transaction.atomic():
        Decision.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=DecisionState.TAKEN,
            taken_by=signer.user,
            taken_at=DECIDED_AT,
            signing_mandate=signer,
        )


def test_a_refusal_and_a_discarded_draft_do_not_count(signer):
    first, second = two_ready(["25000.00", "25000.00"], ceiling=25_000)
    move(second, state=DecisionState.DISCARDED)
    take(first, signer)


def test_the_amounts_kept_at_applications_stay_within_the_ceiling():
    round_ = advised_round(applications=2, ceiling=Decimal(25_000))
    first, second = round_.applications.order_by("number")
    Application.objects.filter(pk=first.pk).update(
        state=ApplicationState.DECIDED, granted_amount=Decimal(15_000)
    )
    with pytest.raises(IntegrityError, match=REFUSAL), transaction.atomic():
        Application.objects.filter(pk=second.pk).update(
            state=ApplicationState.DECIDED, granted_amount=Decimal("10000.01")
        )


def test_only_what_a_won_objection_adds_comes_above_the_ceiling(signer):
    """T-AL-14: the round is full; the refused one wins, and gets its grant on top (Awb 4:25(3))."""
    round_ = decided_round(ceiling=Decimal(15_000), scores=(5, 4, 3))
    refused = Decision.objects.filter(application__round=round_, amount=0).first()
    move(
        refused,
        state=DecisionState.REPLACED,
        announced_at=DECIDED_AT,
        objection_until=date(2026, 7, 1),
    )
    drafter, checker = UserFactory(project_leader=True), UserFactory(second_project_leader=True)
    fields = {"replaces": refused, "drafter": drafter, "checker": checker}
    won = ready_decision(refused.application, Decimal(15_000), **fields)

    with pytest.raises(IntegrityError, match=REFUSAL), transaction.atomic():
        take(won, signer)

    move(won, objection_reference="BZW-2026-003")
    take(won, signer)
    Application.objects.filter(pk=refused.application_id).update(granted_amount=Decimal(15_000))
    assert Application.objects.filter(round=round_, granted_amount=15_000).count() == 2


def test_the_reference_of_an_objection_cannot_be_added_afterwards(signer):
    first, _ = two_ready(["15000.00", "10000.00"], ceiling=25_000)
    take(first, signer)
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        Decision.objects.filter(pk=first.pk).update(objection_reference="BZW-1")


@pytest.mark.django_db(transaction=True)
def test_two_grants_at_the_same_moment_cannot_pass_the_ceiling_together():
    """Either fits alone. The second waits for the first to commit, adds up again, and is refused."""
    signer = SigningMandateFactory()
    first, second = two_ready(["15000.00", "15000.00"], ceiling=25_000)
    wrote, waiting = threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                take(first, signer)
                wrote.set()
                assert waiting.wait(10)
                # Long enough for the other one to be in its statement.
                connection.cursor().execute("SELECT pg_sleep(0.3)")
        finally:
            connection.close()

    def quick():
        try:
            assert wrote.wait(10)
            waiting.set()
            with pytest.raises(IntegrityError, match=REFUSAL), transaction.atomic():
                take(second, signer)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(slow), pool.submit(quick)]:
            future.result(timeout=30)
    assert list(
        Decision.objects.filter(state=DecisionState.TAKEN).values_list("pk", flat=True)
    ) == [first.pk]


@pytest.mark.django_db(transaction=True)
def test_eight_at_the_same_moment_share_what_fits():
    signer = SigningMandateFactory()
    round_ = advised_round(applications=8, ceiling=Decimal(45_000))
    drafter, checker = UserFactory(project_leader=True), UserFactory(second_project_leader=True)
    rows = [
        ready_decision(application, Decimal(15_000), drafter=drafter, checker=checker)
        for application in round_.applications.order_by("number")
    ]
    start = threading.Barrier(8)

    def attempt(row):
        try:
            start.wait(10)
            take(row, signer)
        except IntegrityError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(attempt, rows))
    assert sum(taken) == 3
    assert Decision.objects.filter(state=DecisionState.TAKEN).count() == 3


def test_the_service_says_it_in_words(monkeypatch, signer):
    """The service adds up under its own lock first, so that people never see the refusal of the database."""
    rows = two_ready(["15000.00", "10000.01"], ceiling=25_000)
    round_ = rows[0].application.round
    monkeypatch.setattr(decisions, "refuse_incomplete", lambda *args: None)

    with pytest.raises(CeilingExceeded, match="Het plafond is"):
        decisions.take_decisions(round_, by=signer.user, at=DECIDED_AT)
