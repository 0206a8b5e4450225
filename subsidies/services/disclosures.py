"""Documents of a round for an objector who competes (Awb 7:4), or for everybody (Woo): chosen, looked through, given.

A competitor in a tender is an interested party in the grants of the others and needs their files, without what is
confidential (Rb. Midden-Nederland 17-9-2014, ECLI:NL:RBMNE:2014:4679). Each document is judged by a person; a worker
reads the words beforehand and makes the copies afterwards (`disclosure_files`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from kvk2.core.audit import record, record_download
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from subsidies.facts import known
from subsidies.models import (
    AllocationRun,
    Decision,
    Disclosure,
    DisclosureDocument,
    Letter,
    Objection,
    SubsidyRound,
)
from subsidies.models.disclosures import as_rows
from subsidies.redaction import (
    FOR_EVERYBODY,
    FOR_OBJECTOR,
    Ground,
    Redaction,
    absent,
    personal,
)
from subsidies.services.letters import recipients
from subsidies.services.ready_mail import say_ready
from subsidies.services.subsidy_register import names_of_users
from subsidies.states import AllocationRunState
from subsidies.states_disclosures import DISCLOSURE_WORKFLOW, ENDED_DISCLOSURES, DisclosureState

if TYPE_CHECKING:
    from ikc.models import User

Verdict, Kind, DocumentKind = (
    DisclosureDocument.Verdict,
    Disclosure.Kind,
    DisclosureDocument.Kind,
)
KINDS = {Letter.Code.RECEIPT: DocumentKind.APPLICATION, Letter.Code.ADVICE: DocumentKind.ADVICE}


class NothingToDisclose(DomainError):
    """There is no decision of another in this round yet."""

    code = "NOTHING_TO_DISCLOSE"


class DisclosureRunning(DomainError):
    """Documents are being prepared already."""

    code = "DISCLOSURE_RUNNING"


class GroundMissing(DomainError):
    """What is not given has a ground of the law, and a reason."""

    code = "GROUND_MISSING"


class PassageNotFound(DomainError):
    """A passage to take away that does not stand in the document."""

    code = "PASSAGE_NOT_FOUND"


class PersonalDataLeft(DomainError):
    """What is left may be about a person, and nobody said why that may be."""

    code = "PERSONAL_DATA_LEFT"


class NotJudged(DomainError):
    """Some documents were not looked through yet."""

    code = "NOT_JUDGED"


class NotApprovedByAnother(DomainError):
    """Who prepared a disclosure does not approve of it."""

    code = "NOT_APPROVED_BY_ANOTHER"


class MeansImpossible(DomainError):
    """The objector has no account, or the way does not fit the kind."""

    code = "MEANS_IMPOSSIBLE"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reader decided on one document; passages are whole words of it."""

    verdict: str
    personal: Sequence[str] = ()
    other: Sequence[str] = ()
    ground: str = ""
    reason: str = ""
    accepted_because: str = ""


@transaction.atomic
def start_for_objection(objection: Objection, *, by: "User", at: datetime) -> Disclosure:
    """Begin a file of the round for one who objects. Raises DisclosureRunning or NothingToDisclose."""
    objection = (
        Objection.objects.select_for_update(of=("self",))
        .select_related("decision__application__round")
        .get(pk=objection.pk)
    )
    if objection.disclosures.exclude(state__in=ENDED_DISCLOSURES).exists():
        raise DisclosureRunning("Voor dit bezwaar worden al stukken klaargezet.")
    letters = competing_letters(objection)
    return _start(
        Disclosure(
            kind=Kind.OBJECTION, round=objection.decision.application.round, objection=objection
        ),
        letters,
        by=by,
        at=at,
    )


@transaction.atomic
def start_for_woo(
    round_: SubsidyRound, *, request: str, purpose: str, by: "User", at: datetime
) -> Disclosure:
    """Begin a disclosure to everybody, on request or not. Raises NothingToDisclose."""
    made = Disclosure(kind=Kind.WOO, round=round_, request=request.strip(), purpose=purpose.strip())
    decided = Q(decision__announced_at__isnull=False)
    return _start(made, _letters(round_, decided), by=by, at=at)


def competing_letters(objection: Objection) -> QuerySet[Letter]:
    """What the others in the round asked, were advised and were answered; the own case the objector has already."""
    contested = objection.decision.application
    answered = Q(decision__kind__in=Decision.ANSWERS, decision__announced_at__isnull=False)
    own = objection.own_application_id or 0
    return _letters(contested.round, answered).exclude(application=own)


