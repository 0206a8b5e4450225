"""The colours of this municipality for charts, PDFs and pages, and what it calls itself.

The colours come from `frontend/theme.json`, of which the style sheet is made as well; the names
from `settings.MUNICIPALITY`. No template and no chart names a colour of its own.
"""

import json
from functools import cache

from django.conf import settings


@cache
def _theme() -> dict:
    source = settings.BASE_DIR / "frontend" / "theme.json"
    return json.loads(source.read_text(encoding="utf-8"))


@cache
def palette() -> dict[str, str]:
    """Hex values by name: `primary-500`, `accent-300`, `neutral-700`, `status-red`, `series-1`."""
    theme = _theme()
    colours = {
        f"{scale}-{step}": colour
        for scale, steps in theme["scales"].items()
        for step, colour in steps.items()
    }
    colours |= {f"status-{name}": colour for name, colour in theme["status"].items()}
    colours |= {f"series-{number}": colour for number, colour in enumerate(theme["series"], 1)}
    return colours


def pdf_palette() -> dict[str, str]:
    """The colours that the style sheets of PDFs may name."""
    return palette()


def colour(name: str) -> str:
    """The hex value of one named colour; raises `KeyError` for an unknown name."""
    return palette()[name]


def municipality() -> dict:
    """Names and addresses for pages, letters and reports."""
    return settings.MUNICIPALITY
