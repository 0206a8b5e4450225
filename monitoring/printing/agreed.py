"""What was agreed, what became of it, and what is proposed: the words and pictures beside the figures."""

from dataclasses import dataclass

from kvk2.core.charts import Canvas, Chart, Multiple, Size, multiples_chart
from kvk2.nlds.templatetags.nlds import dutch_date
from monitoring.printing import figures
from monitoring.report_dataset import IkcReportData, Indicator, Measure, Reaction, YearResult
from monitoring.status import GoalVerdict


@dataclass(frozen=True, slots=True)
class GoalMeasures:
    """What the parties do for one goal."""

    number: int
    title: str
    rows: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class ChangedTarget:
    """An end target that is no longer what was agreed first."""

    indicator: str
    baseline: str
    first: str
    now: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a party said of the concept, or that it said nothing."""

    party: str
    role: str
    text: str
    by: str


def measures_per_goal(data: IkcReportData) -> list[GoalMeasures]:
    found = [
        GoalMeasures(
            goal.number, goal.title, tuple(row for row in data.measures if row.goal == goal.number)
        )
        for goal in data.goals
    ]
    return [one for one in found if one.rows]


def changed_targets(data: IkcReportData) -> list[ChangedTarget]:
    """The targets of year 8 that were changed since the first agreement."""
    return [
        ChangedTarget(
            indicator=item.name,
            baseline=figures.figure(item.baseline, item),
            first=figures.figure(last.original_target, item),
            now=figures.target(last, item),
        )
        for item, last in _changed(data)
    ]


def _changed(data: IkcReportData) -> list[tuple[Indicator, YearResult]]:
    """The indicators with another end target than was agreed first, with their last year."""
    return [
        (item, last)
        for goal in data.goals
        for item in goal.indicators
        if (last := item.years[-1]).original_target is not None
    ]


def changed_slopes(data: IkcReportData) -> Chart | None:
    """From the end target as agreed first to that of now: a small line for each, for they have different units."""
    rows = _changed(data)
    if not rows:
        return None
    words = [
        f"{item.name}: eerst {figures.figure(last.original_target, item)}, "
        f"nu {figures.target(last, item)}"
        for item, last in rows
    ]
    return multiples_chart(
        [
            Multiple(
                name=item.name,
                points=[(0, last.original_target), (1, last.target)],
                words=f"{figures.plain(last.original_target, item)} → {figures.target(last, item)}",
                unit=item.unit,
                decimals=item.decimals,
            )
            for item, last in rows
        ],
        ("eerst", "nu"),
        title="Einddoelen: eerst afgesproken en nu",
        description=f"{'; '.join(words)}.",
    )


def versions_chart(data: IkcReportData) -> Chart | None:
    """A line in time with a point for each version of the agreement; None when nothing was changed."""
    versions = data.agreement.versions
    if len(versions) < 2:
        return None
    labels = [year.label for year in data.programme.years]

    def draw(size: Size) -> Canvas:
        text = size.text
        canvas = Canvas(size, height=(4.6 + 1.5 * len(versions)) * text)
        left, right, line = 2 * text, size.width - 2 * text, 2.2 * text
        step = (right - left) / max(1, len(labels) - 1)
        canvas.line([(left, line), (right, line)], "neutral-300", width=2)
        for index, label in enumerate(labels):
            x = left + index * step
            canvas.line([(x, line - 0.3 * text), (x, line + 0.3 * text)], "neutral-300", width=2)
            canvas.text(x, line - 1.2 * text, label[2:], anchor="middle")
        for row, version in enumerate(versions):
            x = left + step * (
                labels.index(version.effective_year) if version.effective_year in labels else 0
            )
            y = line + (1.9 + 1.5 * row) * text
            canvas.line([(x, line), (x, y)], "primary-500", width=1.5)
            canvas.disc(x, line, 0.42 * text, "primary-500", fill="primary-500")
            is_late = x > size.width / 2
            canvas.text(
                x + (-0.5 if is_late else 0.5) * text,
                y,
                f"versie {version.number}: {version.kind}",
                anchor="end" if is_late else "start",
                colour="neutral-700",
            )
        return canvas

    rows = tuple(
        (f"Versie {version.number}", version.kind, version.effective_year, version.reason or "–")
        for version in versions
    )
    words = "; ".join(
        f"versie {version.number}, {version.kind}, vanaf {version.effective_year}"
        for version in versions
    )
    return Chart(
        "Tijdlijn van de versies van de afspraak",
        f"{words}.",
        ("Versie", "Soort", "Geldt vanaf", "Reden"),
        rows,
        draw,
        in_words=True,
    )


def proposal(data: IkcReportData) -> str:
    """What the parties conclude, or as long as they did not, what the rules propose."""
    if data.conclusions:
        adjusted = [
            row.subject.rstrip(".")
            for row in data.conclusions
            if row.verdict in ("bijsturen", "bijstellen")
        ]
        if not adjusted:
            return "De partijen stellen voor om op dezelfde weg door te gaan."
        return f"De partijen stellen voor om bij te sturen of bij te stellen bij: {figures.joined(adjusted)}."
    goals = [goal.title for goal in data.goals if goal.verdict is GoalVerdict.ADJUSTMENT_PROPOSED]
    if not goals:
        return "Volgens de rekenregels is bijsturen nu niet nodig."
    return f"Volgens de rekenregels is bijsturen nodig bij: {figures.joined(goals)}."


def told(row: Reaction) -> Told:
    if row.given_on is None and not row.text:
        return Told(row.party, row.role, "Heeft niet gereageerd binnen de termijn.", "")
    text = row.text or "Kan zich vinden in dit rapport."
    if row.text and row.agrees:
        text = f"Kan zich vinden in dit rapport. {row.text}"
    by = ", ".join(filter(None, [row.by, dutch_date(row.given_on)]))
    return Told(row.party, row.role, text, by)
