"""What a session must have before it reaches a page: recent activity, and a second factor."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, middleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from kvk2.core import interrupted

LAST_SEEN = "last_seen"
# Writing the session at every request costs a query; once a minute is precise enough.
PRECISION_SECONDS = 60
# A page that asks by itself how far the work is, is no sign of life of its reader.
BACKGROUND_HEADER = "X-Background"
# Where somebody without a second factor may go: to its set-up, out, and nowhere else.
OPEN_NAMES = ("account_", "mfa_", "keep_alive")
SECOND_FACTOR = "second_factor"
GetResponse = Callable[[HttpRequest], HttpResponse]


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    """Django's, but what is open to anybody asks for no session: health checks answer without a database too."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override]  # a script is not redirected
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponse:
        return _to_login(request)


class IdleSessionMiddleware:
    """Ends a session after SESSION_IDLE_SECONDS without a request (BIO2; WCAG 2.2.1 has the warning)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return None
        now = int(time.time())
        idle = now - request.session.setdefault(LAST_SEEN, now)
        if idle > settings.SESSION_IDLE_SECONDS + PRECISION_SECONDS:
            logout(request)
            return _to_login(request, expired=True)
        if idle > PRECISION_SECONDS and BACKGROUND_HEADER not in request.headers:
            request.session[LAST_SEEN] = now
        return None


def _to_login(request: HttpRequest, *, expired: bool = False) -> HttpResponse:
    """To the login page, and from there back to the page that was asked, with what was typed in it.

    A script gets 401: it lets its user log in without leaving the page.
    """
    if interrupted.wants_data(request):
        return JsonResponse({"problem": "U bent niet meer ingelogd."}, status=401)
    is_partial = "HX-Request" in request.headers
    typed = not is_partial and interrupted.keep(request)
    query = {}
    if expired or typed:
        query["verlopen"] = "1"
    if typed or (request.method == "GET" and not is_partial):
        query["next"] = request.get_full_path()
    address = reverse("account_login") + (f"?{urlencode(query)}" if query else "")
    if is_partial:  # a redirect would land inside the page
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


class RequireSecondFactorMiddleware:
    """Sends a user without a second factor to its set-up; demo accounts go without, in a demo only."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if self._is_open(request, view) or not request.user.is_authenticated:
            return None
        if settings.DEMO and request.user.is_demo:
            return None
        if self._has_second_factor(request):
            return None
        messages.warning(
            request, "Stel eerst een tweede stap voor het inloggen in. Daarna kunt u verder."
        )
        return redirect("mfa_index")

    @staticmethod
    def _is_open(request: HttpRequest, view: Callable[..., Any]) -> bool:
        match = request.resolver_match
        name = (match.url_name if match else None) or ""
        return name.startswith(OPEN_NAMES) or not getattr(view, "login_required", True)

    @staticmethod
    def _has_second_factor(request: HttpRequest) -> bool:
        """Remembered in the session: once logged in with it, a request need not look it up."""
        if not request.session.get(SECOND_FACTOR) and is_mfa_enabled(request.user):
            request.session[SECOND_FACTOR] = True
        return bool(request.session.get(SECOND_FACTOR))


def forget_second_factor(sender: Any, *, request: HttpRequest, **_: Any) -> None:
    """When an app or passkey is taken away, the next request looks again."""
    request.session.pop(SECOND_FACTOR, None)
