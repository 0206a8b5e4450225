"""The servers together: which of them are wanted, start, stop, start again what died."""

import contextlib
import os
import shutil
from collections.abc import Callable

from kvk2.console import say
from kvk2.embedded import clamd, layout, postgres, valkey

_LEAST_FREE_BYTES = 200 * 1024 * 1024


def wants_postgres() -> bool:
    return not os.environ.get("DATABASE_URL")


def wants_redis() -> bool:
    return not os.environ.get("REDIS_URL")


def wants_clamd() -> bool:
    """Not for a test run: a test that needs a scanner has one of its own."""
    given = os.environ.get("CLAMD_URL") or layout.is_ephemeral()
    return not given and clamd.find_binary() is not None


def wanted() -> bool:
    return wants_postgres() or wants_redis() or wants_clamd()


def start(database: str) -> None:
    """Called behind the gate."""
    layout.make_directories()  # who stopped last took the directory of the sockets along
    if shutil.disk_usage(layout.STATE).free < _LEAST_FREE_BYTES:
        raise layout.EmbeddedError(
            f"De schijf is bijna vol: maak minstens 200 MB vrij voor {layout.STATE} en start opnieuw."
        )
    if wants_postgres():
        postgres.start()
        postgres.create_database(database)
    if wants_redis():
        valkey.start()
    if wants_clamd():
        _start_clamd(say)


def _start_clamd(say: Callable[[str], object]) -> None:
    """Without it the portal works: files wait for their check."""
    try:
        clamd.own().start()
    except layout.EmbeddedError as error:
        say(f"De virusscanner start niet; bijlagen wachten op hun controle. {error}")


def start_what_died(say: Callable[[str], object]) -> None:
    """Called behind the gate, now and then, by whoever keeps the servers for a long time."""
    if wants_postgres() and not postgres.is_running():
        say("PostgreSQL is gestopt; hij wordt opnieuw gestart.")
        postgres.start()
    if wants_redis() and not valkey.is_running():
        say("Redis is gestopt; hij wordt opnieuw gestart.")
        valkey.start()
    if wants_clamd() and not clamd.own().is_running():
        say("De virusscanner is gestopt; hij wordt opnieuw gestart.")
        _start_clamd(say)


def stop() -> None:
    """Stop what runs, whoever started it; called behind the gate. A test run's data goes with it."""
    postgres.stop()
    valkey.stop()
    clamd.own().stop()
    with contextlib.suppress(OSError):  # not empty: something still stands there
        layout.RUN.rmdir()
    if layout.is_ephemeral():
        shutil.rmtree(layout.RUN, ignore_errors=True)
        erase()


def erase() -> None:
    """Remove the servers' data; they must be stopped."""
    if layout.PGDATA.is_symlink():  # see account.py: the data of an account other than root
        shutil.rmtree(layout.PGDATA.resolve(), ignore_errors=True)
        layout.PGDATA.unlink()
    for directory in (layout.PGDATA, layout.REDIS_DATA):
        shutil.rmtree(directory, ignore_errors=True)
