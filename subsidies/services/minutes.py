"""The minutes of a meeting for one reader: what the reader may not see is not in it, nor counted (domain reference 6.3)."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings

from kvk2.core.deadlines import AMSTERDAM, local_date
from kvk2.core.documents import Municipality
from kvk2.core.money import format_number
from subsidies.documents import Addressee
from subsidies.documents_meetings import (
    MinutedChange,
    MinutedItem,
    MinutesContext,
    render_minutes,
)
from subsidies.models import AgendaItem, CommissionMeeting, ScoreChange
from subsidies.services.letter_contexts import paragraphs
from subsidies.services.meeting_facts import vote_count
from subsidies.states_meetings import MeetingState

if TYPE_CHECKING:
    from ikc.models import User


def minutes_pdf(meeting: CommissionMeeting, *, reader: "User", at: datetime) -> bytes:
    """The PDF for `reader`; adopted minutes give the same bytes every time."""
    return render_minutes(minutes_context(meeting, reader=reader, at=at))


def minutes_context(meeting: CommissionMeeting, *, reader: "User", at: datetime) -> MinutesContext:
    items = (
        AgendaItem.objects.visible_to(reader)
        .filter(meeting=meeting)
        .select_related("application__ikc", "application__advice")
        .prefetch_related(
            "recusals__member__user", "votes", "application__score_changes__criterion"
        )
        .order_by("starts_at", "pk")
    )
    rows = list(
        meeting.attendance.select_related("member__user", "member__organisation").order_by(
            "member__user__last_name", "member__user__first_name", "pk"
        )
    )
    adopted = meeting.state == MeetingState.ADOPTED
    return MinutesContext(
        municipality=Municipality.from_settings(),
        addressee=Addressee(organisation="Dossier van de IKC-commissie", salutation=""),
        reference=f"{meeting.round.year}-V{meeting.pk}",
        round_title=meeting.round.name,
        met_on=local_date(meeting.starts_at),
        time=_clock(meeting.starts_at),
        place=meeting.place or "video",
        present=tuple(str(row.member) for row in rows if row.present),
        absent=tuple(str(row.member) for row in rows if not row.present),
        items=tuple(_item(item) for item in items),
        made_at=meeting.adopted_at if adopted and meeting.adopted_at else at,
        adopted_at=meeting.adopted_at,
        adopted_by=meeting.adopted_by.full_name if meeting.adopted_by else "",
        demo=settings.DEMO,
    )


def _item(item: AgendaItem) -> MinutedItem:
    application = item.application
    recusals = sorted(item.recusals.all(), key=lambda row: row.member.user.last_name)
    votes = vote_count(item)
    advice = getattr(application, "advice", None)
    return MinutedItem(
        title=f"{application.number}, {application.ikc.name}",
        time=_clock(item.starts_at),
        left=tuple(
            f"{row.member.user.full_name} verliet de vergadering ({row.get_reason_display()}) "
            "en deed niet mee aan de bespreking en de stemming."
            for row in recusals
        ),
        questions=paragraphs(item.questions),
        answer=paragraphs(item.answer),
        changes=tuple(_change(row) for row in application.score_changes.all()),
        votes=votes.words if votes.total else "er is niet gestemd",
        conclusion=advice.get_conclusion_display()
        if advice is not None and advice.conclusion and votes.total
        else "nog geen advies",
    )


def _change(row: ScoreChange) -> MinutedChange:
    return MinutedChange(
        who="Een lid" if row.review_id else "De commissie",
        criterion=row.criterion.name,
        before=format_number(row.before, 2),
        after=format_number(row.after, 2),
        reason=row.reason,
    )


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(AMSTERDAM):%H.%M}"
