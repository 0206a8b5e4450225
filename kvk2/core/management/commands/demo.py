"""The whole portal in one command: everything it needs is made, started, watched and stopped here."""

import contextlib
import http.client
import io
import json
import os
import secrets
import shutil
import signal
import socket
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from redis import RedisError

from kvk2 import embedded, stylesheet
from kvk2.console import elapsed, say
from kvk2.core import health
from kvk2.embedded import layout, locks
from kvk2.supervisor import LOGS, ProcessKeepsDying, Supervisor, explain_death

HOST = "127.0.0.1"
FIRST_PORT, LAST_PORT = 8000, 8099
READY_WITHIN = 120.0  # seconds
OTHER_TABLES = (
    "De tabellen in de database zijn van een andere versie van het portaal. Begin opnieuw met: "
    "python3 manage.py demo --reset"
)
_POLL_SECONDS = 0.1
_WATCH_SECONDS = 0.5


class Command(BaseCommand):
    help = "Start het hele portaal met demogegevens. Ctrl-C stopt alles."
    requires_system_checks: Sequence[str] = ()  # type: ignore[assignment]  # they need the database

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--port", type=int, help="poort van de website (anders de eerste vrije)"
        )
        parser.add_argument("--reset", action="store_true", help="wis eerst de demogegevens")
        parser.add_argument(
            "--no-demo-data", action="store_true", help="alleen de feiten van de gemeente"
        )
        parser.add_argument(
            "--exit-when-ready", action="store_true", help="stop zodra het portaal antwoordt"
        )

    def handle(self, **options: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _leave)
        try:
            with only_demo_here() as tell_address:
                port = choose_port(options["port"])
                tell_address(f"http://{HOST}:{port}/")
                if options["reset"]:
                    erase()
                with embedded.services() as pass_fds:
                    self.prepare(demo_data=not options["no_demo_data"])
                    self.run(port, pass_fds, exit_when_ready=options["exit_when_ready"])
        except (OSError, DatabaseError) as error:
            if "No space left on device" not in str(error):
                raise
            raise CommandError(layout.DISK_FULL.format(embedded.STATE)) from error
        say("gestopt")

    def prepare(self, *, demo_data: bool) -> None:
        """Everything up to the point where processes can start."""
        given = os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")
        own = "van DATABASE_URL en REDIS_URL" if given else "gestart"
        say(f"database en wachtrij {own}")
        check_given_servers()
        refuse_other_tables()
        with stylesheet.building():
            call_command("migrate", verbosity=0, interactive=False)
            say("tabellen klaar")
            call_command(
                "load_municipality",
                settings.MUNICIPALITY_DATA,
                verbosity=0,
                stdout=io.StringIO(),
            )
            say(f"gegevens van {settings.MUNICIPALITY['name']} klaar")
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise looks there
        say("stijlblad klaar")
        if demo_data and not apps.get_model(settings.AUTH_USER_MODEL).objects.exists():
            call_command("load_demo", verbosity=0, stdout=io.StringIO())
            say("demogegevens klaar")
        # of an earlier run: the worker of this one must report itself
        cache.delete(health.HEARTBEAT_KEY)
        connection.close()

    def run(self, port: int, pass_fds: Sequence[int], *, exit_when_ready: bool) -> None:
        """Start the processes and keep them running until somebody says stop."""
        token = secrets.token_urlsafe(16)
        temporary = layout.STATE / "tmp"  # a process that is killed leaves its files here
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(mode=0o700)
        environment = {
            "TMPDIR": str(temporary),
            "KVK2_DEMO": "1",
            "KVK2_RUN_TOKEN": token,
            "BIND": f"{HOST}:{port}",
            "SITE_URL": f"http://{HOST}:{port}",
        }
        supervisor = Supervisor(environment=environment, pass_fds=pass_fds)
        try:
            start_processes(supervisor)
            wait_until_ready(supervisor, port, token)
            self.welcome(port)
            while not exit_when_ready:
                time.sleep(_WATCH_SECONDS)
                embedded.revive(say)
                supervisor.restart_what_died()
        except ProcessKeepsDying as explanation:
            raise CommandError(str(explanation)) from explanation
        finally:
            supervisor.stop()

    def welcome(self, port: int) -> None:
        """Where to go and as whom."""
        say(f"het portaal is klaar (na {elapsed():.0f} seconden)")
        demo = import_module("ikc.demo_accounts")  # by name: core does not build on the other apps
        lines = [f"  {self.style.SUCCESS(f'http://{HOST}:{port}/')}", ""]
        if apps.get_model(settings.AUTH_USER_MODEL).objects.exists():
            lines += [f"  Wachtwoord van elk account: {demo.DEMO_PASSWORD}", ""]
            width = max(len(account.email) for account in demo.DEMO_ACCOUNTS)
            for account in demo.DEMO_ACCOUNTS:
                lines.append(f"  {account.email:<{width}}  {account.role.label}: {account.task}")
        lines += ["", f"  Logboeken: {LOGS}", "  Ctrl-C stopt alles.", ""]
        self.stdout.write("\n".join(["", *lines]))
        self.stdout.flush()


