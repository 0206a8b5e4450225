"""Default notices: written down as they came in, judged, and what they cost by today (Awb 4:17)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery

from ikc.roles import Role
from kvk2.core.audit import events_of_kind, record, record_download
from kvk2.core.deadlines import PENALTY_RATES, local_date
from kvk2.core.errors import DomainError
from kvk2.core.models import LegalHoliday, StoredFile
from kvk2.core.scanning import require_openable
from subsidies.decision_terms import decision_term
from subsidies.models import Application, Decision, DefaultNotice, PenaltyTariff
from subsidies.penalties import Penalty, grace_ends, penalty_of
from subsidies.services.round_documents import NewFile, keep_decision
from subsidies.states import UNDECIDED, ApplicationState

if TYPE_CHECKING:
    from ikc.models import User


# A younger notice costs nothing yet.
GRACE = timedelta(weeks=2)


class NoticeIncomplete(DomainError):
    """The notice cannot have come in like this."""

    code = "NOTICE_INCOMPLETE"


class NoticeExists(DomainError):
    """A notice that counts is there already, or this one was judged before."""

    code = "NOTICE_EXISTS"


class NoticeWithoutFile(DomainError):
    """The letter itself was not kept."""

    code = "NOTICE_WITHOUT_FILE"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedNotice:
    """What is written down of a notice."""

    received_on: date
    sender: str
    note: str = ""
    file: NewFile | None = None


@transaction.atomic
def record_default_notice(
    application: Application, notice: ReceivedNotice, *, by: "User", at: datetime
) -> DefaultNotice:
    """Write down a default notice; one that is too early as well. Refusals: `NoticeIncomplete`, `NoticeExists`, `FileRefused`."""
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("round__scheme_version", "ikc", "board")
        .get(pk=application.pk)
    )
    if application.state not in UNDECIDED:
        raise NoticeIncomplete("Over deze aanvraag hoeft niet meer te worden beslist.")
    received_at = application.received_at
    if received_at is None or notice.received_on <= local_date(received_at):
        raise NoticeIncomplete("De ingebrekestelling kwam na de aanvraag binnen. Kies later.")
    if notice.received_on > local_date(at):
        raise NoticeIncomplete("De dag van ontvangst ligt in de toekomst.")
    if not notice.sender.strip():
        raise NoticeIncomplete("Vul in van wie de ingebrekestelling komt.")
    if counting_notice(application, today=local_date(at)) is not None:
        raise NoticeExists("Er loopt al een ingebrekestelling over deze aanvraag.")
    if application.default_notices.filter(received_on=notice.received_on).exists():
        raise NoticeExists("Van deze dag is al een ingebrekestelling vastgelegd.")
    row = DefaultNotice.objects.create(
        application=application,
        received_on=notice.received_on,
        sender=notice.sender.strip(),
        note=notice.note.strip(),
        document=keep_decision(notice.file, by=by, at=at) if notice.file else None,
        recorded_at=at,
        recorded_by=by,
    )
    record(
        application,
        "default_notice_recorded",
        actor=by,
        at=at,
        role=Role.PROJECT_LEADER.label,
        received_on=row.received_on,
        sender=row.sender,
    )
    return row


@transaction.atomic
def set_aside_notice(
    notice: DefaultNotice, *, no_penalty: str, reason: str, by: "User", at: datetime
) -> DefaultNotice:
    """Judge that no penalty is due (Awb 4:17(6)). Refusals: `NoticeExists`, `NoticeIncomplete`."""
    notice = (
        DefaultNotice.objects.select_for_update(of=("self",))
        .select_related("application")
        .get(pk=notice.pk)
    )
    if hasattr(notice, "penalty_decision"):
        raise NoticeExists("De dwangsom is al vastgesteld.")
    if notice.set_aside_at is not None:
        raise NoticeExists("Dit is al vastgelegd.")
    if no_penalty not in DefaultNotice.NoPenalty.values or not reason.strip():
        raise NoticeIncomplete("Kies waarom er geen dwangsom is, en schrijf op waarom.")
    notice.no_penalty, notice.no_penalty_reason = no_penalty, reason.strip()
    notice.set_aside_at, notice.set_aside_by = at, by
    notice.save(update_fields=["no_penalty", "no_penalty_reason", "set_aside_at", "set_aside_by"])
    record(
        notice.application,
        "default_notice_set_aside",
        actor=by,
        at=at,
        role=Role.PROJECT_LEADER.label,
        reason=notice.no_penalty_reason,
    )
    return notice


@transaction.atomic
def open_notice(notice: DefaultNotice, *, by: "User", at: datetime) -> StoredFile:
    """Hand out the letter and record who took it. Refusals: `NoticeWithoutFile`, `FileRefused`."""
    if notice.document is None:
        raise NoticeWithoutFile("De brief zelf is niet bewaard.")
    require_openable(notice.document)
    record_download(
        notice.application,
        "default_notice_opened",
        notice.document,
        about=f"Ingebrekestelling bij aanvraag {notice.application}",
        actor=by,
        at=at,
    )
    return notice.document


def penalty_for(
    notice: DefaultNotice, *, today: date, term_ended_on: date | None = None
) -> Penalty:
    """How the notice stands and what is owed by `today`, at the amounts of the first day that costs money."""
    holidays = frozenset(LegalHoliday.objects.values_list("date", flat=True))
    return _penalty(
        notice,
        today=today,
        term_ended_on=term_ended_on,
        ended_on=default_ended_on(notice.application),
        rates=rates_on(grace_ends(notice.received_on, holidays)),
        holidays=holidays,
    )


def open_notices(today: date) -> list[Any]:
    """The notices that were not set aside and from which something may still follow; who reads their terms, reads `clock_stops` first."""
    announced = (
        Decision.objects.filter(
            application=OuterRef("application"),
            kind__in=Decision.ANSWERS,
            announced_at__isnull=False,
        )
        .order_by("announced_at")
        .values("announced_at")[:1]
    )
    undecided = Q(application__state__in=UNDECIDED)
    return list(
        DefaultNotice.objects.filter(
            undecided | Q(penalty_decision=None, received_on__lt=today - GRACE), no_penalty=""
        )
        .select_related("application__round__scheme_version", "penalty_decision")
        .annotate(announced_at=Subquery(announced))
        .order_by("received_on", "pk")
    )


def due_penalties(
    notices: Iterable[Any], today: date, holidays: frozenset[date]
) -> list[tuple[DefaultNotice, Penalty]]:
    """What is due of `open_notices` and was not fixed yet (Awb 4:18); no query when none of them is old enough."""
    old = [
        notice
        for notice in notices
        if notice.received_on < today - GRACE and not hasattr(notice, "penalty_decision")
    ]
    if not old:
        return []
    withdrawn = _withdrawn([notice.application for notice in old])
    tariffs = list(PenaltyTariff.objects.order_by("-valid_from"))
    found = []
    for notice in old:
        ended_at = notice.announced_at or withdrawn.get(notice.application_id)
        penalty = _penalty(
            notice,
            today=today,
            ended_on=local_date(ended_at) if ended_at else None,
            rates=_rates(tariffs, grace_ends(notice.received_on, holidays)),
            holidays=holidays,
        )
        if penalty.is_over(today):
            found.append((notice, penalty))
    return found


def _penalty(
    notice: DefaultNotice,
    *,
    today: date,
    ended_on: date | None,
    rates: Sequence[Decimal],
    holidays: Collection[date],
    term_ended_on: date | None = None,
) -> Penalty:
    return penalty_of(
        received_on=notice.received_on,
        term_ended_on=term_ended_on or decision_term(notice.application, today=today).last_day,
        ended_on=ended_on,
        today=today,
        rates=rates,
        holidays=holidays,
        without_penalty=bool(notice.no_penalty),
    )


def rates_on(day: date) -> tuple[Decimal, Decimal, Decimal]:
    """The euros a day that Awb 4:17(2) set on `day`, for three times fourteen days; without a row those of the worked cases."""
    return _rates(PenaltyTariff.objects.order_by("-valid_from"), day)


def _rates(tariffs: Iterable[PenaltyTariff], day: date) -> tuple[Decimal, Decimal, Decimal]:
    """Of `tariffs`, the newest first, the one that holds on `day`."""
    for tariff in tariffs:
        if tariff.valid_from <= day:
            return tariff.rates
    first, second, third = PENALTY_RATES
    return Decimal(first), Decimal(second), Decimal(third)


def default_ended_on(application: Application) -> date | None:
    """The day on which the decision was announced, or the application withdrawn; None while it is still awaited."""
    announced = (
        application.decisions.filter(kind__in=Decision.ANSWERS, announced_at__isnull=False)
        .order_by("announced_at")
        .values_list("announced_at", flat=True)
        .first()
    )
    ended_at = announced or _withdrawn([application]).get(application.pk)
    return local_date(ended_at) if ended_at else None


def _withdrawn(applications: Iterable[Application]) -> dict[int, datetime]:
    """When each of those that were withdrawn, was."""
    gone = [one.pk for one in applications if one.state == ApplicationState.WITHDRAWN]
    if not gone:
        return {}
    events = events_of_kind(Application, gone).filter(verb="application_withdrawn")
    return dict(events.values_list("object_id", "at"))


def counting_notice(application: Application, *, today: date) -> DefaultNotice | None:
    """The notice that started the two weeks: the first that was not too early and not set aside."""
    ended = decision_term(application, today=today).last_day
    return application.default_notices.filter(received_on__gt=ended, no_penalty="").first()
