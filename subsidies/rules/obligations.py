"""Who shows what came of an effort, and who judges it (domain reference 3.5)."""

from typing import TYPE_CHECKING

import rules

from ikc.rules import is_municipal
from subsidies.rules.assessment import allows
from subsidies.rules.intake import acts_for_applicant, is_applicant_role, is_project_leader
from subsidies.states_obligations import OBLIGATION_WORKFLOW

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import Obligation


@rules.predicate
def acts_for_bound_applicant(user: "User", obligation: "Obligation | None") -> bool:
    """Acts for the IKC that the decision binds."""
    return obligation is not None and acts_for_applicant(user, obligation.decision.application)


rules.add_perm("subsidies.view_obligations", is_municipal | is_applicant_role)
# The project leader too: evidence may come by post, or not at all, and then that is written down.
rules.add_perm(
    "subsidies.submit_evidence",
    allows(OBLIGATION_WORKFLOW, "submit_evidence")
    & (is_project_leader | (is_applicant_role & acts_for_bound_applicant)),
)
rules.add_perm(
    "subsidies.judge_obligation", is_project_leader & allows(OBLIGATION_WORKFLOW, "meet")
)
rules.add_perm(
    "subsidies.waive_obligation", is_project_leader & allows(OBLIGATION_WORKFLOW, "waive")
)
