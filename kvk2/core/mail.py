"""Mail as rows: a service orders it in its own transaction, a sweep sends it and tries again when that fails."""

from datetime import datetime, timedelta

from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from kvk2.core.models import OutgoingMail

MAX_ATTEMPTS = 8


def queue_mail(to: str, template: str, context: dict, *, at: datetime) -> OutgoingMail:
    """Order one mail; `template` names a folder with `subject.txt` and `body.txt`."""
    subject, body = mail_texts(template, context)
    return OutgoingMail.objects.create(
        to=to, subject=subject, body=body, created_at=at, next_attempt_at=at
    )


def mail_texts(template: str, context: dict) -> tuple[str, str]:
    """Subject and body of a mail."""
    subject = " ".join(render_to_string(f"{template}/subject.txt", context).split())
    return subject, render_to_string(f"{template}/body.txt", context)


def send_one(mail_id: int, *, at: datetime) -> bool:
    """Send one waiting mail; False when it was sent already, is being sent, or failed (then the row says why)."""
    with transaction.atomic():
        mail = (
            OutgoingMail.objects.select_for_update(skip_locked=True)
            .filter(pk=mail_id, sent_at=None, next_attempt_at__lte=at)
            .first()
        )
        if mail is None:
            return False
        mail.attempts += 1
        try:
            send_mail(mail.subject, mail.body, None, [mail.to])
        except OSError as error:
            # SMTP errors are OSErrors. Back off: 1, 2, 4 … minutes; after the last attempt once a day.
            wait = timedelta(minutes=2 ** (mail.attempts - 1))
            mail.next_attempt_at = at + (
                wait if mail.attempts < MAX_ATTEMPTS else timedelta(days=1)
            )
            mail.error = type(error).__name__
            mail.save(update_fields=["attempts", "next_attempt_at", "error"])
            return False
        mail.sent_at, mail.error = at, ""
        mail.save(update_fields=["attempts", "sent_at", "error"])
        return True
