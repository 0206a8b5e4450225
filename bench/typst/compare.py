"""Our report of the real size and the same one by Typst: CPU seconds of each, in one run."""

import json
import subprocess
import venv
from pathlib import Path

from bench.typst import markup
from kvk2.embedded.layout import ROOT

HERE = Path(__file__).parent
FONTS = ROOT / "static" / "build" / "fonts" / "pdf"


def install(home: Path) -> str:
    """The Python in which Typst is."""
    venv.create(home / "venv", with_pip=True)
    python = str(home / "venv" / "bin" / "python")
    wanted = str(HERE / "requirements.txt")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--requirement", wanted], check=True)
    return python


def prepare(folder: str) -> dict[str, int]:
    """`report.typ` with its pictures in `folder`, out of the HTML of our report."""
    from bench.reports import html_of_a_report  # noqa: PLC0415 - loads the portal
    from monitoring.tests.report_samples import ikc_report  # noqa: PLC0415

    return {"pictures": markup.write(html_of_a_report(ikc_report()), Path(folder))}


def measure(python: str, folder: Path, repeats: int) -> dict[str, float]:
    """CPU seconds of one report (the middle one), and its bytes."""
    command = [python, HERE / "render.py", folder / "report.typ", FONTS, str(repeats)]
    found: dict[str, float] = json.loads(
        subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
    )
    return found
