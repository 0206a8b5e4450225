"""The transition tables after measuring, written a second time."""

from monitoring.states import (
    ACTION_WORKFLOW,
    CONCLUSION_WORKFLOW,
    PRACTICE_WORKFLOW,
    REVIEW_WORKFLOW,
)

EXPECTED = {
    REVIEW_WORKFLOW: {("finish", "draft"): "done", ("reopen", "done"): "draft"},
    CONCLUSION_WORKFLOW: {("adopt", "proposed"): "adopted"},
    ACTION_WORKFLOW: {
        ("accept", "proposed"): "planned",
        ("start", "planned"): "running",
        ("finish", "planned"): "done",
        ("finish", "running"): "done",
        ("drop", "proposed"): "dropped",
        ("drop", "planned"): "dropped",
        ("drop", "running"): "dropped",
        ("reopen", "done"): "running",
        ("reopen", "dropped"): "running",
    },
    PRACTICE_WORKFLOW: {
        ("agree", "draft"): "agreed",
        ("reopen", "agreed"): "draft",
        ("publish", "agreed"): "published",
        ("withdraw", "draft"): "withdrawn",
        ("withdraw", "agreed"): "withdrawn",
        ("withdraw", "published"): "withdrawn",
    },
}


def test_the_workflows_allow_exactly_the_tables():
    for workflow, expected in EXPECTED.items():
        allowed = {
            (transition.name, str(source)): str(transition.target)
            for transition in workflow
            for source in transition.sources
        }
        assert allowed == expected
