"""The servers of a throw-away portal, and the processes that run on them."""

import contextlib
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kvk2.embedded import broker_url, layout
from kvk2.embedded.account import prelude

if TYPE_CHECKING:
    import psycopg2.extensions

HOST = "127.0.0.1"
DATABASE = "kvk2"
START_WITHIN = 60.0  # seconds
STOP_WITHIN = 15.0
# What would lead a process to servers or files other than its own.
_OTHERS = {
    "BIND",
    "CLAMD_URL",
    "DATABASE_URL",
    "DJANGO_SETTINGS_MODULE",
    "KVK2_EPHEMERAL",
    "KVK2_REDIS_DB",
    "KVK2_RUN_TOKEN",
    "KVK2_STATE",
    "MEDIA_ROOT",
    "PRODUCTION",
    "PYTEST_XDIST_WORKER",
    "REDIS_URL",
    "STATIC_ROOT",
}


class DidNotStart(Exception):
    """A process ended instead of starting; the message holds its last words."""


@dataclass(frozen=True)
class Process:
    """One process with all its children."""

    popen: subprocess.Popen[bytes]
    log: Path

    @property
    def pids(self) -> list[int]:
        """Itself and its children that still run."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
                if int(group) == self.popen.pid and state != "Z":
                    found.append(int(stat.parent.name))
        return found

    def kill(self) -> None:
        """kill -9 of the whole group at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait(STOP_WITHIN)


@dataclass(frozen=True)
class Website(Process):
    """A web server; `port` is the one on 127.0.0.1 that it answers on."""

    port: int


