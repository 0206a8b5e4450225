"""Who changes a term of one application (domain reference 3.0.2, 3.2; Awb 4:5, 4:14, 4:15): the project leader."""

from typing import TYPE_CHECKING

import rules
from django.utils import timezone

from subsidies.rules.intake import application_allows, is_admin, is_project_leader, is_signer
from subsidies.services.default_notices import counting_notice
from subsidies.states import UNDECIDED

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import Application, DefaultNotice


@rules.predicate
def is_undecided(user: "User", application: "Application | None") -> bool:
    return application is not None and application.state in UNDECIDED


@rules.predicate
def is_unjudged(user: "User", notice: "DefaultNotice | None") -> bool:
    return (
        notice is not None
        and notice.set_aside_at is None
        and not hasattr(notice, "penalty_decision")
    )


@rules.predicate
def has_no_running_notice(user: "User", application: "Application | None") -> bool:
    """One default notice starts the two weeks; a second one adds nothing (Awb 4:17)."""
    return (
        application is not None and counting_notice(application, today=timezone.localdate()) is None
    )


rules.add_perm("subsidies.extend_completion", is_project_leader & application_allows("complete"))
rules.add_perm("subsidies.tell_later_decision", is_project_leader & is_undecided)
rules.add_perm("subsidies.stop_clock", is_project_leader & is_undecided)
rules.add_perm(
    "subsidies.record_default_notice", is_project_leader & is_undecided & has_no_running_notice
)
rules.add_perm("subsidies.set_aside_default_notice", is_project_leader & is_unjudged)
# The portal computes the amount; the service refuses while it still runs.
rules.add_perm("subsidies.fix_penalty", is_signer & is_unjudged)
# What the law says, and what a new scheme begins with.
rules.add_perm("subsidies.set_legal_figure", is_project_leader | is_admin)
# The words of the standard letters (domain reference 6.2, 'settings, templates').
rules.add_perm("subsidies.change_letter_text", is_project_leader | is_admin)
