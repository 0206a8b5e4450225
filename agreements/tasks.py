from celery import shared_task
from django.utils import timezone

from agreements.services import ending


@shared_task
def end_agreements() -> int:
    """Sweep: agreements of which the notice ran out or the time is over; the number of them."""
    return ending.end_agreements(at=timezone.now())
