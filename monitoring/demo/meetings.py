"""Meetings of the commission: one of which the minutes are adopted, one that was held, and one that is to come."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import zip_longest

from kvk2.core.deadlines import local_date
from monitoring.demo.efforts import Effort
from monitoring.demo.people import World
from subsidies.meeting_page import MeetingPage, seat_of
from subsidies.models import (
    AgendaItem,
    Application,
    CommissionAdvice,
    CommissionMeeting,
    SubsidyRound,
)
from subsidies.services import advice, deliberation, meetings, minutes, presentations, score_changes
from subsidies.services.advice import AdviceContent
from subsidies.services.meeting_facts import participants
from subsidies.states import COUNTED_REVIEWS, ApplicationState

QUESTION = "Hoe houdt u het dagprogramma vol als een pedagogisch medewerker ziek is?"
MERGED = (
    "1. Hoe houdt u het dagprogramma vol bij ziekte?\n\n2. Wat merken ouders er na een jaar van?"
)
ANSWER = (
    "1. Wij hebben een vaste invaller die de groepen kent.\n\n"
    "2. Ouders hebben één aanspreekpunt en één rooster voor school en opvang."
)
CHANGED = "In het gesprek bleek dat ouders al een jaar meebeslissen over het dagprogramma."
COMMENT = "Noem ook dat de opvang de middag mee voorbereidt."
PLACE = "stadskantoor, zaal 2"
DISCUSSED_THIS_WEEK = 4


def plan_a_meeting(world: World, round_: SubsidyRound, now: datetime) -> None:
    """Planned a week ahead; one applicant answered the questions of the commission already."""
    at = now - timedelta(days=1)
    starts_at = (now + timedelta(days=7)).replace(hour=8, minute=0, second=0, microsecond=0)
    meeting = _planned(world, round_, starts_at, at, until=starts_at + timedelta(hours=8))
    items = _asked(world, meeting, at)
    _answered(items[0], at=now)


def hold_a_meeting(world: World, round_: SubsidyRound, now: datetime) -> None:
    """Held three days ago, on what enough members had scored; the members still react on the texts."""
    starts_at = (now - timedelta(days=3)).replace(hour=12, minute=0, second=0, microsecond=0)
    counted = Application.objects.filter(round=round_, state=ApplicationState.IN_REVIEW)
    ready = [
        row.pk
        for row in counted.order_by("number").prefetch_related("reviews")
        if sum(review.state in COUNTED_REVIEWS for review in row.reviews.all())
        >= round_.min_reviews
    ][:DISCUSSED_THIS_WEEK]
    meeting = _planned(world, round_, starts_at, starts_at - timedelta(days=10), only=ready)
    items = _asked(world, meeting, starts_at - timedelta(days=10))
    _answered(items[0], at=starts_at - timedelta(days=5))
    _attended(world, meeting, absent="commissielid2", at=starts_at)
    first, second, third, _ = items
    _changed(world, second, at=starts_at + timedelta(minutes=40))
    for item in (first, second, third):
        _voted(world, item, at=starts_at + timedelta(hours=1))
    meetings.hold_meeting(meeting, by=world.person("voorzitter"), at=starts_at + timedelta(hours=2))
    later = starts_at + timedelta(days=1)
    _adopted(world, first, at=later)
    critic, *others = participants(second)
    row = CommissionAdvice.objects.get(application=second.application_id)
    deliberation.respond(row, critic, comment=COMMENT, by=critic.user, at=later)
    for member in others:
        deliberation.respond(row, member, comment="", by=member.user, at=later)


def advise_in_a_meeting(
    world: World, round_: SubsidyRound, at: datetime, efforts: Sequence[Effort] = ()
) -> None:
    """All applications in one meeting, their advices adopted and sent, the minutes adopted.

    `efforts`: what is asked of the first applicants with a positive advice, one each.
    """
    chair = world.person("voorzitter")
    starts_at = at.replace(hour=9, minute=30)
    meeting = _planned(world, round_, starts_at, starts_at - timedelta(days=7))
    items = _asked(world, meeting, starts_at - timedelta(days=7))
    _answered(items[0], at=starts_at - timedelta(days=3))
    _attended(world, meeting, absent="commissielid3", at=starts_at)
    for item, effort in zip_longest(items, efforts):
        _voted(world, item, at=starts_at + timedelta(hours=3), effort=effort)
        _adopted(world, item, at=at)
    meetings.hold_meeting(meeting, by=chair, at=starts_at + timedelta(hours=4))
    minutes.adopt_and_order(meeting, by=chair, at=at + timedelta(days=2))
    _send_all(world, round_, at)


def advise_without_meeting(world: World, round_: SubsidyRound, at: datetime) -> None:
    """As a municipality does that keeps its meetings elsewhere: only the day is written down."""
    secretary = world.person("secretaris")
    for application in Application.objects.filter(round=round_).order_by("number"):
        row = _written(world, application, at)
        row = advice.discuss_advice(row, meeting_on=local_date(at), by=secretary, at=at)
        advice.adopt_advice(row, by=world.person("voorzitter"), at=at)
    _send_all(world, round_, at)


def _planned(
    world: World,
    round_: SubsidyRound,
    starts_at: datetime,
    at: datetime,
    *,
    only: list[int] | None = None,
    until: datetime | None = None,
) -> CommissionMeeting:
    """Planned with an agenda of what waits (or `only` those ids), everybody invited."""
    secretary = world.person("secretaris")
    plan = meetings.Plan(
        starts_at=starts_at, place=PLACE, answers_until=starts_at - timedelta(days=1)
    )
    meeting = meetings.plan_meeting(round_, plan, by=secretary, at=at)
    waiting = only or MeetingPage(meeting, secretary).to_plan
    meetings.propose_agenda(meeting, waiting, minutes=20, pause=5, until=until, by=secretary, at=at)
    presentations.invite(
        meeting, list(meeting.items.values_list("pk", flat=True)), by=secretary, at=at
    )
    return meeting


def _asked(world: World, meeting: CommissionMeeting, at: datetime) -> list[AgendaItem]:
    """The slots; members asked something about the first two, and the secretary sent it on."""
    items = list(
        AgendaItem.objects.filter(meeting=meeting)
        .select_related("application__round", "meeting__round")
        .order_by("starts_at", "pk")
    )
    for item in items[:2]:
        review = item.application.reviews.exclude(state="recused").order_by("pk").first()
        seat = seat_of(review.member.user, meeting) if review else None
        if seat:
            presentations.ask_question(item, seat, text=QUESTION, by=seat.user, at=at)
        presentations.send_questions(item, text=MERGED, by=world.person("secretaris"), at=at)
    return items


def _answered(item: AgendaItem, *, at: datetime) -> None:
    presentations.answer_questions(item, text=ANSWER, by=item.application.created_by, at=at)


def _attended(world: World, meeting: CommissionMeeting, *, absent: str, at: datetime) -> None:
    away = world.person(absent)
    present = [seat.pk for seat in meetings.seats_of(meeting) if seat.user != away]
    meetings.record_attendance(meeting, present, by=world.person("secretaris"), at=at)


def _changed(world: World, item: AgendaItem, *, at: datetime) -> None:
    """The commission sets one score itself, after what it heard."""
    criterion = item.meeting.round.criteria.order_by("order").first()
    now = advice.current_score(item.application, advice.reviews_of(item.application))
    was = now.criterion_scores[criterion.code]
    after = was + Decimal("0.50") if was <= Decimal("4.50") else was - Decimal("0.50")
    chair = world.person("voorzitter")
    score_changes.adopt_score(item, criterion, after=after, reason=CHANGED, by=chair, at=at)


def _written(
    world: World, application: Application, at: datetime, effort: Effort | None = None
) -> CommissionAdvice:
    """Negative under the minimum score of the round, otherwise positive, with or without an effort."""
    secretary = world.person("secretaris")
    row = advice.draft_advice(application, by=secretary, at=at)
    row.refresh_from_db()
    score = advice.current_score(application, advice.reviews_of(application)).score
    low = application.round.min_score is not None and score < application.round.min_score
    positive, asked = ("positive_with_effort", effort.asked) if effort else ("positive", {})
    content = AdviceContent(
        conclusion="negative" if low else positive,
        text=row.text,
        criterion_texts=row.criterion_texts,
        **({} if low else asked),
    )
    return advice.edit_advice(row, content, by=secretary, at=at)


def _voted(world: World, item: AgendaItem, *, at: datetime, effort: Effort | None = None) -> None:
    _written(world, item.application, at, effort)
    members = participants(item)
    votes = {member.pk: "for" for member in members}
    if len(members) > 4:
        votes[members[-1].pk] = "against"
    deliberation.record_votes(item, votes, by=world.person("secretaris"), at=at)


def _adopted(world: World, item: AgendaItem, *, at: datetime) -> None:
    row = CommissionAdvice.objects.get(application=item.application_id)
    for member in participants(item):
        deliberation.respond(row, member, comment="", by=member.user, at=at)
    advice.adopt_advice(row, by=world.person("voorzitter"), at=at)


def _send_all(world: World, round_: SubsidyRound, at: datetime) -> None:
    secretary = world.person("secretaris")
    ids = list(Application.objects.filter(round=round_).values_list("pk", flat=True))
    advice.send_adopted(round_, ids, by=secretary, at=at)
    round_.refresh_from_db()
    advice.finish_advice(round_, by=secretary, at=at)
