"""Objections from receipt to advice: the steps, the refusals, who sees and does what, and what the database refuses."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from kvk2.core.workflow import TransitionNotAllowed
from subsidies.models import (
    Decision,
    Letter,
    Message,
    MessageEvent,
    Objection,
    Outage,
)
from subsidies.objection_terms import documents_until
from subsidies.services import finality
from subsidies.services import objection_hearings as hearings
from subsidies.services import objection_terms as terms
from subsidies.services import objections as services
from subsidies.services.delivery import counts_from
from subsidies.states_objections import (
    JUDGED_OBJECTIONS,
    OBJECTION_BADGES,
    OBJECTION_WORKFLOW,
    OPEN_OBJECTIONS,
    ObjectionState,
)
from subsidies.tests.factories_assessment import decided_round
from subsidies.tests.factories_objections import (
    IN_TIME,
    LAST_DAY,
    LATER,
    advised,
    handler,
    judged,
    objected,
    plan,
    received,
    sent_decisions,
)

pytestmark = pytest.mark.django_db
# transition -> (from, to), written a second time
TABLE = {
    "acknowledge": ({"received"}, "acknowledged"),
    "assess": ({"acknowledged"}, "admissibility"),
    "ask_repair": ({"admissibility"}, "defect"),
    "end_repair": ({"defect"}, "admissibility"),
    "plan_hearing": ({"admissibility", "hearing_planned"}, "hearing_planned"),
    "skip_hearing": ({"admissibility", "hearing_planned"}, "heard"),
    "hear": ({"hearing_planned"}, "heard"),
    "advise": ({"heard"}, "advised"),
    "decide": ({"advised"}, "decided"),
    "withdraw": (
        {
            "received",
            "acknowledged",
            "admissibility",
            "defect",
            "hearing_planned",
            "heard",
            "advised",
        },
        "withdrawn",
    ),
    "note_appeal": ({"decided"}, "appeal_noted"),
}
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
RUNNING = TABLE["withdraw"][0]
LEADER, OWN = {"project_leader"}, {"own_director"}
# verb: who, in which states; "drafter" is the project leader who drafted the contested decision
MATRIX = {
    "acknowledge_objection": (LEADER, {"received"}),
    "assess_objection": (LEADER, {"acknowledged"}),
    "ask_repair": (LEADER, {"admissibility"}),
    "repair_objection": (LEADER | OWN, {"defect"}),
    "plan_hearing": (LEADER, {"admissibility", "hearing_planned"}),
    "skip_hearing": (LEADER, {"admissibility", "hearing_planned"}),
    "report_hearing": (LEADER, {"hearing_planned"}),
    "advise_objection": (LEADER, {"heard"}),
    "delay_objection": (LEADER, RUNNING),
    "withdraw_objection": (LEADER | OWN, RUNNING),
    "answer_objection": (LEADER, {"advised"}),
    "note_appeal": (LEADER, {"decided"}),
    "note_appeal_outcome": (LEADER, {"appeal_noted"}),
}
SEES = {"project_leader", "signer", "auditor", "own_director", "drafter"}


@pytest.fixture
def decision() -> Decision:
    return sent_decisions()[0]


@pytest.fixture
def leader():
    return handler()


def without_notices():
    """As if no notice of any message ever went out; the log of proof itself refuses this."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE subsidies_messageevent DISABLE TRIGGER USER")
        MessageEvent.objects.filter(kind="notified").delete()
        cursor.execute("ALTER TABLE subsidies_messageevent ENABLE TRIGGER USER")


def test_the_table_is_what_the_law_asks():
    assert {row.name for row in OBJECTION_WORKFLOW} == set(TABLE)
    for name, (sources, target) in TABLE.items():
        for state in ObjectionState.values:
            assert OBJECTION_WORKFLOW.allows(name, state=state) == (state in sources)
            if state in sources:
                assert OBJECTION_WORKFLOW.target(name, state=state) == target
    assert set(OPEN_OBJECTIONS) == RUNNING
    assert set(JUDGED_OBJECTIONS) == set(ObjectionState.values) - {
        "received",
        "acknowledged",
        "withdrawn",
    }
    assert set(OBJECTION_BADGES) == set(ObjectionState.values)


