"""The secret address under which somebody's own calendar program reads the terms."""

import hashlib
import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core.audit import record
from subsidies.models import CalendarFeed

if TYPE_CHECKING:
    from ikc.models import User

SECRET_BYTES = 32


def fingerprint(token: str) -> str:
    """What is kept of a secret; long random secrets need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def renew_feed(*, by: "User", at: datetime) -> str:
    """Give `by` a new secret, which is shown once and kept nowhere; the address before it stops working."""
    token = secrets.token_urlsafe(SECRET_BYTES)
    feed, _ = CalendarFeed.objects.update_or_create(
        user=by, defaults={"fingerprint": fingerprint(token), "created_at": at}
    )
    record(feed, "calendar_renewed", actor=by, at=at)
    return token


@transaction.atomic
def revoke_feed(*, by: "User", at: datetime) -> None:
    """Let the address of `by` stop working; nothing happens when there is none."""
    feed = CalendarFeed.objects.select_for_update(of=("self",)).filter(user=by).first()
    if feed:
        record(feed, "calendar_revoked", actor=by, at=at)
        feed.delete()
