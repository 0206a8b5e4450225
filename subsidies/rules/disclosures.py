"""Who prepares, approves and gives documents of a round (domain reference 3.11, 6.2 'Woo export', 8.3)."""

from typing import TYPE_CHECKING

import rules

from ikc.rules import is_municipal
from subsidies.rules.assessment import allows
from subsidies.rules.intake import is_project_leader, is_signer
from subsidies.rules.objections import handles, is_running
from subsidies.states import RoundState
from subsidies.states_disclosures import DISCLOSURE_WORKFLOW

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import Disclosure, SubsidyRound

DECIDED = (RoundState.DECIDED, RoundState.SETTLED, RoundState.ARCHIVED)


@rules.predicate
def is_decided(user: "User", round_: "SubsidyRound | None") -> bool:
    """Before everybody heard, nothing of it is told to anybody."""
    return round_ is not None and round_.state in DECIDED


@rules.predicate
def may_prepare(user: "User", disclosure: "Disclosure | None") -> bool:
    """Who drafted the contested decision leaves the file in the objection to a colleague as well (rule G2)."""
    if disclosure is None or disclosure.objection is None:
        return True
    return disclosure.objection.decision.drafted_by_id != user.pk


@rules.predicate
def is_public(user: "User", disclosure: "Disclosure | None") -> bool:
    return disclosure is not None and disclosure.is_public


@rules.predicate
def did_not_start(user: "User", disclosure: "Disclosure | None") -> bool:
    """Rule G2: who prepared it does not approve of it."""
    return disclosure is not None and disclosure.started_by_id != user.pk


@rules.predicate
def has_file(user: "User", disclosure: "Disclosure | None") -> bool:
    return disclosure is not None and disclosure.stored_id is not None


prepares = is_project_leader & may_prepare

rules.add_perm("subsidies.view_disclosures", is_municipal)
rules.add_perm("subsidies.see_woo_disclosures", is_municipal & is_decided)
rules.add_perm("subsidies.start_objection_disclosure", handles & is_running)
rules.add_perm("subsidies.start_woo_disclosure", is_project_leader & is_decided)
rules.add_perm(
    "subsidies.judge_disclosure",
    prepares & (allows(DISCLOSURE_WORKFLOW, "make") | allows(DISCLOSURE_WORKFLOW, "propose")),
)
rules.add_perm(
    "subsidies.order_disclosure", prepares & ~is_public & allows(DISCLOSURE_WORKFLOW, "make")
)
rules.add_perm(
    "subsidies.propose_disclosure", prepares & is_public & allows(DISCLOSURE_WORKFLOW, "propose")
)
rules.add_perm(
    "subsidies.approve_disclosure",
    is_signer & did_not_start & allows(DISCLOSURE_WORKFLOW, "approve"),
)
rules.add_perm("subsidies.return_disclosure", is_signer & allows(DISCLOSURE_WORKFLOW, "return"))
rules.add_perm("subsidies.give_disclosure", prepares & allows(DISCLOSURE_WORKFLOW, "give"))
rules.add_perm("subsidies.cancel_disclosure", prepares & allows(DISCLOSURE_WORKFLOW, "cancel"))
# Who may see it at all is asked of the queryset: for an objector only what was given in the own objection.
rules.add_perm("subsidies.open_disclosure", has_file)
