"""The style sheet and its palette: readable, complete, and made of what was pinned and nothing else."""

import base64
import gzip
import hashlib
import io
import json
import re
import tarfile
from copy import deepcopy
from pathlib import Path

import pytest
from django.conf import settings

from frontend import css, packages, theme
from kvk2 import theme as portal_theme

ROOT = Path(settings.BASE_DIR)
BUILT = ROOT / "static" / "build"
# Words between braces are decided by the template; these are the parts that stand before them.
CLASS_ATTRIBUTE = re.compile(r'class="([^"]*)"')
TEMPLATE_CODE = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}")


# --- colours


def test_the_palette_is_readable():
    assert theme.contrast_failures(theme.load()) == []


def test_a_palette_that_is_hard_to_read_is_refused_by_name():
    pale = deepcopy(theme.load())
    pale["scales"]["primary"]["500"] = "#9db8d8"
    failures = theme.contrast_failures(pale)
    assert any(failure.startswith("#ffffff op primary-500") for failure in failures)


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48)]
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert theme.contrast(one, other) == pytest.approx(ratio, abs=0.01)


def test_charts_and_documents_use_the_same_colours():
    assert portal_theme.palette() == theme.palette(theme.load())
    with pytest.raises(KeyError):
        portal_theme.colour("roze-500")


def test_a_tint_is_a_colour_thinned_with_white():
    assert portal_theme.tint("status-red", 100) == portal_theme.colour("status-red")
    assert portal_theme.tint("status-red", 0) == theme.WHITE
    dark = portal_theme.colour("neutral-700")
    assert theme.contrast(dark, portal_theme.tint("status-red", 15)) > 7


# --- the style sheet


def build(own=".app{color:var(--b)}", words=frozenset({"part", "part__inside"})) -> css.Sheet:
    component = (
        ".part{color:var(--a);margin:var(--none);padding:var(--none, var(--c))} .part--hover{color:red} .part__unused{color:blue} "
        ".other{color:green} @media print{.part__inside{margin:0} .other{margin:0}} "
        '.part{background:url("data:image/svg+xml,%3Csvg/%3E")} .part:not(.unknown){top:0}'
    )
    return css.build(
        sources=[css.Source(component, frozenset({"part"}))],
        tokens=(
            ":root{--a: var(--basis-deep); --basis-deep: var(--raw); --raw: 1px; --b: 2px; --c: calc(var(--raw) * 2);"
            "--idle: 3px;}"
        ),
        theme={"--b": "4px", "--never": "5px"},
        own=own,
        fonts="",
        words=set(words),
    )


def test_only_rules_that_a_template_uses_stay():
    text = build().text
    assert ".part{" in text
    assert ".part__inside" in text
    assert ".part:not(.unknown)" in text
    assert not re.search(r"hover|unused|\.other", text)


def test_only_tokens_that_a_rule_reaches_stay():
    text = build().text
    assert "--basis-deep:1px" in text
    assert "--b:4px" in text
    assert not re.search("--idle|--never", text)


def test_the_tokens_of_one_component_give_way_to_what_they_say():
    text = build().text
    assert ".part{color:var(--basis-deep);margin:unset;padding:calc(1px * 2)}" in text
    assert not re.search("--a:|--c:|--raw|--none", text)


def test_pictures_become_files_so_that_no_page_needs_data_addresses():
    sheet = build()
    assert "data:" not in sheet.text
    ((name, svg),) = sheet.pictures.items()
    assert svg == "<svg/>"
    assert f"img/{name}" in sheet.text


def test_an_unknown_token_is_reported():
    assert build(own=".app{color:var(--typo)}").unknown_tokens == ["--typo"]


def test_it_is_told_for_which_classes_the_sheet_was_made():
    sheet = build()
    assert sheet.classes_used == ["part", "part__inside"]
    assert "other" in sheet.classes_known


# --- packages


@pytest.fixture
def package(tmp_path, monkeypatch) -> packages.Package:
    monkeypatch.setattr(packages, "CACHE", tmp_path)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for name in ("package/dist/a.css", "package/LICENSE", "package/b.js", "package/../../evil"):
            tar.addfile(tarfile.TarInfo(name))
    digest = base64.b64encode(hashlib.sha512(archive.getvalue()).digest()).decode()
    made = packages.Package("@x/y", "1.0.0", f"sha512-{digest}", "MIT", ("dist/*.css", "*"), False)
    made.tarball.write_bytes(archive.getvalue())
    return made


def test_only_wanted_files_are_unpacked_and_none_outside_the_folder(package, tmp_path):
    packages.fetch_all([package])
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert files >= {"x-y-1.0.0/dist/a.css", "x-y-1.0.0/LICENSE"}
    assert not any("evil" in name for name in files)
    assert not (tmp_path.parent / "evil").exists()


def test_another_tarball_than_the_pinned_one_is_refused(package, monkeypatch):
    monkeypatch.setattr(packages, "_npm_pack", lambda _: None)
    package.tarball.write_bytes(b"something else")
    with pytest.raises(packages.FetchError, match="sha512 klopt niet"):
        packages.fetch_all([package])


def test_every_package_is_pinned_to_one_version_and_one_tarball():
    described = json.loads((ROOT / "frontend" / "vendor.json").read_text())["packages"]
    for name, entry in described.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"]), name
        assert len(base64.b64decode(entry["integrity"].removeprefix("sha512-"))) == 64, name


# --- what was built


def test_every_class_in_a_template_is_in_the_style_sheet():
    known = set(css.CLASS.findall((BUILT / "nlds.css").read_text()))
    folders = (ROOT / "templates", ROOT / "kvk2" / "nlds" / "templates")
    unknown = set()
    for path in (path for folder in folders for path in folder.rglob("*.html")):
        if "pdf" in path.parts:
            continue
        html = TEMPLATE_CODE.sub("\0", path.read_text())
        for names in CLASS_ATTRIBUTE.findall(html):
            whole = {name for name in names.split() if "\0" not in name}
            unknown |= {(name, path.name) for name in whole if "-" in name and name not in known}
    assert unknown == set()


def test_every_icon_in_a_template_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (BUILT / "icons.svg").read_text()))
    used = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([a-z0-9-]+)', path.read_text())
    }
    assert used <= sprite


def test_the_page_budget_holds():
    """Of the front end's plan: 90 kB for a first visit; style sheet and scripts together at most 20 as they travel.

    That is of a page to fill in; `rescue.js` comes along only when something went wrong.
    """
    scripts = [ROOT / "static" / "js" / name for name in ("portal.js", "filling.js")]
    files = [BUILT / "nlds.css", *scripts]
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in files) <= 20_000
    assert len((BUILT / "fonts" / "source-sans-3.woff2").read_bytes()) < 30_000
