"""What the pages of a meeting show to one reader; what the reader may not see is simply not there, nor counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from ikc.models import User
from kvk2.core.charts import Canvas, Chart, Size
from kvk2.core.money import format_number, round_half_up
from kvk2.nlds.components import Detail, Tile
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime, euro, euro0
from subsidies import scoring
from subsidies.models import (
    AdviceResponse,
    AgendaItem,
    Application,
    CommissionAdvice,
    CommissionMeeting,
    CommissionMember,
    Criterion,
    ItemRecusal,
    Review,
    ScoreChange,
)
from subsidies.services.advice import standing_of, with_reviews
from subsidies.services.meeting_facts import (
    VoteCount,
    participants,
    quorum,
    responses_of,
    text_digest,
    vote_count,
    waiting_for,
)
from subsidies.services.meetings import without_slot
from subsidies.states import COUNTED_REVIEWS
from subsidies.states_meetings import MeetingState

BADGES = {
    MeetingState.PLANNED: "warning",
    MeetingState.HELD: "neutral",
    MeetingState.ADOPTED: "success",
    MeetingState.CANCELLED: "inactive",
}
LOW, HIGH = 1, 5


def seat_of(user: User, meeting: CommissionMeeting) -> CommissionMember | None:
    """The seat with which `user` takes part in `meeting`."""
    seats = user.seats.active_on(meeting.starts_at.date())
    return seats.order_by("pk").first()


class MeetingPage:
    """One meeting with its agenda."""

    def __init__(self, meeting: CommissionMeeting, user: User) -> None:
        self.meeting, self.user = meeting, user

    @cached_property
    def items(self) -> list[AgendaItem]:
        rows = AgendaItem.objects.visible_to(self.user).filter(meeting=self.meeting)
        return list(
            rows.select_related("application__ikc")
            .prefetch_related("votes")
            .order_by("starts_at", "pk")
        )

    @cached_property
    def attendance(self):
        return list(
            self.meeting.attendance.select_related("member__user", "member__organisation").order_by(
                "member__user__last_name", "pk"
            )
        )

    @property
    def present(self) -> list[CommissionMember]:
        return [row.member for row in self.attendance if row.present]

    @property
    def has_begun(self) -> bool:
        return timezone.now() >= self.meeting.starts_at

    @property
    def badge(self) -> str:
        return BADGES[MeetingState(self.meeting.state)]

    @cached_property
    def to_plan(self) -> list[int]:
        """Ids of what the reader may put on the agenda."""
        visible = Application.objects.visible_to(self.user)
        return list(
            without_slot(self.meeting.round)
            .filter(pk__in=visible.values("pk"))
            .order_by("number")
            .values_list("pk", flat=True)
        )

    @property
    def to_invite(self) -> list[int]:
        return [item.pk for item in self.items if item.invited_at is None]

    @property
    def facts(self) -> list[Detail]:
        meeting = self.meeting
        rows = [Detail("Wanneer", dutch_datetime(meeting.starts_at))]
        if meeting.place:
            rows.append(Detail("Plaats", meeting.place))
        if meeting.video_url:
            rows.append(Detail("Video", meeting.video_url))
        if meeting.state != MeetingState.CANCELLED:
            until = dutch_datetime(meeting.answers_until)
            rows.append(Detail("Aanvragers antwoorden tot", until))
        rows.append(Detail("Quorum", f"{quorum()} leden zonder belang"))
        if meeting.adopted_by:
            rows.append(
                Detail(
                    "Verslag vastgesteld",
                    f"{dutch_date(meeting.adopted_at)}, {meeting.adopted_by}",
                )
            )
        return rows


class ItemPage:
    """One item: the conversation, and what the commission does with it."""

    def __init__(self, item: AgendaItem, user: User) -> None:
        self.item, self.user = item, user
        self.application, self.round = item.application, item.meeting.round

    @cached_property
    def advice(self) -> CommissionAdvice | None:
        return (
            CommissionAdvice.objects.select_related("application__round")
            .filter(application=self.application)
            .first()
        )

    @cached_property
    def seat(self) -> CommissionMember | None:
        return seat_of(self.user, self.item.meeting)

    @cached_property
    def own_review(self) -> Review | None:
        return (
            Review.objects.own(self.user)
            .filter(application=self.application)
            .select_related("application__round", "member")
            .first()
        )

    @cached_property
    def changes(self) -> list[ScoreChange]:
        """The commission's, and a member's own."""
        rows = ScoreChange.objects.filter(application=self.application)
        own = self.own_review.pk if self.own_review else None
        return [
            row
            for row in rows.select_related("criterion").order_by("pk")
            if row.review_id is None or row.review_id == own
        ]

    @cached_property
    def votes(self) -> VoteCount:
        return vote_count(self.item)

    @cached_property
    def participants(self) -> list[CommissionMember]:
        return participants(self.item)

    @property
    def quorum(self) -> int:
        return quorum()

    @property
    def is_off(self) -> bool:
        return self.item.meeting.state == MeetingState.CANCELLED

    @property
    def has_begun(self) -> bool:
        """From then on scores and votes can be written down."""
        return timezone.now() >= self.item.meeting.starts_at

    @property
    def is_too_late_to_answer(self) -> bool:
        until = self.item.meeting.answers_until or self.item.meeting.starts_at
        return timezone.now() > until

    @cached_property
    def recusals(self) -> list[ItemRecusal]:
        """Who left at the item, as it is minuted."""
        rows = self.item.recusals.select_related("member__user")
        return list(rows.order_by("member__user__last_name", "pk"))

    @cached_property
    def responses(self) -> list[AdviceResponse]:
        return responses_of(self.advice) if self.advice else []

    @property
    def waiting(self) -> list[CommissionMember]:
        return waiting_for(self.advice, self.item, self.responses) if self.advice else []

    @property
    def takes_part(self) -> bool:
        return self.seat is not None and self.seat.pk in {row.pk for row in self.participants}

    @property
    def has_responded(self) -> bool:
        if self.advice is None or self.seat is None:
            return False
        digest = text_digest(self.advice)
        return any(row.member_id == self.seat.pk and row.digest == digest for row in self.responses)

    @property
    def facts(self) -> list[Detail]:
        application = self.application
        return [
            Detail(
                "Wanneer", f"{dutch_datetime(self.item.starts_at)}, {self.item.minutes} minuten"
            ),
            Detail("Gevraagd", euro(application.requested_amount)),
            Detail("Subsidiabel", euro(application.eligible_amount)),
            Detail("Uitgenodigd", dutch_datetime(self.item.invited_at) or "Nog niet"),
        ]


@dataclass(frozen=True, slots=True)
class RoomRow:
    """One criterion on the screen: lowest, mean and highest of the members, and what counts."""

    criterion: Criterion
    low: int
    mean: Decimal
    high: int
    final: Decimal

    @property
    def adopted(self) -> bool:
        return self.final != self.mean


class RoomPage:
    """The screen in the room: no names, and of each criterion the words of the concept advice."""

    def __init__(self, item: AgendaItem, advice: CommissionAdvice | None) -> None:
        self.item, self.advice = item, advice
        self.application, self.round = item.application, item.meeting.round

    @cached_property
    def _application(self) -> Application:
        return with_reviews(Application.objects.filter(pk=self.application.pk)).get()

    @cached_property
    def criteria(self) -> list[Criterion]:
        return list(self.round.criteria.order_by("order"))

    @cached_property
    def score(self) -> scoring.WeightedScore | None:
        return standing_of(self._application, self.round, self.criteria).score

    @cached_property
    def rows(self) -> list[RoomRow]:
        if self.score is None:
            return []
        given: dict[str, list[int]] = {row.code: [] for row in self.criteria}
        for review in self._application.reviews.all():
            if review.state in COUNTED_REVIEWS:
                for row in review.scores.all():
                    given[row.criterion.code].append(row.score or 0)
        return [
            RoomRow(
                row,
                min(given[row.code]),
                round_half_up(
                    Decimal(sum(given[row.code])) / len(given[row.code]), scoring.SCORE_DECIMALS
                ),
                max(given[row.code]),
                self.score.criterion_scores[row.code],
            )
            for row in self.criteria
        ]

    @property
    def tiles(self) -> list[Tile]:
        application = self.application
        tiles = [
            Tile("Gevraagd", euro0(application.requested_amount)),
            Tile("Subsidiabel", euro0(application.eligible_amount)),
        ]
        if self.score:
            limit = format_number(self.round.spread_limit, 0)
            tiles += [
                Tile(
                    "Score",
                    format_number(self.score.score, 2),
                    f"van de 100, {self.score.counted_reviews} beoordelingen",
                ),
                Tile(
                    "Verschil tussen leden",
                    format_number(self.score.spread, 1),
                    f"bespreken: meer dan {limit} punten"
                    if self.score.discuss
                    else f"niet meer dan {limit} punten",
                ),
            ]
        return tiles

    def _ends(self, *, best: bool) -> list[tuple[Criterion, str]]:
        """The two strongest or weakest criteria, with the words of the concept advice; none when all are equal."""
        rows = sorted(self.rows, key=lambda row: row.final, reverse=best)
        if not rows or rows[0].final == rows[-1].final:
            return []
        texts: Mapping[str, str] = self.advice.criterion_texts if self.advice else {}
        return [(row.criterion, texts.get(row.criterion.code, "")) for row in rows[:2]]

    @property
    def strengths(self) -> list[tuple[Criterion, str]]:
        return self._ends(best=True)

    @property
    def weaknesses(self) -> list[tuple[Criterion, str]]:
        return self._ends(best=False)

    @property
    def picture(self) -> Chart | None:
        """The spread per criterion: a line from the lowest to the highest score, and the mean on it."""
        if not self.rows:
            return None
        widest = max(self.rows, key=lambda row: row.high - row.low)
        apart = widest.high - widest.low
        words = (
            f"De leden liggen het verst uit elkaar op ‘{widest.criterion.name}’: van {widest.low} tot {widest.high}."
            if apart
            else "De leden gaven op ieder criterium dezelfde score."
        )
        return Chart(
            title="Waar de leden het eens zijn en waar niet",
            description=words,
            headers=("Criterium", "Laagste", "Gemiddeld", "Hoogste"),
            rows=tuple(
                (row.criterion.name, str(row.low), format_number(row.mean, 2), str(row.high))
                for row in self.rows
            ),
            draw=_Spread(self.rows).draw,
        )


@dataclass(frozen=True, slots=True)
class _Spread:
    """The drawing: one band per criterion, its name above it, on a scale from 1 to 5."""

    rows: Sequence[RoomRow]

    def draw(self, size: Size) -> Canvas:
        text = size.text
        step, left, right = 3.2 * text, 1.5 * text, size.width - 1.5 * text
        canvas = Canvas(size, step * len(self.rows) + 1.8 * text)
        unit = (right - left) / (HIGH - LOW)
        for number, row in enumerate(self.rows):
            top = number * step
            y = top + 2.1 * text
            canvas.text(left, top + 0.8 * text, row.criterion.name, colour="neutral-700")
            canvas.line([(left, y), (right, y)], "neutral-200", width=2)
            low, high = left + (row.low - LOW) * unit, left + (row.high - LOW) * unit
            if high > low:
                canvas.line([(low, y), (high, y)], "series-1", width=6)
            middle = left + float(row.mean - LOW) * unit
            canvas.disc(middle, y, 0.55 * text, "series-1", fill="white", width=text / 5)
        for value in range(LOW, HIGH + 1):
            x = left + (value - LOW) * unit
            canvas.text(x, len(self.rows) * step + 0.8 * text, str(value), anchor="middle")
        return canvas
