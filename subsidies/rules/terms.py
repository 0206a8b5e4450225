"""Who changes a term of one application (domain reference 3.0.2, 3.2; Awb 4:5, 4:14, 4:15): the project leader."""

from typing import TYPE_CHECKING

import rules

from subsidies.rules.intake import application_allows, is_project_leader
from subsidies.states import UNDECIDED

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import Application, DefaultNotice


@rules.predicate
def is_undecided(user: "User", application: "Application | None") -> bool:
    return application is not None and application.state in UNDECIDED


@rules.predicate
def is_unjudged(user: "User", notice: "DefaultNotice | None") -> bool:
    return notice is not None and notice.set_aside_at is None


rules.add_perm("subsidies.extend_completion", is_project_leader & application_allows("complete"))
rules.add_perm("subsidies.tell_later_decision", is_project_leader & is_undecided)
rules.add_perm("subsidies.stop_clock", is_project_leader & is_undecided)
rules.add_perm("subsidies.record_default_notice", is_project_leader & is_undecided)
rules.add_perm("subsidies.set_aside_default_notice", is_project_leader & is_unjudged)
