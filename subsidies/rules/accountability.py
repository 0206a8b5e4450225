"""Who accounts for a grant, who signs, and who judges (domain reference 6.2: submit and assess accountability)."""

from typing import TYPE_CHECKING

import rules

from ikc.roles import Role
from ikc.rules import has_role, is_municipal
from subsidies.rules.assessment import allows
from subsidies.rules.intake import acts_for_applicant, is_applicant_role, is_project_leader
from subsidies.states_accountability import (
    ACCOUNT_WORKFLOW,
    EDITABLE,
    AccountState,
)

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import AccountabilityReport


@rules.predicate
def is_editable_account(user: "User", report: "AccountabilityReport | None") -> bool:
    """The recipient may still write in it, and the subsidy is not determined."""
    return report is not None and report.state in EDITABLE and not report.grant.is_determined


@rules.predicate
def acts_for_recipient(user: "User", report: "AccountabilityReport | None") -> bool:
    return report is not None and acts_for_applicant(user, report.grant.application)


@rules.predicate
def represents_recipient(user: "User", report: "AccountabilityReport | None") -> bool:
    """Speaks for the board that received the subsidy."""
    return report is not None and report.grant.application.board_id in user.organisation_ids(
        Role.SCHOOL_BOARD
    )


@rules.predicate
def is_overdue_account(user: "User", report: "AccountabilityReport | None") -> bool:
    return report is not None and report.state == AccountState.OVERDUE


rules.add_perm("subsidies.view_accounts", is_municipal | is_applicant_role)
rules.add_perm(
    "subsidies.fill_account", is_applicant_role & is_editable_account & acts_for_recipient
)
rules.add_perm(
    "subsidies.submit_account",
    has_role(Role.SCHOOL_BOARD) & is_editable_account & represents_recipient,
)
rules.add_perm("subsidies.check_account", is_project_leader & allows(ACCOUNT_WORKFLOW, "check"))
rules.add_perm("subsidies.judge_account", is_project_leader & allows(ACCOUNT_WORKFLOW, "accept"))
rules.add_perm("subsidies.set_account_term", is_project_leader & is_overdue_account)
