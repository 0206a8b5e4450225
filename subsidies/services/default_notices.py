"""Default notices: written down as they came in, judged, and what they cost by today (Awb 4:17)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from ikc.roles import Role
from kvk2.core.audit import events_of, record, record_download
from kvk2.core.deadlines import PENALTY_RATES, local_date
from kvk2.core.errors import DomainError
from kvk2.core.models import LegalHoliday, StoredFile
from kvk2.core.scanning import require_openable
from subsidies.decision_terms import decision_term
from subsidies.models import Application, DefaultNotice, PenaltyTariff
from subsidies.penalties import Penalty, grace_ends, penalty_of
from subsidies.services.round_documents import NewFile, keep_decision
from subsidies.states import UNDECIDED, ApplicationState

if TYPE_CHECKING:
    from ikc.models import User


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
    application = notice.application
    holidays = frozenset(LegalHoliday.objects.values_list("date", flat=True))
    ended = term_ended_on or decision_term(application, today=today).last_day
    return penalty_of(
        received_on=notice.received_on,
        term_ended_on=ended,
        ended_on=default_ended_on(application),
        today=today,
        rates=rates_on(grace_ends(notice.received_on, holidays)),
        holidays=holidays,
        without_penalty=bool(notice.no_penalty),
    )


def rates_on(day: date) -> tuple[Decimal, Decimal, Decimal]:
    """The euros a day that Awb 4:17(2) set on `day`, for three times fourteen days; without a row those of the worked cases."""
    tariff = PenaltyTariff.objects.filter(valid_from__lte=day).order_by("-valid_from").first()
    if tariff is None:
        first, second, third = PENALTY_RATES
        return Decimal(first), Decimal(second), Decimal(third)
    return tariff.first_rate, tariff.second_rate, tariff.third_rate


def default_ended_on(application: Application) -> date | None:
    """The day on which the decision was announced, or the application withdrawn; None while it is still awaited."""
    announced = (
        application.decisions.filter(announced_at__isnull=False)
        .order_by("announced_at")
        .values_list("announced_at", flat=True)
        .first()
    )
    if announced is None and application.state == ApplicationState.WITHDRAWN:
        event = events_of(application).filter(verb="application_withdrawn").first()
        announced = event.at if event else None
    return local_date(announced) if announced else None


def counting_notice(application: Application, *, today: date) -> DefaultNotice | None:
    """The notice that started the two weeks: the first that was not too early and not set aside."""
    ended = decision_term(application, today=today).last_day
    return application.default_notices.filter(received_on__gt=ended, no_penalty="").first()
