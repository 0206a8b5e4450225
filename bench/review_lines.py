"""What was measured of the commission's work, beside its goals."""

from bench.pages import Goal
from bench.table import Line, at_most, ratio

APPLICATIONS, EACH = 1_000, 5  # reviews of each
TOTALS = 100_000  # reviews
ADVICES, ADVICES_GOAL = "adviezen van een ronde: overzicht", Goal(2.0, 10)
TOTALS_GOAL = 1.0  # seconds for 100,000 reviews, in one statement
FASTER_GOAL = 10.0  # times pretalx, per row shown


def review_lines(found: dict) -> list[Line]:
    row, totals = found["pages"][ADVICES], found["totals"]
    note = (
        f"alleen {ratio(row, 'alone_p50'):.1f}×; "
        f"{row['ours']['p95']:.0f} ms naast {row['baseline']['p95']:.0f} ms"
    )
    return [
        at_most(
            f"{ADVICES}, {found['applications']} aanvragen",
            ratio(row),
            ADVICES_GOAL.ratio,
            unit="×",
            digits=1,
            note=note,
        ),
        at_most("  query's", row["queries"], ADVICES_GOAL.queries),
        at_most("  herhaalde query's", row["repeated"], 0),
        at_most(
            f"totalen van {totals['reviews']} beoordelingen opnieuw",
            totals["seconds"],
            TOTALS_GOAL,
            unit=" s",
            digits=2,
            note=f"{totals['differences']} afwijkingen",
        ),
        at_most("  query's", totals["queries"], 1),
    ]


def pretalx_lines(found: dict) -> list[Line]:
    theirs, ours, per_row = found["pretalx"], found["ours"], found["per_row"]
    times = found["times_faster_per_row"]
    return [
        Line(
            "per rij, keer sneller",
            f"{times:.1f}×",
            f"≥ {FASTER_GOAL:.0f}×",
            times >= FASTER_GOAL,
            f"{per_row['ours']:.2f} ms per rij naast {per_row['pretalx']:.2f} ms",
        ),
        Line(
            "overzicht van het portaal", f"{ours['alone_p50']:.0f} ms", note=f"{ours['rows']} rijen"
        ),
        Line(
            f"dashboard van pretalx {found['pretalx_version']}",
            f"{theirs['alone_p50']:.0f} ms",
            note=f"{theirs['rows']} rijen",
        ),
    ]
