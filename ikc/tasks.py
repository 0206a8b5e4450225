"""Sweeps over what waits for a user."""

from celery import shared_task
from django.utils import timezone

from ikc.services import notices, plus_terms, recalibration_effect


@shared_task
def send_daily_notices() -> int:
    """Send the one e-mail of the day to who wants it so; the number sent."""
    return notices.send_daily(at=timezone.now())


@shared_task
def keep_plus() -> int:
    """Let those expire that are over, begin the two-yearly reviews, warn before an end; the number of all."""
    now = timezone.now()
    return (
        plus_terms.expire_ended(at=now)
        + plus_terms.review_due(at=now)
        + plus_terms.warn_ending(at=now)
    )


@shared_task
def take_recalibrations_into_effect() -> int:
    """Let adopted lists of attention areas take effect on their day; how many did."""
    return recalibration_effect.take_due(at=timezone.now())
