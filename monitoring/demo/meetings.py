"""A meeting of the commission that is to come, with invitations, questions and an answer."""

from datetime import datetime, timedelta

from monitoring.demo.people import World
from subsidies.meeting_page import MeetingPage, seat_of
from subsidies.models import AgendaItem, SubsidyRound
from subsidies.services import meetings, presentations

QUESTION = "Hoe houdt u het dagprogramma vol als een pedagogisch medewerker ziek is?"
MERGED = (
    "1. Hoe houdt u het dagprogramma vol bij ziekte?\n\n2. Wat merken ouders er na een jaar van?"
)
ANSWER = (
    "1. Wij hebben een vaste invaller die de groepen kent.\n\n"
    "2. Ouders hebben één aanspreekpunt en één rooster voor school en opvang."
)


def plan_a_meeting(world: World, round_: SubsidyRound, now: datetime) -> None:
    """Planned a week ahead; one applicant answered the questions of the commission already."""
    secretary = world.person("secretaris")
    at = now - timedelta(days=3)
    starts_at = (now + timedelta(days=7)).replace(hour=8, minute=0, second=0, microsecond=0)
    plan = meetings.Plan(starts_at=starts_at, place="stadskantoor, zaal 2")
    meeting = meetings.plan_meeting(round_, plan, by=secretary, at=at)
    waiting = MeetingPage(meeting, secretary).to_plan
    meetings.propose_agenda(meeting, waiting, minutes=20, pause=5, by=secretary, at=at)
    items = AgendaItem.objects.filter(meeting=meeting).select_related("application", "meeting")
    presentations.invite(meeting, [item.pk for item in items], by=secretary, at=at)
    for item in items[:2]:
        review = item.application.reviews.exclude(state="recused").order_by("pk").first()
        seat = seat_of(review.member.user, meeting) if review else None
        if seat:
            presentations.ask_question(item, seat, text=QUESTION, by=seat.user, at=at)
        presentations.send_questions(item, text=MERGED, by=secretary, at=at)
    first = items[:1]
    for item in first:
        presentations.answer_questions(item, text=ANSWER, by=item.application.created_by, at=now)
