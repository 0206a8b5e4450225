"""Debian and Ubuntu packages: installed when root, else unpacked below var/ without any rights.

Standard library only: this runs before .venv exists.
"""

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path


class NotPossible(Exception):
    """The packages cannot be had this way; the message is apt's last word."""


def is_available() -> bool:
    return shutil.which("apt-get") is not None and not os.environ.get("KVK2_NO_SYSTEM_PACKAGES")


def copy_paste_line(*packages: str) -> str:
    """What a person with more rights can run."""
    sudo = "" if os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get install -y --no-install-recommends {' '.join(packages)}"


def install(*packages: str) -> None:
    """As root; a machine without package lists gets them first."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "-o", "DPkg::Lock::Timeout=120", "install", "-y", "-q"]
    command += ["--no-install-recommends", *packages]
    result = _quietly(command, environment)
    if result.returncode:  # no lists, or old ones: fetch and try once more
        _quietly(["apt-get", "update", "-q"], environment)
        result = _quietly(command, environment)
    _refuse_failure(result)


def unpack(target: Path, *packages: str, with_dependencies: bool = True) -> Path:
    """Without root: fetch the packages (and what they need that is not installed) and unpack them.

    Returns the directory that stands for "/"; it appears whole or not at all.
    """
    root = target / "root"
    if root.is_dir():
        return root
    shutil.rmtree(target, ignore_errors=True)
    work = target / "work"
    for directory in ("lists/partial", "cache/archives/partial", "root"):
        (work / directory).mkdir(parents=True)
    apt = [
        "apt-get",
        "-q",
        "-o",
        f"Dir::State::lists={work}/lists",
        "-o",
        f"Dir::Cache={work}/cache",
    ]
    apt += ["-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User="]
    apt += [
        "-o",
        "Acquire::http::Timeout=15",
        "-o",
        "Acquire::Retries=1",
    ]  # no network: say so soon
    _run([*apt, "update"])
    wanted = _with_missing_dependencies(apt, packages) if with_dependencies else list(packages)
    _run([*apt, "download", *wanted], cwd=work / "cache/archives")
    for archive in sorted((work / "cache/archives").glob("*.deb")):
        _run(["dpkg", "-x", str(archive), str(work / "root")])
    (work / "root").rename(root)
    shutil.rmtree(work, ignore_errors=True)  # the package lists alone are over 100 MB
    return root


def _with_missing_dependencies(apt: list[str], packages: tuple[str, ...]) -> list[str]:
    simulated = _run([*apt, "install", "--print-uris", "-y", "--no-install-recommends", *packages])
    return re.findall(r"^'[^']+' ([^_\s]+)_\S+\.deb", simulated, re.MULTILINE) or list(packages)


def library_directories(root: Path) -> list[Path]:
    """Where the unpacked packages put their shared libraries."""
    triplet = f"{platform.machine()}-linux-gnu"
    candidates = (root / "usr/lib" / triplet, root / "lib" / triplet)
    return [directory for directory in candidates if directory.is_dir()]


def _quietly(
    command: list[str], environment: dict[str, str], cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def _run(command: list[str], cwd: Path | None = None) -> str:
    result = _quietly(command, {**os.environ, "LC_ALL": "C"}, cwd)
    _refuse_failure(result)
    return result.stdout


def _refuse_failure(result: subprocess.CompletedProcess[str]) -> None:
    if result.returncode:
        words = (result.stderr or result.stdout).strip().splitlines() or ["apt-get mislukte"]
        raise NotPossible(words[-1])