def test_who_sees_it_and_who_does_what(decision):
    objection = objected(decision)
    people = {role: UserFactory(**{role: True}) for role in ROLES}
    people["own_director"] = decision.application.created_by
    people["drafter"] = decision.drafted_by
    for role, user in people.items():
        found = Objection.objects.visible_to(user).filter(pk=objection.pk).exists()
        assert found == (role in SEES), role
        expected = role in SEES | {"director", "school_board"}
        assert user.has_perm("subsidies.view_objections") == expected, role
        assert user.has_perm("subsidies.file_objection", decision) == (role in OWN), role
        assert user.has_perm("subsidies.register_objection", decision) == (role in LEADER), role
        for verb, (who, when) in MATRIX.items():
            for state in ObjectionState.values:
                objection.state = state
                allowed = user.has_perm(f"subsidies.{verb}", objection)
                assert allowed == (role in who and state in when), f"{role} {verb} {state}"
    draft = Decision(application=decision.application, drafted_by=UserFactory())
    assert not people["project_leader"].has_perm("subsidies.register_objection", draft)


def test_registering_contests_the_decision_and_several_may_object(decision, leader):
    first = objected(decision, by=leader)
    second = objected(decision, by=leader, party="other", name="J. Buur")
    decision.refresh_from_db()
    assert decision.state == "contested"
    assert (first.reference, second.reference) == ("BZW-2026-0001", "BZW-2026-0002")
    assert first.own_application == decision.application
    assert second.own_application is None
    assert first.decide_before == date(2026, 8, 12)  # six weeks after the objection term
    assert events_of(first).get().verb == "objection_registered"
    contested = events_of(decision).filter(verb="decision_contested").get()
    assert contested.data["objection"] == first.reference


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": " "}, "wie bezwaar maakt"),
        ({"received_at": IN_TIME + timedelta(days=1)}, "toekomst"),
        ({"received_at": datetime(2026, 5, 1, tzinfo=UTC)}, "vóór het besluit"),
        ({"postmark_on": date(2026, 6, 1)}, "Alleen post"),
        ({"channel": "post", "postmark_on": date(2026, 6, 11)}, "na de dag van ontvangst"),
    ],
)
def test_what_cannot_have_come_in_like_this_is_refused_and_changes_nothing(
    decision, leader, fields, words
):
    with pytest.raises(services.ObjectionIncomplete, match=words):
        services.register_objection(decision, received(**fields), by=leader, at=IN_TIME)
    decision.refresh_from_db()
    assert decision.state == "sent"
    assert not Objection.objects.exists()


def test_only_what_was_sent_is_contestable(leader):
    decided_round(applications=1)
    with pytest.raises(services.NotContestable, match="rechtbank"):
        objected(Decision.objects.get(), by=leader)


def test_a_day_late_without_and_with_a_valid_excuse(decision, leader):
    decision.refresh_from_db()
    assert decision.objection_until == LAST_DAY
    late = datetime(2026, 7, 2, 9, 0, tzinfo=UTC)
    objection = objected(decision, by=leader, received_at=late, excuse="Opname in het ziekenhuis.")
    services.acknowledge(objection, by=leader, at=late)
    assert services.timeliness_of(objection).is_late
    content = {"interested": True, "judgement": "Ziekenhuisopname is aangetoond."}
    found = services.assess(objection, **content, excused=True, by=leader, at=late)
    assert (found.timeliness, found.excused) == ("late", True)
    assert "1 dag te laat" in found.timeliness_reason
    again = judged(
        objected(decision, by=leader, received_at=late), by=leader, judgement="Geen reden gegeven."
    )
    assert (again.timeliness, again.excused) == ("late", False)


def test_what_is_in_time_is_not_excused(decision, leader):
    objection = objected(decision, by=leader)
    with pytest.raises(services.ObjectionIncomplete, match="niet te laat"):
        judged(objection, by=leader, excused=True)


def test_no_notice_means_that_the_term_is_not_held_against_the_addressee(decision, leader):
    late = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
    objection = objected(decision, by=leader, received_at=late)
    assert services.timeliness_of(objection).verdict == "late"
    without_notices()
    assert services.timeliness_of(objection).verdict == "not_held"
    assert finality.finalise_decisions(at=late) == 0
    # the letter went on paper after all: the six weeks count from that day, as the message itself says (Awb 2:11)
    message = Message.objects.get(letter__decision=decision)
    sent = {"message": message, "kind": "paper", "at": IN_TIME, "user": leader}
    MessageEvent.objects.create(**sent, day=date(2026, 6, 1))
    assert counts_from(message) == date(2026, 6, 1)
    assert services.timeliness_of(objection).verdict == "late"
    earlier = objected(decision, by=leader, received_at=datetime(2026, 7, 13, 9, tzinfo=UTC))
    found = services.timeliness_of(earlier)
    assert (found.verdict, found.last_day) == ("not_held", date(2026, 7, 13))
    other = objected(decision, by=leader, received_at=late, party="other", name="J. Buur")
    assert services.timeliness_of(other).verdict == "late"  # no message was theirs


