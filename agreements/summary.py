"""What the Ontwikkelgroep reads of an agreement: results, baselines and targets; no small numbers (domain reference 6.2, Q20)."""

from dataclasses import dataclass

from agreements.models import AgreedIndicator, AgreementVersion, Goal
from agreements.reading import IndicatorNode, figure, goal_tree
from kvk2.core.suppression import SMALL_GROUP, is_small, percentage_display

HIDDEN = "niet getoond: kleine groep"


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One indicator: where it starts and what is aimed at in each of the years."""

    node: IndicatorNode
    baseline: str

    @property
    def is_hidden(self) -> bool:
        return self.baseline == HIDDEN

    @property
    def year(self) -> str:
        """Of the baseline; empty where there is none."""
        return self.node.indicator.baseline_year


@dataclass(frozen=True, slots=True)
class SummaryResult:
    label: str
    text: str
    target_group: str
    rows: list[SummaryRow]

    @property
    def years(self) -> list[str]:
        """The years of the targets; the same for every indicator."""
        return [year for year, _, _ in self.rows[0].node.targets] if self.rows else []


def summary_of(version: AgreementVersion) -> list[tuple[Goal, list[SummaryResult]]]:
    """The goals of the programme with the results under each, of a version loaded `with_summary()`."""
    return [
        (
            node.goal,
            [
                SummaryResult(
                    item.result.label,
                    item.result.text,
                    item.result.target_group,
                    [SummaryRow(row, _baseline(row)) for row in item.indicators],
                )
                for item in node.results
            ],
        )
        for node in goal_tree(version)
    ]


def _baseline(row: IndicatorNode) -> str:
    """The baseline without the number of children behind it."""
    indicator = row.indicator
    if indicator.baseline_number is None:
        return row.baseline
    if is_hidden(indicator):
        return HIDDEN
    return figure(indicator.baseline_number, row.definition)


def is_hidden(indicator: AgreedIndicator) -> bool:
    """Whether the baseline would show a small group of children."""
    numerator, denominator = indicator.baseline_numerator, indicator.baseline_denominator
    if numerator is not None and denominator is not None:
        shown = percentage_display(
            numerator,
            denominator,
            k=SMALL_GROUP,
            min_denominator=indicator.definition_version.min_n,
        )
        return shown is None
    definition = indicator.definition
    if definition.is_scale or definition.decimals or indicator.baseline_number is None:
        return False
    return is_small(int(indicator.baseline_number), SMALL_GROUP)
