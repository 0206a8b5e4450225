"""Run by the Python in which Typst was installed: makes the report again and again, and prints what it cost."""

import json
import sys
import time
from pathlib import Path

import typst

STANDARDS = ["ua-1", "a-3a"]


def main(source: str, fonts: str, repeats: int) -> None:
    report, seconds = Path(source), []
    words = report.read_text()
    for turn in range(repeats + 1):  # the first one loads the fonts
        # Typst remembers what it laid out, and no two reports are alike: each is a hair larger than the one before
        report.write_text(words.replace("size: 10pt", f"size: 10.{turn + 1:02}pt"))
        begun = time.process_time()
        data = typst.compile(
            source,
            format="pdf",
            font_paths=[fonts],
            ignore_system_fonts=True,
            pdf_standards=STANDARDS,
        )
        seconds.append(time.process_time() - begun)
    sys.stdout.write(json.dumps({"seconds": sorted(seconds[1:])[repeats // 2], "bytes": len(data)}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
