"""Where the files of a PDF come from: two folders, the theme's colours, and no network."""

import re
from pathlib import Path

from django.conf import settings

from kvk2.theme import palette

STYLE_FOLDER = Path(settings.BASE_DIR) / "static" / "pdf"
FONT_FOLDER = Path(settings.BASE_DIR) / "static" / "build" / "fonts" / "pdf"
ALLOWED_FOLDERS = (STYLE_FOLDER, FONT_FOLDER)
THEMED_SUFFIXES = (".css", ".svg")

VARIABLE = re.compile(r"var\(--([a-z]+-[a-z0-9]+)\)")


def read_asset(path: Path) -> bytes:
    """The bytes of a packaged file; in CSS and SVG the theme's colours are filled in.

    Raises `PermissionError` for a path outside the two folders, `KeyError` for an unknown colour.
    """
    path = path.resolve()
    if not any(path.is_relative_to(folder) for folder in ALLOWED_FOLDERS):
        raise PermissionError(f"A PDF may not read {path}.")
    if path.suffix not in THEMED_SUFFIXES:
        return path.read_bytes()
    return VARIABLE.sub(lambda match: palette()[match[1]], path.read_text()).encode()
