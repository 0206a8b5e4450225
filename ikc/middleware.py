"""What a session must have before it reaches a page: recent activity, and a second factor."""

import time
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

LAST_SEEN = "last_seen"
# Writing the session at every request costs a query; once a minute is precise enough.
PRECISION_SECONDS = 60
GetResponse = Callable[[HttpRequest], HttpResponse]


class IdleSessionMiddleware:
    """Ends a session after SESSION_IDLE_SECONDS without a request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            last_seen = request.session.get(LAST_SEEN, now)
            if now - last_seen > settings.SESSION_IDLE_SECONDS:
                logout(request)
                return redirect(f"{reverse('account_login')}?verlopen=1")
            if now - last_seen > PRECISION_SECONDS or LAST_SEEN not in request.session:
                request.session[LAST_SEEN] = now
        return self.get_response(request)


class RequireSecondFactorMiddleware:
    """Sends a user without a second factor to its set-up; demo accounts go without, in a demo only."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and not self._may_pass(request):
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    def _may_pass(self, request: HttpRequest) -> bool:
        if request.path.startswith(("/account/", "/static/", "/healthz", "/readyz")):
            return True
        if settings.DEMO and request.user.is_demo:
            return True
        return is_mfa_enabled(request.user)
