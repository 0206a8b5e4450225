"""Who may do what, in which state: the matrix of domain reference 6.2 written out a second time, cell by cell."""

import pytest

from ikc.tests.factories import IkcFactory, UserFactory
from subsidies.models import (
    AdviceResponse,
    AgendaItem,
    AllocationRun,
    Application,
    Calibration,
    CommissionAdvice,
    CommissionMeeting,
    CommissionMember,
    Decision,
    Letter,
    Message,
    Review,
    SubsidyRound,
)
from subsidies.services import letters
from subsidies.states import (
    AdviceState,
    AllocationRunState,
    ApplicationState,
    DecisionState,
    ReviewState,
    RoundState,
)
from subsidies.states_calibration import CalibrationState
from subsidies.states_meetings import MeetingState
from subsidies.tests.factories_assessment import (
    DECIDED_AT,
    CommissionMemberFactory,
    assessing_round,
    assigned,
    decided_round,
    drafted_round,
    reviewed,
    submitted,
)

pytestmark = pytest.mark.django_db

ROLES = (
    "project_leader",
    "director",
    "member",
    "secretary",
    "development_group",
    "researcher",
    "signer",
    "school_board",
    "childcare_board",
    "admin",
    "auditor",
)
LEADER, SIGNER, SECRETARY = {"project_leader"}, {"signer"}, {"secretary"}
COMMISSION = {"member", "secretary"}
MUNICIPAL = {"project_leader", "signer", "auditor"}
WITH_SECRETARY = MUNICIPAL | SECRETARY
DECLARING = {"published", "open", "closed", "assessing"}
AFTER_ADVICE = {"advised", "decided", "settled", "archived"}

# verb on a round: who, in which states
ROUND = {
    "ask_partial": (LEADER, {"advised"}),
    "view_commission": (WITH_SECRETARY, DECLARING | AFTER_ADVICE),
    "assign_reviewers": (SECRETARY, {"assessing"}),
    "view_meetings": (COMMISSION | MUNICIPAL, DECLARING | AFTER_ADVICE),
    "plan_meeting": (SECRETARY, {"assessing"}),
    "view_calibrations": (COMMISSION | MUNICIPAL, DECLARING | AFTER_ADVICE),
    "change_anchors": (SECRETARY, DECLARING),
    "prepare_calibration": (SECRETARY, DECLARING),
    "skip_calibration": (SECRETARY, DECLARING),
    "declare_interests": (COMMISSION, DECLARING),
    "record_exception": (SIGNER, DECLARING),
    "view_advices": (WITH_SECRETARY, DECLARING | AFTER_ADVICE),
    "send_advices": (SECRETARY, {"assessing"}),
    "finish_advice": (SECRETARY, {"assessing"}),
    "view_allocation": (WITH_SECRETARY, AFTER_ADVICE),
    "view_ranking": (WITH_SECRETARY, {"assessing"} | AFTER_ADVICE),
    "run_allocation": (LEADER, {"advised"}),
    "try_scenarios": (LEADER, {"advised"}),
    "record_draw": (LEADER, {"advised"}),
    "view_decisions": (MUNICIPAL, AFTER_ADVICE),
    "draft_decisions": (LEADER, {"advised"}),
    "check_decisions": (LEADER, {"advised"}),
    "order_proposal": (LEADER, {"advised"}),
    "take_decisions": (SIGNER, {"advised"}),
}
# verb on the own review of somebody, while the application is in review
OWN_REVIEW = {
    "accept_review": (COMMISSION, {"assigned"}),
    "score_review": (COMMISSION, {"accepted", "in_progress", "reopened"}),
    "recuse_review": (
        COMMISSION,
        {"assigned", "accepted", "in_progress", "submitted", "reopened"},
    ),
    "reopen_review": (SECRETARY, {"submitted"}),
    "change_own_score": (COMMISSION, {"submitted"}),
}
OTHERS_REVIEW = {
    "accept_review": (set(), set()),
    "score_review": (set(), set()),
    "recuse_review": (set(), set()),
    "reopen_review": (SECRETARY, {"submitted"}),
    "change_own_score": (set(), set()),
}
CALIBRATION = {
    "change_case": (SECRETARY, {"draft"}),
    "open_calibration": (SECRETARY, {"draft"}),
    "close_calibration": (SECRETARY, {"open"}),
    "score_calibration": (COMMISSION, {"open"}),
}
MEETING = {
    "change_agenda": (SECRETARY, {"planned"}),
    "record_attendance": (SECRETARY, {"planned", "held"}),
    "hold_meeting": (SECRETARY, {"planned"}),
    "adopt_minutes": (SECRETARY, {"held"}),
    "cancel_meeting": (SECRETARY, {"planned"}),
}
ADVICE = {
    "respond_advice": (COMMISSION, {"discussed"}),
    "change_advice": (SECRETARY, {"draft", "discussed"}),
    "discuss_advice": (SECRETARY, {"draft"}),
    "adopt_advice": (SECRETARY, {"discussed"}),
}
RUN = {
    "lock_allocation": (SIGNER, {"draft"}),
    "discard_scenario": (set(), set()),
    "restore_scenario": (set(), set()),
}
SCENARIO = {
    "lock_allocation": (set(), set()),
    "discard_scenario": (LEADER, {"draft"}),
    "restore_scenario": (LEADER, {"discarded"}),
}
OTHERS_DECISION = {
    "change_decision": (LEADER, {"draft"}),
    # Only where the Act asks for it: see test_continuity.py.
    "judge_continuity": (set(), set()),
    "approve_decision": (LEADER, {"legal_check"}),
    "discard_decision": (LEADER, {"draft", "legal_check", "ready"}),
}
# Four eyes: who drafted it does not approve it.
OWN_DECISION = {**OTHERS_DECISION, "approve_decision": (set(), set())}
APPLICATION = {
    "draft_advice": (SECRETARY, {"in_review"}),
    "assess_state_aid": (LEADER, {"checking", "admitted", "in_review", "advised"}),
}


