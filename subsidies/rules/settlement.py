"""Who determines a subsidy and who claims money back (domain reference 6.2: draft decision, order payment)."""

from typing import TYPE_CHECKING

import rules

from ikc.rules import is_municipal
from subsidies.rules.assessment import allows
from subsidies.rules.intake import is_applicant_role, is_project_leader
from subsidies.services.determinations import needs_view
from subsidies.states import DecisionState
from subsidies.states_accountability import RECOVERY_OPEN, RECOVERY_WORKFLOW, RecoveryState
from subsidies.states_grants import GRANT_WORKFLOW

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import Decision, Recovery


@rules.predicate
def is_lower_draft(user: "User", decision: "Decision | None") -> bool:
    """A draft for which the recipient is heard first."""
    return decision is not None and decision.state == DecisionState.DRAFT and needs_view(decision)


@rules.predicate
def is_proposed(user: "User", recovery: "Recovery | None") -> bool:
    return recovery is not None and recovery.state == RecoveryState.PROPOSED


@rules.predicate
def is_open_claim(user: "User", recovery: "Recovery | None") -> bool:
    return recovery is not None and recovery.state in RECOVERY_OPEN


rules.add_perm(
    "subsidies.draft_determination", is_project_leader & allows(GRANT_WORKFLOW, "determine")
)
rules.add_perm("subsidies.announce_lowering", is_project_leader & is_lower_draft)
rules.add_perm("subsidies.view_recoveries", is_municipal | is_applicant_role)
rules.add_perm("subsidies.draft_recovery", is_project_leader & is_proposed)
rules.add_perm("subsidies.record_receipt", is_project_leader & is_open_claim)
rules.add_perm("subsidies.remind_recovery", is_project_leader & allows(RECOVERY_WORKFLOW, "remind"))
rules.add_perm(
    "subsidies.enforce_recovery", is_project_leader & allows(RECOVERY_WORKFLOW, "enforce")
)
rules.add_perm("subsidies.defer_recovery", is_project_leader & allows(RECOVERY_WORKFLOW, "defer"))
rules.add_perm("subsidies.end_recovery", is_project_leader & allows(RECOVERY_WORKFLOW, "waive"))
