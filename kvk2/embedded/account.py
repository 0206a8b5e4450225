"""The account that PostgreSQL runs under. Only root needs anything done: PostgreSQL refuses uid 0."""

import contextlib
import hashlib
import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kvk2.embedded import layout

# Only root writes there and anyone can pass through: for binaries and data that `nobody` must reach.
_REACHABLE = Path("/var/lib/kvk2")


@dataclass(frozen=True)
class Account:
    """How to start PostgreSQL: its binaries, what to put before the command, Popen's keywords."""

    binaries: Path
    prefix: list[str] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)


def prelude() -> list[str]:
    """The command that prelude.py is; its own options and the program follow."""
    return [sys.executable, "-I", "-S", str(Path(__file__).with_name("prelude.py"))]


def choose_account(binaries: Path) -> Account:
    if os.geteuid() != 0:
        return Account(binaries)
    if _user_namespaces_work():
        return Account(binaries, prefix=[*prelude(), "--user-namespace"])
    return _drop_to_ordinary_account(binaries)


def _user_namespaces_work() -> bool:
    if os.environ.get("KVK2_NO_USERNS") or not sys.platform.startswith("linux"):
        return False
    command = [*prelude(), "--user-namespace", "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _drop_to_ordinary_account(binaries: Path) -> Account:
    """In a container or chroot without user namespaces: run as whoever called sudo, or as nobody."""
    uid = int(os.environ.get("SUDO_UID") or 0) or pwd.getpwnam("nobody").pw_uid
    options = {
        "user": uid,
        "group": pwd.getpwuid(uid).pw_gid,
        "extra_groups": [],
        "cwd": "/",
    }
    if not _reaches(options, binaries / "postgres"):
        binaries = _reachable_copy(binaries)
    _make_data_reachable(options)
    if not (
        _reaches(options, binaries / "postgres")
        and _reaches(options, layout.PGDATA.resolve(), "-w")
    ):
        raise layout.EmbeddedError(
            f"PostgreSQL draait niet als root en gebruiker {uid} kan niet bij {layout.PGDATA}: "
            "start dit als gewone gebruiker, of zet DATABASE_URL."
        )
    return Account(binaries, options=options)


def _reaches(options: dict[str, Any], path: Path, test: str = "-x") -> bool:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        command = ["test", test, str(path)]
        return subprocess.run(command, capture_output=True, check=False, **options).returncode == 0
    return False


def _reachable_copy(binaries: Path) -> Path:
    """Copy the wheel's files out of a directory that others may not enter, such as /root."""
    site = binaries.parents[2]  # the wheel's libraries are found relative to site-packages
    mark = f"{binaries}{binaries.stat().st_mtime_ns}"
    copy = _REACHABLE / f"bin-{hashlib.sha256(mark.encode()).hexdigest()[:12]}"
    if not (copy / ".complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        unneeded = shutil.ignore_patterns("include", "doc", "*.a", "pgxs")
        libraries = Path(f"{binaries.parents[1].name}.libs")
        for part in (binaries.parent.relative_to(site), libraries):
            if (site / part).is_dir():
                shutil.copytree(site / part, copy / part, ignore=unneeded)
        (copy / ".complete").touch()
    return copy / binaries.relative_to(site)


def _make_data_reachable(options: dict[str, Any]) -> None:
    """Give the account the data and socket directories; move the data out when it cannot get there."""
    data = layout.PGDATA
    if not data.is_symlink() and not _reaches(options, layout.STATE):
        away = _REACHABLE / layout.TAG
        if data.exists():
            shutil.move(data, away)
        away.mkdir(parents=True, exist_ok=True)
        data.symlink_to(away)  # the rest of the code keeps saying PGDATA
    data.mkdir(exist_ok=True)
    for top in (layout.RUN, data.resolve()):
        for directory, _, names in os.walk(top):
            for path in (directory, *(os.path.join(directory, name) for name in names)):
                os.chown(path, options["user"], options["group"], follow_symlinks=False)
    data.resolve().chmod(0o700)
