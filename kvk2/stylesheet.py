"""The built style sheet (static/build/): made from frontend/ when that changed, by whoever starts first."""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_SOURCES = ROOT / "frontend"
_STAMP = ROOT / "static" / "build" / ".sources"


def _fingerprint() -> str:
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())  # the minifier counts too
    for path in sorted(_SOURCES.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(ROOT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current() -> bool:
    return _STAMP.is_file() and _STAMP.read_text() == _fingerprint()


def ensure_current() -> bool:
    """Build unless what is there came from these sources; True when it built."""
    if is_current() or not (_SOURCES / "build.py").exists():
        return False
    command = [sys.executable, str(_SOURCES / "build.py")]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if built.returncode:
        raise SystemExit(
            f"Het stijlblad kon niet worden gemaakt:\n{built.stdout}{built.stderr}".rstrip()
        )
    _STAMP.parent.mkdir(parents=True, exist_ok=True)
    _STAMP.write_text(_fingerprint())
    return True