@transaction.atomic
def judge_document(
    document: DisclosureDocument, judgement: Judgement, *, by: "User", at: datetime
) -> DisclosureDocument:
    """Decide what of one document is given.

    Raises GroundMissing, PassageNotFound, PersonalDataLeft, or TransitionNotAllowed when it is not under review.
    """
    disclosure = _under_review(document.disclosure)
    row = disclosure.documents.select_for_update(of=("self",)).get(pk=document.pk)
    row.verdict, row.reason = judgement.verdict, judgement.reason.strip()
    row.redactions, row.ground, row.accepted_because = [], "", ""
    if row.verdict == Verdict.WITHHELD:
        row.ground = _ground(disclosure, judgement.ground, reason=row.reason)
    else:
        _redact(row, judgement, public=disclosure.is_public)
        _refuse_personal_data(row, judgement.accepted_because)
    _judged(row, by=by, at=at)
    row.save(update_fields=JUDGED)
    record(
        disclosure,
        "disclosure_document_judged",
        actor=by,
        at=at,
        reason=row.reason,
        number=row.number,
        verdict=row.verdict,
        grounds=row.grounds,
    )
    return row


@transaction.atomic
def accept_suggestions(disclosure: Disclosure, *, by: "User", at: datetime) -> int:
    """Judge what is still open as the check proposes: without what it found; the number judged."""
    disclosure = _under_review(disclosure)
    rows = list(disclosure.documents.filter(verdict=Verdict.OPEN).defer("text"))
    for row in rows:
        row.redactions = row.suggested
        row.verdict = Verdict.REDACTED if row.suggested else Verdict.WHOLE
        _judged(row, by=by, at=at)
    DisclosureDocument.objects.bulk_update(
        rows, ["redactions", "verdict", "judged_at", "judged_by"], batch_size=500
    )
    record(disclosure, "disclosure_suggestions_taken", actor=by, at=at, number=len(rows))
    return len(rows)


@transaction.atomic
def order_copies(disclosure: Disclosure, *, by: "User", at: datetime) -> Disclosure:
    """Have the file for an objector made. Raises NotJudged or TransitionNotAllowed."""
    disclosure = _locked(disclosure)
    if disclosure.is_public:
        raise NotApprovedByAnother("Openbaar maken kan alleen met het akkoord van een ander.")
    _all_judged(disclosure)
    return _move(disclosure, "make", by=by, at=at)


@transaction.atomic
def propose(disclosure: Disclosure, *, by: "User", at: datetime) -> Disclosure:
    """Ask a signer to approve of what becomes public. Raises NotJudged or TransitionNotAllowed."""
    disclosure = _locked(disclosure)
    _all_judged(disclosure)
    return _move(disclosure, "propose", by=by, at=at)


@transaction.atomic
def approve(disclosure: Disclosure, *, by: "User", at: datetime) -> Disclosure:
    """A signer agrees, and the file is made. Raises NotApprovedByAnother or TransitionNotAllowed."""
    disclosure = _locked(disclosure)
    if disclosure.started_by_id == by.pk:
        raise NotApprovedByAnother("U hebt dit zelf voorbereid. Een ander geeft akkoord.")
    disclosure.approved_at, disclosure.approved_by = at, by
    return _move(disclosure, "approve", "approved_at", "approved_by", by=by, at=at)


@transaction.atomic
def send_back(disclosure: Disclosure, *, reason: str, by: "User", at: datetime) -> Disclosure:
    """A signer does not agree. Raises TransitionNotAllowed."""
    return _move(_locked(disclosure), "return", by=by, at=at, reason=reason.strip())


@transaction.atomic
def give(disclosure: Disclosure, *, means: str, by: "User", at: datetime) -> Disclosure:
    """Write down that the file was given, and let an objector with an account take it. Raises MeansImpossible."""
    disclosure = _locked(disclosure)
    if means not in means_for(disclosure):
        raise MeansImpossible("Zo kunt u deze stukken niet geven. Kies een andere manier.")
    disclosure.given_at, disclosure.given_by, disclosure.means = at, by, means
    if means == Disclosure.Means.PORTAL:
        _tell_objector(known(disclosure.objection), at=at)
    return _move(disclosure, "give", "given_at", "given_by", "means", by=by, at=at, means=means)


