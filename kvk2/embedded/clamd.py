"""A clamd of the portal's own, when CLAMD_URL is not set: the Debian package, a private socket, one signature.

The signature is that of EICAR, the harmless test virus, and stands here: nothing is downloaded, it is up in a tenth
of a second and takes 20 MB. So the demo and the tests go the whole way that a file goes in production, where
CLAMD_URL leads to a clamd with the signatures of freshclam (see README.md). Standard library only.
"""

import contextlib
import os
import shutil
import signal
import socket
from pathlib import Path

from kvk2 import apt
from kvk2.embedded import layout, processes
from kvk2.embedded.account import prelude

PACKAGE = "clamav-daemon"
# Below the project and not below STATE: every state directory, also one that is thrown away, shares it.
UNPACKED = layout.ROOT / "var" / "clamav"

# What may surround the test virus does not matter ('*'): it is found inside a PDF, and inside what clamd unpacks.
_EICAR = (
    "Eicar-Test-Signature:0:*:58354f2150254041505b345c505a58353428505e2937434329377d24"
    "45494341522d5354414e444152442d414e544956495255532d544553542d46494c452124482b482a\n"
)
# What cannot be looked at wholly is not clean: AlertExceedsMax says FOUND where clamd would say OK.
_CONFIGURATION = """\
LocalSocket {socket}
LocalSocketMode 600
FixStaleSocket yes
DatabaseDirectory {home}/signatures
TemporaryDirectory {home}/tmp
Foreground yes
SelfCheck 0
Bytecode no
ExitOnOOM yes
MaxThreads 4
StreamMaxLength 25M
MaxFileSize 100M
MaxScanSize 400M
MaxScanTime 30000
ReadTimeout 30
AlertExceedsMax yes
AlertEncrypted yes
AlertOLE2Macros yes
"""


def find_binary() -> Path | None:
    """KVK2_CLAMD, the one of the machine, or the one that was unpacked; None when there is none."""
    if given := os.environ.get("KVK2_CLAMD"):
        return Path(given) if Path(given).is_file() else None
    if found := shutil.which("clamd"):
        return Path(found)
    unpacked = UNPACKED / "root" / "usr" / "sbin" / "clamd"
    return unpacked if unpacked.is_file() else None


class Clamd:
    """One clamd that keeps everything it has below `home`, and listens on `socket`."""

    def __init__(self, home: Path, socket: Path, *, dies_with_parent: bool = False) -> None:
        """`dies_with_parent`: no watchdog looks after it, so it goes when this process is killed."""
        self.home, self.socket = home, socket
        self.dies_with_parent = dies_with_parent

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def log(self) -> Path:
        return self.home / "clamd.log"

    @property
    def _configuration(self) -> Path:
        return self.home / "clamd.conf"

    @property
    def _pid_file(self) -> Path:
        return self.home / "clamd.pid"

    def is_running(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            client.connect(str(self.socket))
            client.sendall(b"zPING\0")
            return client.recv(16).startswith(b"PONG")
        return False

    def start(self) -> None:
        """Up and answering afterwards. Refusal: `EmbeddedError`."""
        if self.is_running():
            return
        binary = find_binary()
        if binary is None:
            raise layout.EmbeddedError(f"clamd is er niet: {apt.copy_paste_line(PACKAGE)}")
        for directory in ("signatures", "tmp"):
            (self.home / directory).mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.home / "signatures" / "eicar.ndb").write_text(_EICAR)
        self._configuration.write_text(_CONFIGURATION.format(home=self.home, socket=self.socket))
        bound = [*prelude(), "--die-with-parent", str(int(signal.SIGKILL)), str(os.getpid())]
        process = processes.start(
            [
                *(bound if self.dies_with_parent else []),
                *(str(binary), "--config-file", str(self._configuration)),
            ],
            self.log,
            env={**os.environ, **_libraries()},
        )
        self._pid_file.write_text(str(process.pid))
        if not processes.wait_until_ready(self.is_running, process, name="clamd", log=self.log):
            raise layout.EmbeddedError(processes.explain_failure("clamd", self.log))

    @property
    def pid(self) -> int | None:
        """The pid of this clamd, unless another program got that number since."""
        with contextlib.suppress(OSError, ValueError):
            pid = int(self._pid_file.read_text())
            ours = os.fsencode(self._configuration) in processes.command_line(pid)
            if ours and processes.is_alive(pid):
                return pid
        return None

    def stop(self) -> None:
        """It keeps nothing: ask, and after 5 s no longer."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            pid = self.pid
            if pid is None:
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            processes.wait_until_gone(pid, seconds=5)
        for left in (self._pid_file, self.socket):
            left.unlink(missing_ok=True)


def _libraries() -> dict[str, str]:
    """What an unpacked clamd needs to find its libraries; the one of the machine finds them too."""
    ours = map(str, apt.library_directories(UNPACKED / "root"))
    current = os.environ.get("LD_LIBRARY_PATH")
    path = os.pathsep.join([*ours, *([current] if current else [])])
    return {"LD_LIBRARY_PATH": path} if path else {}


def own() -> Clamd:
    """The clamd of this state directory."""
    return Clamd(layout.STATE / "clamd", layout.CLAMD_SOCKET)
