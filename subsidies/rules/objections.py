"""Who files an objection, who handles it, and who never does (domain reference 3.11, 6.2; Awb 7:5)."""

from typing import TYPE_CHECKING

import rules

from ikc.rules import is_municipal
from subsidies.rules.assessment import allows
from subsidies.rules.intake import acts_for_applicant, is_applicant_role, is_project_leader
from subsidies.services.objections import contestable
from subsidies.states_objections import OBJECTION_WORKFLOW, OPEN_OBJECTIONS, ObjectionState

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import Decision, Objection


@rules.predicate
def is_contestable(user: "User", decision: "Decision | None") -> bool:
    """Sent; also when the term is over, because being late is judged and never refused at the door (E11)."""
    return decision is not None and contestable(decision)


@rules.predicate
def is_addressed_by(user: "User", decision: "Decision | None") -> bool:
    return decision is not None and acts_for_applicant(user, decision.application)


@rules.predicate
def did_not_draft(user: "User", decision: "Decision | None") -> bool:
    return decision is not None and decision.drafted_by_id != user.pk


@rules.predicate
def did_not_draft_contested(user: "User", objection: "Objection | None") -> bool:
    """Rule G2: who drafted the contested decision leaves the objection to a colleague."""
    return objection is not None and objection.decision.drafted_by_id != user.pk


@rules.predicate
def acts_for_objector(user: "User", objection: "Objection | None") -> bool:
    return (
        objection is not None
        and objection.own_application is not None
        and acts_for_applicant(user, objection.own_application)
    )


@rules.predicate
def is_running(user: "User", objection: "Objection | None") -> bool:
    return objection is not None and objection.state in OPEN_OBJECTIONS


@rules.predicate
def may_note_outcome(user: "User", objection: "Objection | None") -> bool:
    """Appeal was noted, and what the court said is not."""
    return (
        objection is not None
        and objection.state == ObjectionState.APPEAL_NOTED
        and not objection.appeal_outcome
    )


handles = is_project_leader & did_not_draft_contested
is_objector = is_applicant_role & acts_for_objector

rules.add_perm("subsidies.view_objections", is_municipal | is_applicant_role)
rules.add_perm("subsidies.file_objection", is_applicant_role & is_contestable & is_addressed_by)
rules.add_perm("subsidies.register_objection", is_project_leader & did_not_draft & is_contestable)
for verb, transition in (
    ("acknowledge_objection", "acknowledge"),
    ("assess_objection", "assess"),
    ("ask_repair", "ask_repair"),
    ("plan_hearing", "plan_hearing"),
    ("skip_hearing", "skip_hearing"),
    ("report_hearing", "hear"),
    ("advise_objection", "advise"),
    ("note_appeal", "note_appeal"),
    ("answer_objection", "decide"),
):
    rules.add_perm(f"subsidies.{verb}", handles & allows(OBJECTION_WORKFLOW, transition))
rules.add_perm(
    "subsidies.repair_objection",
    (handles | is_objector) & allows(OBJECTION_WORKFLOW, "end_repair"),
)
rules.add_perm(
    "subsidies.withdraw_objection",
    (handles | is_objector) & allows(OBJECTION_WORKFLOW, "withdraw"),
)
rules.add_perm("subsidies.delay_objection", handles & is_running)
rules.add_perm("subsidies.note_appeal_outcome", handles & may_note_outcome)
rules.add_perm("subsidies.print_objection_letter", handles)
