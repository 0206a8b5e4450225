"""A form whose session had ended when it was sent: what was typed waits until its writer has logged in again.

It waits in the session that the browser has by then, so nobody with another browser can reach it, and it goes with that
session. Whose it is stands sealed in the form itself (`seal`, in the field `FIELD`): a page that one person filled in
is never shown to the next who logs in.
"""

import time
from typing import Any

from django.core import signing
from django.http import HttpRequest, QueryDict

FIELD = "typed_by"
LONGEST_OPEN_SECONDS = 24 * 60 * 60  # how long a page may have been open
KEPT_SECONDS = 60 * 60
LARGEST_CHARACTERS = 1_000_000
_SESSION_KEY = "interrupted"
_SALT = "kvk2.interrupted"
_NOT_TYPED = ("csrfmiddlewaretoken", FIELD)


def wants_data(request: HttpRequest) -> bool:
    """A script of ours that saves or asks in the background; it reads JSON and cannot follow a redirect to a page."""
    return request.headers.get("Accept") == "application/json"


def seal(user_id: int) -> str:
    """For a hidden field `FIELD`: who was logged in when the page was made."""
    return signing.dumps(user_id, salt=_SALT)


def keep(request: HttpRequest) -> bool:
    """Keep what was posted; False when there is nothing to keep, or not for whoever is logged in now."""
    author = _author(request.POST.get(FIELD, "")) if request.method == "POST" else None
    if author is None or (request.user.is_authenticated and request.user.pk != author):
        return False
    typed = request.POST.copy()
    for name in _NOT_TYPED:
        typed.pop(name, None)
    text = typed.urlencode()
    if len(text) > LARGEST_CHARACTERS:
        return False
    request.session[_SESSION_KEY] = {
        "author": author,
        "path": request.path,
        "at": int(time.time()),
        "typed": text,
    }
    return True


def kept(request: HttpRequest) -> QueryDict | None:
    """What this user posted to this page when the session had ended; None when there is nothing."""
    waiting: dict[str, Any] | None = request.session.get(_SESSION_KEY)
    if not waiting or waiting["path"] != request.path or waiting["author"] != request.user.pk:
        return None
    if time.time() - waiting["at"] > KEPT_SECONDS:
        return None
    return QueryDict(waiting["typed"])


def forget(request: HttpRequest) -> None:
    """What was kept for this page is saved, or is not wanted."""
    if kept(request) is not None:
        del request.session[_SESSION_KEY]


def _author(sealed: str) -> int | None:
    try:
        return signing.loads(sealed, salt=_SALT, max_age=LONGEST_OPEN_SECONDS)
    except signing.BadSignature:
        return None
