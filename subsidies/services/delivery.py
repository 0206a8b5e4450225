"""Whether a message reached its addressee: notice, bounce, a second sending, and the day from which a term counts.

Posting in the portal is sending (Awb 2:19b). A notice by e-mail must follow within 48 hours; without one a term is not
held against the addressee (Awb 2:10, 2:22). What comes back is sent again or another way, and the second sending
counts (Awb 2:11).
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.mail import MAX_ATTEMPTS
from kvk2.core.models import OutgoingMail
from subsidies.models import Message, MessageEvent, MessageNotice
from subsidies.services.ready_mail import say_ready

if TYPE_CHECKING:
    from ikc.models import User

Kind = MessageEvent.Kind
# Awb 2:10(1): in hours, so no weekend or holiday moves it (Atw 4a).
NOTICE_WITHIN = timedelta(hours=48)


class NotNotified(DomainError):
    """A bounce of an address to which no notice of this message went."""

    code = "NOT_NOTIFIED"


class PostingDayInvalid(DomainError):
    """A day of posting before the message, or still to come."""

    code = "POSTING_DAY_INVALID"


class MailSent(DomainError):
    """The mail went out already."""

    code = "MAIL_SENT"


def notify(message: Message, addresses: Iterable[str], *, at: datetime) -> None:
    """Order the notice that a message is there, without a word of what is in it, and write that down."""
    reference = message.letter.application.number
    mails = say_ready(addresses, reference=reference, path=message.get_absolute_url(), at=at)
    MessageNotice.objects.bulk_create(MessageNotice(message=message, mail=mail) for mail in mails)
    MessageEvent.objects.bulk_create(
        MessageEvent(message=message, kind=Kind.NOTIFIED, at=at, recipient=mail.to)
        for mail in mails
    )


@transaction.atomic
def record_bounce(
    message: Message, *, recipient: str, note: str, by: "User", at: datetime
) -> MessageEvent:
    """Somebody saw that the notice to `recipient` came back. Refusal: `NotNotified`."""
    message = _locked(message)
    if not message.events.filter(kind=Kind.NOTIFIED, recipient__iexact=recipient).exists():
        raise NotNotified("Naar dit adres ging geen melding van dit bericht.")
    event = MessageEvent.objects.create(
        message=message,
        kind=Kind.BOUNCED,
        at=at,
        user=by,
        recipient=recipient,
        note=note.strip(),
    )
    _tell(message, "notice_bounced", by=by, at=at, reason=note.strip())
    return event


@transaction.atomic
def notify_again(message: Message, *, recipient: str, by: "User", at: datetime) -> None:
    """A second notice, to the same or to another address; from then on it counts (Awb 2:11)."""
    message = _locked(message)
    notify(message, [recipient], at=at)
    _tell(message, "notice_repeated", by=by, at=at)


@transaction.atomic
def send_on_paper(message: Message, *, posted_on: date, by: "User", at: datetime) -> MessageEvent:
    """The printed letter went out by post on `posted_on`. Refusal: `PostingDayInvalid`."""
    message = _locked(message)
    if not local_date(message.posted_at) <= posted_on <= local_date(at):
        raise PostingDayInvalid(
            "Vul de dag in waarop de brief op de post ging: niet vóór het bericht en niet na vandaag."
        )
    event = MessageEvent.objects.create(
        message=message, kind=Kind.PAPER, at=at, user=by, day=posted_on
    )
    _tell(message, "message_on_paper", by=by, at=at, posted_on=posted_on)
    return event


@transaction.atomic
def try_again(mail: OutgoingMail, *, by: "User", at: datetime) -> OutgoingMail:
    """Let a mail that failed go with the next sweep. Refusal: `MailSent`."""
    mail = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if mail.sent_at is not None:
        raise MailSent("Deze e-mail is al verstuurd.")
    mail.next_attempt_at = at
    mail.save(update_fields=["next_attempt_at"])
    record(mail, "mail_retried", actor=by, at=at)
    return mail


def note_failed_notices(*, at: datetime) -> int:
    """Write down as bounced each notice whose mail failed for the last time; the number written down."""
    known = MessageEvent.objects.filter(
        message=OuterRef("message"), kind=Kind.BOUNCED, recipient=OuterRef("mail__to")
    )
    failed = (
        MessageNotice.objects.filter(mail__sent_at=None, mail__attempts__gte=MAX_ATTEMPTS)
        .exclude(Exists(known))
        .select_related("mail")
    )
    events = [
        MessageEvent(
            message_id=notice.message_id,
            kind=Kind.BOUNCED,
            at=at,
            recipient=notice.mail.to,
            note=f"niet te bezorgen na {notice.mail.attempts} pogingen",
        )
        for notice in failed
    ]
    MessageEvent.objects.bulk_create(events)
    return len(events)


# In the address of the list of messages: only those that reached nobody in time.
UNREACHED = "niet-bereikt"


def unannounced(now: datetime) -> QuerySet[Message]:
    """Messages of which no notice arrived within 48 hours, and that nobody read or got on paper."""
    reached = MessageEvent.objects.filter(
        message=OuterRef("pk"), kind__in=[Kind.OPENED, Kind.PAPER]
    )
    bounced = MessageEvent.objects.filter(
        message=OuterRef("message"),
        kind=Kind.BOUNCED,
        recipient=OuterRef("mail__to"),
        at__gte=OuterRef("mail__created_at"),
    )
    arrived = MessageNotice.objects.filter(
        message=OuterRef("pk"), mail__sent_at__isnull=False
    ).exclude(Exists(bounced))
    return Message.objects.filter(posted_at__lte=now - NOTICE_WITHIN).exclude(
        Exists(reached) | Exists(arrived)
    )


def counts_from(message: Message) -> date | None:
    """The day from which a term may be held against the addressee; None while nobody was told.

    A notice within 48 hours lets the day of posting stand; a later one, or paper, counts from its own day.
    """
    events = list(message.events.all())
    days = [event.day for event in events if event.kind == Kind.PAPER and event.day]
    days += [local_date(event.at) for event in events if event.kind == Kind.OPENED]
    for notice in message.notices.select_related("mail"):
        sent_at = notice.mail.sent_at
        if sent_at is None or _came_back(notice.mail, events):
            continue
        in_time = sent_at <= message.posted_at + NOTICE_WITHIN
        days.append(local_date(message.posted_at if in_time else sent_at))
    return min(days, default=None)


def _came_back(mail: OutgoingMail, events: Iterable[MessageEvent]) -> bool:
    return any(
        event.kind == Kind.BOUNCED
        and event.recipient.lower() == mail.to.lower()
        and event.at >= mail.created_at
        for event in events
    )


def _locked(message: Message) -> Message:
    return (
        Message.objects.select_for_update(of=("self",))
        .select_related("letter__application")
        .get(pk=message.pk)
    )


def _tell(
    message: Message,
    verb: str,
    *,
    by: "User",
    at: datetime,
    reason: str = "",
    posted_on: date | None = None,
) -> None:
    facts = {"letter": message.letter.code}
    if posted_on is not None:
        facts["posted_on"] = posted_on.isoformat()
    record(message.letter.application, verb, actor=by, at=at, reason=reason, **facts)
