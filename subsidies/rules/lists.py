"""Who may do one thing with many applications at once."""

import rules

from subsidies.rules.intake import is_project_leader

rules.add_perm("subsidies.bulk_check_applications", is_project_leader)
