"""Who may ask to complete and judge what came in, written out in full; the people are those of the intake."""

import pytest

from subsidies.models import CompletionRequest, Correction, Decision
from subsidies.states import DecisionState
from subsidies.tests.factories import AFTER
from subsidies.tests.test_permissions_intake import applications, ikc, people  # noqa: F401

pytestmark = pytest.mark.django_db

MAY_REQUEST = {"project_leader": {"submitted", "checking"}}
MAY_JUDGE = {"project_leader": {"submitted"}}
MAY_LEAVE = {"project_leader": {"checking", "incomplete"}}
MAY_TAKE = {"signer": {"ready"}}


def test_who_may_propose_and_decide_not_to_process(people, applications):  # noqa: F811
    proposes = {
        role: {
            state
            for state, application in applications.items()
            if user.has_perm("subsidies.draft_not_processing", application)
        }
        for role, user in people.items()
    }
    assert {role: states for role, states in proposes.items() if states} == MAY_LEAVE
    decisions = [
        Decision(application=applications["checking"], kind=kind, state=state)
        for kind in ("not_processed", "refusal")
        for state in DecisionState.values
    ]
    takes = {
        role: {
            one.state for one in decisions if user.has_perm("subsidies.take_not_processing", one)
        }
        for role, user in people.items()
    }
    assert {role: states for role, states in takes.items() if states} == MAY_TAKE


def test_who_may_ask_to_complete(people, applications):  # noqa: F811
    may = {
        role: {
            state
            for state, application in applications.items()
            if user.has_perm("subsidies.request_completion", application)
        }
        for role, user in people.items()
    }
    assert {role: states for role, states in may.items() if states} == MAY_REQUEST


def test_who_may_judge_a_correction(people, applications):  # noqa: F811
    request = CompletionRequest(
        application=applications["checking"],
        requested_at=AFTER,
        requested_by=people["project_leader"],
        due_on=AFTER.date(),
    )
    corrections = [
        Correction(request=request, state=state, saved_by=people["director"], saved_at=AFTER)
        for state in ("draft", "submitted", "accepted", "rejected")
    ]
    may = {
        role: {one.state for one in corrections if user.has_perm("subsidies.judge_correction", one)}
        for role, user in people.items()
    }
    assert {role: states for role, states in may.items() if states} == MAY_JUDGE
