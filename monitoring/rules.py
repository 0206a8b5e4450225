"""What a person may do with figures and reports (domain reference 6.2, monitoring reference 3.5)."""

from typing import TYPE_CHECKING

import rules

from ikc.roles import Role
from ikc.rules import has_role
from monitoring.models import Return
from monitoring.states import CYCLE_WORKFLOW, RETURN_WORKFLOW, CycleState, ReportState

if TYPE_CHECKING:
    from ikc.models import User
    from monitoring.models import AnnualReport, MonitoringCycle

is_project_leader = has_role(Role.PROJECT_LEADER)
is_researcher = has_role(Role.RESEARCHER)


@rules.predicate
def is_director_of_this_ikc(user: "User", return_: Return | None) -> bool:
    return return_ is not None and return_.agreement.ikc_id in user.ikc_ids(Role.IKC_DIRECTOR)


@rules.predicate
def is_editable(user: "User", return_: Return | None) -> bool:
    return return_ is not None and return_.is_editable


@rules.predicate
def can_be_sent_back(user: "User", return_: Return | None) -> bool:
    return (
        return_ is not None
        and return_.cycle.is_collecting
        and RETURN_WORKFLOW.allows("return", state=return_.state)
    )


@rules.predicate
def can_be_opened(user: "User", cycle: "MonitoringCycle | None") -> bool:
    return cycle is not None and CYCLE_WORKFLOW.allows("collect", state=cycle.state)


@rules.predicate
def can_be_closed(user: "User", cycle: "MonitoringCycle | None") -> bool:
    return cycle is not None and CYCLE_WORKFLOW.allows("analyse", state=cycle.state)


@rules.predicate
def has_figures(user: "User", cycle: "MonitoringCycle | None") -> bool:
    return cycle is not None and cycle.state != CycleState.PLANNED


@rules.predicate
def was_given_up(user: "User", report: "AnnualReport | None") -> bool:
    return report is not None and report.state == ReportState.FAILED


rules.add_perm("monitoring.plan_cycle", is_project_leader)
rules.add_perm("monitoring.open_cycle", is_project_leader & can_be_opened)
rules.add_perm("monitoring.close_cycle", is_project_leader & can_be_closed)
rules.add_perm("monitoring.enter_figure", (is_researcher | is_director_of_this_ikc) & is_editable)
rules.add_perm("monitoring.submit_return", (is_researcher | is_director_of_this_ikc) & is_editable)
rules.add_perm("monitoring.send_back_return", is_researcher & can_be_sent_back)
rules.add_perm("monitoring.order_reports", is_project_leader & has_figures)
rules.add_perm("monitoring.retry_report", is_project_leader & was_given_up)
