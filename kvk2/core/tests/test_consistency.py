"""What holds for the whole project: settings, beat, URLs, migrations, generated pages."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from dotenv import dotenv_values

from kvk2.celery import app
from kvk2.core.management.commands import workflows

ROOT = Path(settings.BASE_DIR)
PUBLIC = {
    "healthz",
    "readyz",
    "accessibility",
    "privacy",
    "about",
    # the subsidy register (Woo 3.3a)
    "public_register",
    "public_register_csv",
    "public_register_json",
    # the public edition of the yearly reports (monitoring reference 5.2)
    "public_report_list",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_inactive",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "session_ended",
}


@pytest.mark.parametrize(
    "entry", settings.CELERY_BEAT_SCHEDULE.values(), ids=lambda entry: entry["task"]
)
def test_beat_names_a_registered_task(entry):
    app.loader.import_default_modules()
    assert entry["task"] in app.tasks


def every_pattern(resolver=None, prefix=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from every_pattern(pattern, route)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield pattern.name, route


def example_url(route: str) -> str:
    route = re.sub(r"<(?:int:)[^>]+>", "1", route)
    route = re.sub(r"<[^>]+>", "x", route)
    return "/" + re.sub(
        r"\(\?P<\w+>[^)]*\)|[\^$]|\\Z", lambda found: "x" if "P<" in found[0] else "", route
    )


def test_nobody_sees_anything_without_logging_in(client, db):
    patterns = [(name, route) for name, route in every_pattern() if name not in PUBLIC]
    assert len(patterns) > 300
    seen = {}
    for name, route in patterns:
        response = client.get(example_url(route))
        led_away = response.status_code == 302 and response["Location"].startswith(
            reverse("account_login")
        )
        # a machine without a key is told so
        keyless = response.status_code == 401 and "/api/v1/" in example_url(route)
        if not (led_away or keyless or response.status_code in (404, 405)):
            seen[name] = (response.status_code, response.get("Location"))
    assert seen == {}


def test_every_change_of_a_model_has_its_migration(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_page_with_workflows_is_current():
    assert workflows.PAGE.read_text(encoding="utf-8") == workflows.page_text()


# What a place must give (.env.example), and nothing that this machine happens to hold.
IN_PRODUCTION = {
    **{name: value for name, value in os.environ.items() if not name.startswith("KVK2_DEMO")},
    **dotenv_values(settings.MUNICIPALITY_DATA / "municipality.env"),
    "MUNICIPALITY_DATA": str(settings.MUNICIPALITY_DATA),
    "PRODUCTION": "1",
    "SECRET_KEY": "5f1d0c7e8a3b4965d2f7c1e09b8a6d4f3e2c1b0a99887766554433221100ffee",
    "ALLOWED_HOSTS": "ikc.example.nl",
    "CLAMD_URL": "unix:///run/clamav/clamd.ctl",
    "DJANGO_SETTINGS_MODULE": "kvk2.settings",
}


def check_deploy(**environment):
    return subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "django",
            "check",
            "--deploy",
            "--fail-level",
            "INFO",
        ],
        cwd=ROOT,
        env=IN_PRODUCTION | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_check_deploy_is_silent_in_production():
    done = check_deploy()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues" in done.stdout


def test_check_deploy_looks_at_where_private_files_are(tmp_path):
    beside = check_deploy(STATIC_ROOT=str(tmp_path), MEDIA_ROOT=str(tmp_path / "media"))
    assert "kvk2.E001" in beside.stderr
    bucket = check_deploy(
        PRIVATE_FILES="s3",
        PRIVATE_FILES_BY_NAME="X-Sendfile",
        S3_BUCKET="ikc",
        S3_ENDPOINT_URL="http://127.0.0.1:9",
        S3_ACCESS_KEY="sleutel",
        S3_SECRET_KEY="geheim",
    )
    assert all(code in bucket.stderr for code in ("kvk2.E002", "kvk2.E003", "kvk2.W001"))


@pytest.mark.parametrize(
    "name",
    ["SECRET_KEY", "CLAMD_URL", "MUNICIPALITY_DATA", "MUNICIPALITY_NAME", "MUNICIPALITY_COURT"],
)
def test_production_refuses_to_start_without(name):
    environment = {key: value for key, value in IN_PRODUCTION.items() if key != name}
    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert name in done.stderr


TEMPLATES = [path for path in (ROOT / "templates").rglob("*.html") if "pdf" not in path.parts]


def test_a_page_holds_no_inline_script_or_style():
    # A block of application/json is data: no browser runs it, and the policy of content does not ask about it.
    script = r'<script(?![^>]*\s(?:src=|type="application/json"))'
    inline = re.compile(rf"<style|\sstyle=|\son[a-z]+=|{script}")
    assert len(TEMPLATES) > 200
    assert not [path for path in TEMPLATES if inline.search(path.read_text(encoding="utf-8"))]


def test_nothing_of_one_municipality_stands_in_code():
    pattern = re.compile(r"leeuwarden", re.IGNORECASE)
    allowed = {"kvk2/settings.py", "subsidies/management/commands/load_leeuwarden.py"}
    guilty = [
        path.relative_to(ROOT).as_posix()
        for folder in ("kvk2", "ikc", "subsidies", "agreements", "monitoring", "templates")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".txt", ".css"}
        and "tests" not in path.parts
        and "migrations" not in path.parts
        and pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert sorted(set(guilty) - allowed) == []
