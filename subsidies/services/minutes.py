"""The minutes of a meeting for one reader: what the reader may not see is not in it, nor counted (domain reference 6.3)."""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.formats import date_format

from kvk2.core import storage
from kvk2.core.deadlines import AMSTERDAM, local_date
from kvk2.core.documents import Municipality
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from kvk2.core.money import format_amount, format_number
from subsidies.documents import Addressee
from subsidies.documents_meetings import (
    MinutedChange,
    MinutedItem,
    MinutesContext,
    render_minutes,
)
from subsidies.models import (
    AgendaItem,
    CommissionAdvice,
    CommissionMeeting,
    CommissionSettings,
    MeetingAttendance,
    MinutesFile,
    ScoreChange,
)
from subsidies.services.letter_contexts import paragraphs
from subsidies.services.letters import LONGEST_WAIT
from subsidies.services.meeting_facts import vote_count
from subsidies.services.meetings import adopt_minutes, seats_of
from subsidies.states_meetings import MeetingState

if TYPE_CHECKING:
    from ikc.models import User

logger = logging.getLogger(__name__)
Conclusion = CommissionAdvice.Conclusion


def preview(meeting: CommissionMeeting, *, reader: "User", at: datetime) -> bytes:
    """The draft of minutes that are not adopted yet, for `reader`; nothing is kept."""
    return render_minutes(minutes_context(meeting, items_for(meeting, reader), at=at))


def items_for(meeting: CommissionMeeting, reader: "User") -> list[int]:
    """Ids of what `reader` may read about, from low to high."""
    rows = AgendaItem.objects.visible_to(reader).filter(meeting=meeting)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def file_for(meeting: CommissionMeeting, reader: "User") -> MinutesFile | None:
    """The adopted minutes with exactly what `reader` may see, made or waiting to be made."""
    rows = MinutesFile.objects.filter(meeting=meeting, items=items_for(meeting, reader))
    return rows.select_related("stored").first()


@transaction.atomic
def order_for(meeting: CommissionMeeting, readers: Iterable["User"], *, at: datetime) -> None:
    """Order the PDF of adopted minutes for each of `readers`, once for all who may see the same items."""
    for reader in readers:
        MinutesFile.objects.get_or_create(
            meeting=meeting,
            items=items_for(meeting, reader),
            defaults={"ordered_at": at, "next_attempt_at": at},
        )


@transaction.atomic
def adopt_and_order(meeting: CommissionMeeting, *, by: "User", at: datetime) -> CommissionMeeting:
    """Adopt the minutes and order their PDF: whole for the municipality, and as each member may read them."""
    meeting = adopt_minutes(meeting, by=by, at=at)
    everything = list(meeting.items.order_by("pk").values_list("pk", flat=True))
    MinutesFile.objects.get_or_create(
        meeting=meeting, items=everything, defaults={"ordered_at": at, "next_attempt_at": at}
    )
    order_for(meeting, [seat.user for seat in seats_of(meeting)], at=at)
    return meeting


def render_file(file_id: int, *, at: datetime) -> bool:
    """Make one waiting PDF and keep it. False when somebody else does, or when it failed (then the row says why)."""
    try:
        with transaction.atomic():
            row = (
                MinutesFile.objects.to_make(at)
                .select_for_update(skip_locked=True, of=("self",))
                .select_related("meeting__round", "meeting__adopted_by")
                .filter(pk=file_id)
                .first()
            )
            if row is None:
                return False
            meeting = row.meeting
            row.stored = storage.store(
                render_minutes(minutes_context(meeting, row.items, at=at)),
                name=f"verslag-{local_date(meeting.starts_at)}-{meeting.pk}.pdf",
                content_type="application/pdf",
                scan_state=StoredFile.ScanState.OWN,
                by=None,
                at=at,
            )
            row.attempts += 1
            row.error = ""
            row.save(update_fields=["stored", "attempts", "error"])
    except Exception as error:  # the row's own record of what went wrong; the sweep goes on
        _postpone(file_id, error, at=at)
        return False
    return True


def _postpone(file_id: int, error: Exception, *, at: datetime) -> None:
    """Write down what went wrong and wait 1, 2, 4 … minutes before the next attempt."""
    logger.warning("minutes_failed", extra={"minutes": file_id, "error": type(error).__name__})
    with transaction.atomic():
        row = (
            MinutesFile.objects.to_make(at)
            .select_for_update(skip_locked=True, of=("self",))
            .filter(pk=file_id)
            .first()
        )
        if row is None:
            return
        row.attempts += 1
        wait = min(timedelta(minutes=2 ** min(row.attempts - 1, 12)), LONGEST_WAIT)
        row.next_attempt_at = at + wait
        row.error = (error.message if isinstance(error, DomainError) else type(error).__name__)[
            :300
        ]
        row.save(update_fields=["attempts", "next_attempt_at", "error"])


def minutes_context(
    meeting: CommissionMeeting, wanted: Collection[int], *, at: datetime
) -> MinutesContext:
    """What the PDF says, of the items `wanted` (ids) only."""
    items = (
        AgendaItem.objects.filter(meeting=meeting, pk__in=wanted)
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
        public=CommissionSettings.current().public_meetings,
        present=tuple(_named(row) for row in rows if row.present),
        absent=tuple(_named(row) for row in rows if not row.present),
        items=tuple(_item(item) for item in items),
        made_at=meeting.adopted_at if adopted and meeting.adopted_at else at,
        adopted_at=meeting.adopted_at,
        adopted_by=meeting.adopted_by.full_name if meeting.adopted_by else "",
        demo=settings.DEMO,
    )


def _named(row: MeetingAttendance) -> str:
    """'Anna de Vries (PCBO), voorzitter'; of a plain member without the function."""
    member = row.member
    plain = member.function == member.Function.MEMBER
    return str(member) if plain else f"{member}, {member.get_function_display()}"


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
        conclusion=_conclusion(advice)
        if advice is not None and advice.conclusion and votes.total
        else "nog geen advies",
        obligation=_obligation(advice) if advice is not None and votes.total else "",
    )


def _conclusion(advice: CommissionAdvice) -> str:
    """The conclusion, and the amount when it is less than was asked."""
    words = advice.get_conclusion_display()
    if advice.conclusion == Conclusion.PARTIAL and advice.proposed_amount is not None:
        return f"{words}, voorgesteld bedrag {format_amount(advice.proposed_amount)}"
    return words


def _obligation(advice: CommissionAdvice) -> str:
    """What the commission proposes as a duty to improve something, with its term."""
    if not advice.effort_text or advice.effort_due_on is None:
        return ""
    due = date_format(advice.effort_due_on, "j F Y")
    return f"de aanvrager spant zich ervoor in dat {advice.effort_text}, en laat dat vóór {due} zien met {advice.effort_evidence}"


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