@pytest.fixture(params=ROLES)
def person(request):
    """One person per role; who sits in the commission has a seat."""
    user = UserFactory(**{request.param: True}, last_name=request.param)
    if request.param in COMMISSION:
        CommissionMemberFactory(user=user)
    return user


def assert_matrix(person, matrix, states, make):
    for verb, (who, when) in matrix.items():
        for state in states:
            expected = person.last_name in who and state in when
            allowed = person.has_perm(f"subsidies.{verb}", make(state))
            assert allowed == expected, f"{person.last_name} {verb} in {state}"


def test_what_each_role_may_do_with_a_round(person):
    assert_matrix(person, ROUND, RoundState.values, lambda state: SubsidyRound(state=state))


def test_what_each_role_may_do_with_the_own_review(person):
    seat = CommissionMember(user=person)

    def make(state):
        return Review(state=state, member=seat, application=Application(state="in_review"))

    assert_matrix(person, OWN_REVIEW, ReviewState.values, make)


def test_what_each_role_may_do_with_the_review_of_another(person):
    seat = CommissionMember(user=UserFactory())

    def make(state):
        return Review(state=state, member=seat, application=Application(state="in_review"))

    assert_matrix(person, OTHERS_REVIEW, ReviewState.values, make)


@pytest.mark.parametrize("state", sorted(set(ApplicationState.values) - {"admitted", "in_review"}))
def test_nobody_scores_an_application_that_is_not_being_assessed(state):
    user = UserFactory(member=True)
    seat = CommissionMember(user=user)
    for review_state in ReviewState.values:
        review = Review(state=review_state, member=seat, application=Application(state=state))
        for verb in OWN_REVIEW:
            assert not user.has_perm(f"subsidies.{verb}", review)


