"""The ladder of an indicator that is a scale: its levels in words, and where the IKC began, stands and is to go."""

from kvk2.core.charts import Chart, Stand, ladder_chart
from monitoring.printing import figures
from monitoring.report_dataset import IkcReportData, Indicator


def ladder(indicator: Indicator, data: IkcReportData) -> Chart | None:
    """None for what is no scale. A level that may not be shown is in no row of the dataset, so in no drawing either."""
    if not indicator.levels:
        return None
    stands = _stands(indicator, data)
    return ladder_chart(
        indicator.levels,
        stands,
        title=f"Niveaus van {indicator.name}",
        description=_words(indicator, data, stands),
    )


def _stands(indicator: Indicator, data: IkcReportData) -> list[Stand]:
    year = data.edition.year_index
    current, last = figures.result(indicator, year), indicator.years[-1]
    label = figures.year_of(data.programme, year).label
    found = []
    if current.value is not None:
        sign = figures.sign(current.status)
        found.append(Stand(int(current.value), f"bereikt {label}", sign, is_reached=True))
    if indicator.baseline is not None:
        found.append(Stand(int(indicator.baseline), f"nulmeting {indicator.baseline_label}"))
    if current.target is not None:
        found.append(Stand(int(current.target), f"doel {label}", is_target=True))
    if last.target is not None and last.year != year:
        found.append(Stand(int(last.target), "doel jaar 8", is_target=True))
    return found


def _words(indicator: Indicator, data: IkcReportData, stands: list[Stand]) -> str:
    """'Niveau 2: bereikt in 2024/25. Niveau 3: doel 2024/25.', with what the level means that was reached."""
    by_level: dict[int, list[str]] = {}
    for stand in stands:
        by_level.setdefault(stand.level, []).append(stand.words)
    parts = [
        f"Niveau {level}: {figures.joined(words)}" for level, words in sorted(by_level.items())
    ]
    current = figures.result(indicator, data.edition.year_index)
    if current.value is None:
        why = current.missing_reason or figures.mark(current.status).text
        parts.append(f"Welk niveau is bereikt: {why}")
    elif 1 <= int(current.value) <= len(indicator.levels):
        parts.append(indicator.levels[int(current.value) - 1].rstrip("."))
    return f"{'. '.join(parts)}."
