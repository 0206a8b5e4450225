"""Meetings: agenda, recusals, questions, changed scores, votes, the text, and the minutes (domain 3.4, 6.3 C7)."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from ikc.tests.factories import UserFactory
from subsidies.documents_notices import TermNoticeContext
from subsidies.models import (
    AgendaItem,
    Application,
    CommissionAdvice,
    CommissionSettings,
    ItemVote,
    Letter,
    MeetingAttendance,
    MemberQuestion,
    MinutesFile,
    Review,
    ReviewScore,
    ScoreChange,
)
from subsidies.services import advice as advices
from subsidies.services import deliberation, meetings, minutes, presentations, score_changes
from subsidies.services.advice import AdviceContent, AdviceIncomplete
from subsidies.services.deliberation import NoQuorum, ResponseRefused, VoteInvalid
from subsidies.services.meetings import MeetingFixed, MeetingInvalid, Plan, SlotInvalid
from subsidies.services.presentations import AnswerTooLate, QuestionsFixed
from subsidies.services.score_changes import ScoreChangeRefused
from subsidies.term_kinds import TermKind
from subsidies.terms import upcoming_terms
from subsidies.tests.factories_assessment import (
    ASSESSED_AT,
    assessing_round,
    declared_member,
    reviewed,
)
from subsidies.tests.factories_meetings import (
    DURING,
    STARTS,
    drafted,
    held,
    members_of,
    planned_meeting,
    reviewed_round,
    voted,
)

pytestmark = pytest.mark.django_db
WHY = "In het gesprek bleek dat de ouders wel degelijk meebeslissen."


@pytest.fixture
def secretary():
    return UserFactory(secretary=True)


@pytest.fixture
def round_():
    return reviewed_round()


@pytest.fixture
def meeting(round_, secretary):
    return planned_meeting(round_, secretary)


# --- agenda and trace


def test_slots_follow_one_another_and_do_not_overlap(meeting, secretary):
    first, second = meeting.items.all()

    assert (first.starts_at, second.starts_at) == (STARTS, STARTS + timedelta(minutes=25))
    later = STARTS + timedelta(minutes=10)
    with pytest.raises(SlotInvalid, match="al bezet tot"):
        meetings.move_item(first, starts_at=later, minutes=20, by=secretary, at=ASSESSED_AT)
    with pytest.raises(SlotInvalid, match="dag van de vergadering"):
        meetings.move_item(
            first, starts_at=STARTS + timedelta(days=1), minutes=20, by=secretary, at=ASSESSED_AT
        )
    hour = STARTS + timedelta(hours=1)
    moved = meetings.move_item(first, starts_at=hour, minutes=30, by=secretary, at=ASSESSED_AT)
    assert list(meeting.items.all())[-1] == moved


def test_a_meeting_is_planned_ahead_in_a_round_in_assessment(round_, secretary):
    with pytest.raises(MeetingInvalid, match="toekomst"):
        meetings.plan_meeting(
            round_, Plan(starts_at=ASSESSED_AT, place="x"), by=secretary, at=ASSESSED_AT
        )
    with pytest.raises(MeetingInvalid, match="plaats"):
        meetings.plan_meeting(round_, Plan(starts_at=STARTS), by=secretary, at=ASSESSED_AT)


def test_a_member_with_an_interest_finds_no_trace_of_the_item(client, meeting, secretary):
    tied, other = meeting.items.select_related("application__ikc")
    member = members_of(meeting)[-1]
    presentations.invite(meeting, [tied.pk, other.pk], by=secretary, at=ASSESSED_AT)
    held(meeting, secretary)
    client.force_login(member.user)

    with time_machine.travel(ASSESSED_AT, tick=False):
        listed = client.get(reverse("subsidies:meeting_list", args=[meeting.round_id]))
        detail = client.get(meeting.get_absolute_url())
        feed = " ".join(term.title for term in upcoming_terms(member.user))
    text = listed.content.decode() + detail.content.decode() + feed

    assert "1 aanvraag op de agenda" in text
    assert str(other.application.ikc) in text
    assert str(tied.application.ikc) not in text
    assert tied.application.number not in text
    with time_machine.travel(ASSESSED_AT, tick=False):
        for name in ("agenda_item", "item_move", "item_ask", "item_room", "item_votes"):
            assert client.get(reverse(f"subsidies:{name}", args=[tied.pk])).status_code == 404
    seen = minutes.items_for(meeting, member.user)
    told = minutes.minutes_context(meeting, seen, at=DURING)
    assert [item.title for item in told.items] == [
        f"{other.application.number}, {other.application.ikc.name}"
    ]


def test_a_secretary_with_an_interest_finds_no_trace_either(meeting):
    tied, _ = meeting.items.select_related("application")
    secretary = UserFactory(secretary=True)
    declared_member(meeting.round, user=secretary, organisation=tied.application.board)

    assert tied not in AgendaItem.objects.visible_to(secretary)
    assert AgendaItem.objects.visible_to(secretary).count() == 1


def test_in_a_ranked_round_a_competing_interest_hides_the_whole_agenda(secretary):
    round_ = assessing_round(applications=2)
    board = round_.applications.order_by("number").first().board
    member = declared_member(round_, organisation=board)
    reviewed(round_)
    plan = Plan(starts_at=STARTS, place="x")
    made = meetings.plan_meeting(round_, plan, by=secretary, at=ASSESSED_AT)
    ids = list(round_.applications.values_list("pk", flat=True))
    meetings.propose_agenda(made, ids, minutes=20, by=secretary, at=ASSESSED_AT)

    assert not AgendaItem.objects.visible_to(member.user).exists()
    held(made, secretary)
    reasons = set(member.recusals.values_list("reason", flat=True))
    assert reasons == {"interest", "competing"}


# --- recusal


def test_attendance_minutes_who_leaves_at_which_item(meeting, secretary):
    held(meeting, secretary)
    tied, other = meeting.items.all()

    assert [row.member for row in tied.recusals.all()] == [members_of(meeting)[-1]]
    assert not other.recusals.exists()
    assert len(deliberation.participants(tied)) == 3
    assert len(deliberation.participants(other)) == 4


def test_the_database_refuses_a_part_in_the_item_by_who_has_an_interest(meeting, secretary):
    held(meeting, secretary)
    tied, other = meeting.items.all()
    member = members_of(meeting)[-1]

    for row in (
        ItemVote(item=tied, member=member, vote="for"),
        MemberQuestion(item=tied, member=member, text="x", asked_at=DURING),
    ):
        with (
            pytest.raises(IntegrityError, match="item_part_without_interest"),
            transaction.atomic(),
        ):
            row.save()
    tied.recusals.all().delete()
    with pytest.raises(IntegrityError, match="item_part_without_interest"), transaction.atomic():
        ItemVote.objects.create(item=tied, member=member, vote="for")
    MeetingAttendance.objects.filter(member=member).update(present=False)
    with pytest.raises(IntegrityError, match="item_vote_of_who_was_there"), transaction.atomic():
        ItemVote.objects.create(item=other, member=member, vote="for")


def test_the_interest_rule_of_the_database_is_that_of_the_portal(meeting):
    for member in members_of(meeting):
        free = Application.objects.without_interest_of(member.user)
        for application in meeting.round.applications.all():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT subsidies_member_has_interest(%s, %s)", [member.pk, application.pk]
                )
                assert cursor.fetchone()[0] == (application not in free)


# --- invitation, questions, answers


def test_the_invitation_is_a_letter_and_stands_in_the_calendar(client, meeting, secretary):
    item = meeting.items.first()
    director = item.application.created_by
    assert presentations.invite(meeting, [item.pk], by=secretary, at=ASSESSED_AT) == 1
    assert presentations.invite(meeting, [item.pk], by=secretary, at=ASSESSED_AT) == 0

    letter = Letter.objects.get(code="L05")
    context = TermNoticeContext.from_dict(letter.context)
    assert "vrijdag 24 april 2026 van 09.00 tot 09.20 uur" in context.lead
    assert "stadskantoor" in context.parts[0].paragraphs[0]
    with time_machine.travel(ASSESSED_AT, tick=False):
        terms = [t for t in upcoming_terms(director) if t.kind == TermKind.PRESENTATION]
        assert [term.begins_at for term in terms] == [STARTS]
        client.force_login(director)
        text = client.get(reverse("subsidies:presentation_ics", args=[item.pk])).content.decode()
        other = meeting.items.last()
        assert client.get(reverse("subsidies:presentation", args=[other.pk])).status_code == 404
    assert "DTSTART:20260424T070000Z" in text
    assert "DURATION:PT20M" in text


def test_questions_are_merged_sent_and_answered_once_and_in_time(client, meeting, secretary):
    item = meeting.items.first()
    member = members_of(meeting)[0]
    director = item.application.created_by
    presentations.ask_question(item, member, text="Wie doet wat?", by=member.user, at=ASSESSED_AT)
    with pytest.raises(QuestionsFixed, match="Nodig"):
        presentations.send_questions(item, text="x", by=secretary, at=ASSESSED_AT)
    presentations.invite(meeting, [item.pk], by=secretary, at=ASSESSED_AT)
    client.force_login(secretary)
    url = reverse("subsidies:item_questions", args=[item.pk])
    with time_machine.travel(ASSESSED_AT, tick=False):
        assert "1. Wie doet wat?" in client.get(url).content.decode()
        assert client.post(url, {"text": "1. Wie doet wat?"}).status_code == 302
    with pytest.raises(QuestionsFixed):
        presentations.ask_question(item, member, text="x", by=member.user, at=ASSESSED_AT)

    client.force_login(director)
    page = reverse("subsidies:presentation", args=[item.pk])
    item.refresh_from_db()
    with pytest.raises(AnswerTooLate):
        presentations.answer_questions(item, text="x", by=director, at=DURING)
    with time_machine.travel(ASSESSED_AT, tick=False):
        assert client.post(page, {"text": " "}).status_code == 422
        assert client.post(page, {"text": "De opvang."}).status_code == 302
        assert client.post(page, {"text": "Nog eens."}).status_code == 403
        client.force_login(member.user)
        assert "De opvang." in client.get(item.get_absolute_url()).content.decode()


# --- scores


def test_the_adopted_score_counts_in_advice_and_ranking(meeting, secretary):
    item = meeting.items.first()
    criterion = meeting.round.criteria.get(code="domeinen")
    with pytest.raises(ScoreChangeRefused, match="30 tekens"):
        score_changes.adopt_score(
            item, criterion, after=Decimal(4), reason="kort", by=secretary, at=DURING
        )
    with pytest.raises(ScoreChangeRefused, match="nog geen gesprek"):
        score_changes.adopt_score(
            item, criterion, after=Decimal(4), reason=WHY, by=secretary, at=ASSESSED_AT
        )
    before = advices.current_score(item.application, advices.reviews_of(item.application))
    change = score_changes.adopt_score(
        item, criterion, after=Decimal("4.50"), reason=WHY, by=secretary, at=DURING
    )

    assert (change.before, change.after) == (Decimal("2.00"), Decimal("4.50"))
    held(meeting, secretary)
    drafted(item, secretary)
    voted(item, secretary)
    advice = CommissionAdvice.objects.get(application=item.application)
    for member in deliberation.participants(item):
        deliberation.respond(advice, member, comment="", by=member.user, at=DURING)
    adopted = advices.adopt_advice(advice, by=secretary, at=DURING)

    gained = Decimal("2.50") * criterion.weight / 5
    assert adopted.criterion_scores["domeinen"] == "4.50"
    assert adopted.score == before.score + gained
    item.application.refresh_from_db()
    assert item.application.score == adopted.score
    with pytest.raises(IntegrityError, match="score_change_before_adoption"), transaction.atomic():
        ScoreChange.objects.create(
            application=item.application,
            criterion=criterion,
            before=4,
            after=5,
            reason=WHY,
            changed_at=DURING,
            changed_by=secretary,
        )


def test_a_member_changes_an_own_score_and_the_row_never_changes(meeting):
    item = meeting.items.first()
    criterion = meeting.round.criteria.get(code="domeinen")
    review = Review.objects.filter(application=item.application).order_by("pk").first()
    was = review.total
    change = score_changes.change_own_score(
        review, criterion, after=4, reason=WHY, by=review.member.user, at=DURING
    )

    review.refresh_from_db()
    row = ReviewScore.objects.get(review=review, criterion=criterion)
    assert (change.before, row.score) == (2, 4)
    assert WHY in row.motivation
    assert review.total == was + Decimal(2) * criterion.weight / 5
    for deed in (change.delete, lambda: ScoreChange.objects.update(reason=WHY * 2)):
        with pytest.raises(IntegrityError, match="score_change_is_for_good"), transaction.atomic():
            deed()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"after": 6}, "score_change_is_from_1_to_5"),
        ({"after": 3}, "score_change_is_a_change"),
        ({"reason": "kort".ljust(40)}, "score_change_says_why"),
    ],
)
def test_the_database_keeps_a_changed_score_in_range_and_motivated(
    meeting, secretary, fields, constraint
):
    values = {"before": 3, "after": 4, "reason": WHY, **fields}
    with pytest.raises(IntegrityError, match=constraint):
        ScoreChange.objects.create(
            application=meeting.items.first().application,
            criterion=meeting.round.criteria.first(),
            changed_at=DURING,
            changed_by=secretary,
            **values,
        )


# --- votes and text


def test_no_advice_without_quorum(meeting, secretary):
    item = meeting.items.first()
    advice = drafted(item, secretary)
    # A municipality that lets the commission advise outside its meetings is still held to the quorum of one.
    CommissionSettings.objects.create(pk=1, advice_in_meeting=False)
    held(meeting, secretary, members_of(meeting)[:2])

    with pytest.raises(NoQuorum, match="2 leden deden mee en er zijn er minstens 3"):
        voted(item, secretary)
    with pytest.raises(AdviceIncomplete, match="quorum"):
        advices.discuss_advice(advice, meeting_on=STARTS.date(), by=secretary, at=DURING)
    CommissionAdvice.objects.update(state="discussed", meeting_on=STARTS.date())
    with pytest.raises(AdviceIncomplete, match="quorum"):
        advices.adopt_advice(advice, by=secretary, at=DURING)


def test_everybody_who_took_part_votes_and_nobody_else(meeting, secretary):
    item = meeting.items.first()
    drafted(item, secretary)
    held(meeting, secretary)
    tied = members_of(meeting)[-1]
    votes = dict.fromkeys([row.pk for row in deliberation.participants(item)], "for")

    with pytest.raises(VoteInvalid):
        deliberation.record_votes(item, {**votes, tied.pk: "for"}, by=secretary, at=DURING)
    with pytest.raises(VoteInvalid):
        deliberation.record_votes(item, dict([votes.popitem()]), by=secretary, at=DURING)


def test_the_text_is_agreed_by_all_and_open_comments_hold_it_up(meeting, secretary):
    item = meeting.items.first()
    advice = drafted(item, secretary)
    held(meeting, secretary)
    voted(item, secretary)
    first, second, third = deliberation.participants(item)
    tied = members_of(meeting)[-1]
    with pytest.raises(ResponseRefused, match="meededen"):
        deliberation.respond(advice, tied, comment="", by=tied.user, at=DURING)
    for member in (first, second):
        deliberation.respond(advice, member, comment="", by=member.user, at=DURING)
    with pytest.raises(
        AdviceIncomplete, match=f"Nog geen reactie op de tekst van {third.user.full_name}"
    ):
        advices.adopt_advice(advice, by=secretary, at=DURING)
    comment = deliberation.respond(advice, third, comment="Te streng.", by=third.user, at=DURING)
    with pytest.raises(AdviceIncomplete, match="opmerkingen"):
        advices.adopt_advice(advice, by=secretary, at=DURING)

    deliberation.answer_comment(comment, answer="Besproken, blijft zo.", by=secretary, at=DURING)
    advice.refresh_from_db()
    content = AdviceContent(
        conclusion="positive", text="Een nieuwe tekst.", criterion_texts=advice.criterion_texts
    )
    advices.edit_advice(advice, content, by=secretary, at=DURING)
    with pytest.raises(AdviceIncomplete, match="Nog geen reactie"):
        advices.adopt_advice(advice, by=secretary, at=DURING)
    for member in (first, second, third):
        deliberation.respond(advice, member, comment="", by=member.user, at=DURING)
    assert advices.adopt_advice(advice, by=secretary, at=DURING).state == "adopted"


def test_a_rejected_advice_is_not_adopted(meeting, secretary):
    item = meeting.items.first()
    advice = drafted(item, secretary)
    held(meeting, secretary)
    voted(item, secretary, "against")

    with pytest.raises(AdviceIncomplete, match="meerderheid stemde niet voor"):
        advices.adopt_advice(advice, by=secretary, at=DURING)


def test_the_room_shows_scores_without_names(client, meeting, secretary):
    item = meeting.items.first()
    drafted(item, secretary)
    held(meeting, secretary)
    client.force_login(secretary)
    text = client.get(reverse("subsidies:item_room", args=[item.pk])).content.decode()

    assert "Minder sterk" in text
    assert not any(member.user.last_name in text for member in members_of(meeting))
    member = members_of(meeting)[0]
    client.force_login(member.user)
    assert client.get(reverse("subsidies:item_room", args=[item.pk])).status_code == 403


# --- minutes


def test_adopted_minutes_tell_all_and_stay(client, meeting, secretary):
    item, other = meeting.items.all()
    drafted(item, secretary)
    held(meeting, secretary)
    voted(item, secretary)
    leader = UserFactory(project_leader=True)
    url = reverse("subsidies:meeting_minutes", args=[meeting.pk])
    meetings.hold_meeting(meeting, by=secretary, at=DURING)
    client.force_login(leader)
    assert client.get(url).status_code == 403
    minutes.adopt_and_order(meeting, by=secretary, at=DURING)
    for row in MinutesFile.objects.all():
        assert minutes.render_file(row.pk, at=DURING)

    response = client.get(url)
    assert response.getvalue().startswith(b"%PDF")
    meeting.refresh_from_db()
    told = minutes.minutes_context(meeting, minutes.items_for(meeting, leader), at=DURING)
    tied = members_of(meeting)[-1]
    assert told.items[0].left[0].startswith(f"{tied.user.full_name} verliet de vergadering")
    assert told.items[0].votes == "3 voor, 0 tegen, 0 onthouden"
    assert other.application.number in told.items[1].title
    with pytest.raises(MeetingFixed):
        held(meeting, secretary)
    for deed in (
        lambda: meeting.items.update(minutes=60),
        meeting.attendance.all().delete,
        item.votes.all().delete,
        item.recusals.all().delete,
    ):
        with (
            pytest.raises(IntegrityError, match="meeting_minutes_are_for_good"),
            transaction.atomic(),
        ):
            deed()


def test_the_agenda_costs_the_same_queries_for_one_and_three(
    client, secretary, django_assert_max_num_queries
):
    counts = []
    for size in (1, 3):
        round_ = reviewed(assessing_round(applications=size))
        plan = Plan(starts_at=STARTS, place="x")
        made = meetings.plan_meeting(round_, plan, by=secretary, at=ASSESSED_AT)
        ids = list(round_.applications.values_list("pk", flat=True))
        meetings.propose_agenda(made, ids, minutes=20, by=secretary, at=ASSESSED_AT)
        held(made, secretary)
        client.force_login(secretary)
        client.get(made.get_absolute_url())
        with django_assert_max_num_queries(60) as captured:
            assert client.get(made.get_absolute_url()).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