def _tell_objector(objection: Objection, *, at: datetime) -> None:
    """A mail without a word of what is in it; the file itself waits with the objection."""
    say_ready(
        recipients(known(objection.own_application), day=local_date(at)),
        reference=objection.reference,
        path=objection.get_absolute_url(),
        at=at,
    )


def means_for(disclosure: Disclosure) -> list[str]:
    """The ways in which it can be given: through the portal only who has a case in it."""
    means = Disclosure.Means
    paper = [means.POST.value, means.EMAIL.value, means.DESK.value]
    if disclosure.is_public:
        return [means.PUBLISHED.value, *paper]
    has_account = known(disclosure.objection).own_application_id is not None
    return [means.PORTAL.value, *paper] if has_account else paper


@transaction.atomic
def cancel(disclosure: Disclosure, *, reason: str, by: "User", at: datetime) -> Disclosure:
    """Stop it; what was judged stays on record. Raises TransitionNotAllowed."""
    return _move(_locked(disclosure), "cancel", by=by, at=at, reason=reason.strip())


def open_file(disclosure: Disclosure, *, by: "User", at: datetime) -> StoredFile:
    """The ZIP, after writing down who takes it."""
    stored = known(disclosure.stored)
    about = str(disclosure)
    record_download(disclosure, "disclosure_downloaded", stored, about=about, actor=by, at=at)
    return stored


def grounds_for(disclosure: Disclosure) -> tuple[Ground, ...]:
    """The grounds on which something of it may be kept back; the first one is usual for business data."""
    return FOR_EVERYBODY if disclosure.is_public else FOR_OBJECTOR


JUDGED = [
    "verdict",
    "redactions",
    "ground",
    "reason",
    "accepted_because",
    "judged_at",
    "judged_by",
]


def _start(
    disclosure: Disclosure, letters: QuerySet[Letter], *, by: "User", at: datetime
) -> Disclosure:
    found = list(letters)
    if not any(letter.decision_id for letter in found):
        raise NothingToDisclose("In deze ronde is nog geen besluit verstuurd dat erin hoort.")
    disclosure.started_at, disclosure.started_by, disclosure.next_attempt_at = at, by, at
    disclosure.save(force_insert=True)
    rows = list(_documents(disclosure.round, found))
    for number, row in enumerate(rows, 1):
        row.disclosure, row.number = disclosure, number
    DisclosureDocument.objects.bulk_create(rows, batch_size=500)
    about = disclosure.objection or disclosure.round
    record(about, "disclosure_started", actor=by, at=at, disclosure=disclosure.pk)
    record(disclosure, "disclosure_started", actor=by, at=at, after=disclosure.state)
    return disclosure


def _documents(round_: SubsidyRound, letters: Sequence[Letter]) -> Iterator[DisclosureDocument]:
    run = AllocationRun.objects.filter(round=round_, state=AllocationRunState.LOCKED).first()
    if run is not None:
        yield DisclosureDocument(
            kind=DocumentKind.RANKING,
            title="Rangschikking en verdeling",
            dated_on=local_date(known(run.locked_at)),
        )
    for letter in letters:
        kind = KINDS.get(Letter.Code(letter.code), DocumentKind.DECISION)
        yield DisclosureDocument(
            kind=kind,
            application=letter.application,
            letter=letter,
            title=f"{_title(letter, kind)}, {letter.application.ikc.name}"[:300],
            dated_on=local_date(_told_at(letter)),
        )


def _told_at(letter: Letter) -> datetime:
    """Of a decision its announcement, of another letter the deed that it tells about."""
    announced = letter.decision.announced_at if letter.decision is not None else None
    return announced or letter.ordered_at


def _title(letter: Letter, kind: str) -> str:
    if letter.decision is not None:
        return f"Besluit {letter.decision.reference} ({letter.decision.get_kind_display()})"
    label = DocumentKind(kind).label.capitalize()
    return f"{label} {letter.application.number}"


def _letters(round_: SubsidyRound, decided: Q) -> QuerySet[Letter]:
    wanted = Q(code__in=KINDS, decision=None) | decided
    in_round = Decision.objects.filter(announced_at__isnull=False, application__round=round_)
    return (
        Letter.objects.filter(wanted, application__in=in_round.values("application"))
        .select_related("application__ikc", "decision")
        .order_by("application__number", "ordered_at", "pk")
    )


