"""Who may ask to complete, supply, and judge what was supplied (domain reference 3.2, 6.2)."""

from typing import TYPE_CHECKING

import rules

from subsidies.rules.intake import (
    acts_for_applicant,
    application_allows,
    is_applicant_role,
    is_project_leader,
)
from subsidies.states import CORRECTION_WORKFLOW

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import Correction


@rules.predicate
def may_be_judged(user: "User", correction: "Correction | None") -> bool:
    """The applicant filed it and nobody judged it yet."""
    return correction is not None and CORRECTION_WORKFLOW.allows("accept", state=correction.state)


rules.add_perm(
    "subsidies.request_completion",
    is_project_leader & application_allows("check", "ask_completion"),
)
rules.add_perm(
    "subsidies.complete_application",
    is_applicant_role & application_allows("complete") & acts_for_applicant,
)
rules.add_perm("subsidies.judge_correction", is_project_leader & may_be_judged)
