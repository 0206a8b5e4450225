"""The state machines, written a second time and held against the tables over every state and transition."""

import pytest

from kvk2.core.workflow import TransitionNotAllowed
from subsidies.states import (
    ACCOUNT_WORKFLOW,
    ADVICE_WORKFLOW,
    ALLOCATION_RUN_WORKFLOW,
    APPLICATION_BADGES,
    APPLICATION_WORKFLOW,
    CALIBRATION_WORKFLOW,
    CORRECTION_BADGES,
    CORRECTION_WORKFLOW,
    DECISION_WORKFLOW,
    DESTRUCTION_WORKFLOW,
    DISCLOSURE_WORKFLOW,
    FILED,
    GRANT_WORKFLOW,
    LIVE,
    MEETING_WORKFLOW,
    OBLIGATION_WORKFLOW,
    PARTIAL_OFFER_WORKFLOW,
    PAYMENT_ORDER_WORKFLOW,
    PAYMENT_WORKFLOW,
    RECOVERY_WORKFLOW,
    REGISTER_WORKFLOW,
    REVIEW_WORKFLOW,
    ROUND_BADGES,
    ROUND_WORKFLOW,
    SCHEME_BADGES,
    SCHEME_WORKFLOW,
    VIEW_WORKFLOW,
    ApplicationState,
    CorrectionState,
    RoundState,
    SchemeState,
)

