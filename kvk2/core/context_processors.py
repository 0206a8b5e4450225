"""What every page knows: whose portal it is, the menu, and when the session ends."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from kvk2 import theme
from kvk2.core.navigation import menu_for


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context of `base.html`."""
    user: Any = getattr(request, "user", None)
    logged_in = user is not None and user.is_authenticated
    return {
        "municipality": settings.MUNICIPALITY,
        "demo": settings.DEMO,
        "theme_colour": theme.colour("primary-600"),
        "navigation": menu_for(user, request) if logged_in else [],
        "session_idle_seconds": settings.SESSION_IDLE_SECONDS,
        "session_warning_seconds": settings.SESSION_WARNING_SECONDS,
    }
