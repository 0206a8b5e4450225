"""A conversation with clamd, the daemon of ClamAV, over its socket. `settings.CLAMD_URL` says where it listens.

Three of its commands: PING, VERSION and INSTREAM (the file goes over the socket, so that clamd needs no rights on
ours). No package: the protocol is a length, some bytes, a length, some bytes, and an answer of one line.

A file is clean only when clamd said so about the whole of it. Everything else that is not FOUND is `ScannerDown`.
"""

import contextlib
import re
import socket
import struct
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

CHUNK_BYTES = 64 * 1024
DEFAULT_PORT = 3310
CONNECT_SECONDS = 2.0
# Added to the name of a signature that did not come from ClamAV itself; says nothing to who reads it.
_UNOFFICIAL = ".UNOFFICIAL"


class ScannerDown(Exception):
    """No verdict: nobody listens, it takes too long, or the answer is not one. The file stays unscanned."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What clamd found: the name of a signature, or nothing."""

    signature: str = ""

    @property
    def is_clean(self) -> bool:
        return not self.signature


@dataclass(frozen=True, slots=True)
class ScannerVersion:
    """`database` and `signatures_at` are empty when clamd runs on signatures that are not ClamAV's own."""

    engine: str
    database: str = ""
    signatures_at: datetime | None = None


def scan(chunks: Iterable[bytes], *, seconds: float | None = None, url: str = "") -> Verdict:
    """Send a file and hear the verdict, all of it within `seconds`. Refusal: `ScannerDown`."""
    with _conversation(url, seconds or settings.CLAMD_SECONDS) as line:
        line.send(b"zINSTREAM\0")
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            # clamd may stop listening half-way (too large): then its answer says why
            for chunk in chunks:
                for at in range(0, len(chunk), CHUNK_BYTES):
                    piece = chunk[at : at + CHUNK_BYTES]
                    line.send(struct.pack("!L", len(piece)) + piece)
            line.send(struct.pack("!L", 0))
        return _verdict(line.answer())


def _verdict(answer: str) -> Verdict:
    if answer == "stream: OK":
        return Verdict()
    if found := re.fullmatch(r"stream: (\S+) FOUND", answer):
        return Verdict(found[1].removesuffix(_UNOFFICIAL))
    raise ScannerDown(answer or "geen antwoord")


def version(*, seconds: float = CONNECT_SECONDS, url: str = "") -> ScannerVersion:
    """Which clamd answers, and how old its signatures are. Refusal: `ScannerDown`."""
    with _conversation(url, seconds) as line:
        line.send(b"zVERSION\0")
        engine, _, rest = line.answer().partition("/")
    if not engine.startswith("ClamAV "):
        raise ScannerDown(f"{engine[:80]!r} is geen antwoord van clamd")
    database, _, moment = rest.partition("/")
    return ScannerVersion(engine.removeprefix("ClamAV "), database, _moment(moment))


def _moment(text: str) -> datetime | None:
    """'Sun Nov 22 08:23:01 2026' in the time of the machine that clamd runs on."""
    with contextlib.suppress(ValueError):
        return datetime.strptime(text, "%a %b %d %H:%M:%S %Y").astimezone()
    return None


class _Line:
    """One connection with one deadline for everything that goes over it."""

    def __init__(self, connection: socket.socket, end: float) -> None:
        self.connection, self.end = connection, end

    def _wait_no_longer(self) -> None:
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self.connection.settimeout(left)

    def send(self, data: bytes) -> None:
        self._wait_no_longer()
        self.connection.sendall(data)

    def answer(self) -> str:
        """Up to the NUL that ends it; empty when clamd hung up."""
        received = b""
        while not received.endswith(b"\0") and len(received) < CHUNK_BYTES:
            self._wait_no_longer()
            piece = self.connection.recv(4096)
            if not piece:
                break
            received += piece
        return received.rstrip(b"\0\n").decode("utf-8", "replace")


@contextlib.contextmanager
def _conversation(url: str, seconds: float) -> Iterator[_Line]:
    end = time.monotonic() + seconds
    try:
        with _connect(url or settings.CLAMD_URL, min(seconds, CONNECT_SECONDS)) as connection:
            yield _Line(connection, end)
    except OSError as error:
        raise ScannerDown(f"{type(error).__name__}: {error}") from error


def _connect(url: str, seconds: float) -> socket.socket:
    """unix:///run/clamav/clamd.ctl or tcp://host:3310."""
    parts = urlsplit(url)
    if parts.scheme == "tcp" and parts.hostname:
        return socket.create_connection((parts.hostname, parts.port or DEFAULT_PORT), seconds)
    if parts.scheme != "unix" or not parts.path:
        raise ScannerDown(f"CLAMD_URL {url!r} is geen unix:///pad en geen tcp://host:poort")
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(seconds)
        connection.connect(parts.path)
    except OSError:
        connection.close()
        raise
    return connection
