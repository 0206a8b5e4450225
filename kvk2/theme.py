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


def colour(name: str) -> str:
    """The hex value of one named colour; raises `KeyError` for an unknown name."""
    return palette()[name]


def tint(name: str, percent: int) -> str:
    """A named colour thinned with white, for a surface behind its text or its mark."""
    value = palette()[name]
    parts = (int(value[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{255 - (255 - part) * percent // 100:02x}" for part in parts)


def municipality() -> dict:
    """Names and addresses for pages, letters and reports."""
    return settings.MUNICIPALITY
