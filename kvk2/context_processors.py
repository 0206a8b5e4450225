"""What every page needs: who runs the portal, the menu, and how long a session lasts."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from kvk2 import theme
from kvk2.navigation import menu_for


def portal(request: HttpRequest) -> dict[str, Any]:
    return {
        "municipality": theme.municipality(),
        "theme_colour": theme.colour("primary-600"),
        "demo": settings.DEMO,
        "navigation": menu_for(request),
        "session_idle_seconds": settings.SESSION_IDLE_SECONDS,
        "session_warning_seconds": settings.SESSION_WARNING_SECONDS,
    }
