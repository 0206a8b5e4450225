"""Starting, recognising and awaiting server processes."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kvk2.embedded import layout

_started: list[subprocess.Popen[bytes]] = []
_POLL_SECONDS = 0.02


def start(command: list[str], log: Path, **options: Any) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, so that Ctrl-C in the terminal does not reach it."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **options,
        )
    _started.append(process)
    return process


def reap() -> None:
    """Collect those of our own children that ended, so that their pids no longer look alive."""
    for process in _started:
        process.poll()


def all_ended() -> bool:
    reap()
    return all(process.returncode is not None for process in _started)


def is_alive(pid: int) -> bool:
    reap()
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """Ended, but not collected: whoever adopted the child of a killed launcher may be slow to do that."""
    with contextlib.suppress(OSError, IndexError):
        # the name between brackets may hold anything, spaces included
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state == "Z"
    return False


def command_line(pid: int) -> list[bytes]:
    """The program and arguments of a process, empty when it cannot be known."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        if sys.platform.startswith("linux"):
            return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return subprocess.check_output(["ps", "-o", "command=", "-p", str(pid)]).split()
    return []


def wait_for(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Poll until the condition holds; False when it still does not after so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def wait_until_gone(pid: int, *, seconds: float) -> bool:
    return wait_for(lambda: not is_alive(pid), seconds=seconds)


def wait_until_ready(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], *, name: str, log: Path
) -> bool:
    """False when the process ended instead; a refusal when it takes longer than a minute."""
    if not wait_for(lambda: ready() or process.poll() is not None, seconds=60):
        raise layout.EmbeddedError(f"{name} is na een minuut nog niet gestart; kijk in {log}.")
    return process.poll() is None


def explain_failure(name: str, log: Path) -> str:
    """The sentence for a server that would not start."""
    lines = layout.last_lines(log)
    if "No space left on device" in lines:
        return layout.DISK_FULL.format(layout.STATE)
    return f"{name} start niet; de laatste regels van {log}:\n{lines}"
