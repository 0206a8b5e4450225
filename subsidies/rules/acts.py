"""Who may do what with one later decision (domain reference 3.5 and 6.2; rule G2)."""

from typing import TYPE_CHECKING

import rules

from ikc.rules import is_municipal
from subsidies.act_kinds import is_act
from subsidies.rules.assessment import allows, is_not_drafter
from subsidies.rules.intake import is_project_leader, is_signer
from subsidies.services.acts import UNTAKEN
from subsidies.states import DECISION_WORKFLOW

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import Decision


@rules.predicate
def is_later(user: "User", decision: "Decision | None") -> bool:
    """One of the later decisions in a case, not an answer to an application."""
    return decision is not None and is_act(decision)


@rules.predicate
def is_not_checker(user: "User", decision: "Decision | None") -> bool:
    return decision is not None and decision.checked_by_id != user.pk


@rules.predicate
def is_untaken(user: "User", decision: "Decision | None") -> bool:
    return decision is not None and decision.state in UNTAKEN


rules.add_perm(
    "subsidies.change_act", is_project_leader & is_later & allows(DECISION_WORKFLOW, "check")
)
rules.add_perm(
    "subsidies.approve_act",
    is_project_leader & is_later & allows(DECISION_WORKFLOW, "approve") & is_not_drafter,
)
rules.add_perm(
    "subsidies.take_act",
    is_signer & is_later & allows(DECISION_WORKFLOW, "take") & is_not_drafter & is_not_checker,
)
rules.add_perm(
    "subsidies.discard_act", is_project_leader & is_later & allows(DECISION_WORKFLOW, "discard")
)
rules.add_perm("subsidies.preview_act", is_municipal & is_later & is_untaken)
