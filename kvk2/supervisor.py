"""The demo's long-running processes: started, watched, started again, and stopped together.

Each dies with the launcher, also when that is killed outright (see embedded/prelude.py), and writes to a log
file of its own below var/log/, which nobody has to keep reading.
"""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kvk2.console import say
from kvk2.embedded.account import prelude
from kvk2.embedded.layout import DISK_FULL, ROOT, STATE, last_lines

LOGS = STATE / "log"
_PATIENCE = 15.0  # seconds that a process gets to finish what it is doing
_DEATHS_ALLOWED = 3  # per process, within the period below
_PERIOD = 60.0


class ProcessKeepsDying(Exception):
    """A process ended so often that starting it once more would not help."""


@dataclass
class Child:
    """One process: what it is called on the screen, how it is started, when it died before."""

    name: str
    command: list[str]
    orphan_signal: signal.Signals
    process: subprocess.Popen[bytes]
    deaths: list[float] = field(default_factory=list)

    @property
    def log(self) -> Path:
        return LOGS / f"{self.name}.log"


class Supervisor:
    def __init__(self, *, environment: dict[str, str], pass_fds: Sequence[int]) -> None:
        self.environment = {**os.environ, **environment}
        self.pass_fds = pass_fds
        self.children: list[Child] = []
        LOGS.mkdir(mode=0o700, parents=True, exist_ok=True)

    def start(
        self, name: str, command: list[str], *, orphan_signal: signal.Signals = signal.SIGTERM
    ) -> None:
        """Start a process; it gets the signal when this one ends without stopping it."""
        (LOGS / f"{name}.log").write_bytes(b"")
        process = self._spawn(name, command, orphan_signal)
        self.children.append(Child(name, command, orphan_signal, process))

    def _spawn(
        self, name: str, command: list[str], orphan_signal: signal.Signals
    ) -> subprocess.Popen[bytes]:
        bound = [*prelude(), "--die-with-parent", str(int(orphan_signal)), str(os.getpid())]
        with (LOGS / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [*bound, *command],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal reaches the launcher only
                pass_fds=self.pass_fds,
            )

    def restart_what_died(self) -> None:
        """Start again what ended by itself; a refusal when that happens over and over."""
        for child in self.children:
            if child.process.poll() is None:
                continue
            now = time.monotonic()
            child.deaths = [death for death in child.deaths if now - death < _PERIOD] + [now]
            if len(child.deaths) >= _DEATHS_ALLOWED:
                raise ProcessKeepsDying(explain_death(child, "stopt steeds"))
            self._kill_group(child)  # what it left behind
            say(f"{child.name} is gestopt ({_how_it_ended(child)}) en wordt opnieuw gestart")
            child.process = self._spawn(child.name, child.command, child.orphan_signal)

    def first_dead(self) -> Child | None:
        return next((child for child in self.children if child.process.poll() is not None), None)

    def stop(self) -> None:
        """Ask all at once, wait together, then insist."""
        for child in self.children:
            if child.process.poll() is None:
                child.process.terminate()
        end = time.monotonic() + _PATIENCE
        for child in self.children:
            try:
                child.process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._kill_group(child)
                child.process.wait()

    @staticmethod
    def _kill_group(child: Child) -> None:
        try:
            os.killpg(child.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return  # nobody left; PermissionError is how macOS says that of zombies


def _how_it_ended(child: Child) -> str:
    code = child.process.returncode
    return f"signaal {-code}" if code < 0 else f"code {code}"


def explain_death(child: Child, what: str) -> str:
    """What happened ("stopt steeds") and what to do, in a sentence, and the process's own last words."""
    words = last_lines(child.log)
    if "No space left on device" in words:
        return DISK_FULL.format(STATE)
    return (
        f"{child.name} {what} ({_how_it_ended(child)}). Kijk in {child.log} wat er mis is en "
        f"start daarna opnieuw.\n{words}"
    )
