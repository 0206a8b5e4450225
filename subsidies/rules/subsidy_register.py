"""Who prepares and publishes the subsidy register (domain reference 6.2, 'Woo export / subsidy register')."""

import rules

from ikc.rules import is_municipal
from subsidies.rules.assessment import allows
from subsidies.rules.intake import is_project_leader, is_signer
from subsidies.states_subsidy_register import REGISTER_WORKFLOW

rules.add_perm("subsidies.view_subsidy_register", is_municipal)
rules.add_perm("subsidies.edit_register_entry", is_project_leader)
rules.add_perm(
    "subsidies.publish_register_entry",
    (is_project_leader | is_signer) & allows(REGISTER_WORKFLOW, "publish"),
)
rules.add_perm("subsidies.publish_register_entries", is_project_leader | is_signer)
rules.add_perm(
    "subsidies.leave_out_register_entry", is_project_leader & allows(REGISTER_WORKFLOW, "leave_out")
)
rules.add_perm(
    "subsidies.withdraw_register_entry", is_project_leader & allows(REGISTER_WORKFLOW, "withdraw")
)
