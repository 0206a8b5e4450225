"""The deeds on the status Plus before a decision is there: nominate, check, supply, assess, propose, decide (domain reference 5.2)."""

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils.formats import date_format

from ikc.models import (
    AgendaItem,
    Ikc,
    Organisation,
    PlusCondition,
    PlusConfirmation,
    PlusEvidence,
    PlusStatus,
)
from ikc.plus import granted_period, in_attention_area
from ikc.plus_conditions import LOCATION, ConditionCode
from ikc.services.plus_record import (
    PlusRefused,
    lock_status,
    move,
    record_plus,
    words,
)
from ikc.states import PLUS_UNDECIDED, PLUS_WORKFLOW, ConditionOutcome, PlusState
from ikc.states_governance import BodyKind
from kvk2.core.audit import record_download
from kvk2.core.dates import in_figures
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from kvk2.core.scanning import require_openable
from kvk2.core.storage import store
from kvk2.core.uploads import accept_file

if TYPE_CHECKING:
    from ikc.models import User

Outcome = ConditionOutcome


class NotInAttentionArea(DomainError):
    """The IKC lies outside the attention areas on the day that counts (P00)."""

    code = "NOT_IN_ATTENTION_AREA"


class ConditionsNotMet(DomainError):
    """A condition is neither met, nor partly met with an exception of the college."""

    code = "CONDITIONS_NOT_MET"


class NewFile(NamedTuple):
    """A file as it was uploaded."""

    name: str
    content: bytes


@transaction.atomic
def nominate(ikc: Ikc, *, source: str, by: "User", at: datetime) -> PlusStatus:
    """Make the IKC a candidate (T-PL-03). Refusals: `NotInAttentionArea`, `PlusRefused`."""
    ikc = Ikc.objects.select_for_update(of=("self",)).get(pk=ikc.pk)
    day = local_date(at)
    if ikc.closed_on is not None and ikc.closed_on <= day:
        raise PlusRefused("Dit IKC is gesloten.")
    if not in_attention_area(ikc, day):
        raise NotInAttentionArea(
            f"{ikc} ligt vandaag niet in een aandachtsgebied. Alleen dan kan het kandidaat worden."
        )
    if ikc.plus_statuses.on_the_way().exists():
        raise PlusRefused("Dit IKC is al kandidaat.")
    status = PlusStatus.objects.create(
        ikc=ikc,
        state=PlusState.CANDIDATE,
        source=words(source, "Schrijf op waar deze kandidatuur uit volgt."),
        nominated_by=by,
        nominated_at=at,
    )
    record_plus(status, "ikc.plus_nominated", by=by, at=at, reason=status.source)
    return status


@transaction.atomic
def check(status: PlusStatus, *, by: "User", at: datetime) -> PlusStatus:
    """Begin to check the conditions. Refusals: `TransitionNotAllowed`, `NotInAttentionArea`."""
    status = lock_status(status)
    move(status, "check")
    if status.nominated_at is None:
        # taken over from the register: from here on its way is the portal's
        status.nominated_by, status.nominated_at = by, at
    status.save(update_fields=["state", "nominated_by", "nominated_at"])
    ensure_conditions(status)
    _assess_location(status, by=by, at=at)
    record_plus(status, "ikc.plus_checked", by=by, at=at)
    return status


def ensure_conditions(status: PlusStatus) -> None:
    """The twelve rows, not yet assessed."""
    PlusCondition.objects.bulk_create(
        [PlusCondition(status=status, code=code) for code in ConditionCode], ignore_conflicts=True
    )


def _assess_location(status: PlusStatus, *, by: "User", at: datetime) -> None:
    """P00 follows from the register on the day itself; nobody ticks it."""
    day = local_date(at)
    found = in_attention_area(status.ikc, day)
    area = status.ikc.attention_area
    status.conditions.filter(code=LOCATION).update(
        outcome=Outcome.MET if found else Outcome.NOT_MET,
        note=f"Ligt in {area}" if found else "Ligt op deze dag niet in een aandachtsgebied.",
        assessed_by=by,
        assessed_at=at,
    )


@transaction.atomic
def supply_evidence(
    condition: PlusCondition, *, text: str, file: NewFile | None, by: "User", at: datetime
) -> PlusEvidence:
    """Add what shows that the condition is met. Refusals: `PlusRefused`, `FileRefused`."""
    status = lock_status(condition.status)
    if status.state != PlusState.CONDITIONS_CHECK:
        raise PlusRefused("Bewijs aanleveren kan alleen zolang de voorwaarden worden getoetst.")
    if condition.code == LOCATION:
        raise PlusRefused("Of het IKC in een aandachtsgebied ligt, volgt uit het register.")
    if not text.strip() and file is None:
        raise PlusRefused("Voeg een bestand toe, of schrijf op waar het te vinden is.")
    evidence = PlusEvidence.objects.create(
        condition=condition,
        text=text.strip(),
        stored=_keep(file, by=by, at=at) if file else None,
        supplied_by=by,
        supplied_at=at,
    )
    record_plus(status, "ikc.plus_evidence_supplied", by=by, at=at, reason=_named(condition))
    return evidence


