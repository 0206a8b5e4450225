"""The pages that are about the portal itself, and those for when something goes wrong."""

import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from kvk2.core import context, interrupted

RETRY_AFTER_SECONDS = 60


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The statement that article 4 of the Besluit digitale toegankelijkheid overheid asks for."""
    return render(request, "core/accessibility.html", {"breadcrumbs": [("Toegankelijkheid", None)]})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "core/privacy.html", {"breadcrumbs": [("Privacy", None)]})


@login_not_required
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "core/about.html", {"breadcrumbs": [("Over dit portaal", None)]})


@require_POST
def keep_alive(request: HttpRequest) -> HttpResponse:
    """A sign of life of somebody who is still typing: the request itself renews the session."""
    return HttpResponse(status=204)


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


@login_not_required
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is older than its session, or that another site sent.

    A script of ours gets a fresh token, and whose it is; no other site can read that answer.
    """
    if interrupted.wants_data(request):
        answer = {"token": get_token(request), "user": request.user.pk}
        return JsonResponse(answer, status=403)
    context = {"again": request.path if interrupted.keep(request) else ""}
    return render(request, "403_csrf.html", context, status=403)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither database nor session: whatever broke may be what a page leans on.

    503 when the database does not answer: then the same request may well succeed in a minute.
    """
    unavailable = isinstance(sys.exception(), OperationalError | InterfaceError)
    page = render_to_string(
        "500.html",
        {
            "municipality": settings.MUNICIPALITY,
            "unavailable": unavailable,
            "request_id": context.request_id.get(),
        },
    )
    if unavailable:
        return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    return HttpResponse(page, status=500)
