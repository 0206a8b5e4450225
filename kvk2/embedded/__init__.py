"""A PostgreSQL and a Redis of the portal's own, out of pip wheels, when DATABASE_URL / REDIS_URL are not set;
and a clamd out of a Debian package, when CLAMD_URL is not set and the package could be had.

* All listen on Unix sockets only, in a 0700 directory: no port is taken, no other account can connect, and
  nothing that already runs on 5432 or 6379 is touched or used.
* Users of the servers hold a shared lock (`locks`); the last to leave stops them, and a watchdog does so for
  a user that was killed. Servers that still run are adopted by the next user.
* As root, PostgreSQL runs in a user namespace, or as an ordinary account (`account`).

A package instead of one module: each file is one of these ideas.
"""

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

from kvk2.embedded import layout, locks, processes, servers, watchdog
from kvk2.embedded.layout import RUN, STATE, EmbeddedError

__all__ = [
    "STATE",
    "EmbeddedError",
    "broker_url",
    "clamd_url",
    "database_url",
    "erase",
    "next_database",
    "redis_url",
    "revive",
    "services",
    "wanted",
]

wanted = servers.wanted


def database_url(name: str = "kvk2") -> str:
    return f"postgres://postgres@{quote(str(RUN), safe='')}/{name}"


def redis_url(database: int = 0) -> str:
    return f"unix://{layout.REDIS_SOCKET}?db={database}"


def clamd_url() -> str:
    return f"unix://{layout.CLAMD_SOCKET}"


def next_database(url: str, step: int = 1) -> str:
    """The same Redis with a higher database number: `cache.clear()` empties its database wholly,
    so the cache shares one with nothing else."""
    if match := re.search(r"[?&]db=(\d+)", url):
        return f"{url[: match.start(1)]}{int(match[1]) + step}{url[match.end(1) :]}"
    if url.startswith("unix:"):
        return f"{url}{'&' if '?' in url else '?'}db={step}"
    base, question, query = url.partition("?")
    scheme, _, rest = base.partition("://")
    host, _, number = rest.partition("/")
    return f"{scheme}://{host}/{int(number or 0) + step}{question}{query}"


def broker_url(cache_url: str) -> str:
    """Celery's queue: the database after the cache's, in the way kombu spells a socket."""
    url = next_database(cache_url)
    if not url.startswith("unix:"):
        return url
    return re.sub(r"([?&])db=", r"\1virtual_host=", url.replace("unix:", "redis+socket:", 1))


@contextlib.contextmanager
def services(database: str = "kvk2") -> Iterator[tuple[int, ...]]:
    """Have the servers for as long as the block lasts.

    Gives what to hand to long-lived children as Popen's ``pass_fds``: they then count as users themselves,
    so that the servers wait for them when this process is killed.
    """
    if not wanted():
        yield ()
        return
    layout.make_directories()
    with locks.gate():
        user = locks.join_users()
        try:
            servers.start(database)
            watchdog.ensure_running()
        except BaseException:
            os.close(user)
            _stop_if_unused()
            raise
    try:
        yield (user,)
    finally:
        os.close(user)
        with locks.gate():
            stopped = _stop_if_unused()
        if stopped:
            processes.wait_for(lambda: watchdog.has_left() and processes.all_ended(), seconds=2)


def _stop_if_unused() -> bool:
    """Behind the gate; False when somebody else still uses the servers."""
    if not locks.is_free("users.lock"):
        return False
    servers.stop()
    return True


def revive(say: Callable[[str], object] = print) -> None:
    """Start again what died; called now and then by whoever is inside `services` for a long time."""
    if not wanted():
        return
    with locks.gate():
        servers.start_what_died(say)
        watchdog.ensure_running()


def erase() -> None:
    """Remove the data of the portal's own servers; a refusal while somebody uses them."""
    layout.make_directories()
    with locks.gate():
        if not _stop_if_unused():
            raise layout.EmbeddedError(
                "De demo draait nog: stop die eerst met Ctrl-C en probeer het opnieuw."
            )
        servers.erase()
