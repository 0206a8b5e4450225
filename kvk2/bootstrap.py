"""From a bare Python to .venv with the pinned packages. Standard library only: nothing is installed yet.

Works with an empty environment and without pip or python3-venv: the packages come with uv, uv comes with pip,
and pip is run straight out of the wheel that Python itself carries (Debian keeps that one apart, in
python3-pip-whl).
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from kvk2 import apt, syslibs
from kvk2.console import say, start_clock
from kvk2.embedded.account import prelude
from kvk2.embedded.layout import ROOT, STATE

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements.txt"
DEV_REQUIREMENTS = ROOT / "requirements-dev.txt"
LOG = STATE / "install.log"

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
_LEAST_FREE_BYTES = 1_500_000_000
_NEEDS_PANGO = {"bench", "demo", "test"}
_OFFERS_CLAMD = {"demo", "test"}
_CLAMD_ASKED = (
    "KVK2_CLAMD_ASKED"  # survives becoming another program: without network, once is enough
)
_NEEDS_DEVELOPMENT_TOOLS = {"test", "install"}


def prepare(command: str, arguments: list[str]) -> None:
    """Make sure this runs in .venv with everything the command needs; becomes that process if need be."""
    start_clock()
    complete_environment()
    scanner = _offer_clamd_meanwhile() if command in _OFFERS_CLAMD else None
    if not os.environ.get("KVK2_NO_VENV"):
        _ensure_packages(for_development=command in _NEEDS_DEVELOPMENT_TOOLS)
    if scanner:
        scanner.join()
    if command in _NEEDS_PANGO:
        syslibs.ensure_pango()
    libraries = syslibs.environment()
    outside = Path(sys.prefix) != VENV and not os.environ.get("KVK2_NO_VENV")
    if outside or libraries:
        os.environ.update(libraries)
        python = str(PYTHON) if outside else sys.executable
        os.execv(python, [python, str(ROOT / "manage.py"), *arguments])  # noqa: S606


def _offer_clamd_meanwhile() -> threading.Thread | None:
    """Fetch the virus scanner while the packages come in; both wait for the network."""
    if os.environ.get(_CLAMD_ASKED):
        return None
    os.environ[_CLAMD_ASKED] = "1"
    thread = threading.Thread(target=syslibs.offer_clamd, daemon=True)
    thread.start()
    return thread


def run_pytest(arguments: list[str]) -> None:
    """Become pytest: without arguments the whole suite, on all processors."""
    if not re.search(r"\bnot browser\b", " ".join(arguments)):
        os.environ["KVK2_CHROMIUM"] = syslibs.ensure_chromium()
    if not arguments:  # whole files together: some share a server that takes seconds to start
        arguments = ["--numprocesses", str(os.cpu_count() or 1), "--dist", "loadfile"]
        arguments += ["--no-loadscope-reorder"]  # conftest puts the longest first
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])  # noqa: S606


# ---------------------------------------------------------------- the environment


def complete_environment() -> None:
    """Fill in what `env -i` leaves out: a PATH, a HOME that can be written, where the certificates are."""
    given = os.environ.get("PATH", "").split(os.pathsep)
    missing = [part for part in _PATH.split(os.pathsep) if part not in given]
    os.environ["PATH"] = os.pathsep.join([*filter(None, given), *missing])
    if not sys.executable:  # Python finds itself along the PATH, which was not there
        running = Path("/proc/self/exe")
        sys.executable = str(running.resolve() if running.exists() else shutil.which("python3"))
    if Path(_CERTIFICATES).is_file():
        os.environ.setdefault("SSL_CERT_FILE", _CERTIFICATES)
    for name in ("UV_SYSTEM_CERTS", "UV_NATIVE_TLS"):  # the new and the old word for the same
        os.environ.setdefault(name, "1")
    if index := os.environ.get("PIP_INDEX_URL"):  # uv does not read pip's
        os.environ.setdefault("UV_DEFAULT_INDEX", index)
    if not os.environ.get("KVK2_NO_VENV"):
        _keep_compiled_code()
    home = os.environ.get("HOME")
    if not (home and Path(home).is_dir() and os.access(home, os.W_OK)):
        os.environ["HOME"] = str(_home())


def _keep_compiled_code() -> None:
    """In .venv, also where Python was told to keep none: a demo is seven processes, the tests hundreds.

    Compiling all of Django and the portal again takes each of them longer than what it is started for.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(VENV / "compiled")
    sys.dont_write_bytecode = False


def _home() -> Path:
    """The account's own directory, or one below var/ when it has none that can be written."""
    with contextlib.suppress(KeyError):
        home = Path(pwd.getpwuid(os.getuid()).pw_dir)
        if home != Path("/") and home.is_dir() and os.access(home, os.W_OK):
            return home
    home = STATE / "home"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home


# ---------------------------------------------------------------- the packages


def fingerprint(requirements: Path) -> str:
    """Changes with the pinned packages and with the version of Python."""
    version = ".".join(map(str, sys.version_info[:2]))
    return hashlib.sha256(requirements.read_bytes() + version.encode()).hexdigest()


