"""Who may do what with schemes (domain reference 6.2, 'settings, templates' and 'adopt'). Seeing is for `visible_to`."""

from typing import TYPE_CHECKING

import rules

from ikc.roles import Role
from ikc.rules import has_role
from subsidies.states import SCHEME_WORKFLOW

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import SchemeVersion

is_project_leader = has_role(Role.PROJECT_LEADER)
is_signer = has_role(Role.SIGNER)


@rules.predicate
def is_draft_version(user: "User", version: "SchemeVersion | None") -> bool:
    return version is not None and SCHEME_WORKFLOW.allows("put_in_force", state=version.state)


rules.add_perm("subsidies.add_scheme", is_project_leader)
rules.add_perm("subsidies.add_scheme_version", is_project_leader)
rules.add_perm("subsidies.change_scheme_version", is_project_leader & is_draft_version)
rules.add_perm("subsidies.discard_scheme_version", is_project_leader & is_draft_version)
rules.add_perm("subsidies.put_scheme_in_force", is_signer & is_draft_version)
