"""Bodies, meetings, decisions and actions: what the services do, and what the database refuses whatever they do."""

from datetime import UTC, date, datetime

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction

from ikc.models import ActionItem, AgendaItem, Consultation, ConsultationDecision
from ikc.services import governance as services
from ikc.states_governance import ACTION_WORKFLOW, CONSULTATION_WORKFLOW, BodyKind
from ikc.tests.factories import (
    ActionItemFactory,
    AgendaItemFactory,
    BodyFactory,
    BodyMemberFactory,
    ConsultationFactory,
    IkcFactory,
    OrganisationFactory,
    UserFactory,
)
from kvk2.core.models import AuditEvent, OutgoingMail
from kvk2.core.workflow import TransitionNotAllowed

pytestmark = pytest.mark.django_db

AT = datetime(2023, 4, 3, 9, 0, tzinfo=UTC)


def _held(**fields):
    item = AgendaItemFactory(discussed=True, **fields)
    return item.meeting, item


def _refused(sql, *params):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_the_states_of_a_meeting_and_of_an_action():
    assert {(t.name, frozenset(t.sources), t.target) for t in CONSULTATION_WORKFLOW} == {
        ("hold", frozenset({"planned"}), "held"),
        ("adopt", frozenset({"held"}), "adopted"),
        ("cancel", frozenset({"planned"}), "cancelled"),
    }
    assert {(t.name, frozenset(t.sources), t.target) for t in ACTION_WORKFLOW} == {
        ("finish", frozenset({"open"}), "done"),
        ("drop", frozenset({"open"}), "dropped"),
        ("reopen", frozenset({"done", "dropped"}), "open"),
    }


def test_discussed_counts_only_when_the_meeting_was_held_and_the_point_was_not_postponed():
    ikc = IkcFactory()
    planned = AgendaItemFactory(subject=ikc)
    assert AgendaItem.objects.discussed_on(ikc) is None

    meeting = services.hold_meeting(
        planned.meeting, attendance="Allen", by=UserFactory(project_leader=True), at=AT
    )
    planned.refresh_from_db()
    services.write_minutes(
        planned, outcome="postponed", minutes="Geen tijd.", by=UserFactory(), at=AT
    )
    assert AgendaItem.objects.discussed_on(ikc) is None

    services.write_minutes(
        planned, outcome="discussed", minutes="Akkoord.", by=UserFactory(), at=AT
    )
    assert AgendaItem.objects.discussed_on(ikc) == meeting.takes_place_on
    kind = BodyKind.BOARD_CONSULTATION
    assert AgendaItem.objects.discussed_on(ikc, in_body=kind) == meeting.takes_place_on
    assert AgendaItem.objects.discussed_on(ikc, in_body=BodyKind.DEVELOPMENT_GROUP) is None
    assert AgendaItem.objects.discussed_on(IkcFactory()) is None


def test_members_hear_of_a_meeting_to_come_and_not_of_one_entered_afterwards():
    leader, member = UserFactory(project_leader=True), BodyMemberFactory()

    services.plan_meeting(
        member.body, takes_place_on=date(2023, 4, 20), starts_at=None, location="Stadskantoor",
        by=leader, at=AT,
    )  # fmt: skip
    services.plan_meeting(
        member.body, takes_place_on=date(2023, 1, 20), starts_at=None, location="", by=leader, at=AT
    )

    assert [row.to for row in OutgoingMail.objects.all()] == [member.user.email]
    assert mail.outbox == []  # queued, not sent in the request


def test_a_body_meets_once_a_day_and_while_it_exists():
    body = BodyFactory(ended_on=date(2023, 12, 31))
    ConsultationFactory(body=body, takes_place_on=date(2023, 5, 1))
    leader = UserFactory(project_leader=True)

    for day in (date(2023, 5, 1), date(2024, 1, 1), date(2021, 1, 1)):
        with pytest.raises(services.MeetingRefused):
            services.plan_meeting(
                body, takes_place_on=day, starts_at=None, location="", by=leader, at=AT
            )


def test_a_meeting_of_tomorrow_was_not_held():
    meeting = ConsultationFactory(takes_place_on=date(2023, 4, 4))

    with pytest.raises(services.MeetingRefused):
        services.hold_meeting(meeting, attendance="Allen", by=UserFactory(), at=AT)


def test_minutes_hold_decisions_and_actions_and_are_then_fixed():
    leader = UserFactory(project_leader=True)
    meeting, item = _held()

    services.write_minutes(
        item, outcome="discussed", minutes="Besproken.", decision="Wijk 1 eruit, wijk 2 erin.",
        action=services.NewAction("Besturen informeren", leader, date(2023, 5, 1)),
        by=leader, at=AT,
    )  # fmt: skip
    services.adopt_minutes(meeting, adopted_on=date(2023, 4, 1), by=leader, at=AT)

    decision, action = ConsultationDecision.objects.get(), ActionItem.objects.get()
    assert decision.reference == "B-2023-001"
    assert (action.body, action.item, action.agreed_on) == (meeting.body, item, date(2023, 3, 14))
    with pytest.raises(services.MeetingRefused):
        services.write_minutes(item, outcome="postponed", minutes="", by=leader, at=AT)
    with pytest.raises(services.MeetingRefused):
        services.add_item(
            meeting, title="Later", purpose="inform", explanation="", subject=None, by=leader, at=AT
        )
    _refused("UPDATE ikc_consultationdecision SET text = 'anders' WHERE id = %s", decision.pk)
    _refused("DELETE FROM ikc_consultationdecision WHERE id = %s", decision.pk)
    _refused("UPDATE ikc_agendaitem SET minutes = 'anders' WHERE id = %s", item.pk)
    _refused("UPDATE ikc_consultation SET attendance = '' WHERE id = %s", meeting.pk)
    _refused("UPDATE ikc_consultation SET state = 'held' WHERE id = %s", meeting.pk)
    _refused("DELETE FROM ikc_actionitem WHERE id = %s", action.pk)


