"""Who may do what from the assessment to the letter (domain reference 6.2 and 6.3). Seeing is for `visible_to`."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import rules
from django.utils import timezone

from ikc.roles import Role
from ikc.rules import has_role, is_municipal
from subsidies.interests import interest_in_application
from subsidies.rules.intake import (
    acts_for_applicant,
    is_applicant_role,
    is_project_leader,
    is_signer,
    round_allows,
)
from subsidies.services.advice import EDITABLE
from subsidies.services.commission import DECLARABLE
from subsidies.services.refusals import FINDABLE, missing_views
from subsidies.services.seats import may_chair
from subsidies.services.state_aid import is_assessable
from subsidies.states import (
    ADVICE_WORKFLOW,
    ALLOCATION_RUN_WORKFLOW,
    DECISION_WORKFLOW,
    FILED,
    PARTIAL_OFFER_WORKFLOW,
    REVIEW_WORKFLOW,
    VIEW_WORKFLOW,
    ApplicationState,
    RoundState,
)

if TYPE_CHECKING:
    from ikc.models import User
    from kvk2.core.workflow import Workflow
    from subsidies.models import (
        AllocationRun,
        Application,
        CommissionAdvice,
        Decision,
        Letter,
        Message,
        PartialAcceptance,
        Review,
        SubsidyRound,
        ViewRequest,
    )

is_secretary = has_role(Role.COMMISSION_SECRETARY)
is_commission = has_role(Role.COMMISSION_MEMBER, Role.COMMISSION_SECRETARY)
is_addressee_role = has_role(Role.IKC_DIRECTOR, Role.SCHOOL_BOARD)
# The round is past this point, or being assessed: there is a commission page to look at.
COMMISSION_STATES = (
    *DECLARABLE,
    RoundState.ADVISED,
    RoundState.DECIDED,
    RoundState.SETTLED,
    RoundState.ARCHIVED,
)
DIVIDED_STATES = (
    RoundState.ADVISED,
    RoundState.DECIDED,
    RoundState.SETTLED,
    RoundState.ARCHIVED,
)


def allows(workflow: "Workflow", *transitions: str) -> rules.Predicate:
    """The object is in a state from which one of `transitions` may start."""

    def test(user: "User", obj) -> bool:
        return obj is not None and any(
            workflow.allows(transition, state=obj.state) for transition in transitions
        )

    return rules.predicate(test, name="allows_" + "_or_".join(transitions))


def round_in(*states: str) -> rules.Predicate:
    def test(user: "User", round_: "SubsidyRound | None") -> bool:
        return round_ is not None and round_.state in states

    return rules.predicate(test, name="round_in_" + "_or_".join(states))


@rules.predicate
def has_seat(user: "User") -> bool:
    """Sits in the commission today."""
    return user.seats.active_on(timezone.localdate()).exists()


@rules.predicate
def is_own_review(user: "User", review: "Review | None") -> bool:
    return review is not None and review.member.user_id == user.pk


@rules.predicate
def is_being_assessed(user: "User", review: "Review | None") -> bool:
    return review is not None and review.application.state in (
        ApplicationState.ADMITTED,
        ApplicationState.IN_REVIEW,
    )


@rules.predicate
def is_in_review(user: "User", application: "Application | None") -> bool:
    return application is not None and application.state == ApplicationState.IN_REVIEW


@rules.predicate
def is_editable_advice(user: "User", advice: "CommissionAdvice | None") -> bool:
    return advice is not None and advice.state in EDITABLE


@rules.predicate
def is_not_drafter(user: "User", decision: "Decision | None") -> bool:
    """Four eyes (rule G2)."""
    return decision is not None and decision.drafted_by_id != user.pk


@rules.predicate
def asks_about_continuity(user: "User", decision: "Decision | None") -> bool:
    """It gives less than was asked after years of subsidy in a row (Awb 4:51)."""
    return decision is not None and getattr(decision, "continuity", None) is not None


@rules.predicate
def is_hypothetical(user: "User", run: "AllocationRun | None") -> bool:
    """A scenario, by other rules than the published ones."""
    return run is not None and run.hypothetical


@rules.predicate
def acts_for_asked_applicant(user: "User", offer: "PartialAcceptance | None") -> bool:
    """Acts for the applicant that was asked about a lower amount."""
    return offer is not None and acts_for_applicant(user, offer.application)


@rules.predicate
def is_assessable_for_state_aid(user: "User", application: "Application | None") -> bool:
    return application is not None and is_assessable(application)


@rules.predicate
def is_findable(user: "User", application: "Application | None") -> bool:
    """A ground to refuse may still be found."""
    return application is not None and application.state in FINDABLE


@rules.predicate
def lacks_a_view(user: "User", decision: "Decision | None") -> bool:
    """It rests on a ground on which the applicant was not heard (Awb 4:7)."""
    return decision is not None and bool(missing_views([decision]))


@rules.predicate
def acts_for_heard_applicant(user: "User", view: "ViewRequest | None") -> bool:
    return view is not None and acts_for_applicant(user, view.application)


@rules.predicate
def waits_for_the_post(user: "User", letter: "Letter | None") -> bool:
    return letter is not None and letter.rendered_at is None


@rules.predicate
def is_addressee(user: "User", message: "Message | None") -> bool:
    """Works for who the message is for, so that opening it proves that the addressee read it (Awb 2:25)."""
    return message is not None and (
        message.ikc_id in user.ikc_ids(Role.IKC_DIRECTOR)
        or message.organisation_id in user.organisation_ids(Role.SCHOOL_BOARD)
    )


def asked_once(round_: "SubsidyRound", question: str, ask: Callable[[], bool]) -> bool:
    """The answer of `ask`, kept with the round that a request loaded: several parts of a page depend on it."""
    kept: dict[str, bool] = round_.__dict__.setdefault("_asked", {})
    if question not in kept:
        kept[question] = ask()
    return kept[question]


@rules.predicate
def is_free_in_round(user: "User", round_: "SubsidyRound | None") -> bool:
    """No interest in any application of the round: a division tells of all of them at once (C2)."""
    if round_ is None or round_.pk is None:
        return True
    filed = round_.applications.filter(state__in=FILED)
    return asked_once(
        round_, f"free {user.pk}", lambda: not filed.filter(interest_in_application(user)).exists()
    )


@rules.predicate
def leads_on_application(user: "User", advice: "CommissionAdvice | None") -> bool:
    """The chair, or who stands in for the chair, adopts (domain reference 3.4)."""
    return advice is not None and may_chair(user, advice.application_id)


# --- the commission
rules.add_perm(
    "subsidies.view_commission", (is_secretary | is_municipal) & round_in(*COMMISSION_STATES)
)
rules.add_perm("subsidies.assign_reviewers", is_secretary & round_in(RoundState.ASSESSING))
rules.add_perm("subsidies.declare_interests", is_commission & round_in(*DECLARABLE) & has_seat)
rules.add_perm("subsidies.record_exception", is_signer & round_in(*DECLARABLE))

# --- reviews
rules.add_perm("subsidies.view_reviews", is_commission)
rules.add_perm(
    "subsidies.accept_review",
    is_commission & allows(REVIEW_WORKFLOW, "accept") & is_own_review & is_being_assessed,
)
rules.add_perm(
    "subsidies.score_review",
    is_commission & allows(REVIEW_WORKFLOW, "submit") & is_own_review & is_being_assessed,
)
rules.add_perm(
    "subsidies.recuse_review",
    is_commission & allows(REVIEW_WORKFLOW, "recuse") & is_own_review & is_being_assessed,
)
rules.add_perm(
    "subsidies.reopen_review",
    is_secretary & allows(REVIEW_WORKFLOW, "reopen") & is_being_assessed,
)

# --- advice
rules.add_perm(
    "subsidies.view_advices", (is_secretary | is_municipal) & round_in(*COMMISSION_STATES)
)
rules.add_perm("subsidies.draft_advice", is_secretary & is_in_review)
rules.add_perm("subsidies.change_advice", is_secretary & is_editable_advice)
rules.add_perm("subsidies.discuss_advice", is_secretary & allows(ADVICE_WORKFLOW, "discuss"))
rules.add_perm(
    "subsidies.adopt_advice", is_secretary & allows(ADVICE_WORKFLOW, "adopt") & leads_on_application
)
rules.add_perm("subsidies.send_advices", is_secretary & round_in(RoundState.ASSESSING))
rules.add_perm("subsidies.finish_advice", is_secretary & round_allows("advise"))

# --- allocation
rules.add_perm(
    "subsidies.view_allocation",
    (is_municipal | (is_secretary & is_free_in_round)) & round_in(*DIVIDED_STATES),
)
rules.add_perm("subsidies.run_allocation", is_project_leader & round_in(RoundState.ADVISED))
rules.add_perm(
    "subsidies.lock_allocation",
    is_signer & allows(ALLOCATION_RUN_WORKFLOW, "lock") & ~is_hypothetical,
)
rules.add_perm("subsidies.try_scenarios", is_project_leader & round_in(RoundState.ADVISED))
rules.add_perm(
    "subsidies.discard_scenario",
    is_project_leader & is_hypothetical & allows(ALLOCATION_RUN_WORKFLOW, "discard"),
)
rules.add_perm(
    "subsidies.restore_scenario",
    is_project_leader & is_hypothetical & allows(ALLOCATION_RUN_WORKFLOW, "restore"),
)
rules.add_perm("subsidies.ask_partial", is_project_leader & round_in(RoundState.ADVISED))
rules.add_perm(
    "subsidies.answer_partial",
    is_applicant_role & allows(PARTIAL_OFFER_WORKFLOW, "accept") & acts_for_asked_applicant,
)
rules.add_perm(
    "subsidies.read_partial", is_municipal | (is_applicant_role & acts_for_asked_applicant)
)
rules.add_perm("subsidies.assess_state_aid", is_project_leader & is_assessable_for_state_aid)
rules.add_perm("subsidies.find_ground", is_project_leader & is_findable)
rules.add_perm(
    "subsidies.ask_view", is_project_leader & allows(DECISION_WORKFLOW, "check") & lacks_a_view
)
rules.add_perm("subsidies.record_view", is_project_leader & allows(VIEW_WORKFLOW, "receive"))
rules.add_perm(
    "subsidies.give_view",
    is_applicant_role & allows(VIEW_WORKFLOW, "receive") & acts_for_heard_applicant,
)
rules.add_perm("subsidies.read_view", is_municipal | (is_applicant_role & acts_for_heard_applicant))
rules.add_perm("subsidies.record_draw", is_project_leader & round_in(RoundState.ADVISED))
rules.add_perm("subsidies.open_draw_record", is_project_leader | has_role(Role.AUDITOR))

# --- decisions
rules.add_perm("subsidies.view_decisions", is_municipal & round_in(*DIVIDED_STATES))
rules.add_perm("subsidies.draft_decisions", is_project_leader & round_in(RoundState.ADVISED))
rules.add_perm("subsidies.order_proposal", is_project_leader & round_in(RoundState.ADVISED))
rules.add_perm("subsidies.change_decision", is_project_leader & allows(DECISION_WORKFLOW, "check"))
rules.add_perm(
    "subsidies.judge_continuity",
    is_project_leader & allows(DECISION_WORKFLOW, "check") & asks_about_continuity,
)
rules.add_perm("subsidies.check_decisions", is_project_leader & round_in(RoundState.ADVISED))
rules.add_perm(
    "subsidies.approve_decision",
    is_project_leader & allows(DECISION_WORKFLOW, "approve") & is_not_drafter,
)
rules.add_perm(
    "subsidies.discard_decision", is_project_leader & allows(DECISION_WORKFLOW, "discard")
)
rules.add_perm("subsidies.take_decisions", is_signer & round_allows("decide"))

# --- letters and messages
rules.add_perm("subsidies.view_letters", is_municipal)
rules.add_perm("subsidies.post_letter", is_project_leader & waits_for_the_post)
rules.add_perm("subsidies.open_message", is_addressee_role & is_addressee)
rules.add_perm("subsidies.view_message_proof", is_municipal)
rules.add_perm("subsidies.view_mail", is_municipal)
rules.add_perm("subsidies.handle_delivery", is_project_leader)
