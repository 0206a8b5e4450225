"""The built style sheet, icons and fonts (static/build/): brought up to date by whoever starts first."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_BUILD = ROOT / "frontend" / "build.py"


@contextlib.contextmanager
def building(*, for_tests: bool = False) -> Iterator[None]:
    """Build what is out of date while the block does something else; done when the block is.

    The first time that means fetching packages. A refusal says why it could not be made.
    """
    command = [sys.executable, str(_BUILD)]
    if for_tests:
        command.append("--dev")  # the accessibility checker of the browser tests
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as build:
        try:
            yield
        except BaseException:
            build.kill()
            raise
        output, _ = build.communicate()
    if build.returncode:
        raise SystemExit(f"Het stijlblad kon niet worden gemaakt.\n{output.strip()}")


def ensure_current(*, for_tests: bool = False) -> None:
    with building(for_tests=for_tests):
        pass
