#!/usr/bin/env python3
"""Builds the style sheet, the icons and the fonts into static/build/, which git ignores.

    python frontend/build.py            build what is out of date
    python frontend/build.py --force    build all of it again
    python frontend/build.py --dev      also fetch what only tests need (axe-core, to var/axe.min.js)

Needs no Node at run time. The second run reads the templates, sees that nothing changed and stops.
"""

import argparse
import fcntl
import gzip
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from frontend import css, fonts, packages, theme  # noqa: E402 - needs the path above

SOURCES = ROOT / "frontend" / "src"
OUT = ROOT / "static" / "build"
MANIFEST = OUT / "manifest.json"
AXE = ROOT / "var" / "axe.min.js"
LOCK = ROOT / "var" / "frontend.lock"

# Where class names may stand: templates, and the code that writes HTML.
SCANNED = (
    "templates/**/*.html",
    "kvk2/nlds/**/*.html",
    "static/js/*.js",
    *(f"{app}/**/*.py" for app in ("kvk2", "ikc", "subsidies", "agreements", "monitoring")),
)
UTRECHT = frozenset(
    {
        "utrecht-alert",
        "utrecht-breadcrumb-nav",
        "utrecht-checkbox",
        "utrecht-custom-checkbox",
        "utrecht-figure",
        "utrecht-form-field",
        "utrecht-form-field-description",
        "utrecht-form-field-error-message",
        "utrecht-form-fieldset",
        "utrecht-form-label",
        "utrecht-nav-bar",
        "utrecht-pagination",
        "utrecht-radio-button",
        "utrecht-select",
        "utrecht-status-badge",
        "utrecht-table",
        "utrecht-table-container",
        "utrecht-textarea",
        "utrecht-textbox",
        "utrecht-unordered-list",
    }
)
STYLE_SHEETS: tuple[tuple[str, str, frozenset[str] | None], ...] = (
    ("@utrecht/component-library-css", "dist/index.css", UTRECHT),
    ("@nl-design-system-candidate/button-css", "dist/button.css", None),
    ("@nl-design-system-candidate/heading-css", "dist/heading.css", None),
    ("@nl-design-system-candidate/link-css", "dist/link.css", None),
    ("@nl-design-system-candidate/paragraph-css", "dist/paragraph.css", None),
    ("@nl-design-system-candidate/skip-link-css", "dist/skip-link.css", None),
    ("@gemeente-denhaag/side-navigation", "dist/index.css", None),
    ("@gemeente-denhaag/descriptionlist", "dist/index.css", None),
)
TOKENS = ("@nl-design-system-unstable/voorbeeld-design-tokens", "dist/variables.css")
FONT = (
    "@fontsource-variable/source-sans-3",
    "files/source-sans-3-latin-wght-normal.woff2",
    "fonts/source-sans-3.woff2",
)
ICONS = "@tabler/icons"
ICON_TAG = re.compile(r"{% icon [\"']([a-z0-9-]+)")
ICON_ARGUMENT = re.compile(r"icon\w*[\"']?\s*[=:]\s*[\"']([a-z0-9-]+)[\"']")
BADGE_ICONS = {"circle-dot", "clock", "check", "alert-triangle", "x", "circle"}
SYMBOL = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round">{drawing}</symbol>'
)
NOTICE = """\
static/build/ is made by frontend/build.py out of the packages below. The style sheet holds a
selection of their rules, combined with this portal's own. The licence texts stand beside this file.

"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--force", action="store_true", help="build even when nothing changed")
    parser.add_argument("--dev", action="store_true", help="also fetch what only tests need")
    options = parser.parse_args(arguments)
    try:
        with _locked():
            if options.dev:
                _fetch_axe()
            if options.force or not is_current():
                _build()
    except (packages.FetchError, BuildError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


class BuildError(Exception):
    """What was given cannot become a good style sheet; says why in Dutch."""


def is_current() -> bool:
    """Whether static/build/ came from these sources and has the classes and icons that are used."""
    if not MANIFEST.is_file():
        return False
    made = json.loads(MANIFEST.read_text(encoding="utf-8"))
    if made["inputs"] != _fingerprint() or not all(
        (OUT / name).is_file() for name in made["files"]
    ):
        return False
    if sorted(set.union(*_icons())) != made["icons"]:
        return False
    return sorted(_words() & set(made["classes_known"])) == made["classes_used"]


def _build() -> None:
    if failures := theme.contrast_failures(theme.load()):
        raise BuildError(
            "De kleuren in frontend/theme.json zijn niet goed leesbaar:\n" + "\n".join(failures)
        )
    wanted = [package for package in packages.pinned().values() if not package.dev]
    packages.fetch_all(wanted)
    with tempfile.TemporaryDirectory(dir=LOCK.parent) as folder:
        made = Path(folder)
        sheet = _write_style_sheet(made)
        _write_icons(made)
        _write_font(made)
        fonts.build(made / "fonts" / "pdf", packages.fetch)
        _write_licences(made, wanted)
        _write_manifest(made, sheet)
        _move_into_place(made)
    size = len(gzip.compress(sheet.text.encode(), 9))
    print(f"Stijlblad gemaakt: {len(sheet.text):,} tekens, {size:,} bytes gezipt.")


def _write_style_sheet(made: Path) -> css.Sheet:
    folder, file = TOKENS
    sheet = css.build(
        sources=[
            css.Source((packages.fetch(name) / path).read_text(encoding="utf-8"), roots)
            for name, path, roots in STYLE_SHEETS
        ],
        tokens=(packages.fetch(folder) / file).read_text(encoding="utf-8"),
        theme=theme.custom_properties(theme.load()),
        own="\n".join(
            path.read_text(encoding="utf-8")
            for path in sorted(SOURCES.glob("*.css"))
            if path.name != "fonts.css"
        ),
        fonts=(SOURCES / "fonts.css").read_text(encoding="utf-8"),
        words=_words(),
    )
    if sheet.unknown_tokens:
        raise BuildError(f"Onbekende tokens in frontend/src: {', '.join(sheet.unknown_tokens)}")
    parts = ", ".join(
        f"{package.name}@{package.version}"
        for package in packages.pinned().values()
        if package.licence == "EUPL-1.2"
    )
    (made / "img").mkdir()
    (made / "nlds.css").write_text(f"/*! NL Design System, EUPL-1.2: {parts} */\n{sheet.text}\n")
    for name, svg in sheet.pictures.items():
        (made / "img" / name).write_text(svg)
    for picture in (SOURCES / "img").glob("*.svg"):
        shutil.copyfile(picture, made / "img" / picture.name)
    return sheet


def _write_icons(made: Path) -> None:
    package = packages.pinned()[ICONS]
    folder = packages.fetch(ICONS) / "icons" / "outline"
    tags, arguments = _icons()
    if unknown := sorted(name for name in tags if not (folder / f"{name}.svg").is_file()):
        raise BuildError(f"Tabler heeft deze pictogrammen niet: {', '.join(unknown)}")
    symbols = []
    for path in (folder / f"{name}.svg" for name in sorted(tags | arguments)):
        if path.is_file():
            svg = path.read_text(encoding="utf-8")
            inside = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
            drawing = re.sub(r"\n\s*", "", inside).strip()
            symbols.append(SYMBOL.format(name=path.stem, drawing=drawing))
    comment = f"<!-- Tabler Icons {package.version}, MIT -->"
    (made / "icons.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg">{comment}{"".join(symbols)}</svg>\n'
    )


def _write_font(made: Path) -> None:
    package, source, target = FONT
    (made / target).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(packages.fetch(package) / source, made / target)


def _write_licences(made: Path, used: Sequence[packages.Package]) -> None:
    folder = made / "licences"
    folder.mkdir()
    lines = [f"{package.name} {package.version}: {package.licence}" for package in used]
    (folder / "NOTICE.txt").write_text(NOTICE + "\n".join(lines) + "\n")
    for package in used:
        for text in package.folder.glob("[Ll][Ii][Cc][Ee][Nn]*"):
            plain = package.name.removeprefix("@").replace("/", "-")
            shutil.copyfile(text, folder / f"{plain}.txt")


def _write_manifest(made: Path, sheet: css.Sheet) -> None:
    manifest = {
        "inputs": _fingerprint(),
        "icons": sorted(set.union(*_icons())),
        "classes_used": sheet.classes_used,
        "classes_known": sheet.classes_known,
        "files": {
            str(path.relative_to(made)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(made.rglob("*"))
            if path.is_file()
        },
    }
    (made / MANIFEST.name).write_text(json.dumps(manifest, indent=1) + "\n")


def _move_into_place(made: Path) -> None:
    """File by file and the manifest last, so that a page that is read meanwhile has its style sheet."""
    files = sorted(
        path for path in made.rglob("*") if path.is_file() and path.name != MANIFEST.name
    )
    for path in [*files, made / MANIFEST.name]:
        target = OUT / path.relative_to(made)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.chmod(0o644)
        shutil.move(path, target)


def _fetch_axe() -> None:
    source = packages.fetch("axe-core") / "axe.min.js"
    if not AXE.is_file() or AXE.read_bytes() != source.read_bytes():
        shutil.copyfile(source, AXE)


def _fingerprint() -> str:
    """Of everything in frontend/ that decides what the build makes."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "frontend").rglob("*")):
        if path.is_file() and path.suffix in (".py", ".json", ".css", ".svg"):
            digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


@cache
def _scanned() -> list[str]:
    paths = {path for pattern in SCANNED for path in ROOT.glob(pattern)}
    return [path.read_text(encoding="utf-8") for path in sorted(paths)]


def _words() -> set[str]:
    return css.words_in(_scanned())


def _icons() -> tuple[set[str], set[str]]:
    """The icons that templates name in a tag, and what may be icons that code or includes name."""
    tags = {name for text in _scanned() for name in ICON_TAG.findall(text)}
    arguments = {name for text in _scanned() for name in ICON_ARGUMENT.findall(text)}
    return tags, arguments | BADGE_ICONS


@contextmanager
def _locked() -> Iterator[None]:
    """Two processes that both want a style sheet make it one after the other."""
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
