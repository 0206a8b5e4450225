"""The days of the commission: its meetings, the conversations with applicants, and until when it advises."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from kvk2.core.deadlines import local_date
from subsidies.closing import closing_moment
from subsidies.models import AgendaItem, CommissionMeeting, SubsidyRound
from subsidies.states_meetings import MeetingState
from subsidies.term_kinds import Term, TermKind

if TYPE_CHECKING:
    from ikc.models import User


def of_meetings(user: "User", today: date) -> Iterator[Term]:
    """The meetings of the commission that are to come, as a whole: an item is nobody's business in a calendar."""
    meetings = (
        CommissionMeeting.objects.visible_to(user)
        .filter(state=MeetingState.PLANNED, starts_at__date__gte=today)
        .select_related("round")
        .order_by("starts_at", "pk")
    )
    for meeting in meetings:
        round_ = meeting.round
        yield Term(
            TermKind.MEETING,
            f"Vergadering van de IKC-commissie over {round_}",
            local_date(meeting.starts_at),
            meeting.get_absolute_url(),
            round_.pk,
            str(round_),
            begins_at=meeting.starts_at,
        )


def advise_before(round_: SubsidyRound) -> date | None:
    """The last day to send the advices on a round: the day before the fixed day that follows its closing, if there is one."""
    fixed = str(settings.MUNICIPALITY["advice_before"])
    if not fixed:
        return None
    month, day = (int(part) for part in fixed.split("-"))
    closed = local_date(closing_moment(round_))
    year = closed.year + (date(closed.year, month, day) <= closed)
    return date(year, month, day) - timedelta(days=1)


def of_presentations(user: "User", today: date) -> Iterator[Term]:
    """The conversations to which an applicant was invited, and until when questions may be answered."""
    items = (
        AgendaItem.objects.of_applicant(user)
        .filter(meeting__state=MeetingState.PLANNED, starts_at__date__gte=today)
        .select_related("meeting__round", "application__ikc")
        .order_by("starts_at", "pk")
    )
    for item in items:
        round_, url = item.meeting.round, reverse("subsidies:presentation", args=[item.pk])
        yield Term(
            TermKind.PRESENTATION,
            f"Gesprek met de IKC-commissie over {item.application.ikc}",
            local_date(item.starts_at),
            url,
            round_.pk,
            str(round_),
            begins_at=item.starts_at,
            minutes=item.minutes,
        )
        if item.questions_sent_at and item.answered_at is None and item.meeting.answers_until:
            yield Term(
                TermKind.ANSWER,
                f"Beantwoord de vragen van de IKC-commissie over {item.application.ikc}",
                local_date(item.meeting.answers_until),
                url,
                round_.pk,
                str(round_),
            )
