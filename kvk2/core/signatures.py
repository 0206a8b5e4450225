"""How old are the signatures of the virus scanner? With old ones it finds no new viruses, and says 'clean' all the same.

A task asks clamd every hour and leaves the answer in the cache; pages read it there, so that none of them waits for clamd.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from redis import RedisError

from kvk2.core import antivirus

logger = logging.getLogger(__name__)

KEY = "scanner-signatures"
# Without a scanner the last answer counts for so long.
KEPT = timedelta(days=14)


def note_signatures() -> datetime | None:
    """Ask clamd from when its signatures are, and keep the answer; None when they are not ClamAV's own.

    Refusal: `ScannerDown`.
    """
    moment = antivirus.version().signatures_at
    cache.set(KEY, moment, KEPT.total_seconds())
    return moment


def are_old(moment: datetime | None, *, at: datetime) -> bool:
    """More than CLAMD_SIGNATURES_DAYS days; signatures without a date are never old."""
    return moment is not None and at - moment > timedelta(days=settings.CLAMD_SIGNATURES_DAYS)


def old_since(*, at: datetime) -> datetime | None:
    """From when the signatures are when they are too old by the last answer, else None."""
    try:
        moment = cache.get(KEY)
    except RedisError:
        logger.warning("signatures_unknown")
        return None
    return moment if are_old(moment, at=at) else None
