"""Whether a letter about the status Plus reached the board: the same rules as for other letters (Awb 2:10, 2:11, 2:25)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse

from ikc.models import Ikc, RoleAssignment
from ikc.roles import Role
from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.mail import MAX_ATTEMPTS
from kvk2.core.models import AuditEvent
from subsidies.models import PlusLetter, PlusLetterEvent
from subsidies.services.delivery import NOTICE_WITHIN, NotNotified, PostingDayInvalid
from subsidies.services.ready_mail import say_ready

if TYPE_CHECKING:
    from ikc.models import User

Kind = PlusLetterEvent.Kind


def post(letter: PlusLetter, *, at: datetime) -> None:
    """The signed letter is in the portal: told to who speaks for a board that agreed to that (Awb 2:8, L33)."""
    PlusLetterEvent.objects.create(letter=letter, kind=Kind.POSTED, at=at)
    board = letter.status.ikc.board
    if board.electronic_consent_at is None:
        return
    speakers = RoleAssignment.objects.active_on(local_date(at)).filter(
        role=Role.SCHOOL_BOARD, organisation=board, user__is_active=True
    )
    _notify(letter, sorted(set(speakers.values_list("user__email", flat=True))), at=at)


def proof_of(letter: PlusLetter) -> list[PlusLetterEvent]:
    """All that is known, oldest first; a reading stands in the trail, and that the municipality looks is none."""
    read = _readings().filter(
        object_type=ContentType.objects.get_for_model(Ikc), object_id=letter.status.ikc_id,
        data__about=letter.reference,
    )  # fmt: skip
    readings = [
        PlusLetterEvent(letter=letter, kind=Kind.OPENED, at=event.at, user=event.actor)
        for event in read.select_related("actor").order_by("at", "pk")
    ]
    events = list(letter.events.select_related("user", "mail").order_by("at", "pk"))
    return sorted([*events, *readings], key=lambda event: event.at)


def _readings() -> QuerySet[AuditEvent]:
    """That somebody of a board, or a director, opened a letter."""
    addressee = RoleAssignment.objects.filter(
        user=OuterRef("actor"), role__in=[Role.SCHOOL_BOARD, Role.IKC_DIRECTOR]
    )
    return AuditEvent.objects.filter(Exists(addressee), verb="ikc.plus_letter_opened")


@transaction.atomic
def record_bounce(
    letter: PlusLetter, *, recipient: str, note: str, by: "User", at: datetime
) -> None:
    """Somebody saw that the notice to `recipient` came back. Refusal: `NotNotified`."""
    letter = _locked(letter)
    if not letter.events.filter(kind=Kind.NOTIFIED, recipient__iexact=recipient).exists():
        raise NotNotified("Naar dit adres ging geen melding van deze brief.")
    PlusLetterEvent.objects.create(
        letter=letter, kind=Kind.BOUNCED, at=at, user=by, recipient=recipient, note=note.strip()
    )
    _tell(letter, "ikc.plus_notice_bounced", by=by, at=at)


@transaction.atomic
def notify_again(letter: PlusLetter, *, recipient: str, by: "User", at: datetime) -> None:
    """A second notice, to the same or to another address; from then on it counts (Awb 2:11)."""
    letter = _locked(letter)
    _notify(letter, [recipient], at=at)
    _tell(letter, "ikc.plus_notice_repeated", by=by, at=at)


@transaction.atomic
def send_on_paper(letter: PlusLetter, *, posted_on: date, by: "User", at: datetime) -> None:
    """The printed letter went out by post on `posted_on`. Refusal: `PostingDayInvalid`."""
    letter = _locked(letter)
    if letter.signed_at is None or not local_date(letter.signed_at) <= posted_on <= local_date(at):
        raise PostingDayInvalid(
            "Vul de dag in waarop de brief op de post ging: niet vóór de ondertekening en niet na vandaag."
        )
    PlusLetterEvent.objects.create(letter=letter, kind=Kind.PAPER, at=at, user=by, day=posted_on)
    _tell(letter, "ikc.plus_letter_on_paper", by=by, at=at)


def note_failed(*, at: datetime) -> int:
    """Write down as bounced each notice whose mail failed for the last time; the number written down."""
    known = PlusLetterEvent.objects.filter(
        letter=OuterRef("letter"), kind=Kind.BOUNCED, recipient=OuterRef("recipient")
    )
    failed = (
        PlusLetterEvent.objects.filter(mail__sent_at=None, mail__attempts__gte=MAX_ATTEMPTS)
        .exclude(Exists(known))
        .select_related("mail")
        .order_by("pk")
    )
    bounces = [
        PlusLetterEvent(
            letter_id=notice.letter_id, kind=Kind.BOUNCED, at=at, recipient=notice.recipient,
            note="niet te bezorgen",
        )
        for notice in failed
    ]  # fmt: skip
    PlusLetterEvent.objects.bulk_create(bounces)
    return len(bounces)


def counts_from(letter: PlusLetter) -> date | None:
    """The day from which a term may be held against the board; None while nobody was told.

    A notice within 48 hours lets the day of signing stand; a later one, a reading or paper counts from its own day.
    """
    events = proof_of(letter)
    days = [event.day for event in events if event.kind == Kind.PAPER and event.day]
    days += [local_date(event.at) for event in events if event.kind == Kind.OPENED]
    posted_at = letter.signed_at
    for event in events:
        sent_at = event.mail.sent_at if event.mail else None
        if sent_at is None or posted_at is None or _came_back(event, events):
            continue
        in_time = sent_at <= posted_at + NOTICE_WITHIN
        days.append(local_date(posted_at if in_time else sent_at))
    return min(days, default=None)


def unannounced(now: datetime) -> QuerySet[PlusLetter]:
    """Signed letters of which nobody heard within 48 hours: no notice arrived, nobody read it, none went by post."""
    events = PlusLetterEvent.objects.filter(letter=OuterRef("pk"))
    bounced = PlusLetterEvent.objects.filter(
        letter=OuterRef("letter"), kind=Kind.BOUNCED, recipient=OuterRef("recipient"),
        at__gte=OuterRef("at"),
    )  # fmt: skip
    arrived = events.filter(mail__sent_at__isnull=False).exclude(Exists(bounced))
    posted = events.filter(kind=Kind.POSTED, at__lte=now - NOTICE_WITHIN)
    on_paper = events.filter(kind=Kind.PAPER)
    told = _readings().annotate(told=KeyTextTransform("about", "data"))
    read = told.filter(told=OuterRef("reference"))
    return PlusLetter.objects.filter(Exists(posted)).exclude(
        Exists(on_paper) | Exists(read) | Exists(arrived)
    )


def _came_back(notice: PlusLetterEvent, events: Iterable[PlusLetterEvent]) -> bool:
    return any(
        event.kind == Kind.BOUNCED
        and event.recipient.lower() == notice.recipient.lower()
        and event.at >= notice.at
        for event in events
    )


def _notify(letter: PlusLetter, addresses: Iterable[str], *, at: datetime) -> None:
    """The notice without content (Awb 2:10), each with its mail."""
    path = reverse("subsidies:plus_letters", args=[letter.status.ikc_id])
    PlusLetterEvent.objects.bulk_create(
        PlusLetterEvent(letter=letter, kind=Kind.NOTIFIED, at=at, recipient=mail.to, mail=mail)
        for mail in say_ready(addresses, reference=letter.reference, path=path, at=at)
    )


def _locked(letter: PlusLetter) -> PlusLetter:
    return (
        PlusLetter.objects.select_for_update(of=("self",))
        .select_related("status__ikc__board")
        .get(pk=letter.pk)
    )


def _tell(letter: PlusLetter, verb: str, *, by: "User", at: datetime) -> None:
    record(letter.status.ikc, verb, actor=by, at=at, reference=letter.reference)
