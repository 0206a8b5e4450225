"""Sweeps over what waits for a user."""

from celery import shared_task
from django.utils import timezone

from ikc.services import notices


@shared_task
def send_daily_notices() -> int:
    """Send the one e-mail of the day to who wants it so; the number sent."""
    return notices.send_daily(at=timezone.now())
