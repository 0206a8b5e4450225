"""Who writes down an outage, and that a round closes later because of it (Awb 2:21, domain reference 3.0.3 E10)."""

from typing import TYPE_CHECKING

import rules

from subsidies.rules.intake import is_open_round, is_project_leader
from subsidies.services.outages import WITH_OUTAGES

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import SubsidyRound


@rules.predicate
def may_have_outages(user: "User", round_: "SubsidyRound | None") -> bool:
    return round_ is not None and round_.state in WITH_OUTAGES


rules.add_perm("subsidies.record_outage", is_project_leader & may_have_outages)
rules.add_perm("subsidies.extend_closing", is_project_leader & is_open_round)
