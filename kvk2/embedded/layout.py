"""Where the portal's own servers live: paths that are a function of the project directory alone.

Because nothing here depends on what runs, settings.py knows the URLs without starting anything.
"""

import hashlib
import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATE = Path(os.environ.get("KVK2_STATE") or ROOT / "var").resolve()
TAG = f"kvk2-{os.getuid()}-{hashlib.sha256(os.fsencode(STATE)).hexdigest()[:12]}"

DISK_FULL = "De schijf is vol: maak ruimte vrij voor {} en start opnieuw."

# sun_path holds 108 bytes on Linux and 104 on macOS, the end of the string included.
_LONGEST_SOCKET_PATH = 100


class EmbeddedError(SystemExit):
    """The servers cannot run; the message is one sentence that says what to do."""


def _socket_directory() -> Path:
    """A short path without characters that a URL, PostgreSQL or Redis would each quote differently."""
    if os.getuid() == 0 and Path("/run").is_dir():
        return Path("/run") / TAG  # reachable by whichever account PostgreSQL runs as
    inside = STATE / "run"
    fits = len(os.fsencode(inside / ".s.PGSQL.5432")) <= _LONGEST_SOCKET_PATH
    if fits and re.fullmatch(r"[\w/.-]+", str(inside), re.ASCII):
        return inside
    return Path("/tmp") / TAG  # noqa: S108 - created 0700 and refused when somebody else owns it


RUN = _socket_directory()
PGDATA = STATE / "postgres"
REDIS_DATA = STATE / "redis"
REDIS_SOCKET = RUN / "redis.sock"
CLAMD_SOCKET = RUN / "clamd.sock"
REDIS_PID = STATE / "redis.pid"
POSTGRES_LOG = STATE / "postgres.log"
REDIS_LOG = STATE / "redis.log"


def is_ephemeral() -> bool:
    """True for the servers of a test run: no fsync, nothing kept."""
    return bool(os.environ.get("KVK2_EPHEMERAL"))


def make_directories() -> None:
    STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
    RUN.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = RUN.lstat().st_uid
    if RUN.is_symlink() or (os.getuid() != 0 and owner != os.getuid()):
        raise EmbeddedError(
            f"De map {RUN} is van iemand anders: verwijder die map of zet KVK2_STATE op een kort pad."
        )
    RUN.chmod(0o700)


def last_lines(log: Path, count: int = 6) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""