def _redact(row: DisclosureDocument, judgement: Judgement, *, public: bool) -> None:
    passages = [*judgement.personal, *judgement.other]
    if row.verdict == Verdict.REDACTED and not passages:
        raise PassageNotFound("Schrijf op welke stukken tekst u weglaat.")
    if row.verdict == Verdict.WHOLE and passages:
        raise PassageNotFound("U laat tekst weg. Kies dan ‘gaat mee, deels onleesbaar’.")
    if missing := absent(row.text, passages):
        raise PassageNotFound(f"‘{missing[0]}’ staat niet zo in dit stuk.")
    known_grounds = {one["text"]: Ground(one["ground"]) for one in row.suggested}
    usual = Ground.PRIVACY if public else Ground.AWB_PERSONAL
    found = [Redaction(text, known_grounds.get(text, usual)) for text in judgement.personal]
    if judgement.other:
        ground = Ground(_ground(row.disclosure, judgement.ground, reason=row.reason))
        found += [Redaction(text, ground) for text in judgement.other]
    row.redactions = as_rows(found)


def _ground(disclosure: Disclosure, ground: str, *, reason: str) -> str:
    if ground not in grounds_for(disclosure) or not reason:
        raise GroundMissing("Kies op welke grond u dit weglaat, en schrijf op waarom.")
    return ground


def _refuse_personal_data(row: DisclosureDocument, because: str) -> None:
    left = personal(row.shown, names_in(row), known=public_addresses())
    if left and not because.strip():
        raise PersonalDataLeft(
            f"In dit stuk staat nog een {left[0].kind}: {left[0].text}. Laat het weg, of schrijf op waarom het mag "
            "blijven staan."
        )
    row.accepted_because = because.strip() if left else ""


def names_in(document: DisclosureDocument, *, users: Sequence[str] | None = None) -> list[str]:
    """Names of people that may stand in a document: of who applied, and of everybody with an account."""
    names = list(names_of_users() if users is None else users)
    if document.application is not None:
        names += [document.application.contact_name, document.application.signed_name]
    return [name for name in dict.fromkeys(names) if name]


def public_addresses() -> list[str]:
    """How anybody reaches the municipality: never personal data."""
    found = settings.MUNICIPALITY
    return [str(value) for value in (found["email"], found["phone"]) if value]


def _all_judged(disclosure: Disclosure) -> None:
    waiting = disclosure.documents.filter(verdict=Verdict.OPEN).count()
    if waiting:
        words = "1 stuk is" if waiting == 1 else f"{waiting} stukken zijn"
        raise NotJudged(f"{words} nog niet nagekeken.")


def _under_review(disclosure: Disclosure) -> Disclosure:
    """Locked; refuses what a deed on reviewed documents would, when it is not under review."""
    disclosure = _locked(disclosure)
    deed = "propose" if disclosure.is_public else "make"
    DISCLOSURE_WORKFLOW.target(deed, state=disclosure.state)
    return disclosure


def _judged(row: DisclosureDocument, *, by: "User", at: datetime) -> None:
    row.judged_at, row.judged_by = at, by


def _locked(disclosure: Disclosure) -> Disclosure:
    return (
        Disclosure.objects.select_for_update(of=("self",))
        .select_related("round", "objection")
        .get(pk=disclosure.pk)
    )


def _move(
    disclosure: Disclosure,
    deed: str,
    *fields: str,
    by: "User | None",
    at: datetime,
    reason: str = "",
    **data: str,
) -> Disclosure:
    before = disclosure.state
    disclosure.state = DISCLOSURE_WORKFLOW.target(deed, state=before)
    if disclosure.state == DisclosureState.MAKING:
        disclosure.next_attempt_at, disclosure.attempts = at, 0
        fields = (*fields, "next_attempt_at", "attempts")
    disclosure.save(update_fields=["state", *fields])
    record(
        disclosure,
        PAST[deed],
        actor=by,
        at=at,
        before=before,
        after=disclosure.state,
        reason=reason,
        **data,
    )
    return disclosure


PAST = {
    "make": "disclosure_ordered",
    "propose": "disclosure_proposed",
    "approve": "disclosure_approved",
    "return": "disclosure_returned",
    "give": "disclosure_given",
    "cancel": "disclosure_cancelled",
}
