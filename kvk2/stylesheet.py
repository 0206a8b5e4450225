"""The built style sheet, icons and fonts (static/build/): brought up to date by whoever starts first."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_BUILD = ROOT / "frontend" / "build.py"


def ensure_current(*, for_tests: bool = False) -> None:
    """Build what is out of date, which takes no time when nothing is; a refusal that says why not."""
    command = [sys.executable, str(_BUILD)]
    if for_tests:
        command.append("--dev")  # the accessibility checker of the browser tests
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if built.returncode:
        why = (built.stderr or built.stdout).strip()
        raise SystemExit(f"Het stijlblad kon niet worden gemaakt.\n{why}")
