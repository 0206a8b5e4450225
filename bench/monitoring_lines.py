"""What was measured of figures, judgements and dashboards, beside their goals."""

from collections.abc import Mapping
from typing import Any

from bench.pages import Goal, Page
from bench.table import Line, at_most, ratio

FEW, MANY = 100, 10_000  # agreements
ROWS = 100_000
DASHBOARD, ONE, YEAR = "dashboard", "IKC over acht jaar", "jaar: alle aanleveringen"
MEMORY_GOAL = 300  # megabytes of one process, however many judgements or rows
GROWTH_GOAL = 1.15  # of memory, from a tenth of the judgements to all of them


def pages_of(facts: Mapping[str, Any]) -> list[Page]:
    return [
        Page(DASHBOARD, "leader", "/monitoring/dashboard/", Goal(4.0)),
        Page(ONE, "leader", f"/ikcs/{facts['bare']}/cijfers/", Goal(4.0)),
        Page(YEAR, "leader", f"/monitoring/{facts['cycle']}/aanleveringen/", Goal(2.0)),
    ]


GOALS = {page.name: page.goal for page in pages_of({"bare": 0, "cycle": 0})}


def monitoring_lines(found: dict) -> list[Line]:
    (few, small), (many, large) = found["sizes"].items()
    lines = []
    for name, row in large.items():
        note = (
            f"bij {few}: {ratio(small[name]):.1f}×; "
            f"{row['ours']['p95']:.0f} ms naast {row['baseline']['p95']:.0f} ms"
        )
        lines += [
            at_most(
                f"{name}, {many} afspraken, keer BASELINE",
                ratio(row),
                GOALS[name].ratio,
                unit="×",
                digits=1,
                note=note,
            ),
            at_most("  query's", row["queries"], small[name]["queries"], note=f"bij {few}"),
        ]
    judged, file = found["rejudged"], found["file"]
    lines += [
        at_most(
            f"{judged['judged']} oordelen opnieuw",
            judged["seconds"],
            None,
            unit=" s CPU",
            digits=0,
            note=f"{judged['judged'] / judged['seconds']:.0f} per seconde",
        ),
        at_most("  geheugen", judged["peak_mb"], MEMORY_GOAL, unit=" MB", digits=0),
        at_most(
            "  groei van een tiende naar alles",
            judged["peak_mb"] / judged["tenth_mb"],
            GROWTH_GOAL,
            unit="×",
            digits=2,
        ),
        at_most(
            f"bestand van {file['rows']} regels controleren",
            file["checked"],
            None,
            unit=" s CPU",
            digits=0,
            note=f"ophalen {file['handed_out']:.0f} s, uploaden {file['uploaded']:.0f} s",
        ),
        at_most(
            "  inlezen",
            file["read_in"],
            None,
            unit=" s CPU",
            digits=0,
            note=f"{file['written']} geschreven, hoogstens {file['peak_mb']:.0f} MB met het maken van het bestand",
        ),
    ]
    return lines
