"""Who changes or takes back a grant, and who reacts to that (domain reference 3.6; Awb 4:7, 4:48-4:50)."""

from typing import TYPE_CHECKING

import rules

from ikc.rules import is_municipal
from subsidies.rules.assessment import allows
from subsidies.rules.intake import acts_for_applicant, is_applicant_role, is_project_leader
from subsidies.states import VIEW_WORKFLOW
from subsidies.states_grants import GrantState

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import Grant, GrantIntent


@rules.predicate
def is_in_force(user: "User", grant: "Grant | None") -> bool:
    return grant is not None and grant.state != GrantState.REVOKED


@rules.predicate
def acts_for_recipient(user: "User", intent: "GrantIntent | None") -> bool:
    return intent is not None and acts_for_applicant(user, intent.grant.application)


rules.add_perm("subsidies.change_grant", is_project_leader & is_in_force)
rules.add_perm("subsidies.read_intent", is_municipal | (is_applicant_role & acts_for_recipient))
rules.add_perm(
    "subsidies.react_to_intent",
    allows(VIEW_WORKFLOW, "receive")
    & (is_project_leader | (is_applicant_role & acts_for_recipient)),
)