def test_an_outage_is_consulted(decision, leader):
    Outage.objects.create(
        started_at=datetime(2026, 7, 1, 18, 0, tzinfo=UTC),
        ended_at=datetime(2026, 7, 2, 4, 0, tzinfo=UTC),
        description="Het portaal was niet bereikbaar.",
        recorded_at=LATER,
        recorded_by=leader,
    )
    late = datetime(2026, 7, 2, 7, 0, tzinfo=UTC)
    objection = objected(decision, by=leader, received_at=late, channel="portal")
    assert services.timeliness_of(objection).verdict == "outage"


def test_a_final_decision_is_contested_after_all_when_being_late_is_excused(decision, leader):
    after = datetime(2026, 7, 20, 9, 0, tzinfo=UTC)
    assert finality.finalise_decisions(at=after) == 1
    decision.refresh_from_db()
    assert decision.state == "final"
    objection = objected(decision, by=leader, received_at=after)
    decision.refresh_from_db()
    assert decision.state == "final"
    judged(objection, by=leader, at=after, excused=True, judgement="Niet te verwijten.")
    decision.refresh_from_db()
    assert decision.state == "contested"


def test_who_drafted_the_decision_does_not_handle_the_objection(decision, leader):
    objection = objected(decision, by=leader)
    with pytest.raises(services.NotAHandler):
        services.acknowledge(objection, by=decision.drafted_by, at=LATER)


def test_a_defect_stops_the_clock_until_it_is_repaired_or_lapses(decision, leader):
    objection = judged(objected(decision, by=leader, grounds=""), by=leader)
    before = objection.decide_before
    with pytest.raises(services.ObjectionIncomplete):
        terms.ask_repair(objection, missing=" ", due_on=date(2026, 7, 20), by=leader, at=LATER)
    repair = terms.ask_repair(
        objection, missing="De gronden.", due_on=date(2026, 7, 20), by=leader, at=LATER
    )
    late = datetime(2026, 7, 21, 9, tzinfo=UTC)
    with pytest.raises(terms.RepairClosed):
        terms.repair(objection, text="Gronden.", repaired_on=late.date(), by=leader, at=late)
    done = datetime(2026, 7, 13, 9, tzinfo=UTC)
    found = terms.repair(
        objection, text="Ouders telden niet mee.", repaired_on=done.date(), by=leader, at=done
    )
    assert found.state == "admissibility"
    # 7 up to and including 12 July stood still
    assert found.decide_before == before + timedelta(days=6)
    with pytest.raises(terms.RepairClosed):
        terms.ask_repair(found, missing="Nog iets.", due_on=date(2026, 8, 1), by=leader, at=done)

    other = judged(objected(decision, by=leader, party="other", name="J. Buur"), by=leader)
    terms.ask_repair(other, missing="Naam.", due_on=repair.due_on, by=leader, at=LATER)
    assert terms.lapse_repairs(at=datetime(2026, 7, 20, 21, 0, tzinfo=UTC)) == 0
    assert terms.lapse_repairs(at=datetime(2026, 7, 20, 22, 0, tzinfo=UTC)) == 1  # the 21st here
    other.refresh_from_db()
    assert other.state == "admissibility"
    assert other.decide_before == before + timedelta(days=13)


def test_an_extension_once_and_agreed_delay_after_it(decision, leader):
    objection = objected(decision, by=leader)
    for weeks in (0, 7):
        with pytest.raises(terms.DelayRefused):
            terms.extend(objection, weeks=weeks, reason="Drukte.", by=leader, at=LATER)
    delay = terms.extend(objection, weeks=6, reason="Er is nader onderzoek.", by=leader, at=LATER)
    assert (delay.old_day, delay.new_day) == (date(2026, 8, 12), date(2026, 9, 23))
    with pytest.raises(terms.DelayRefused, match="al een keer"):
        terms.extend(objection, weeks=1, reason="Drukte.", by=leader, at=LATER)
    with pytest.raises(terms.DelayRefused):
        terms.agree_delay(objection, until=date(2026, 9, 23), reason="Mail.", by=leader, at=LATER)
    terms.agree_delay(objection, until=date(2026, 11, 2), reason="Mail.", by=leader, at=LATER)
    objection.refresh_from_db()
    assert objection.decide_before == date(2026, 11, 2)
    told = Letter.objects.filter(code__in=["L19V", "L19U"]).order_by("pk")
    assert [(row.code, row.context["values"]["dates"]["beslissen_uiterlijk"]) for row in told] == [
        ("L19V", "2026-09-23"),
        ("L19U", "2026-11-02"),
    ]
    after = datetime(2026, 11, 3, 9, tzinfo=UTC)
    other = objected(decision, by=leader, party="other", name="J. Buur")
    with pytest.raises(terms.DelayRefused, match="voorbij"):
        terms.extend(other, weeks=6, reason="Drukte.", by=leader, at=after)