def _keep(file: NewFile, *, by: "User", at: datetime) -> StoredFile:
    accepted = accept_file(file.name, file.content)
    return store(
        accepted.content,
        name=accepted.name,
        content_type=accepted.content_type,
        scan_state=StoredFile.ScanState.PENDING,
        by=by,
        at=at,
    )


@transaction.atomic
def open_evidence(evidence: PlusEvidence, *, by: "User", at: datetime) -> StoredFile:
    """Hand out the file and write down who took it. Refusals: `PlusRefused`, `FileRefused`."""
    if evidence.stored is None:
        raise PlusRefused("Hier is geen bestand bewaard.")
    require_openable(evidence.stored)
    record_download(
        evidence.condition.status.ikc,
        "ikc.plus_evidence_opened",
        evidence.stored,
        about=f"Bewijs bij {evidence.condition}",
        actor=by,
        at=at,
    )
    return evidence.stored


@transaction.atomic
def confirm(
    status: PlusStatus, organisation: Organisation, *, by: "User", at: datetime
) -> PlusConfirmation:
    """Say for the board, or for a childcare organisation, that what was supplied is right. Refusal: `PlusRefused`."""
    status = lock_status(status)
    if status.state not in PLUS_UNDECIDED:
        raise PlusRefused("Bevestigen kan alleen zolang niet over het predicaat is besloten.")
    if status.confirmations.filter(organisation=organisation).exists():
        raise PlusRefused(f"{organisation} bevestigde dit al.")
    confirmation = PlusConfirmation.objects.create(
        status=status, organisation=organisation, confirmed_by=by, confirmed_at=at
    )
    record_plus(status, "ikc.plus_confirmed", by=by, at=at, reason=f"{organisation}.")
    return confirmation


@transaction.atomic
def assess(
    condition: PlusCondition, *, outcome: str, note: str, by: "User", at: datetime
) -> PlusCondition:
    """Say whether a condition is met. Refusal: `PlusRefused` (not being checked, no note with what is missing)."""
    status = lock_status(condition.status)
    condition = PlusCondition.objects.get(pk=condition.pk)
    if status.state != PlusState.CONDITIONS_CHECK:
        raise PlusRefused("De voorwaarden staan vast: ze worden nu niet getoetst.")
    if condition.code == LOCATION:
        raise PlusRefused("Of het IKC in een aandachtsgebied ligt, volgt uit het register.")
    if outcome == Outcome.UNKNOWN:
        raise PlusRefused("Kies of de voorwaarde is voldaan.")
    set_outcome(condition, outcome, note, by=by, at=at)
    label = ConditionOutcome(outcome).label
    record_plus(status, "ikc.plus_assessed", by=by, at=at, reason=f"{condition}, {label}.")
    return condition


def set_outcome(
    condition: PlusCondition, outcome: str, note: str, *, by: "User | None", at: datetime
) -> None:
    """A new outcome takes the exception with it: the college made it about what was found before."""
    if outcome in (Outcome.PARTLY, Outcome.NOT_MET) and not note.strip():
        raise PlusRefused("Schrijf op wat er nog ontbreekt.")
    condition.outcome, condition.note = outcome, note.strip()
    condition.assessed_by, condition.assessed_at = by, at
    condition.exception_reason, condition.exception_on, condition.exception_by = "", None, None
    condition.save()


@transaction.atomic
def make_exception(
    condition: PlusCondition, *, reason: str, decided_on: date, by: "User", at: datetime
) -> PlusCondition:
    """Record that the college lets a condition that is partly met be enough. Refusal: `PlusRefused`."""
    status = lock_status(condition.status)
    condition = PlusCondition.objects.get(pk=condition.pk)
    if status.state not in PLUS_UNDECIDED:
        raise PlusRefused("Een uitzondering kan alleen vóór het besluit over het predicaat.")
    if condition.outcome != Outcome.PARTLY or condition.code == LOCATION:
        raise PlusRefused("Een uitzondering kan alleen bij een voorwaarde die deels is voldaan.")
    if decided_on > local_date(at):
        raise PlusRefused("Het besluit van het college ligt in de toekomst.")
    condition.exception_reason = words(reason, "Schrijf op waarom dit genoeg is.")
    condition.exception_on, condition.exception_by = decided_on, by
    condition.save(update_fields=["exception_reason", "exception_on", "exception_by"])
    record_plus(status, "ikc.plus_exception_made", by=by, at=at, reason=_named(condition))
    return condition


