"""The whole table of an agreement, written a second time."""

import pytest

from agreements.states import (
    AGREEMENT_BADGES,
    AGREEMENT_WORKFLOW,
    SIGNING_ROLE,
    AgreementState,
    PartyRole,
)
from ikc.roles import Role
from kvk2.core.workflow import TransitionNotAllowed

TABLE = {
    ("draft", "lay_before_parties"): "negotiation",
    ("negotiation", "lay_before_parties"): "negotiation",
    ("negotiation", "agree"): "agreed",
    ("agreed", "offer"): "signing",
    ("agreed", "reopen"): "negotiation",
    ("signing", "reopen"): "negotiation",
    ("signing", "refuse"): "refused",
    ("signing", "enter_into_force"): "in_force",
    ("in_force", "replace"): "replaced",
    ("draft", "withdraw"): "withdrawn",
    ("negotiation", "withdraw"): "withdrawn",
    ("in_force", "terminate"): "terminated",
    ("in_force", "complete"): "completed",
}
TRANSITIONS = [
    "lay_before_parties",
    "agree",
    "offer",
    "reopen",
    "refuse",
    "enter_into_force",
    "replace",
    "withdraw",
    "terminate",
    "complete",
]
STATES = [
    "draft",
    "negotiation",
    "agreed",
    "signing",
    "in_force",
    "replaced",
    "withdrawn",
    "refused",
    "terminated",
    "completed",
]


def test_the_transitions_are_these():
    assert [transition.name for transition in AGREEMENT_WORKFLOW] == TRANSITIONS


@pytest.mark.parametrize("state", STATES)
def test_the_workflow_allows_exactly_the_table(state):
    for name in TRANSITIONS:
        if (state, name) in TABLE:
            assert AGREEMENT_WORKFLOW.target(name, state=state) == TABLE[state, name]
        else:
            with pytest.raises(TransitionNotAllowed):
                AGREEMENT_WORKFLOW.target(name, state=state)


def test_every_state_has_a_badge():
    assert set(AGREEMENT_BADGES) == set(AgreementState) == set(STATES)


def test_each_party_is_signed_for_by_its_own_role():
    assert SIGNING_ROLE == {
        PartyRole.MUNICIPALITY: Role.SIGNER,
        PartyRole.SCHOOL_BOARD: Role.SCHOOL_BOARD,
        PartyRole.CHILDCARE: Role.CHILDCARE_BOARD,
    }