def test_a_hearing_is_led_by_somebody_without_a_part_and_the_file_is_open_a_week(decision, leader):
    objection = judged(objected(decision, by=leader), by=leader)
    for user in (decision.drafted_by, decision.checked_by, decision.taken_by):
        with pytest.raises(hearings.LeaderInvolved):
            hearings.plan_hearing(objection, plan(led_by=user, chair=""), by=leader, at=LATER)
    for wrong in (
        {"chair": ""},
        {"led_by": leader},
        {"place": " "},
        {"starts_at": LATER + timedelta(days=6)},
        {"file_open_from": LATER.date() - timedelta(days=1)},
    ):
        with pytest.raises(hearings.HearingRefused):
            hearings.plan_hearing(objection, plan(**wrong), by=leader, at=LATER)
    hearing = hearings.plan_hearing(objection, plan(), by=leader, at=LATER)
    assert documents_until(hearing.starts_at.date()) == date(2026, 7, 6)
    moved = hearings.plan_hearing(
        objection, plan(led_by=leader, chair=""), by=leader, at=LATER + timedelta(hours=1)
    )
    assert (moved.pk, moved.sequence, moved.leader) == (hearing.pk, 1, leader.full_name)
    with pytest.raises(hearings.HearingRefused, match="nog beginnen"):
        hearings.report_hearing(objection, report="Gezegd.", attendees="", by=leader, at=LATER)
    held = LATER + timedelta(days=11)
    with pytest.raises(hearings.HearingRefused):
        hearings.report_hearing(objection, report=" ", attendees="", by=leader, at=held)
    hearings.report_hearing(objection, report="Gezegd.", attendees="Wij.", by=leader, at=held)
    objection.refresh_from_db()
    assert objection.state == "heard"


def test_advice_needs_a_hearing_or_a_reason_not_to_hear(decision, leader):
    objection = judged(objected(decision, by=leader), by=leader)
    with pytest.raises(TransitionNotAllowed):
        hearings.advise(
            objection,
            outcome="unfounded",
            advice="Nee.",
            advised_by="W.",
            advised_on=LATER.date(),
            by=leader,
            at=LATER,
        )
    with pytest.raises(services.ObjectionIncomplete):
        hearings.skip_hearing(objection, ground="waived", reason=" ", by=leader, at=LATER)
    other = objected(decision, by=leader, party="other", name="J. Buur")
    assert advised(other, by=leader).state == "advised"


def test_after_a_withdrawal_the_decision_stands_once_nobody_can_object_any_more(decision, leader):
    objection = objected(decision, by=leader)
    services.withdraw_objection(objection, withdrawn_on=IN_TIME.date(), by=leader, at=IN_TIME)
    decision.refresh_from_db()
    assert decision.state == "contested"  # somebody else may still object
    assert finality.finalise_decisions(at=datetime(2026, 7, 8, 9, tzinfo=UTC)) == 0
    assert finality.finalise_decisions(at=datetime(2026, 7, 9, 9, tzinfo=UTC)) == 1
    decision.refresh_from_db()
    assert decision.state == "upheld"
    assert finality.finalise_decisions(at=datetime(2026, 7, 9, 9, tzinfo=UTC)) == 0


def test_the_sweep_asks_as_much_of_one_decision_as_of_three():
    def queries(count: int) -> int:
        sent_decisions(applications=count)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert finality.finalise_decisions(at=LATER + timedelta(days=30)) == count
        return len(captured)

    assert queries(1) == queries(3)


def test_without_a_notice_nothing_becomes_final(decision):
    without_notices()
    assert finality.finalise_decisions(at=LATER + timedelta(days=365)) == 0