# transition -> (from, to)
SCHEME = {
    "put_in_force": ({"draft"}, "in_force"),
    "supersede": ({"in_force"}, "superseded"),
}
ROUND = {
    "adopt": ({"draft"}, "adopted"),
    "publish": ({"adopted"}, "published"),
    "open": ({"published"}, "open"),
    "close": ({"open"}, "closed"),
    "assess": ({"closed"}, "assessing"),
    "advise": ({"assessing"}, "advised"),
    "decide": ({"advised"}, "decided"),
    "settle": ({"decided"}, "settled"),
    "archive": ({"settled"}, "archived"),
    "cancel": ({"draft", "adopted", "published"}, "cancelled"),
}
APPLICATION = {
    "submit": ({"draft"}, "submitted"),
    "check": ({"submitted"}, "checking"),
    "ask_completion": ({"checking"}, "incomplete"),
    "complete": ({"incomplete"}, "checking"),
    "admit": ({"checking"}, "admitted"),
    "refuse_to_process": ({"checking", "incomplete"}, "not_processed"),
    "review": ({"admitted"}, "in_review"),
    "advise": ({"in_review"}, "advised"),
    "skip_advice": ({"admitted"}, "advised"),
    "announce_intent": ({"advised"}, "intent"),
    "decide": ({"advised", "intent"}, "decided"),
    "lapse": ({"draft"}, "lapsed"),
    "withdraw": (
        {"submitted", "checking", "incomplete", "admitted", "in_review", "advised", "intent"},
        "withdrawn",
    ),
}
OBLIGATION = {
    "submit_evidence": ({"open"}, "evidence_submitted"),
    "meet": ({"evidence_submitted"}, "met"),
    "meet_partly": ({"evidence_submitted"}, "partly_met"),
    "not_meet": ({"evidence_submitted"}, "not_met"),
    "waive": ({"open"}, "waived"),
}
GRANT = {
    "amend": ({"active"}, "active"),
    "account": ({"active"}, "accounting"),
    "determine": ({"active", "accounting"}, "determined"),
    "close": ({"determined"}, "closed"),
    "revoke": ({"active", "accounting", "determined", "closed"}, "revoked"),
}
DESTRUCTION = {
    "sign_first": ({"proposed"}, "first_signed"),
    "sign_second": ({"first_signed"}, "signed"),
    "finish": ({"signed"}, "done"),
    "discard": ({"proposed", "first_signed"}, "discarded"),
}
DISCLOSURE = {
    "collect": ({"collecting"}, "reviewing"),
    "make": ({"reviewing"}, "making"),
    "propose": ({"reviewing"}, "proposed"),
    "approve": ({"proposed"}, "making"),
    "return": ({"proposed"}, "reviewing"),
    "finish": ({"making"}, "ready"),
    "give": ({"ready"}, "given"),
    "cancel": ({"collecting", "reviewing", "proposed", "ready"}, "cancelled"),
}
REGISTER = {
    "publish": ({"prepared", "left_out", "withdrawn"}, "published"),
    "correct": ({"published"}, "published"),
    "leave_out": ({"prepared"}, "left_out"),
    "withdraw": ({"published"}, "withdrawn"),
}
REVIEW = {
    "accept": ({"assigned"}, "accepted"),
    "recuse": ({"assigned", "accepted", "in_progress", "submitted", "reopened"}, "recused"),
    "withdraw": ({"assigned", "accepted", "in_progress", "reopened"}, "withdrawn"),
    "assign": ({"withdrawn"}, "assigned"),
    "save": ({"accepted", "in_progress", "reopened"}, "in_progress"),
    "submit": ({"accepted", "in_progress", "reopened"}, "submitted"),
    "reopen": ({"submitted"}, "reopened"),
    "lock": ({"submitted"}, "locked"),
}
ADVICE = {
    "discuss": ({"draft"}, "discussed"),
    "adopt": ({"discussed"}, "adopted"),
    "send": ({"adopted"}, "sent"),
    "follow": ({"sent"}, "followed"),
    "deviate": ({"sent"}, "deviated"),
}
RUN = {
    "lock": ({"draft"}, "locked"),
    "discard": ({"draft"}, "discarded"),
    "restore": ({"discarded"}, "draft"),
}
PARTIAL_OFFER = {
    "accept": ({"asked"}, "accepted"),
    "decline": ({"asked"}, "declined"),
    "lapse": ({"asked"}, "lapsed"),
}
VIEW = {"receive": ({"asked"}, "received"), "lapse": ({"asked"}, "lapsed")}
DECISION = {
    "check": ({"draft"}, "legal_check"),
    "approve": ({"legal_check"}, "ready"),
    "take": ({"ready"}, "taken"),
    "send": ({"taken"}, "sent"),
    "finalise": ({"sent"}, "final"),
    "contest": ({"sent", "final"}, "contested"),
    "uphold": ({"contested"}, "upheld"),
    "replace": ({"contested"}, "replaced"),
    "discard": ({"draft", "legal_check", "ready"}, "discarded"),
}
CORRECTION = {
    "submit": ({"draft"}, "submitted"),
    "accept": ({"submitted"}, "accepted"),
    "reject": ({"submitted"}, "rejected"),
}
MEETING = {
    "hold": ({"planned"}, "held"),
    "adopt": ({"held"}, "adopted"),
    "cancel": ({"planned"}, "cancelled"),
}
CALIBRATION = {
    "open": ({"draft"}, "open"),
    "close": ({"open"}, "closed"),
    "skip": ({"draft", "open"}, "skipped"),
}
ACCOUNT = {
    "open": ({"not_due"}, "due"),
    "submit": ({"due", "overdue"}, "submitted"),
    "lapse": ({"due"}, "overdue"),
    "check": ({"submitted"}, "checking"),
    "ask_completion": ({"checking"}, "incomplete"),
    "complete": ({"incomplete"}, "checking"),
    "resume": ({"incomplete"}, "checking"),
    "accept": ({"checking"}, "accepted"),
    "determine_without": ({"overdue"}, "ex_officio"),
}
OWED = {"sent", "partly_paid", "overdue", "reminded", "enforced", "deferred"}
RECOVERY = {
    "decide": ({"proposed"}, "decided"),
    "send": ({"decided"}, "sent"),
    "pay_part": ({"sent", "partly_paid"}, "partly_paid"),
    "pay": (OWED, "paid"),
    "lapse": ({"sent", "partly_paid", "deferred"}, "overdue"),
    "remind": ({"overdue"}, "reminded"),
    "enforce": ({"reminded"}, "enforced"),
    "set_off": (OWED, "set_off"),
    "defer": ({"sent", "partly_paid", "overdue", "reminded"}, "deferred"),
    "waive": ({"proposed"} | OWED, "waived"),
    "bar": ({"proposed"} | OWED, "time_barred"),
}
PAYMENT = {
    "approve": ({"planned"}, "approved"),
    "order": ({"approved"}, "ordered"),
    "confirm": ({"ordered"}, "paid"),
    "fail": ({"ordered"}, "approved"),
    "offset": ({"approved"}, "paid"),
    "settle": ({"paid"}, "settled"),
    "suspend": ({"planned", "approved"}, "suspended"),
    "resume": ({"suspended"}, "approved"),
    "resume_plan": ({"suspended"}, "planned"),
    "cancel": ({"planned", "approved", "suspended"}, "cancelled"),
}
PAYMENT_ORDER = {"release": ({"draft"}, "released"), "discard": ({"draft"}, "discarded")}
TABLES = {
    "account": (ACCOUNT_WORKFLOW, ACCOUNT),
    "recovery": (RECOVERY_WORKFLOW, RECOVERY),
    "payment": (PAYMENT_WORKFLOW, PAYMENT),
    "payment_order": (PAYMENT_ORDER_WORKFLOW, PAYMENT_ORDER),
    "scheme": (SCHEME_WORKFLOW, SCHEME),
    "round": (ROUND_WORKFLOW, ROUND),
    "application": (APPLICATION_WORKFLOW, APPLICATION),
    "review": (REVIEW_WORKFLOW, REVIEW),
    "obligation": (OBLIGATION_WORKFLOW, OBLIGATION),
    "grant": (GRANT_WORKFLOW, GRANT),
    "register": (REGISTER_WORKFLOW, REGISTER),
    "destruction": (DESTRUCTION_WORKFLOW, DESTRUCTION),
    "disclosure": (DISCLOSURE_WORKFLOW, DISCLOSURE),
    "advice": (ADVICE_WORKFLOW, ADVICE),
    "run": (ALLOCATION_RUN_WORKFLOW, RUN),
    "partial_offer": (PARTIAL_OFFER_WORKFLOW, PARTIAL_OFFER),
    "view": (VIEW_WORKFLOW, VIEW),
    "decision": (DECISION_WORKFLOW, DECISION),
    "correction": (CORRECTION_WORKFLOW, CORRECTION),
    "meeting": (MEETING_WORKFLOW, MEETING),
    "calibration": (CALIBRATION_WORKFLOW, CALIBRATION),
}
CASES = [
    (table, name, state)
    for table, (workflow, copy) in TABLES.items()
    for name in copy
    for state in workflow.states.values
]


