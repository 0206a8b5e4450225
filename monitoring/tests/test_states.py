"""The transition tables, written a second time: what they allow is what people agreed on."""

import pytest

from kvk2.core.workflow import TransitionNotAllowed
from monitoring.states import (
    CYCLE_WORKFLOW,
    FIGURE_FILE_WORKFLOW,
    REPORT_LIFE,
    REPORT_WORKFLOW,
    RETURN_WORKFLOW,
    CycleState,
    ReportStage,
    ReportState,
    ReturnState,
)
from monitoring.states_imports import FileState

EXPECTED = {
    CYCLE_WORKFLOW: {
        ("collect", "planned"): "collecting",
        ("validate", "collecting"): "validating",
        ("analyse", "validating"): "analysing",
        ("draft", "analysing"): "draft_report",
        ("check_facts", "draft_report"): "fact_check",
        ("adopt", "fact_check"): "adopted",
        ("publish", "adopted"): "published",
        ("act", "published"): "acting",
        ("close", "acting"): "closed",
    },
    RETURN_WORKFLOW: {
        ("submit", "draft"): "submitted",
        ("submit", "returned"): "submitted",
        ("return", "submitted"): "returned",
        ("return", "checked"): "returned",
        ("check", "submitted"): "checked",
        ("adopt", "checked"): "adopted",
        ("lock", "adopted"): "locked",
        ("reopen", "locked"): "returned",
        ("relock", "returned"): "locked",
    },
    REPORT_WORKFLOW: {
        ("claim", "waiting"): "rendering",
        ("claim", "rendering"): "rendering",
        ("finish", "rendering"): "done",
        ("wait", "rendering"): "waiting",
        ("fail", "waiting"): "failed",
        ("fail", "rendering"): "failed",
        ("cancel", "waiting"): "cancelled",
        ("cancel", "rendering"): "cancelled",
        ("retry", "failed"): "waiting",
        ("retry", "cancelled"): "waiting",
        ("reprint", "done"): "waiting",
    },
    REPORT_LIFE: {
        ("hear", "concept"): "hearing",
        ("adopt", "concept"): "adopted",
        ("adopt", "hearing"): "adopted",
        ("publish", "adopted"): "published",
        ("replace", "concept"): "replaced",
        ("replace", "hearing"): "replaced",
        ("replace", "adopted"): "replaced",
        ("replace", "published"): "replaced",
    },
    FIGURE_FILE_WORKFLOW: {
        ("check", "checking"): "preview",
        ("apply", "preview"): "applying",
        ("finish", "applying"): "applied",
        ("discard", "checking"): "discarded",
        ("discard", "preview"): "discarded",
    },
}
STATES = {
    CYCLE_WORKFLOW: CycleState,
    RETURN_WORKFLOW: ReturnState,
    REPORT_WORKFLOW: ReportState,
    FIGURE_FILE_WORKFLOW: FileState,
    REPORT_LIFE: ReportStage,
}
CASES = [
    pytest.param(workflow, transition.name, state, id=f"{workflow.title}-{transition.name}-{state}")
    for workflow in EXPECTED
    for transition in workflow
    for state in STATES[workflow].values
]


@pytest.mark.parametrize(("workflow", "name", "state"), CASES)
def test_the_workflow_allows_exactly_the_table(workflow, name, state):
    expected = EXPECTED[workflow].get((name, state))
    if expected is None:
        with pytest.raises(TransitionNotAllowed):
            workflow.target(name, state=state)
    else:
        assert workflow.target(name, state=state) == expected


@pytest.mark.parametrize("workflow", EXPECTED, ids=lambda workflow: workflow.title)
def test_every_row_of_the_copy_exists(workflow):
    assert {name for name, _ in EXPECTED[workflow]} == {transition.name for transition in workflow}
