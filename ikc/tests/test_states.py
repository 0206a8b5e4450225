"""The transition tables, written a second time: what they allow is what people agreed on."""

import pytest
from django.db import connection

from ikc.states import ACCOUNT_WORKFLOW, PLUS_WORKFLOW, AccountState, PlusState
from ikc.states_areas import (
    IMPORT_WORKFLOW,
    RECALIBRATION_WORKFLOW,
    ImportState,
    RecalibrationState,
)
from kvk2.core.workflow import TransitionNotAllowed

EXPECTED = {
    PLUS_WORKFLOW: {
        ("check", "candidate"): "conditions_check",
        ("propose", "conditions_check"): "proposed",
        ("refuse", "conditions_check"): "refused",
        ("return", "proposed"): "conditions_check",
        ("grant", "proposed"): "granted",
        ("recalibrate", "granted"): "under_recalibration",
        ("recalibrate", "continued"): "under_recalibration",
        ("recalibrate", "adjusted"): "under_recalibration",
        ("continue", "under_recalibration"): "continued",
        ("adjust", "under_recalibration"): "adjusted",
        ("end", "under_recalibration"): "ended",
        ("expire", "granted"): "expired",
        ("expire", "under_recalibration"): "expired",
        ("expire", "continued"): "expired",
        ("expire", "adjusted"): "expired",
    },
    ACCOUNT_WORKFLOW: {
        ("check", "proposed"): "checked",
        ("verify", "checked"): "verified",
        ("reject", "proposed"): "rejected",
        ("reject", "checked"): "rejected",
        ("replace", "verified"): "replaced",
    },
    IMPORT_WORKFLOW: {
        ("apply", "preview"): "applied",
        ("discard", "preview"): "discarded",
    },
    RECALIBRATION_WORKFLOW: {
        ("collect", "planned"): "collecting",
        ("collect", "analysed"): "collecting",
        ("analyse", "collecting"): "analysed",
        ("discuss", "analysed"): "discussed",
        ("reconsider", "discussed"): "analysed",
        ("adopt", "discussed"): "adopted",
        ("take_effect", "adopted"): "effective",
    },
}
STATES = {
    PLUS_WORKFLOW: PlusState,
    ACCOUNT_WORKFLOW: AccountState,
    IMPORT_WORKFLOW: ImportState,
    RECALIBRATION_WORKFLOW: RecalibrationState,
}


@pytest.mark.parametrize("workflow", EXPECTED, ids=lambda workflow: workflow.title)
def test_the_workflow_allows_exactly_the_table(workflow):
    for transition in workflow:
        for state in STATES[workflow].values:
            expected = EXPECTED[workflow].get((transition.name, state))
            if expected is None:
                with pytest.raises(TransitionNotAllowed):
                    workflow.target(transition.name, state=state)
            else:
                assert workflow.target(transition.name, state=state) == expected
    assert {name for name, _ in EXPECTED[workflow]} == {row.name for row in workflow}


@pytest.mark.django_db
def test_the_database_has_the_same_table_for_plus():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('ikc_guard_plus_status'::regproc)")
        body = cursor.fetchone()[0]
    for (_, before), after in EXPECTED[PLUS_WORKFLOW].items():
        assert f"('{before}', '{after}')" in body
    assert body.count("('") == len(EXPECTED[PLUS_WORKFLOW]) + 2  # and two lists of states
