"""From nothing to an answering portal: the parts of the launcher, and the whole of it once."""

import http.server
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from kvk2 import bootstrap, stylesheet, syslibs
from kvk2.core.management.commands import demo

OUTSIDE = {"DATABASE_URL", "REDIS_URL", "KVK2_EPHEMERAL", "KVK2_STARTED"}


# ---------------------------------------------------------------- the packages


def test_packages_are_installed_again_when_the_pins_change(monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("django==5.2.19")
    assert not bootstrap.is_installed(requirements)
    bootstrap.stamp_of(requirements).write_text(bootstrap.fingerprint(requirements))
    assert bootstrap.is_installed(requirements)
    requirements.write_text("django==5.2.20")
    assert not bootstrap.is_installed(requirements)


def test_packages_are_installed_again_when_python_is_gone(monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / "bin" / "python")
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("django==5.2.19")
    bootstrap.stamp_of(requirements).write_text(bootstrap.fingerprint(requirements))
    assert not bootstrap.is_installed(requirements)


def test_the_installer_itself_is_pinned_with_hashes():
    lines = bootstrap.pinned("uv", bootstrap.REQUIREMENTS.read_text()).splitlines()
    assert re.fullmatch(r"uv==\S+ \\", lines[0])
    assert len(lines) > 1
    assert all(re.fullmatch(r" +--hash=sha256:[0-9a-f]{64}( \\)?", line) for line in lines[1:])


def test_every_requirement_is_pinned_with_a_hash():
    for file in (bootstrap.REQUIREMENTS, bootstrap.DEV_REQUIREMENTS):
        pins = re.findall(r"^[a-z0-9].*$", file.read_text(), re.MULTILINE | re.IGNORECASE)
        assert pins
        assert all("==" in pin and pin.endswith("\\") for pin in pins)


def test_python_carries_pip_with_it():
    assert bootstrap.find_pip().suffix == ".whl"


def test_an_empty_environment_gets_what_programs_count_on(monkeypatch):
    for name in ("PATH", "HOME", "SSL_CERT_FILE", "PYTHONPYCACHEPREFIX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    bootstrap.complete_environment()
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ
    assert os.environ["PYTHONPYCACHEPREFIX"] == str(bootstrap.VENV / "compiled")
    assert "/usr/bin" in os.environ["PATH"].split(os.pathsep)
    assert os.access(os.environ["HOME"], os.W_OK)


# ---------------------------------------------------------------- system libraries


def test_pango_is_missing_when_the_loader_cannot_find_it(monkeypatch):
    assert syslibs.has_pango()
    monkeypatch.setattr(syslibs, "_PANGO_LIBRARIES", ("libnotthere.so.7",))
    assert not syslibs.has_pango()


def test_missing_pango_is_named_in_one_line_to_copy(monkeypatch):
    monkeypatch.setattr(syslibs, "_PANGO_LIBRARIES", ("libnotthere.so.7",))
    monkeypatch.setenv("KVK2_NO_SYSTEM_PACKAGES", "1")
    with pytest.raises(
        SystemExit, match=r"apt-get install -y .*libpango-1\.0-0 libpangoft2-1\.0-0"
    ):
        syslibs.ensure_pango()


def test_a_missing_browser_is_a_refusal_that_names_the_package(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("KVK2_CHROMIUM", raising=False)
    with pytest.raises(SystemExit, match="apt-get install -y --no-install-recommends chromium"):
        syslibs.ensure_chromium()


def test_a_browser_of_ones_own_is_used(monkeypatch, tmp_path):
    browser = tmp_path / "my-chrome"
    browser.touch()
    monkeypatch.setenv("KVK2_CHROMIUM", str(browser))
    assert syslibs.ensure_chromium() == str(browser)


# ---------------------------------------------------------------- the style sheet


def test_a_style_sheet_that_cannot_be_made_is_a_refusal_that_says_why(monkeypatch, tmp_path):
    build = tmp_path / "build.py"
    build.write_text("import sys; sys.exit('De kleuren zijn niet goed leesbaar.')")
    monkeypatch.setattr(stylesheet, "_BUILD", build)
    with pytest.raises(SystemExit, match="De kleuren zijn niet goed leesbaar"):
        stylesheet.ensure_current()


# ---------------------------------------------------------------- the port


@pytest.fixture
def taken_port():
    with socket.socket() as holder:
        holder.bind((demo.HOST, 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_busy_port_is_refused_with_another_one(taken_port):
    with pytest.raises(CommandError, match=rf"Poort {taken_port} is niet vrij.*--port \d+"):
        demo.choose_port(taken_port)


def test_without_a_wish_the_first_free_port_is_taken(monkeypatch, taken_port):
    monkeypatch.setattr(demo, "FIRST_PORT", taken_port)
    monkeypatch.setattr(demo, "LAST_PORT", taken_port + 20)
    assert demo.choose_port(None) > taken_port


def test_all_ports_taken_is_told(monkeypatch, taken_port):
    monkeypatch.setattr(demo, "FIRST_PORT", taken_port)
    monkeypatch.setattr(demo, "LAST_PORT", taken_port)
    with pytest.raises(CommandError, match="--port"):
        demo.choose_port(None)


class Stranger(http.server.BaseHTTPRequestHandler):
    """Another program that says 200 to everything."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


def test_the_answer_of_another_program_does_not_count():
    with http.server.HTTPServer((demo.HOST, 0), Stranger) as server:
        threading.Thread(target=server.handle_request).start()
        ready, missing = demo.ask_readyz(server.server_port, "this-run")
    assert not ready
    assert "ander programma" in missing


def test_reset_never_empties_a_database_of_somebody_else(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://elders/kvk2")
    with pytest.raises(CommandError, match="maak die zelf leeg"):
        demo.erase()


@pytest.mark.django_db
def test_tables_of_another_version_are_refused_with_the_way_out():
    demo.refuse_other_tables()
    MigrationRecorder(connection).record_applied("subsidies", "0007_round_rules")
    with pytest.raises(CommandError, match="demo --reset"):
        demo.refuse_other_tables()


# ---------------------------------------------------------------- the whole


@pytest.fixture(scope="module")
def state(tmp_path_factory) -> Path:
    """One state directory for all of them: making the tables takes most of a first start."""
    return tmp_path_factory.mktemp("demo") / "state"


@pytest.fixture
def start_demo(state):
    """Start the demo without any environment of ours, and see to it that it ends."""
    started = []

    def start(*arguments: str) -> subprocess.Popen:
        environment = {name: value for name, value in os.environ.items() if name not in OUTSIDE}
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--no-demo-data", *arguments],
            cwd=settings.BASE_DIR,
            env={**environment, "KVK2_STATE": str(state)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def processes_that_use(state: Path) -> list[str]:
    """The command lines of whatever runs with this state directory, zombies left out."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            environment = (directory / "environ").read_bytes()
            command = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if f"KVK2_STATE={state}".encode() in environment.split(b"\0") and command:
            found.append(command)
    return found


def eventually_nothing_uses(state: Path) -> bool:
    end = time.monotonic() + 30
    while processes_that_use(state) and time.monotonic() < end:
        time.sleep(0.1)
    return not processes_that_use(state)


@pytest.mark.slow
def test_the_demo_comes_up_and_stops_clean(start_demo, state):
    process = start_demo("--exit-when-ready")
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    assert "het portaal is klaar" in output
    assert re.search(r"http://127\.0\.0\.1:\d+/", output)
    assert eventually_nothing_uses(state)


def test_a_second_demo_in_the_same_folder_is_sent_to_the_first():
    with demo.only_demo_here() as tell_address:
        tell_address("http://127.0.0.1:8010/")
        tell_address("http://127.0.0.1:80/")
        with pytest.raises(CommandError, match=r"\(http://127\.0\.0\.1:80/\)"):
            demo.only_demo_here().__enter__()
    with demo.only_demo_here():
        pass


@pytest.mark.slow
@pytest.mark.fault
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_it_ends_the_demo_leaves_nothing_behind_and_comes_up_again(
    start_demo, state, number
):
    process = start_demo()
    for line in process.stdout:
        if "Ctrl-C stopt alles" in line:
            break
    assert len(processes_that_use(state)) > 6
    process.send_signal(number)
    process.wait(40)
    assert eventually_nothing_uses(state)