def test_what_each_role_may_do_with_an_application_and_its_advice(person):
    assert_matrix(
        person, APPLICATION, ApplicationState.values, lambda state: Application(state=state)
    )
    assert_matrix(person, ADVICE, AdviceState.values, lambda state: CommissionAdvice(state=state))


def test_what_each_role_may_do_with_an_exercise(person):
    assert_matrix(
        person, CALIBRATION, CalibrationState.values, lambda state: Calibration(state=state)
    )


def test_who_supports_the_commission_does_not_score_its_exercise():
    user = UserFactory(secretary=True)
    assert not user.has_perm("subsidies.score_calibration", Calibration(state="open"))
    CommissionMemberFactory(user=user, function="secretary")
    assert not user.has_perm("subsidies.score_calibration", Calibration(state="open"))


def test_what_each_role_may_do_with_a_meeting(person):
    assert_matrix(
        person, MEETING, MeetingState.values, lambda state: CommissionMeeting(state=state)
    )
    for state, readers in (
        ("planned", set()),
        ("held", COMMISSION),
        ("adopted", COMMISSION | MUNICIPAL),
        ("cancelled", set()),
    ):
        allowed = person.has_perm("subsidies.read_minutes", CommissionMeeting(state=state))
        assert allowed == (person.last_name in readers)


def test_what_each_role_may_do_with_an_item(person):
    """As (asked, sent, answered); the applicant of the item is nobody here."""
    moment = DECIDED_AT
    commission = person.last_name in COMMISSION
    secretary = person.last_name == "secretary"
    application = Application(state="in_review", ikc=IkcFactory())
    fresh = AgendaItem(
        meeting=CommissionMeeting(state="planned"), application=application, invited_at=moment
    )
    sent = AgendaItem(
        meeting=fresh.meeting, application=application, invited_at=moment, questions_sent_at=moment
    )
    minuted = AgendaItem(meeting=CommissionMeeting(state="adopted"), application=application)

    assert person.has_perm("subsidies.view_item") == commission
    assert person.has_perm("subsidies.ask_question", fresh) == commission
    assert not person.has_perm("subsidies.ask_question", sent)
    assert person.has_perm("subsidies.send_questions", fresh) == secretary
    assert not person.has_perm("subsidies.send_questions", sent)
    assert not person.has_perm("subsidies.answer_questions", sent)
    assert person.has_perm("subsidies.lead_item", fresh) == secretary
    assert not person.has_perm("subsidies.lead_item", minuted)
    applicant = person.last_name in {"director", "school_board"}
    assert person.has_perm("subsidies.view_presentation", fresh) == applicant
    assert not person.has_perm("subsidies.view_presentation", minuted)
    comment = AdviceResponse(comment="x", advice=CommissionAdvice(state="discussed"))
    assert person.has_perm("subsidies.answer_comment", comment) == secretary
    agreed = AdviceResponse(advice=comment.advice)
    assert not person.has_perm("subsidies.answer_comment", agreed)


def test_what_each_role_may_do_with_a_run(person):
    assert_matrix(person, RUN, AllocationRunState.values, lambda state: AllocationRun(state=state))


def test_what_each_role_may_do_with_a_scenario(person):
    def make(state):
        return AllocationRun(state=state, hypothetical=True)

    assert_matrix(person, SCENARIO, AllocationRunState.values, make)


def test_the_signed_record_of_a_draw_is_for_leader_and_auditor(person):
    allowed = person.last_name in {"project_leader", "auditor"}
    assert person.has_perm("subsidies.open_draw_record") == allowed


def test_what_each_role_may_do_with_a_decision_of_another(person):
    drafter = UserFactory()
    assert_matrix(
        person,
        OTHERS_DECISION,
        DecisionState.values,
        lambda state: Decision(state=state, drafted_by=drafter),
    )


