"""What a person may do with figures and reports (domain reference 6.2, monitoring reference 3.5)."""

from typing import TYPE_CHECKING

import rules
from django.utils import timezone

from ikc.roles import Role
from ikc.rules import has_role, is_municipal
from monitoring.models import Return
from monitoring.states import (
    ADOPTED_YEARS,
    CYCLE_WORKFLOW,
    REPORT_WORKFLOW,
    RETURN_WORKFLOW,
    CycleState,
    ReportStage,
)
from monitoring.voices import voices_of

if TYPE_CHECKING:
    from ikc.models import User
    from monitoring.models import AnnualReport, MonitoringCycle

is_project_leader = has_role(Role.PROJECT_LEADER)
is_researcher = has_role(Role.RESEARCHER)
is_in_development_group = has_role(Role.DEVELOPMENT_GROUP)


@rules.predicate
def is_director_of_this_ikc(user: "User", return_: Return | None) -> bool:
    return return_ is not None and return_.agreement.ikc_id in user.ikc_ids(Role.IKC_DIRECTOR)


@rules.predicate
def is_editable(user: "User", return_: Return | None) -> bool:
    return return_ is not None and return_.is_editable


def return_may(step: str) -> rules.Predicate:
    """The return is in a state from which `step` may start."""

    def allows(user: "User", return_: Return | None) -> bool:
        return return_ is not None and RETURN_WORKFLOW.allows(step, state=return_.state)

    return rules.predicate(allows, name=f"return_may_{step}")


def cycle_may(step: str) -> rules.Predicate:
    """The year is in a state from which `step` may start."""

    def allows(user: "User", cycle: "MonitoringCycle | None") -> bool:
        return cycle is not None and CYCLE_WORKFLOW.allows(step, state=cycle.state)

    return rules.predicate(allows, name=f"cycle_may_{step}")


@rules.predicate
def did_not_submit(user: "User", return_: Return | None) -> bool:
    return return_ is not None and return_.submitted_by_id != user.pk


@rules.predicate
def did_not_check(user: "User", return_: Return | None) -> bool:
    return return_ is not None and return_.checked_by_id != user.pk


@rules.predicate
def is_unfrozen_or_reopened(user: "User", return_: Return | None) -> bool:
    """Given back, the figures could be changed: the year still takes them, or the lock is open for a while."""
    return return_ is not None and (
        return_.cycle.takes_figures or return_.exceptions.running(timezone.localdate()).exists()
    )


@rules.predicate
def is_not_ended(user: "User", return_: Return | None) -> bool:
    return return_ is not None and return_.cycle.state != CycleState.CLOSED


@rules.predicate
def takes_figures(user: "User", cycle: "MonitoringCycle | None") -> bool:
    return cycle is not None and cycle.takes_figures


@rules.predicate
def has_figures(user: "User", cycle: "MonitoringCycle | None") -> bool:
    return cycle is not None and cycle.state != CycleState.PLANNED


@rules.predicate
def takes_recommendations(user: "User", cycle: "MonitoringCycle | None") -> bool:
    return cycle is not None and cycle.takes_recommendations


@rules.predicate
def is_adopted(user: "User", cycle: "MonitoringCycle | None") -> bool:
    return cycle is not None and cycle.state in ADOPTED_YEARS


@rules.predicate
def was_given_up(user: "User", report: "AnnualReport | None") -> bool:
    return (
        report is not None
        and report.stage != ReportStage.REPLACED
        and REPORT_WORKFLOW.allows("retry", state=report.state)
    )


@rules.predicate
def is_asked_for_a_reaction(user: "User", report: "AnnualReport | None") -> bool:
    """Speaks for a party that has not reacted yet, or is the director; whether there is time is for the service."""
    return (
        report is not None and report.stage == ReportStage.HEARING and bool(voices_of(user, report))
    )


@rules.predicate
def is_current(user: "User", report: "AnnualReport | None") -> bool:
    return report is not None and report.stage != ReportStage.REPLACED


