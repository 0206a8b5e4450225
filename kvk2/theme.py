"""The colours of this municipality for charts, PDFs and pages, and what it calls itself.

The colours come from `frontend/theme.json`, of which the style sheet is made as well; the names
from `settings.MUNICIPALITY`. No template and no chart names a colour of its own.
"""

from functools import cache

from django.conf import settings

from frontend import theme as source


@cache
def palette() -> dict[str, str]:
    """Hex values by name: `primary-500`, `accent-300`, `neutral-700`, `status-red`, `series-1`."""
    return source.palette(source.load())


def pdf_palette() -> dict[str, str]:
    """The colours that the style sheets of PDFs may name."""
    return palette()


def colour(name: str) -> str:
    """The hex value of one named colour; raises `KeyError` for an unknown name."""
    return palette()[name]


def municipality() -> dict:
    """Names and addresses for pages, letters and reports."""
    return settings.MUNICIPALITY
