"""Is the process up (`healthz`), and can it do its work (`readyz`)? For load balancers and the launcher.

Both answer JSON without login, and repeat the launcher's token, so that another program's "200" on the same
port is never taken for ours.
"""

import logging
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kvk2.core import antivirus
from kvk2.core.signatures import are_old
from kvk2.core.storage import private_storage

logger = logging.getLogger(__name__)

TOKEN_HEADER = "X-KvK2-Run"  # noqa: S105 - the name of a header
HEARTBEAT_KEY = "worker-heartbeat"
HEARTBEAT_SECONDS = (
    90  # how long one counts; the task kvk2.core.tasks.heartbeat writes one every 20
)


def _check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _check_redis() -> None:
    cache.get(HEARTBEAT_KEY)


def _check_storage() -> None:
    if reach := getattr(private_storage(), "reach", None):  # a bucket
        reach()
        return
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=root, prefix=".readyz-") as file:
        file.write(b"x")
        file.flush()
        os.fsync(file.fileno())  # a full disk may only show itself here


def _check_worker() -> None:
    if cache.get(HEARTBEAT_KEY) is None:
        raise TimeoutError("no heartbeat of a worker")


CHECKS: dict[str, Callable[[], None]] = {
    "database": _check_database,
    "redis": _check_redis,
    "storage": _check_storage,
    "worker": _check_worker,
}


def _passes(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception:  # whatever is wrong, the answer is "not ready"
        logger.warning("not ready: %s", name, exc_info=True)
        return False
    return True


def _answer(content: Mapping[str, object], *, status: int = 200) -> JsonResponse:
    response = JsonResponse(content, status=status)
    if settings.RUN_TOKEN:
        response[TOKEN_HEADER] = settings.RUN_TOKEN
    return response


def scanner_state() -> dict[str, object]:
    """Whether clamd answers, which one it is, and from when its signatures are (None: not ClamAV's own)."""
    try:
        found = antivirus.version(seconds=1)
    except antivirus.ScannerDown:
        return {"up": False}
    moment = found.signatures_at
    return {
        "up": True,
        "engine": found.engine,
        "signatures": found.database,
        "signatures_at": moment.isoformat() if moment else None,
        "signatures_old": are_old(moment, at=timezone.now()),
    }


@require_safe
@never_cache
@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """This process answers; says nothing about what stands behind it."""
    return _answer({"status": "ok"})


@require_safe
@never_cache
@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, Redis, storage and a worker are all there, else 503 with what is not.

    How the virus scanner is stands beside it: without one the portal does its work, and files wait for their check.
    """
    checks = {name: _passes(name, check) for name, check in CHECKS.items()}
    ready = all(checks.values())
    content = {
        "status": "ok" if ready else "unavailable",
        "checks": checks,
        "scanner": scanner_state(),
    }
    return _answer(content, status=200 if ready else 503)