def stamp_of(requirements: Path) -> Path:
    return VENV / f".installed-{requirements.stem}"


def is_installed(requirements: Path) -> bool:
    stamp = stamp_of(requirements)
    return stamp.is_file() and PYTHON.exists() and stamp.read_text() == fingerprint(requirements)


def _ensure_packages(*, for_development: bool) -> None:
    wanted = [REQUIREMENTS, DEV_REQUIREMENTS] if for_development else [REQUIREMENTS]
    if all(map(is_installed, wanted)):
        return
    STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _only_one_at_a_time():
        missing = [requirements for requirements in wanted if not is_installed(requirements)]
        if missing:
            _install(missing)


@contextlib.contextmanager
def _only_one_at_a_time() -> Iterator[None]:
    with (STATE / "install.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install(missing: list[Path]) -> None:
    if shutil.disk_usage(ROOT).free < _LEAST_FREE_BYTES:
        sys.exit(f"De schijf is bijna vol: maak minstens 1,5 GB vrij voor {ROOT} en start opnieuw.")
    say(
        "Python-pakketten worden geïnstalleerd in .venv (alleen deze keer, ongeveer een halve minuut)"
    )
    LOG.unlink(missing_ok=True)
    _make_venv()
    pip = find_pip()
    for requirements in missing:
        if not (_install_with_uv(pip, requirements) or _install_with_pip(pip, requirements)):
            sys.exit(
                "De Python-pakketten konden niet worden geïnstalleerd. Is er een internetverbinding? "
                f"Kijk in {LOG} en start opnieuw."
            )
        stamp_of(requirements).write_text(fingerprint(requirements))
    say("Python-pakketten geïnstalleerd")


def _make_venv() -> None:
    """Without pip: that would cost seconds, and Debian keeps it in another package."""
    works = PYTHON.exists() and _logged([str(PYTHON), "-c", ""])
    if works:
        return
    base = (
        getattr(sys, "_base_executable", "") or sys.executable
    )  # in another environment: its parent
    if not _logged([base, "-m", "venv", "--clear", "--without-pip", str(VENV)]):
        sys.exit(
            "Python kan hier geen virtuele omgeving maken. Voer dit uit en start opnieuw:\n"
            f"    {apt.copy_paste_line('python3-venv')}"
        )


def find_pip() -> Path:
    """The wheel with pip in it: Python's own, Debian's, or Debian's fetched for the occasion."""
    if wheel := _carried_pip():
        return wheel
    if apt.is_available():
        with contextlib.suppress(apt.NotPossible):
            if os.geteuid() == 0:
                say("python3-venv wordt geïnstalleerd")
                apt.install("python3-venv")
            else:
                say("pip wordt opgehaald naar var/pip")
                apt.unpack(STATE / "pip", "python3-pip-whl", with_dependencies=False)
        if wheel := _carried_pip():
            return wheel
    sys.exit(
        "Python heeft hier geen pip. Voer dit uit en start opnieuw:\n"
        f"    {apt.copy_paste_line('python3-venv')}"
    )


def _carried_pip() -> Path | None:
    directories = [
        Path(os.__file__).parent / "ensurepip/_bundled",
        Path("/usr/share/python-wheels"),
        STATE / "pip/root/usr/share/python-wheels",
    ]
    wheels = [wheel for directory in directories for wheel in directory.glob("pip-*.whl")]
    return wheels[0] if wheels else None


def _install_with_uv(pip: Path, requirements: Path) -> bool:
    """Four times as fast as pip. uv is one of the pinned packages itself and is installed first."""
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        with tempfile.NamedTemporaryFile("w", suffix=".txt", dir=STATE) as only_uv:
            only_uv.write(pinned("uv", REQUIREMENTS.read_text()))
            only_uv.flush()
            if not _install_with_pip(pip, Path(only_uv.name)):
                return False
    command = [str(uv), "pip", "install", "--quiet", "--python", str(PYTHON)]
    return _logged([*command, "--require-hashes", "-r", str(requirements)])


def _install_with_pip(pip: Path, requirements: Path) -> bool:
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-input", "--require-hashes", "-r", str(requirements)]
    return _logged(command, {"PYTHONPATH": str(pip)})


def pinned(name: str, requirements: str) -> str:
    """The lines of one package out of a pinned file: its version and its hashes."""
    match = re.search(rf"^{re.escape(name)}==(?:.*\\\n)*.*", requirements, re.MULTILINE)
    return f"{match[0]}\n" if match else ""


def _logged(command: list[str], environment: dict[str, str] | None = None) -> bool:
    """Run with all output to the log; dies with this process."""
    bound = [*prelude(), "--die-with-parent", str(int(signal.SIGTERM)), str(os.getpid())]
    STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
    with LOG.open("ab") as log:
        result = subprocess.run(
            [*bound, *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **(environment or {})},
            check=False,
        )
    return result.returncode == 0
