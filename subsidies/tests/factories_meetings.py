"""A round of which the applications are scored, and a meeting about it, for tests."""

from datetime import UTC, datetime, timedelta

from subsidies.services import advice as advices
from subsidies.services import deliberation, meetings
from subsidies.services.advice import AdviceContent
from subsidies.services.meetings import Plan
from subsidies.tests.factories_assessment import (
    ASSESSED_AT,
    assessing_round,
    declared_member,
    reviewed,
)

STARTS = datetime(2026, 4, 24, 7, 0, tzinfo=UTC)  # 9.00 in the Netherlands
DURING = STARTS + timedelta(hours=3)


def reviewed_round():
    """Two reviewed applications; a fourth member comes from the board of the first, and there is no ranking."""
    round_ = reviewed(
        assessing_round(applications=2, allocation_method="first_come"), [(5, 4, 3, 4, 2, 3)]
    )
    tied = round_.applications.order_by("number").first()
    declared_member(round_, organisation=tied.board)
    return round_


def planned_meeting(round_, secretary):
    """Planned with a slot for each application of the round; nobody is invited yet."""
    plan = Plan(starts_at=STARTS, place="stadskantoor")
    made = meetings.plan_meeting(round_, plan, by=secretary, at=ASSESSED_AT)
    ids = list(round_.applications.values_list("pk", flat=True))
    meetings.propose_agenda(made, ids, minutes=20, pause=5, by=secretary, at=ASSESSED_AT)
    return made


def members_of(meeting):
    """The three free members and the one with an interest in the first application, in that order."""
    return sorted(meetings.seats_of(meeting), key=lambda member: member.pk)


def held(meeting, secretary, members=None):
    present = [member.pk for member in members or members_of(meeting)]
    return meetings.record_attendance(meeting, present, by=secretary, at=DURING)


def voted(item, secretary, vote="for"):
    votes = dict.fromkeys([row.pk for row in deliberation.participants(item)], vote)
    return deliberation.record_votes(item, votes, by=secretary, at=DURING)


def drafted(item, secretary):
    advice = advices.draft_advice(item.application, by=secretary, at=ASSESSED_AT)
    content = AdviceContent(
        conclusion="positive", text=advice.text, criterion_texts=advice.criterion_texts
    )
    return advices.edit_advice(advice, content, by=secretary, at=ASSESSED_AT)
