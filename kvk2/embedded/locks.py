"""Who uses the servers, kept by the kernel: a lock on a file is gone when its holder is, however it ended.

* ``users.lock`` is held *shared* by everyone who uses the servers. Children inherit it (``pass_fds``), so the
  servers outlive a killed launcher until its last child has left.
* ``start.lock`` (the gate) is held *exclusively* by whoever starts or stops servers.
* ``watchdog.lock`` is held by the one process that stops the servers when ``users.lock`` comes free.

Whoever wants two of them takes the gate first.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator

from kvk2.embedded import layout


def _open(name: str) -> int:
    return os.open(layout.STATE / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextlib.contextmanager
def gate() -> Iterator[None]:
    descriptor = _open("start.lock")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def join_users() -> int:
    """Count this process among the users, until the returned descriptor is closed everywhere."""
    descriptor = _open("users.lock")
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def wait_until_unused() -> None:
    """Block until nobody holds the users' lock; behind the gate, `is_free` tells if that is still so."""
    descriptor = _open("users.lock")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    finally:
        os.close(descriptor)


def try_lock(name: str) -> int | None:
    """Hold the lock exclusively and return its descriptor, which the caller closes; None when taken."""
    descriptor = _open(name)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def is_free(name: str) -> bool:
    """True when nobody holds the lock; for the users' lock only lasting behind the gate."""
    descriptor = try_lock(name)
    if descriptor is None:
        return False
    os.close(descriptor)
    return True
