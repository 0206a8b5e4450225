import ast
from pathlib import Path

from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
OWN = ("kvk2", "ikc", "subsidies", "agreements", "monitoring")
SOURCES = [
    path
    for package in OWN
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
]
DOMAIN = (
    "models",
    "querysets",
    "states",
    "rules",
    "services",
    "interests",
    "allocation",
    "scoring",
    "status",
)
DOMAIN_MODULES = [
    path
    for path in SOURCES
    if "tests" not in path.parts and ({path.stem, *path.relative_to(ROOT).parts} & set(DOMAIN))
]
WEB = ("django.http", "django.shortcuts", "django.contrib.messages")


def imported_modules(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
    }
    return names | {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }


def test_the_domain_does_not_know_the_web():
    assert len(DOMAIN_MODULES) > 100
    assert not [
        (path.relative_to(ROOT).as_posix(), name)
        for path in DOMAIN_MODULES
        for name in imported_modules(path)
        if name.startswith(WEB)
    ]


def test_weasyprint_is_imported_in_one_place_only():
    importers = {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if any(name.split(".")[0] in ("weasyprint", "pydyf") for name in imported_modules(path))
    }
    assert importers
    assert all(name.startswith("kvk2/core/pdf") for name in importers)


def test_a_file_stays_readable():
    lines = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8").count("\n")
        for path in SOURCES
    }
    assert len(lines) > 500
    assert {name: count for name, count in lines.items() if count > 500} == {}


def test_no_file_is_a_junk_drawer():
    names = {"utils.py", "helpers.py", "common.py", "misc.py"}
    assert not [path for path in SOURCES if path.name in names]


def own_models():
    """Ours; the history tables that pghistory derives from them carry generated names."""
    return [
        model
        for app in OWN[1:]
        for model in apps.get_app_config(app).get_models()
        if not hasattr(model, "pgh_tracked_model")
    ]


def test_names_of_things_are_lower_case_dutch():
    assert not [
        (model._meta.label, str(label))
        for model in own_models()
        for label in (model._meta.verbose_name, model._meta.verbose_name_plural)
        if not (str(label)[0].islower() or str(label).startswith("IKC"))
    ]