def test_minutes_are_adopted_when_every_point_has_an_outcome():
    meeting, item = _held()
    AgendaItemFactory(meeting=meeting, number=item.number + 1)

    with pytest.raises(services.MeetingRefused, match="uitkomst"):
        services.adopt_minutes(meeting, adopted_on=date(2023, 4, 1), by=UserFactory(), at=AT)


def test_what_was_on_the_agenda_stays():
    _, item = _held(subject=IkcFactory())

    with pytest.raises(services.MeetingRefused):
        services.remove_item(item, by=UserFactory(), at=AT)
    _refused("DELETE FROM ikc_agendaitem WHERE id = %s", item.pk)
    _refused("UPDATE ikc_agendaitem SET subject_id = subject_id + 1 WHERE id = %s", item.pk)


def test_the_database_refuses_an_outcome_before_the_meeting_and_a_decision_too():
    item = AgendaItemFactory()

    _refused("UPDATE ikc_agendaitem SET outcome = 'discussed' WHERE id = %s", item.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        ConsultationDecision.objects.create(item=item, reference="B-1", text="Ja")
    with pytest.raises(DatabaseError), transaction.atomic():
        Consultation.objects.create(
            body=BodyFactory(), takes_place_on=date(2023, 1, 1), state="held"
        )


def test_nothing_is_decided_on_a_point_that_was_postponed():
    _, item = _held()

    with pytest.raises(services.MeetingRefused):
        services.write_minutes(
            item, outcome="postponed", minutes="", decision="Toch wel", by=UserFactory(), at=AT
        )


def test_a_meeting_is_cancelled_with_a_reason_and_stays():
    meeting = ConsultationFactory()

    with pytest.raises(services.MeetingRefused):
        services.cancel_meeting(meeting, reason=" ", by=UserFactory(), at=AT)
    services.cancel_meeting(meeting, reason="Te weinig punten.", by=UserFactory(), at=AT)
    with pytest.raises(TransitionNotAllowed):
        services.hold_meeting(meeting, attendance="Allen", by=UserFactory(), at=AT)


def test_an_action_is_closed_with_its_result_and_can_be_opened_again():
    action = ActionItemFactory()

    with pytest.raises(services.ActionRefused):
        services.close_action(action, step="finish", result="", by=action.owner, at=AT)
    closed = services.close_action(
        action, step="finish", result="Brief verstuurd.", by=action.owner, at=AT
    )
    assert (closed.state, closed.closed_on) == ("done", date(2023, 4, 3))
    _refused("UPDATE ikc_actionitem SET result = 'anders' WHERE id = %s", action.pk)
    assert services.reopen_action(action, by=UserFactory(), at=AT).state == "open"
    with pytest.raises(services.ActionRefused):
        services.add_action(
            action.body, item=None, title="Te laat", owner=action.owner,
            due_on=date(2023, 1, 1), agreed_on=date(2023, 2, 1), by=None, at=AT,
        )  # fmt: skip
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["body.action_closed", "body.action_reopened"]


def test_somebody_is_a_member_once_at_a_time():
    member, leader = BodyMemberFactory(), UserFactory(project_leader=True)
    with pytest.raises(services.MemberRefused):
        services.add_member(
            member.body, user=member.user, organisation=OrganisationFactory(), function="",
            valid_from=date(2023, 1, 1), by=leader, at=AT,
        )  # fmt: skip
    services.end_member(member, last_day=date(2022, 12, 31), by=leader, at=AT)
    again = services.add_member(
        member.body, user=member.user, organisation=member.organisation, function="voorzitter",
        valid_from=date(2023, 1, 1), by=leader, at=AT,
    )  # fmt: skip
    _refused(
        "UPDATE ikc_bodymember SET valid_from = '2022-06-01' WHERE id = %s",
        again.pk,
    )


def test_who_sees_which_meetings_and_actions():
    meeting = ConsultationFactory()
    member = BodyMemberFactory(body=meeting.body).user
    former = BodyMemberFactory(body=meeting.body, valid_until=date(2022, 1, 1)).user
    stranger = UserFactory(school_board=True)
    action = ActionItemFactory(body=meeting.body, owner=stranger)
    day = date(2023, 4, 3)

    def sees(user):
        return (
            Consultation.objects.visible_to(user, day).exists(),
            ActionItem.objects.visible_to(user, day).exists(),
        )

    assert sees(UserFactory(project_leader=True)) == (True, True)
    assert sees(UserFactory(auditor=True)) == (True, True)
    assert sees(member) == (True, True)
    assert sees(former) == (False, False)
    assert sees(stranger) == (False, True)  # the action is theirs
    assert sees(UserFactory(director=True)) == (False, False)
    assert action.is_open
