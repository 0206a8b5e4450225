"""One id per request: in the log lines, in the audit trail and in the answer's header."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kvk2.core import context

logger = logging.getLogger("kvk2.request")

HEADER = "X-Request-ID"
_ACCEPTABLE = re.compile(
    r"[A-Za-z0-9-]{8,64}"
)  # a proxy's id; anything else could forge a log line

# Longer than a web server lets a request wait and work; a clock that is wrong by more is not believed.
LONGEST_WAIT = timedelta(minutes=2)
_SECONDS = re.compile(r"t=([0-9]{10}(?:\.[0-9]{1,6})?)")


def arrival(request: HttpRequest) -> datetime:
    """When the request reached the portal, before anything had to wait (Awb 2:20)."""
    return getattr(request, "arrived_at", None) or timezone.now()


def _arrived_at(request: HttpRequest, now: datetime) -> datetime:
    """What the proxy in front noted (`t=` and seconds since 1970), for who waited for a free worker; else `now`.

    Only where `ARRIVAL_HEADER` says that the proxy sets it, and only as far back as a request can have waited.
    """
    noted = _SECONDS.fullmatch(request.META.get(settings.ARRIVAL_HEADER, ""))
    if noted is None:
        return now
    at = datetime.fromtimestamp(float(noted[1]), tz=UTC)
    return at if now - LONGEST_WAIT <= at <= now else now


def _request_id(request: HttpRequest) -> str:
    given = request.headers.get(HEADER, "")
    return given if _ACCEPTABLE.fullmatch(given) else uuid.uuid4().hex


def client_address(request: HttpRequest) -> str | None:
    """The caller's IP address; behind proxies the one that the outermost trusted proxy saw.

    Further to the left in X-Forwarded-For stands whatever the caller wrote there.
    """
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if proxies and len(forwarded) >= proxies:
        return forwarded[-proxies] or None
    return request.META.get("REMOTE_ADDR") or None


class RequestContextMiddleware:
    """Bind id and address for as long as the request is handled, and log what it was: never who or what for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request.arrived_at = _arrived_at(request, timezone.now())  # type: ignore[attr-defined]
        request_id = _request_id(request)
        with context.bind(request_id_=request_id, ip_=client_address(request)):
            response = self.get_response(request)
            response[HEADER] = request_id
            logger.info("request", extra=_summary(request, response, started))
        return response


def _summary(request: HttpRequest, response: HttpResponse, started: float) -> dict[str, object]:
    match = request.resolver_match
    return {
        "method": request.method,
        "view": match.view_name if match else None,  # not the path: it may name a person or a case
        "status": response.status_code,
        "milliseconds": round((time.perf_counter() - started) * 1000),
    }
