"""What the public edition prints: how many indicators are on course, and what the parties gave."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kvk2.core.charts import Chart, counts_chart
from monitoring.printing import figures
from monitoring.printing.contents import Contents
from monitoring.printing.figures import Counts
from monitoring.printing.money import money_table
from monitoring.report_dataset import PublicReportData, Tally


@dataclass(frozen=True, slots=True)
class GoalLine:
    """One goal; without counts when too few IKCs have a result under it."""

    number: int
    title: str
    ikcs: int
    now: Counts | None
    before: Counts | None


def public_context(data: PublicReportData) -> dict[str, Any]:
    """The template context of `monitoring/pdf/public_report.html`."""
    year = data.edition.year_index
    goals = [
        GoalLine(goal.number, goal.title, goal.ikcs, _counts(goal.now), _counts(goal.before))
        for goal in data.goals
    ]
    together = [goal.now for goal in goals if goal.now is not None]
    contents = Contents()
    contents.front("kort", "In het kort")
    contents.chapter("doelen", "De drie doelen")
    money = money_table(data.contributions)
    if money or data.staffing:
        contents.chapter("middelen", "Wat de partijen gaven")
    contents.chapter("lezen", "Hoe u de cijfers leest")
    contents.annex("begrippen", "Begrippen")
    return {
        "report": data,
        "year": figures.year_of(data.programme, year),
        "before": figures.year_of(data.programme, max(1, year - 1)),
        "goals": goals,
        "counts": _together(together),
        "state_chart": _state_chart(goals, data),
        "money": money,
        "staffing": data.staffing,
        "contents": contents.as_list(),
        "chapters": contents.by_key(),
        "previous_edition": data.edition.number - 1,
        "amber_percentage": data.ruleset.amber_share * 100,
        "digest": data.digest(),
    }


def _counts(tally: Tally | None) -> Counts | None:
    return None if tally is None else Counts(tally.green, tally.amber, tally.red, tally.grey)


def _together(counts: Sequence[Counts]) -> Counts | None:
    if not counts:
        return None
    return Counts(*(sum(parts) for parts in zip(*(one.parts() for one in counts), strict=True)))


def _state_chart(goals: Sequence[GoalLine], data: PublicReportData) -> Chart | None:
    year = data.edition.year_index
    rows, words = [], []
    for goal in goals:
        if goal.before is not None:
            label = figures.year_of(data.programme, year - 1).label
            rows.append((f"Doel {goal.number}, {label}", goal.before.parts()))
        if goal.now is not None:
            label = figures.year_of(data.programme, year).label
            rows.append((f"Doel {goal.number}, {label}", goal.now.parts()))
            words.append(f"doel {goal.number}: {goal.now.words()}")
    if not any(count for _, counts in rows for count in counts):
        return None
    return counts_chart(
        rows,
        figures.PARTS,
        title="Aantal indicatoren per status",
        description=f"{'; '.join(words)}.",
    )