def test_what_each_role_may_do_with_the_own_decision(person):
    assert_matrix(
        person,
        OWN_DECISION,
        DecisionState.values,
        lambda state: Decision(state=state, drafted_by=person),
    )


def test_letters_and_proof_are_for_the_municipality(person):
    municipal = person.last_name in MUNICIPAL
    waiting, made = Letter(rendered_at=None), Letter(rendered_at=DECIDED_AT)

    assert person.has_perm("subsidies.view_letters") == municipal
    assert person.has_perm("subsidies.view_message_proof") == municipal
    assert person.has_perm("subsidies.view_mail") == municipal
    assert person.has_perm("subsidies.handle_delivery") == (person.last_name == "project_leader")
    assert person.has_perm("subsidies.post_letter", waiting) == (
        person.last_name == "project_leader"
    )
    assert not person.has_perm("subsidies.post_letter", made)


def test_only_the_addressee_opens_a_message(person):
    own = Message(
        ikc_id=next(iter(person.ikc_ids()), None),
        organisation_id=next(iter(person.organisation_ids()), None),
    )
    stranger = Message(ikc_id=0, organisation_id=0)

    addressee = person.last_name in {"director", "school_board"}
    assert person.has_perm("subsidies.open_message", own) == addressee
    assert not person.has_perm("subsidies.open_message", stranger)


# --- seeing

# whose scores each role sees while scoring goes on, and after the advice was adopted
SEES_REVIEWS_BEFORE = {"secretary": 3}
SEES_REVIEWS_AFTER = {"secretary": 3, "project_leader": 3, "signer": 3, "auditor": 3}


def test_who_sees_scores_before_the_advice_is_adopted(person):
    reviewed(assessing_round(applications=1))

    assert Review.objects.visible_to(person).count() == SEES_REVIEWS_BEFORE.get(person.last_name, 0)


def test_who_sees_scores_after_the_advice_is_adopted(person):
    drafted_round(applications=1)

    assert Review.objects.visible_to(person).count() == SEES_REVIEWS_AFTER.get(person.last_name, 0)


def test_the_secretary_sees_nothing_of_an_application_with_an_interest():
    round_ = assessing_round(applications=2)
    for review in assigned(round_):
        submitted(review)
    tied = round_.applications.order_by("number").first()
    secretary = UserFactory(secretary=True)
    CommissionMemberFactory(user=secretary, organisation=tied.board)

    assert not Application.objects.visible_to(secretary).filter(pk=tied.pk).exists()
    seen = Review.objects.visible_to(secretary).values_list("application", flat=True)
    assert tied.pk not in set(seen)
    assert len(set(seen)) == 1


def test_who_sees_decisions_and_messages(person):
    decided_round(applications=1)
    decision = Decision.objects.get()
    municipal = person.last_name in MUNICIPAL

    assert Decision.objects.visible_to(person).exists() == municipal
    letters.render_letter(decision.letter.pk, at=DECIDED_AT)
    assert Decision.objects.visible_to(person).exists() == municipal
    assert Message.objects.visible_to(person).exists() == municipal


def test_the_people_of_the_addressee_see_what_was_sent_and_their_neighbours_do_not():
    decided_round(applications=2)
    first, second = Decision.objects.order_by("application__number")
    director = first.application.created_by
    board = UserFactory(school_board=True, organisation=first.application.board)
    assert not Decision.objects.visible_to(director).exists()

    for decision in (first, second):
        letters.render_letter(decision.letter.pk, at=DECIDED_AT)

    for user in (director, board):
        assert set(Decision.objects.visible_to(user)) == {first}
        assert set(Message.objects.visible_to(user)) == {first.letter.message}


def test_a_discarded_draft_is_seen_by_nobody(person):
    round_ = drafted_round(applications=1)
    Decision.objects.filter(application__round=round_).update(state="discarded")

    assert not Decision.objects.visible_to(person).exists()
