"""What was measured, beside the goals, on the screen."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One figure with its goal; `passes` is None where there is no goal."""

    what: str
    figure: str
    goal: str = ""
    passes: bool | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        return {None: "", True: "gehaald", False: "BOVEN HET DOEL"}[self.passes]


def show(title: str, lines: Sequence[Line]) -> str:
    """A block of lines in columns, as wide as their content."""
    rows = [(line.what, line.figure, line.goal, line.verdict, line.note) for line in lines]
    rows = [("", "gemeten", "doel", "", ""), *rows]
    widths = [max(len(row[n]) for row in rows) for n in range(4)]
    text = [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                row[1].rjust(widths[1]),
                row[2].rjust(widths[2]),
                row[3].ljust(widths[3]),
                row[4],
            ]
        ).rstrip()
        for row in rows
    ]
    return "\n".join(["", title, "-" * len(title), *text])


def at_most(
    what: str, figure: float, goal: float | None, *, unit: str = "", digits: int = 0, note: str = ""
) -> Line:
    """A figure that should not be higher than its goal."""
    shown = f"{figure:,.{digits}f}{unit}"
    if goal is None:
        return Line(what, shown, note=note)
    return Line(what, shown, f"≤ {goal:,.{digits}f}{unit}", round(figure, digits) <= goal, note)


def at_least(what: str, figure: float, goal: float, *, note: str = "") -> Line:
    """A number of times that should not be lower than its goal."""
    return Line(what, f"{figure:.2f} ×", f"≥ {goal:.1f} ×", round(figure, 2) >= goal, note)


def ratio(row: dict, of: str = "p95") -> float:
    """How many times BASELINE, of what `bench.pages.measure` gives."""
    times: float = row["ours"][of] / row["baseline"][of]
    return times