def _leave(*_: object) -> None:
    """Turn the first signal into an orderly way out; further ones cannot cut that short."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    say("stoppen")
    sys.exit(0)


# ---------------------------------------------------------------- before the start


@contextlib.contextmanager
def only_demo_here() -> Iterator[Callable[[str], None]]:
    """Two demos in one folder would work each other's queue; the lock goes when its holder does."""
    layout.make_directories()
    lock = locks.try_lock("demo.lock")
    if lock is None:
        address = (embedded.STATE / "demo.lock").read_text()
        raise CommandError(
            f"De demo draait hier al ({address}): gebruik die, of stop hem eerst met Ctrl-C."
        )
    try:
        yield lambda address: os.truncate(lock, os.pwrite(lock, address.encode(), 0))
    finally:
        os.close(lock)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose_port(wanted: int | None) -> int:
    """The wanted port, or the first free one; a refusal that names another one."""
    if wanted is not None and is_free(wanted):
        return wanted
    free = next(filter(is_free, range(FIRST_PORT, LAST_PORT + 1)), None)
    if wanted is not None:
        advice = f" bijvoorbeeld --port {free}" if free else " met --port"
        raise CommandError(f"Poort {wanted} is niet vrij: kies een andere,{advice}.")
    if free is None:
        raise CommandError(
            f"De poorten {FIRST_PORT} tot en met {LAST_PORT} zijn bezet: kies er zelf een met --port."
        )
    return free


def check_given_servers() -> None:
    """A refusal when DATABASE_URL or REDIS_URL leads to nobody; the portal's own were just started."""
    unreachable = "De server van {} antwoordt niet: controleer het adres en of hij draait.\n{}"
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise CommandError(unreachable.format("DATABASE_URL", error)) from error
    try:
        cache.touch("nothing")
    except RedisError as error:
        raise CommandError(unreachable.format("REDIS_URL", error)) from error


def refuse_other_tables() -> None:
    """Raises `CommandError` when the database was made by migrations that this version does not have."""
    loader = MigrationLoader(connection)
    known = set(loader.disk_migrations or ()) | set(loader.replacements)
    apps_here = {app for app, _name in known}
    if any(key[0] in apps_here and key not in known for key in loader.applied_migrations or ()):
        raise CommandError(OTHER_TABLES)


def erase() -> None:
    """Remove what the demo made; never touches a database that somebody else runs."""
    if os.environ.get("DATABASE_URL") or os.environ.get("REDIS_URL"):
        raise CommandError(
            "--reset wist alleen de eigen database van de demo, en DATABASE_URL of REDIS_URL wijst naar "
            "een andere: maak die zelf leeg, of start zonder die variabelen."
        )
    embedded.erase()
    for directory in (Path(settings.MEDIA_ROOT), Path(settings.EMAIL_FILE_PATH), LOGS):
        if directory.is_relative_to(embedded.STATE):
            shutil.rmtree(directory, ignore_errors=True)
    say("demogegevens gewist")


# ---------------------------------------------------------------- the processes


def start_processes(supervisor: Supervisor) -> None:
    celery = [sys.executable, "-m", "celery", "--app", "kvk2"]
    schedule = embedded.STATE / "beat-schedule"
    supervisor.start(
        "web", [sys.executable, "-m", "gunicorn", "--config", "python:kvk2.gunicorn", "kvk2.wsgi"]
    )
    supervisor.start(
        "worker",
        [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"],
        # an orphan does not finish its task first: the row is still there, the next worker makes it
        orphan_signal=signal.SIGQUIT,
    )
    supervisor.start("beat", [*celery, "beat", "--schedule", str(schedule), "--pidfile", ""])
    say("website, worker en klok gestart")


def wait_until_ready(supervisor: Supervisor, port: int, token: str) -> None:
    """Until our own /readyz says so: another program's 200 does not carry this run's token."""
    end = time.monotonic() + READY_WITHIN
    missing = "nog geen antwoord"
    while time.monotonic() < end:
        if dead := supervisor.first_dead():
            raise CommandError(explain_death(dead, "start niet"))
        ready, missing = ask_readyz(port, token)
        if ready:
            return
        time.sleep(_POLL_SECONDS)
    raise CommandError(
        f"Het portaal is na {READY_WITHIN:.0f} seconden nog niet klaar ({missing}): kijk in {LOGS}."
    )


def ask_readyz(port: int, token: str) -> tuple[bool, str]:
    """(ready, what is missing). Past any proxy that the environment names."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        content = response.read()
    except (OSError, http.client.HTTPException):
        return False, "nog geen antwoord"
    finally:
        connection.close()
    if response.headers.get(health.TOKEN_HEADER) != token:
        return False, f"op poort {port} antwoordt een ander programma"
    if response.status == http.HTTPStatus.OK:
        return True, ""
    checks = json.loads(content)["checks"]
    return False, "niet klaar: " + ", ".join(name for name, passes in checks.items() if not passes)
