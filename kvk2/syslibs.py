"""The few things that no Python package brings: Pango for making PDFs, Chromium for the browser tests, clamd for
looking into what people upload.

Each is looked for first. When it is missing, root gets it from apt, an ordinary user gets Pango unpacked below
var/ without root, and else the one line to copy is named. clamd is unpacked for everybody: to install it would start
a second one, with the system's configuration. Standard library only.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from kvk2 import apt
from kvk2.console import say
from kvk2.embedded import clamd
from kvk2.embedded.layout import STATE

PANGO_PACKAGES = (
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "libharfbuzz-subset0",
    "fonts-dejavu-core",
)
# What WeasyPrint loads, by the names it uses on Linux; harfbuzz-subset only makes files smaller.
_PANGO_LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz.so.0",
    "libfontconfig.so.1",
)
_LOAD_THEM = "import ctypes, sys\nfor name in sys.argv[1:]: ctypes.CDLL(name)"

_UNPACKED = STATE / "syslibs"
_FONTS_CONF = _UNPACKED / "fonts.conf"

CHROMIUM_PACKAGES = ("chromium", "fonts-dejavu-core")
_CHROMIUM_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)


# ---------------------------------------------------------------- Pango


def environment() -> dict[str, str]:
    """What a process needs to find the unpacked libraries: must be there before it starts.

    Empty when nothing was unpacked, or when this process has it already.
    """
    if not _FONTS_CONF.is_file():
        return {}
    ours = os.pathsep.join(str(path) for path in apt.library_directories(_UNPACKED / "root"))
    current = os.environ.get("LD_LIBRARY_PATH", "")
    if current.startswith(ours):
        return {}
    return {
        "LD_LIBRARY_PATH": f"{ours}{os.pathsep}{current}" if current else ours,
        "FONTCONFIG_FILE": str(_FONTS_CONF),
    }


def has_pango() -> bool:
    """Ask the loader, in a child: a package manager may know nothing of it, and importing takes seconds."""
    if not sys.platform.startswith("linux"):
        return True  # WeasyPrint itself tells what it misses there
    command = [sys.executable, "-I", "-S", "-c", _LOAD_THEM, *_PANGO_LIBRARIES]
    child = {**os.environ, **environment()}
    return subprocess.run(command, env=child, capture_output=True, check=False).returncode == 0


def ensure_pango() -> None:
    if has_pango():
        return
    if apt.is_available():
        try:
            _get_pango()
        except (apt.NotPossible, OSError) as error:
            say(f"Pango ophalen lukte niet: {error}")
    if not has_pango():
        sys.exit(
            "Pango ontbreekt; zonder kan het portaal geen PDF's maken. Voer dit uit en start opnieuw:\n"
            f"    {apt.copy_paste_line(*PANGO_PACKAGES)}"
        )


def _get_pango() -> None:
    if os.geteuid() == 0:
        say("systeembibliotheken voor PDF's (Pango) worden geïnstalleerd")
        apt.install(*PANGO_PACKAGES)
        return
    say("systeembibliotheken voor PDF's (Pango) worden opgehaald naar var/syslibs")
    root = apt.unpack(_UNPACKED, *PANGO_PACKAGES)
    _FONTS_CONF.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{root}/usr/share/fonts</dir><dir>/usr/share/fonts</dir>"
        f"<cachedir>{_UNPACKED}/fontcache</cachedir></fontconfig>"
    )


# ---------------------------------------------------------------- Chromium


def find_chromium() -> str | None:
    """The browser for the tests: KVK2_CHROMIUM, or the first usual name that is installed."""
    if given := os.environ.get("KVK2_CHROMIUM"):
        return given if Path(given).is_file() else None
    return next(filter(None, map(shutil.which, _CHROMIUM_NAMES)), None)


def ensure_chromium() -> str:
    """The browser's path. A test run without a browser is a refusal, never a silently smaller run."""
    found = find_chromium()
    if not found and os.geteuid() == 0 and apt.is_available():
        say("Chromium voor de browsertests wordt geïnstalleerd")
        try:
            apt.install(*CHROMIUM_PACKAGES)
        except apt.NotPossible as error:
            say(f"Chromium installeren lukte niet: {error}")
        found = find_chromium()
    if not found:
        sys.exit(
            "Chromium ontbreekt; de browsertests hebben het nodig. Voer dit uit en probeer het opnieuw,\n"
            "of zet KVK2_CHROMIUM op het pad van een Chromium of Chrome:\n"
            f"    {apt.copy_paste_line(*CHROMIUM_PACKAGES)}"
        )
    return found


# ---------------------------------------------------------------- clamd


def find_or_fetch_clamd() -> Path | None:
    """The virus scanner; None, with a sentence that says why, when it cannot be had."""
    if found := clamd.find_binary():
        return found
    if os.environ.get("KVK2_CLAMD") or not apt.is_available():
        return None
    clamd.UNPACKED.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (clamd.UNPACKED.parent / "clamav.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run side by side
        try:
            apt.unpack(clamd.UNPACKED, clamd.PACKAGE)
        except (apt.NotPossible, OSError) as error:
            say(f"de virusscanner ophalen lukte niet: {error}")
    return clamd.find_binary()


def offer_clamd() -> None:
    """For the demo: with a scanner when there can be one, and else with files that wait for it."""
    if find_or_fetch_clamd() is None:
        say(
            "zonder virusscanner: bijlagen blijven op 'wordt nog gecontroleerd' staan. Zo komt hij er wel:\n"
            f"    {apt.copy_paste_line(clamd.PACKAGE)}"
        )


def ensure_clamd() -> Path:
    """For the tests: a run without a scanner is a refusal, never a silently smaller run."""
    found = find_or_fetch_clamd()
    if found is None:
        sys.exit(
            "clamd ontbreekt; de tests van de virusscanner hebben hem nodig. Voer dit uit en probeer het\n"
            "opnieuw, of zet KVK2_CLAMD op het pad van een clamd:\n"
            f"    {apt.copy_paste_line(clamd.PACKAGE)}"
        )
    return found
