"""Who may ask to complete, supply, and judge what was supplied (domain reference 3.2, 6.2)."""

from typing import TYPE_CHECKING

import rules

from subsidies.rules.intake import (
    acts_for_applicant,
    application_allows,
    is_applicant_role,
    is_project_leader,
    is_signer,
)
from subsidies.states import CORRECTION_WORKFLOW, DECISION_WORKFLOW

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import Correction, Decision


@rules.predicate
def may_be_judged(user: "User", correction: "Correction | None") -> bool:
    """The applicant filed it and nobody judged it yet."""
    return correction is not None and CORRECTION_WORKFLOW.allows("accept", state=correction.state)


@rules.predicate
def leaves_unprocessed(user: "User", decision: "Decision | None") -> bool:
    """A decision not to process one application, that is ready to be taken."""
    return (
        decision is not None
        and decision.kind == "not_processed"
        and DECISION_WORKFLOW.allows("take", state=decision.state)
    )


rules.add_perm(
    "subsidies.draft_not_processing", is_project_leader & application_allows("refuse_to_process")
)
rules.add_perm("subsidies.take_not_processing", is_signer & leaves_unprocessed)
rules.add_perm(
    "subsidies.request_completion",
    is_project_leader & application_allows("check", "ask_completion"),
)
rules.add_perm(
    "subsidies.complete_application",
    is_applicant_role & application_allows("complete") & acts_for_applicant,
)
rules.add_perm("subsidies.judge_correction", is_project_leader & may_be_judged)
