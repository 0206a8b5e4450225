"""Who may do what around the meetings of the commission. Seeing is for `visible_to`."""

from typing import TYPE_CHECKING

import rules

from ikc.roles import Role
from ikc.rules import has_role, is_municipal
from subsidies.rules.assessment import (
    COMMISSION_STATES,
    allows,
    has_seat,
    is_commission,
    is_own_review,
    is_secretary,
    round_in,
)
from subsidies.rules.intake import acts_for_applicant
from subsidies.states import AdviceState, ApplicationState, ReviewState, RoundState
from subsidies.states_meetings import MEETING_WORKFLOW, MeetingState

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import (
        AdviceResponse,
        AgendaItem,
        CommissionAdvice,
        CommissionMeeting,
        Review,
    )

# Chair, deputy and secretary (ADR 0013): who of them leads on an application depends on their interests.
leads_meetings = is_secretary
GOING_ON = (MeetingState.PLANNED, MeetingState.HELD)


@rules.predicate
def is_planned(user: "User", meeting: "CommissionMeeting | None") -> bool:
    return meeting is not None and meeting.state == MeetingState.PLANNED


@rules.predicate
def is_not_minuted(user: "User", meeting: "CommissionMeeting | None") -> bool:
    """It goes on, and the minutes are not adopted yet."""
    return meeting is not None and meeting.state in GOING_ON


@rules.predicate
def may_read_minutes(user: "User", meeting: "CommissionMeeting | None") -> bool:
    """The commission once it was held, the municipality once the minutes are adopted."""
    if meeting is None or meeting.state not in (MeetingState.HELD, MeetingState.ADOPTED):
        return False
    return meeting.state == MeetingState.ADOPTED or is_commission(user)


@rules.predicate
def takes_questions(user: "User", item: "AgendaItem | None") -> bool:
    """Members may still hand in questions on it."""
    return (
        item is not None
        and item.questions_sent_at is None
        and item.meeting.state == MeetingState.PLANNED
    )


@rules.predicate
def is_invited(user: "User", item: "AgendaItem | None") -> bool:
    return item is not None and item.invited_at is not None


@rules.predicate
def asks_the_applicant(user: "User", item: "AgendaItem | None") -> bool:
    """Questions were sent to the applicant of the item, and wait for an answer."""
    return (
        item is not None
        and item.questions_sent_at is not None
        and item.answered_at is None
        and item.meeting.state == MeetingState.PLANNED
        and acts_for_applicant(user, item.application)
    )


@rules.predicate
def is_open_item(user: "User", item: "AgendaItem | None") -> bool:
    """On the agenda of a meeting without adopted minutes, about an application that is in review."""
    return (
        item is not None
        and item.meeting.state in GOING_ON
        and item.application.state == ApplicationState.IN_REVIEW
    )


@rules.predicate
def is_submitted_in_review(user: "User", review: "Review | None") -> bool:
    return (
        review is not None
        and review.state == ReviewState.SUBMITTED
        and review.application.state == ApplicationState.IN_REVIEW
    )


@rules.predicate
def is_discussed(user: "User", advice: "CommissionAdvice | None") -> bool:
    return advice is not None and advice.state == AdviceState.DISCUSSED


@rules.predicate
def is_open_comment(user: "User", response: "AdviceResponse | None") -> bool:
    return (
        response is not None and response.is_open and response.advice.state == AdviceState.DISCUSSED
    )


rules.add_perm(
    "subsidies.view_meetings", (is_commission | is_municipal) & round_in(*COMMISSION_STATES)
)
rules.add_perm("subsidies.plan_meeting", leads_meetings & round_in(RoundState.ASSESSING))
rules.add_perm("subsidies.change_agenda", leads_meetings & is_planned)
rules.add_perm("subsidies.record_attendance", leads_meetings & is_not_minuted)
rules.add_perm("subsidies.hold_meeting", leads_meetings & allows(MEETING_WORKFLOW, "hold"))
rules.add_perm("subsidies.cancel_meeting", leads_meetings & allows(MEETING_WORKFLOW, "cancel"))
rules.add_perm("subsidies.adopt_minutes", leads_meetings & allows(MEETING_WORKFLOW, "adopt"))
rules.add_perm("subsidies.read_minutes", (is_commission | is_municipal) & may_read_minutes)

rules.add_perm("subsidies.view_item", is_commission)
rules.add_perm("subsidies.ask_question", is_commission & takes_questions & has_seat)
rules.add_perm("subsidies.send_questions", leads_meetings & takes_questions & is_invited)
rules.add_perm("subsidies.answer_questions", asks_the_applicant)
rules.add_perm("subsidies.lead_item", leads_meetings & is_open_item)
rules.add_perm("subsidies.change_own_score", is_commission & is_own_review & is_submitted_in_review)
rules.add_perm("subsidies.respond_advice", is_commission & is_discussed & has_seat)
rules.add_perm("subsidies.answer_comment", leads_meetings & is_open_comment)

is_applicant_side = has_role(Role.IKC_DIRECTOR, Role.SCHOOL_BOARD)
rules.add_perm("subsidies.view_presentation", is_applicant_side & is_invited)
