from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from kvk2.core import mail
from kvk2.core.health import HEARTBEAT_KEY, HEARTBEAT_SECONDS
from kvk2.core.models import OutgoingMail


@shared_task
def heartbeat() -> None:
    """Tell `/readyz` that a worker takes work from the queue."""
    cache.set(HEARTBEAT_KEY, timezone.now().timestamp(), HEARTBEAT_SECONDS)


@shared_task
def send_pending_mail() -> int:
    """Sweep: sends every mail whose turn it is; the number sent."""
    now = timezone.now()
    waiting = OutgoingMail.objects.filter(sent_at=None, next_attempt_at__lte=now).order_by("pk")
    return sum(mail.send_one(pk, at=now) for pk in waiting.values_list("pk", flat=True)[:500])
