"""Leaving an application unprocessed: only after an unused or badly used opportunity, in time, by three people."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains

from ikc.tests.factories import IkcFactory, UserFactory
from kvk2.core.middleware import LONGEST_WAIT
from kvk2.core.workflow import TransitionNotAllowed
from subsidies.models import Letter, SigningMandate
from subsidies.services.completions import expire_completions, request_completion
from subsidies.services.corrections import accept_correction, reject_correction
from subsidies.services.decision_guards import FourEyes, NoMandate
from subsidies.services.decisions import ReasonMissing, standing_decisions
from subsidies.services.letters import render_letter
from subsidies.services.not_processing import (
    DecisionExists,
    NoOpportunity,
    approve_not_processing,
    draft_not_processing,
    leave_until,
    take_not_processing,
    why_not,
)
from subsidies.tests.completing import ASKED_AT, BEFORE_END, CONTACT, ENDS_AT, state_of, supply
from subsidies.tests.factories import ApplicationFactory, SubsidyRoundFactory, move
from subsidies.worklist import completeness

pytestmark = pytest.mark.django_db
AFTER_TERM = ENDS_AT + timedelta(days=2)


@pytest.fixture
def director():
    return UserFactory(director=True, ikc=IkcFactory())


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def second():
    return UserFactory(project_leader=True)


@pytest.fixture
def signer():
    user = UserFactory(signer=True, job_title="wethouder")
    SigningMandate.objects.create(
        user=user, number="M-1", max_amount=1000, valid_from=ASKED_AT.date()
    )
    return user


@pytest.fixture
def application(director):
    ikc = director.assignments.get().ikc
    move(ikc.board, street="Plein 1", postcode="8911 AA", electronic_consent_at=ASKED_AT)
    return ApplicationFactory(
        ikc=ikc, director=director, checking=True, round=SubsidyRoundFactory(closed=True)
    )


@pytest.fixture
def expired(application, leader):
    request = request_completion(application, items=CONTACT, by=leader, at=ASKED_AT)
    expire_completions(at=ENDS_AT + LONGEST_WAIT)
    request.refresh_from_db()
    return request


def drafted(application, leader, at=AFTER_TERM):
    return draft_not_processing(application, motivation="Er kwam niets.", by=leader, at=at)


def test_an_unused_term_leads_to_a_decision_with_a_letter(
    application, expired, leader, second, signer
):
    decision = approve_not_processing(drafted(application, leader), by=second, at=AFTER_TERM)
    take_not_processing(decision, by=signer, at=AFTER_TERM)

    assert state_of(application) == "not_processed"
    letter = Letter.objects.get(code="L03")
    assert render_letter(letter.pk, at=AFTER_TERM)
    decision.refresh_from_db()
    assert decision.state == "sent"
    assert decision.objection_until is not None
    assert list(standing_decisions(application.round)) == []


def test_the_last_day_is_four_weeks_after_the_unused_term(expired):
    # 4 May + 4 weeks is Monday 1 June 2026
    assert leave_until(expired).isoformat() == "2026-06-01"


def test_in_time_and_too_late(application, expired):
    last = datetime(2026, 6, 1, 21, 59, tzinfo=UTC)
    assert why_not(application, at=last) == ""
    assert "vier weken" in why_not(application, at=last + timedelta(minutes=1))


def test_without_an_opportunity_it_cannot(application, leader):
    with pytest.raises(NoOpportunity, match="eerst een termijn"):
        drafted(application, leader)
    request_completion(application, items=CONTACT, by=leader, at=ASKED_AT)
    with pytest.raises(NoOpportunity, match="kan nog aanvullen tot en met"):
        drafted(application, leader, at=BEFORE_END)


def test_what_came_in_is_judged_first(application, leader, director):
    request = request_completion(application, items=CONTACT, by=leader, at=ASKED_AT)
    correction = supply(request, director)
    with pytest.raises(NoOpportunity, match="Beoordeel"):
        drafted(application, leader)
    reject_correction(correction, judgement="Onvoldoende.", by=leader, at=BEFORE_END)
    assert drafted(application, leader).state == "legal_check"


def test_what_was_taken_over_is_complete(application, leader, director):
    request = request_completion(application, items=CONTACT, by=leader, at=ASKED_AT)
    accept_correction(supply(request, director), by=leader, at=BEFORE_END)
    with pytest.raises(NoOpportunity):
        drafted(application, leader)


def test_it_says_why_and_is_written_once(application, expired, leader):
    with pytest.raises(ReasonMissing):
        draft_not_processing(application, motivation=" ", by=leader, at=AFTER_TERM)
    drafted(application, leader)
    with pytest.raises(DecisionExists):
        drafted(application, leader)


def test_three_people_and_a_mandate(application, expired, leader, second, signer):
    decision = drafted(application, leader)
    with pytest.raises(FourEyes):
        approve_not_processing(decision, by=leader, at=AFTER_TERM)
    with pytest.raises(TransitionNotAllowed):
        take_not_processing(decision, by=signer, at=AFTER_TERM)
    approve_not_processing(decision, by=second, at=AFTER_TERM)
    with pytest.raises(FourEyes):
        take_not_processing(decision, by=second, at=AFTER_TERM)
    with pytest.raises(NoMandate):
        take_not_processing(decision, by=UserFactory(signer=True), at=AFTER_TERM)
    with pytest.raises(NoOpportunity, match="vier weken"):
        take_not_processing(decision, by=signer, at=AFTER_TERM + timedelta(days=60))
    assert state_of(application) == "checking"


def test_the_pages_from_draft_to_decision(client, application, expired, leader, second, signer):
    def page(name=""):
        return reverse(f"subsidies:not_processing{name}", args=[application.pk])

    with time_machine.travel(AFTER_TERM, tick=False):
        client.force_login(leader)
        assertContains(client.get(page("_draft")), "juni 2026</strong>")
        assert client.post(page("_draft"), {"motivation": ""}).status_code == 422
        client.post(page("_draft"), {"motivation": "Er kwam niets binnen."})
        assertContains(client.get(page()), "Er kwam niets binnen.")
        assert client.post(page("_approve")).status_code == 403
        client.force_login(second)
        (task,) = completeness.tasks_for(second, today=AFTER_TERM.date())
        assert task.title.startswith("Toets het besluit")
        assertContains(client.get(page("_approve")), "Er kwam niets binnen.")
        assertContains(client.get(page()), page("_approve"))
        client.post(page("_approve"))
        assert client.post(page("_take")).status_code == 403
        client.force_login(signer)
        assertContains(client.get(page("_take")), "Dit kan niet worden teruggedraaid.")
        assert state_of(application) == "checking"
        client.post(page("_take"))
        assertContains(client.get(page()), "Genomen door")
        client.force_login(application.created_by)
        assert client.get(page()).status_code == 404
    assert state_of(application) == "not_processed"