@pytest.mark.parametrize("table", TABLES)
def test_the_table_has_these_transitions_and_no_others(table):
    workflow, copy = TABLES[table]

    assert {transition.name for transition in workflow} == set(copy)


@pytest.mark.parametrize(("table", "name", "state"), CASES)
def test_workflow_allows_exactly_the_table(table, name, state):
    workflow, copy = TABLES[table]
    sources, target = copy[name]

    if state in sources:
        assert workflow.target(name, state=state) == target
    else:
        with pytest.raises(TransitionNotAllowed):
            workflow.target(name, state=state)


def test_every_transition_says_who_and_what_its_button_reads():
    for workflow, _ in TABLES.values():
        assert all(transition.who and transition.label for transition in workflow)


def test_what_ended_has_no_way_back():
    for state in ("withdrawn", "lapsed", "not_processed", "decided"):
        assert APPLICATION_WORKFLOW.available_from(state) == []
    for state in ("archived", "cancelled"):
        assert ROUND_WORKFLOW.available_from(state) == []


def test_filed_and_live_leave_out_what_was_taken_back():
    assert set(LIVE) - set(FILED) == {ApplicationState.DRAFT}
    assert set(ApplicationState) - set(LIVE) == {
        ApplicationState.LAPSED,
        ApplicationState.WITHDRAWN,
    }


def test_every_state_has_a_badge():
    assert set(APPLICATION_BADGES) == set(ApplicationState)
    assert set(ROUND_BADGES) == set(RoundState)
    assert set(SCHEME_BADGES) == set(SchemeState)
    assert set(CORRECTION_BADGES) == set(CorrectionState)
