"""The mail that something waits in the portal (L33): never a word of what is in it (Awb 2:10)."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from kvk2.core.mail import queue_mail
from kvk2.core.models import OutgoingMail


def say_ready(
    addresses: Iterable[str], *, reference: str, path: str, at: datetime
) -> list[OutgoingMail]:
    """Order one for each address; `reference` names the case, `path` is where to read it."""
    context = {
        "municipality": settings.MUNICIPALITY["name"],
        "product": settings.MUNICIPALITY["product"],
        "phone": settings.MUNICIPALITY["phone"],
        "reference": reference,
        "url": f"{settings.SITE_URL}{path}",
    }
    return [queue_mail(to, "subsidies/mail/message_ready", context, at=at) for to in addresses]
