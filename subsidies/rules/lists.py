"""Who may do one thing with many applications at once, and who sees a round in pictures."""

import rules

from ikc.roles import Role
from ikc.rules import has_role, is_municipal
from subsidies.rules.intake import is_project_leader

rules.add_perm("subsidies.bulk_check_applications", is_project_leader)
# The secretary's pictures hold only what the interest rules leave (domain reference 6.3).
rules.add_perm("subsidies.view_round_overview", is_municipal | has_role(Role.COMMISSION_SECRETARY))
