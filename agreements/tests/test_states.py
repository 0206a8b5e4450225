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
    ("draft", "offer"): "signing",
    ("draft", "withdraw"): "withdrawn",
    ("signing", "return_to_draft"): "draft",
    ("signing", "enter_into_force"): "in_force",
    ("in_force", "replace"): "replaced",
}
TRANSITIONS = ["offer", "return_to_draft", "enter_into_force", "replace", "withdraw"]


def test_the_transitions_are_these():
    assert [transition.name for transition in AGREEMENT_WORKFLOW] == TRANSITIONS


@pytest.mark.parametrize("state", ["draft", "signing", "in_force", "replaced", "withdrawn"])
@pytest.mark.parametrize("name", TRANSITIONS)
def test_the_workflow_allows_exactly_the_table(state, name):
    if (state, name) in TABLE:
        assert AGREEMENT_WORKFLOW.target(name, state=state) == TABLE[state, name]
    else:
        with pytest.raises(TransitionNotAllowed):
            AGREEMENT_WORKFLOW.target(name, state=state)


def test_every_state_has_a_badge():
    assert set(AGREEMENT_BADGES) == set(AgreementState)


def test_each_party_is_signed_for_by_its_own_role():
    assert SIGNING_ROLE == {
        PartyRole.MUNICIPALITY: Role.SIGNER,
        PartyRole.SCHOOL_BOARD: Role.SCHOOL_BOARD,
        PartyRole.CHILDCARE: Role.CHILDCARE_BOARD,
    }