@transaction.atomic
def propose(status: PlusStatus, *, by: "User", at: datetime) -> PlusStatus:
    """Put it to the college after the boards discussed it. Refusals: `TransitionNotAllowed`, `ConditionsNotMet`, `PlusRefused`."""
    status = lock_status(status)
    move(status, "propose")
    discussed_on = AgendaItem.objects.discussed_on(status, in_body=BodyKind.BOARD_CONSULTATION)
    if discussed_on is None:
        raise PlusRefused("Dit predicaat is nog niet besproken in het bestuurlijk overleg.")
    unknown = [row for row in status.conditions.order_by("code") if row.outcome == Outcome.UNKNOWN]
    if unknown:
        raise ConditionsNotMet(f"Nog niet beoordeeld: {', '.join(map(str, unknown))}.")
    status.discussed_on, status.proposed_by, status.proposed_at = discussed_on, by, at
    status.save(update_fields=["state", "discussed_on", "proposed_by", "proposed_at"])
    record_plus(status, "ikc.plus_proposed", by=by, at=at)
    return status


@transaction.atomic
def return_to_check(status: PlusStatus, *, reason: str, by: "User", at: datetime) -> PlusStatus:
    """The college wants the conditions to be looked at again. Refusals: `TransitionNotAllowed`, `PlusRefused`."""
    status = lock_status(status)
    move(status, "return")
    status.discussed_on, status.proposed_by, status.proposed_at = None, None, None
    status.save(update_fields=["state", "discussed_on", "proposed_by", "proposed_at"])
    reason = words(reason, "Schrijf op wat er opnieuw bekeken moet worden.")
    record_plus(status, "ikc.plus_returned", by=by, at=at, reason=reason)
    return status


@transaction.atomic
def grant(
    status: PlusStatus, *, valid_from: date, programme: tuple[date, date], by: "User", at: datetime
) -> PlusStatus:
    """Give the status for four years, or to the last of the two days of the programme (T-PL-04, T-PL-05).

    Refusals: `TransitionNotAllowed`, `NotInAttentionArea`, `ConditionsNotMet`, `PlusRefused` (period).
    """
    status = lock_status(status)
    move(status, "grant")
    if not in_attention_area(status.ikc, local_date(at)):
        raise NotInAttentionArea(f"{status.ikc} ligt vandaag niet in een aandachtsgebied.")
    short = [row for row in status.conditions.order_by("code") if not row.suffices]
    lapses = status.lapses.filter(settled_at=None)
    if short or lapses.exists():
        named = [*map(str, short), *(lapse.get_code_display() for lapse in lapses)]
        raise ConditionsNotMet(f"Nog niet voldaan: {', '.join(named)}.")
    first, last = programme
    if not first <= valid_from <= last:
        raise PlusRefused(
            f"Het programma loopt van {in_figures(first)} tot en met {in_figures(last)}.",
            field="valid_from",
        )
    status.valid_from, status.valid_until = granted_period(valid_from, last)
    _require_free(status)
    status.decided_by, status.decided_at = by, at
    status.save(update_fields=["state", "valid_from", "valid_until", "decided_by", "decided_at"])
    record_plus(status, "ikc.plus_granted", by=by, at=at)
    return status


def _require_free(status: PlusStatus) -> None:
    """No other status of this IKC in force in the period."""
    others = status.ikc.plus_statuses.granted().exclude(pk=status.pk)
    other = others.filter(
        valid_from__lte=status.valid_until, valid_until__gte=status.valid_from
    ).first()
    if other is not None and other.valid_until is not None:
        raise PlusRefused(
            f"Dit IKC heeft al een predicaat tot en met {date_format(other.valid_until, 'j F Y')}. "
            "Laat het nieuwe daarna ingaan."
        )


@transaction.atomic
def refuse(status: PlusStatus, *, reason: str, by: "User", at: datetime) -> PlusStatus:
    """Refuse the status, with reasons. Refusals: `TransitionNotAllowed`, `PlusRefused`."""
    status = lock_status(status)
    status.state = PLUS_WORKFLOW.target("refuse", state=status.state)
    status.refusal = words(reason, "Schrijf op waarom het predicaat wordt geweigerd.")
    status.decided_by, status.decided_at = by, at
    status.save(update_fields=["state", "refusal", "decided_by", "decided_at"])
    record_plus(status, "ikc.plus_refused", by=by, at=at, reason=status.refusal)
    return status


def _named(condition: PlusCondition) -> str:
    return f"{condition}."
