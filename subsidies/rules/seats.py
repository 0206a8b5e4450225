"""Who sees the commission and its register of interests, and who keeps it (domain reference 6.2 and 8.1)."""

import rules

from ikc.roles import Role
from ikc.rules import has_role, is_municipal
from subsidies.rules.assessment import is_commission, is_secretary

rules.add_perm("subsidies.view_seats", is_municipal | is_commission | has_role(Role.ADMIN))
# 6.2, 'users, roles': the administrator writes down what the college decided.
rules.add_perm("subsidies.manage_seats", has_role(Role.ADMIN))
# 6.2, 'interests': a member reads the own declarations, these roles everybody's.
rules.add_perm("subsidies.view_register", is_municipal | is_commission)
rules.add_perm("subsidies.view_whole_register", is_municipal | is_secretary)
