"""Subset the PDF fonts: Adobe's Source Sans 3 and Source Serif 4 (OFL-1.1) down to what we print.

TTF on purpose: WeasyPrint reads six TTF faces in 28 ms and the same faces as WOFF2 in 964 ms. The
subset holds all Latin letters of European and Vietnamese names, typographic punctuation, the
euro sign, arrows and the shapes of the status marks. What it leaves out, `kvk2.core.pdf.text`
replaces before a document is rendered.
"""

from collections.abc import Callable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

SANS, SERIF = "source-sans", "source-serif"
FACES = {
    "SourceSans3-Regular.ttf": SANS,
    "SourceSans3-It.ttf": SANS,
    "SourceSans3-Semibold.ttf": SANS,
    "SourceSans3-Bold.ttf": SANS,
    "SourceSerif4Display-Regular.ttf": SERIF,
    "SourceSerif4Display-Semibold.ttf": SERIF,
}
LICENCES = {SANS: "OFL-source-sans.md", SERIF: "OFL-source-serif.md"}
UNICODES = (
    *range(0x0020, 0x0250),  # Basic Latin to Latin Extended-B
    *range(0x02C6, 0x02DE),  # spacing accents
    *range(0x0300, 0x0305),  # combining accents that normalisation may leave
    *range(0x1E00, 0x1F00),  # Latin Extended Additional: Vietnamese names, capital sharp s
    *range(0x2010, 0x2028),  # dashes, quotes, bullet, ellipsis
    0x202F,  # narrow no-break space
    *range(0x2030, 0x203B),  # per mille, primes, angle quotes
    0x2044,
    0x20AC,  # euro
    0x2113,
    0x2116,
    0x2122,
    *range(0x2150, 0x215F),  # fractions
    *range(0x2190, 0x2194),  # arrows
    *(0x2212, 0x2248, 0x2260, 0x2264, 0x2265, 0x221E),  # minus, about, not equal, at most, at least
    *(0x25A0, 0x25A1, 0x25B2, 0x25B3, 0x25CB, 0x25CF, 0x25C6, 0x25CA),  # shapes
    *(0x2713, 0x2717),  # check, cross
)
LAYOUT_FEATURES = ("kern", "mark", "mkmk", "ccmp", "locl", "liga", "lnum", "tnum", "pnum")


def build(out_dir: Path, fetch: Callable[[str], Path]) -> list[Path]:
    """Write the subset faces and their licences to `out_dir`; return the files written.

    `fetch` gives the unpacked folder of a package that `vendor.json` pins. Building twice gives the
    same bytes.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    written = []
    for name, package in FACES.items():
        target = out_dir / name
        _subset(fetch(package) / "TTF" / name, target)
        written.append(target)
    for package, name in LICENCES.items():
        target = out_dir / name
        target.write_bytes((fetch(package) / "LICENSE.md").read_bytes())
        written.append(target)
    return written


def _subset(source: Path, target: Path) -> None:
    options = subset.Options()
    options.layout_features = list(LAYOUT_FEATURES)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # names, version and licence
    options.notdef_outline = True
    with TTFont(source, recalcTimestamp=False, lazy=True) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=UNICODES)
        subsetter.subset(font)
        font.save(target)
