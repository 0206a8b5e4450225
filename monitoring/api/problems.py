"""What goes wrong, told to a machine: problem+json (RFC 9457) with Dutch sentences, and the field where it belongs."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from kvk2.core.errors import DomainError
from monitoring.services.api_tokens import KeyUsedForAnother
from monitoring.services.measuring import ReturnIsClosed
from monitoring.typed_figures import FigureRefused

CONTENT_TYPE = "application/problem+json"
TITLES: Mapping[int, str] = {
    400: "Het verzoek is niet te lezen",
    401: "Geen geldige sleutel",
    404: "Niet gevonden",
    405: "Dit kan hier niet",
    409: "Dit kan nu niet",
    413: "Het verzoek is te groot",
    422: "Er klopt iets niet",
    429: "Te veel verzoeken",
    503: "Even niet bereikbaar",
}
# What pydantic says of the shape of a request, in words for its sender.
_SHAPES: Mapping[str, str] = {
    "missing": "Dit ontbreekt.",
    "uuid_parsing": "Dit is geen reeks: die ziet eruit als 8d1f2c3a-…",
    "uuid_type": "Dit is geen reeks: die ziet eruit als 8d1f2c3a-…",
    "int_parsing": "Vul een heel getal in.",
    "list_type": "Dit moet een lijst zijn.",
    "too_long": "Dit zijn er te veel.",
    "too_short": "Geef er minstens één.",
    "bool_parsing": "Vul true of false in.",
    "extra_forbidden": "Dit veld bestaat niet.",
    "string_pattern_mismatch": "Dit heeft niet de juiste vorm.",
}


class TooOften(DomainError):
    """More requests than a minute allows."""


class FiguresRefused(DomainError):
    """Figures that cannot be, each with its place in the request."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__(
            "Geen enkel cijfer is bewaard. Verbeter de velden en stuur het verzoek opnieuw."
        )
        self.errors = errors


def problem(
    status: int, detail: str, *, errors: Iterable[Mapping[str, str]] = (), **headers: str
) -> HttpResponse:
    """One answer of this kind."""
    body = {
        "type": "about:blank",
        "title": TITLES[status],
        "status": status,
        "detail": detail,
        "errors": list(errors),
    }
    response = JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    return response


def add_handlers(api: NinjaAPI) -> None:
    """Every way in which a request can fail has its answer; none of them is a 500."""
    api.add_exception_handler(AuthenticationError, _no_key)
    api.add_exception_handler(ValidationError, _shape)
    api.add_exception_handler(HttpError, _unreadable)
    api.add_exception_handler(Http404, _unknown)
    api.add_exception_handler(RequestDataTooBig, _too_big)
    api.add_exception_handler(TooOften, _too_often)
    api.add_exception_handler(FiguresRefused, _figures)
    api.add_exception_handler(DomainError, _refused)


def _no_key(request: HttpRequest, error: Any) -> HttpResponse:
    detail = "Stuur een geldige sleutel mee: Authorization: Bearer …"
    return problem(401, detail, WWW_Authenticate="Bearer")


def _shape(request: HttpRequest, error: Any) -> HttpResponse:
    errors = [
        {
            "field": ".".join(str(part) for part in one["loc"][1:] if part != "body"),
            "detail": _SHAPES.get(one["type"], "Dit heeft niet de juiste vorm."),
        }
        for one in error.errors
    ]
    return problem(422, "Het verzoek heeft niet de juiste vorm.", errors=errors)


def _unreadable(request: HttpRequest, error: Any) -> HttpResponse:
    status = error.status_code if error.status_code in TITLES else 400
    return problem(status, "Het verzoek is geen geldige JSON.")


def _unknown(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(404, "Dit bestaat niet, of hoort niet bij de ronde van uw sleutel.")


def _too_big(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(413, "Stuur minder cijfers in één verzoek.")


def _too_often(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(429, error.message, Retry_After="60")


def _figures(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(422, error.message, errors=error.errors)


def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    conflict = isinstance(error, ReturnIsClosed | KeyUsedForAnother)
    field = (
        [{"field": error.field, "detail": error.message}]
        if isinstance(error, FigureRefused)
        else []
    )
    return problem(409 if conflict else 422, error.message, errors=field)
