"""Who has which step of a draft open now, so that two people do not type over each other.

Kept in the cache and nowhere else: it is about the last minute, and nothing depends on it. Without a cache nobody is
warned, and the version of the step still keeps an older window from overwriting a newer save.
"""

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.core.cache import cache
from django.utils import timezone
from redis import RedisError

from subsidies.models import Application

if TYPE_CHECKING:
    from ikc.models import User

logger = logging.getLogger("kvk2.presence")

# A page tells every half minute that it is open; who misses two of them has left.
GONE_AFTER = timedelta(seconds=75)


class Editor(NamedTuple):
    """Somebody who has the step open, and since when."""

    name: str
    since: datetime
    seen: datetime


def others_in(application: Application, step: str, *, user: "User", at: datetime) -> list[Editor]:
    """Note that `user` has the step open; gives who else has, the longest first."""
    key = f"editors:{application.pk}:{step}"
    try:
        editors: dict[int, Editor] = {
            pk: editor for pk, editor in cache.get(key, {}).items() if at - editor.seen < GONE_AFTER
        }
        since = editors[user.pk].since if user.pk in editors else at
        editors[user.pk] = Editor(user.full_name, since, at)
        cache.set(key, editors, GONE_AFTER.total_seconds())
    except RedisError:
        logger.warning("presence_unavailable")
        return []
    return sorted(
        (editor for pk, editor in editors.items() if pk != user.pk), key=lambda one: one.since
    )


def sentence(others: list[Editor]) -> str:
    """'Ook Anna de Vries heeft deze stap open (sinds 14.30 uur).'; nothing when nobody has."""
    if not others:
        return ""
    names = [f"{one.name} (sinds {timezone.localtime(one.since):%H.%M} uur)" for one in others]
    if len(names) == 1:
        one = others[0]
        return f"Ook {one.name} heeft deze stap open (sinds {timezone.localtime(one.since):%H.%M} uur)."
    return f"Ook {', '.join(names[:-1])} en {names[-1]} hebben deze stap open."
