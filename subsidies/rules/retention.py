"""Who exports, holds and destroys cases (domain reference 8.4). Nobody signs a destruction alone."""

import rules

from ikc.roles import Role
from ikc.rules import has_role, is_municipal
from subsidies.rules.assessment import allows
from subsidies.rules.intake import is_project_leader
from subsidies.states_retention import DESTRUCTION_WORKFLOW

# Keeps the archive in the portal's eyes: has no part in any case.
is_archivist = has_role(Role.ADMIN)
is_auditor = has_role(Role.AUDITOR)

rules.add_perm("subsidies.view_retention", is_municipal | is_archivist)
rules.add_perm("subsidies.view_case_archive", is_municipal)
rules.add_perm("subsidies.export_case", is_project_leader | is_auditor)
rules.add_perm("subsidies.hold_case", is_project_leader)
rules.add_perm("subsidies.propose_destruction", is_project_leader)
rules.add_perm(
    "subsidies.judge_destruction", is_project_leader & allows(DESTRUCTION_WORKFLOW, "sign_first")
)
rules.add_perm(
    "subsidies.sign_destruction_first",
    is_project_leader & allows(DESTRUCTION_WORKFLOW, "sign_first"),
)
rules.add_perm(
    "subsidies.sign_destruction_second",
    is_archivist & allows(DESTRUCTION_WORKFLOW, "sign_second"),
)
rules.add_perm(
    "subsidies.discard_destruction", is_project_leader & allows(DESTRUCTION_WORKFLOW, "discard")
)
