"""Stops the servers when their last user is gone, also when that user was killed outright.

``python -m kvk2.embedded.watchdog`` is started with the servers and ends with them. It inherits the lock that
says there is one, so there is never a second, and uses the standard library alone.
"""

import os
import sys
from pathlib import Path

from kvk2.embedded import layout, locks, processes, servers

_LOCK = "watchdog.lock"


def ensure_running() -> None:
    """Start the watchdog unless there is one; called behind the gate."""
    lock = locks.try_lock(_LOCK)
    if lock is None:
        return
    try:
        processes.start(
            [sys.executable, "-S", "-m", "kvk2.embedded.watchdog"],
            Path(os.devnull),
            cwd=layout.ROOT,
            env={**os.environ, "KVK2_STATE": str(layout.STATE)},
            pass_fds=[lock],
        )
    finally:
        os.close(lock)


def has_left() -> bool:
    return locks.is_free(_LOCK)


def watch() -> None:
    while True:
        locks.wait_until_unused()
        with locks.gate():
            if locks.is_free("users.lock"):
                servers.stop()
                os._exit(0)  # still behind the gate: nobody can find us alive and leaving


if __name__ == "__main__":
    watch()