class Portal:
    """Servers that run from the start, and the processes that were started on them. A context manager."""

    def __init__(self, state: Path, **environment: str) -> None:
        self.state = state
        clean = {name: value for name, value in os.environ.items() if name not in _OTHERS}
        self.environment = {**clean, "KVK2_STATE": str(state)}
        self._processes: list[Process] = []
        state.mkdir(parents=True, exist_ok=True)
        with (state / "servers.log").open("ab") as log:
            self._holder = subprocess.Popen(
                [sys.executable, "-m", "kvk2.throwaway"],
                cwd=layout.ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        self.environment |= json.loads(self._answer()) | environment
        self.environment["DJANGO_SETTINGS_MODULE"] = "kvk2.settings"
        (state / "static").mkdir(exist_ok=True)  # WhiteNoise looks there

    def __enter__(self) -> "Portal":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill_processes()
        for stream in (self._holder.stdin, self._holder.stdout):
            if stream:
                stream.close()
        self._holder.wait(STOP_WITHIN * 4)

    # ------------------------------------------------------------ the servers

    def _answer(self) -> bytes:
        line = self._holder.stdout.readline() if self._holder.stdout else b""
        if not line:
            raise DidNotStart(layout.last_lines(self.state / "servers.log"))
        return line

    def revive(self) -> None:
        """Start the servers that died, with their data."""
        if self._holder.stdin:
            self._holder.stdin.write(b"revive\n")
            self._holder.stdin.flush()
        self._answer()

    @property
    def postgres_pid(self) -> int:
        return int((self.state / "postgres" / "postmaster.pid").read_text().splitlines()[0])

    @property
    def redis_pid(self) -> int:
        return int((self.state / "redis.pid").read_text())

    def database_url(self, name: str = DATABASE) -> str:
        return re.sub(r"[^/]+$", name, self.environment["DATABASE_URL"])

    @contextlib.contextmanager
    def connection(self, name: str = DATABASE) -> "Iterator[psycopg2.extensions.connection]":
        """A connection of one's own, each statement a transaction."""
        import psycopg2  # noqa: PLC0415 - the holder starts before any package is needed

        directory = self.database_url().split("@")[1].rpartition("/")[0].replace("%2F", "/")
        connection = psycopg2.connect(host=directory, user="postgres", dbname=name)
        connection.autocommit = True
        try:
            yield connection
        finally:
            connection.close()

    def sql(self, statement: str, *parameters: object, database: str = DATABASE) -> list[tuple]:
        """The rows of one statement, or none when it gives none."""
        with self.connection(database) as connection, connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def send_task(self, name: str) -> None:
        """Put one task in the queue, as beat does when its time has come."""
        from celery import Celery  # noqa: PLC0415 - the holder starts before any package is needed

        broker = broker_url(self.environment["REDIS_URL"])
        with Celery("throwaway", broker=broker, set_as_current=False) as app:
            app.send_task(name)

    def empty_redis(self) -> None:
        """Forget every message that waits, whoever it was for, and what was cached."""
        import redis  # noqa: PLC0415 - the holder starts before any package is needed

        with redis.Redis.from_url(self.environment["REDIS_URL"]) as client:
            client.flushall()

    # ------------------------------------------------------------ the processes

    def _environment(self, database: str, extra: dict[str, str]) -> dict[str, str]:
        return {**self.environment, "DATABASE_URL": self.database_url(database), **extra}

    def run(self, *arguments: str, database: str = DATABASE, text: str = "", **extra: str) -> str:
        """What a Python program prints when it reads `text`; an exception with all it said when it fails."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=layout.ROOT,
            env=self._environment(database, extra),
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def call(
        self, module: str, function: str, *arguments: object, database: str = DATABASE, **extra: str
    ) -> Any:
        """What a function answers that is called in a process of its own; arguments and answer survive JSON."""
        text = json.dumps(arguments)
        caller = ("-m", "kvk2.throwaway.call", module, function)
        return json.loads(self.run(*caller, database=database, text=text, **extra))

    def start(
        self, name: str, command: Sequence[str], *, database: str = DATABASE, **extra: str
    ) -> Process:
        """Start `python …command…`; it dies with this process."""
        log = self.state / f"{name}.log"
        bound = [*prelude(), "--die-with-parent", str(int(signal.SIGKILL)), str(os.getpid())]
        with log.open("ab") as output:
            popen = subprocess.Popen(
                [*bound, sys.executable, *command],
                cwd=layout.ROOT,
                env=self._environment(database, extra),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        process = Process(popen, log)
        self._processes.append(process)
        return process

    def website(
        self,
        app: str = "kvk2.wsgi",
        *,
        database: str = DATABASE,
        command: Sequence[str] = (),
        **extra: str,
    ) -> Website:
        """gunicorn as in the demo, ready to answer; or another `command` that serves at BIND."""
        port = _free_port()
        command = command or ["-m", "gunicorn", "--config", "python:kvk2.gunicorn", app]
        extra = {
            "BIND": f"{HOST}:{port}",
            "SITE_URL": f"http://{HOST}:{port}",
            "KVK2_RUN_TOKEN": secrets.token_urlsafe(16),
            **extra,
        }
        process = self.start(f"web-{port}", command, database=database, **extra)
        _await(lambda: _answers(port), process)
        return Website(process.popen, process.log, port)

    def kill_processes(self) -> None:
        """End what was started here; the servers stay."""
        for process in self._processes:
            process.kill()
        self._processes.clear()

    def worker(self, *, concurrency: int = 1, beat: bool = False, **where: str) -> Process:
        """A Celery worker that has its processes for the work; with `beat` it sweeps by the clock as well."""
        command = ["-m", "celery", "--app", "kvk2", "worker", "--concurrency", str(concurrency)]
        command += ["--without-gossip", "--without-mingle"]
        if beat:
            command += ["--beat", "--schedule", str(self.state / "beat-schedule")]
        process = self.start("worker", command, **where)
        _await(lambda: len(process.pids) > 1, process)
        return process


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def _await(ready: Callable[[], bool], process: Process) -> None:
    end = time.monotonic() + START_WITHIN
    while not ready():
        if process.popen.poll() is not None or time.monotonic() > end:
            raise DidNotStart(layout.last_lines(process.log, 30))
        time.sleep(0.05)