@rules.predicate
def is_published(user: "User", report: "AnnualReport | None") -> bool:
    return report is not None and report.stage == ReportStage.PUBLISHED


@rules.predicate
def has_not_confirmed(user: "User", report: "AnnualReport | None") -> bool:
    """The report was sent to this user, who has not said yet to have it."""
    return (
        report is not None
        and report.published_at is not None
        and report.recipients.filter(user=user, sent_at__isnull=False, confirmed_at=None).exists()
    )


rules.add_perm("monitoring.plan_cycle", is_project_leader)
rules.add_perm(
    "monitoring.view_dashboard",
    is_municipal
    | has_role(
        Role.RESEARCHER,
        Role.DEVELOPMENT_GROUP,
        Role.IKC_DIRECTOR,
        Role.SCHOOL_BOARD,
        Role.CHILDCARE_BOARD,
    ),
)
rules.add_perm("monitoring.open_cycle", is_project_leader & cycle_may("collect"))
rules.add_perm("monitoring.close_cycle", is_project_leader & cycle_may("validate"))
rules.add_perm("monitoring.analyse_cycle", is_researcher & cycle_may("analyse"))
rules.add_perm("monitoring.draft_cycle", is_researcher & cycle_may("draft"))
rules.add_perm("monitoring.check_facts_cycle", is_researcher & cycle_may("check_facts"))
rules.add_perm("monitoring.adopt_cycle", is_in_development_group & cycle_may("adopt"))
rules.add_perm("monitoring.publish_cycle", is_project_leader & cycle_may("publish"))
rules.add_perm("monitoring.act_cycle", is_project_leader & cycle_may("act"))
rules.add_perm("monitoring.end_cycle", is_project_leader & cycle_may("close"))
rules.add_perm("monitoring.adopt_returns", is_in_development_group & has_figures)
rules.add_perm("monitoring.enter_figure", (is_researcher | is_director_of_this_ikc) & is_editable)
rules.add_perm("monitoring.submit_return", (is_researcher | is_director_of_this_ikc) & is_editable)
rules.add_perm(
    "monitoring.send_back_return",
    is_researcher & return_may("return") & is_unfrozen_or_reopened,
)
rules.add_perm("monitoring.check_return", is_researcher & return_may("check") & did_not_submit)
rules.add_perm(
    "monitoring.adopt_return",
    is_in_development_group & return_may("adopt") & did_not_submit & did_not_check,
)
rules.add_perm(
    "monitoring.reopen_return", is_in_development_group & return_may("reopen") & is_not_ended
)
rules.add_perm("monitoring.keep_dimension", is_researcher | is_project_leader)
rules.add_perm("monitoring.keep_benchmark", is_researcher | is_project_leader)
rules.add_perm("monitoring.edit_recommendations", is_researcher & takes_recommendations)
# On behalf of those to whom they were addressed.
rules.add_perm("monitoring.answer_recommendation", is_project_leader & is_adopted)
rules.add_perm("monitoring.import_figures", is_researcher & takes_figures)
rules.add_perm("monitoring.manage_tokens", is_project_leader & has_figures)
rules.add_perm("monitoring.read_link", is_project_leader | is_researcher)
rules.add_perm("monitoring.order_reports", is_project_leader & has_figures)
rules.add_perm("monitoring.retry_report", is_project_leader & was_given_up)
rules.add_perm("monitoring.cancel_reports", is_project_leader)
rules.add_perm("monitoring.start_hearing", is_project_leader)
rules.add_perm("monitoring.react_to_report", is_asked_for_a_reaction)
rules.add_perm("monitoring.adopt_reports", is_in_development_group)
rules.add_perm("monitoring.publish_reports", is_project_leader)
rules.add_perm("monitoring.view_distribution", is_municipal)
rules.add_perm("monitoring.add_recipient", is_project_leader & is_current)
rules.add_perm("monitoring.resend_report", is_project_leader & is_published)
rules.add_perm("monitoring.confirm_receipt", has_not_confirmed)

from monitoring import rules_pdca as rules_pdca  # noqa: E402 - its predicates build on those above
