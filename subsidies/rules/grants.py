"""Who may look at grants. Which of them is for `visible_to`."""

import rules

from ikc.roles import Role
from ikc.rules import has_role, is_municipal

is_recipient_role = has_role(Role.IKC_DIRECTOR, Role.SCHOOL_BOARD)

rules.add_perm("subsidies.view_grants", is_municipal | is_recipient_role)
