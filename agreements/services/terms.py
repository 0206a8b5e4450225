"""What is agreed about one indicator, as the forms give it, and what of that is refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from agreements.models import (
    AgreedIndicator,
    AgreementVersion,
    IndicatorDefinitionVersion,
    ProgrammeYear,
    YearTarget,
)
from agreements.targets import Course, refused_targets
from kvk2.core.errors import DomainError
from kvk2.core.money import format_number


class OutOfRange(DomainError):
    """A figure that this indicator can never have."""


class TargetRefused(DomainError):
    """A target against the direction, or a step that is smaller than one child."""


@dataclass(frozen=True, slots=True)
class TargetFigures:
    """The target of one year, in the columns of its type; or none of them, with the reason why."""

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    level: int | None = None
    due_on: date | None = None
    explanation: str = ""

    @property
    def figures(self) -> list[Decimal]:
        return [figure for figure in (self.value, self.low, self.high) if figure is not None]

    @property
    def number(self) -> Decimal | None:
        """The one figure to compare with another year, also when it is a level."""
        return self.value if self.level is None else Decimal(self.level)

    def put_on(self, target: YearTarget) -> YearTarget:
        target.value, target.low, target.high = self.value, self.low, self.high
        target.level, target.due_on = self.level, self.due_on
        target.explanation = self.explanation
        return target


@dataclass(frozen=True, slots=True)
class IndicatorTerms:
    """What is agreed about one indicator: its baseline, tolerance and targets by index of the programme year."""

    baseline_status: str
    aim: str = AgreedIndicator.Aim.IMPROVE
    baseline_value: Decimal | None = None
    baseline_level: int | None = None
    baseline_numerator: int | None = None
    baseline_denominator: int | None = None
    baseline_year: str = ""
    baseline_source: str = ""
    baseline_planned_year: ProgrammeYear | None = None
    tolerance: Decimal = Decimal(0)
    leeway_days: int = 0
    assessor: str = ""
    is_core: bool = False
    targets: Mapping[int, TargetFigures] = field(default_factory=dict)

    def put_on(self, indicator: AgreedIndicator) -> None:
        for name in TERMS:
            setattr(indicator, name, getattr(self, name))

    def course(
        self, definition_version: IndicatorDefinitionVersion, version: AgreementVersion
    ) -> Course:
        """The way from the baseline through the years that `version` sets targets for."""
        numbers = {index: row.number for index, row in sorted(self.targets.items())}
        baseline = self.baseline_value
        if self.baseline_level is not None:
            baseline = Decimal(self.baseline_level)
        return Course(
            definition=definition_version.definition,
            aim=self.aim,
            baseline=baseline,
            targets={
                index: number
                for index, number in numbers.items()
                if number is not None and index >= version.effective_year.index
            },
            group=self.baseline_denominator,
        )

    def check(
        self, definition_version: IndicatorDefinitionVersion, version: AgreementVersion
    ) -> None:
        """Raises OutOfRange for a figure that cannot be, TargetRefused for a target that may not be."""
        for sentence in self._impossible(definition_version, version):
            raise OutOfRange(sentence)
        years = {year.index: year.label for year in version.agreement.programme.years.all()}
        for refused in refused_targets(self.course(definition_version, version), years):
            raise TargetRefused(refused.sentence)

    def _impossible(
        self, definition_version: IndicatorDefinitionVersion, version: AgreementVersion
    ) -> Iterator[str]:
        low, high = definition_version.valid_min, definition_version.valid_max
        figures = [row for target in self.targets.values() for row in target.figures]
        if self.baseline_value is not None:
            figures.append(self.baseline_value)
        if any((low is not None and f < low) or (high is not None and f > high) for f in figures):
            yield _range_sentence(definition_version)
        levels = [self.baseline_level, *(target.level for target in self.targets.values())]
        top = len(definition_version.rubric)
        if any(level is not None and not 1 <= level <= top for level in levels):
            yield f"Een niveau van ‘{definition_version.definition.name}’ ligt tussen 1 en {top}."
        for year in version.agreement.programme.years.all():
            due = self.targets.get(year.index, TargetFigures()).due_on
            if due and not year.start <= due <= year.end:
                yield f"De mijlpaal van {year.label} ligt in dat jaar: kies een dag daarin."


TERMS = (
    "aim",
    "baseline_status",
    "baseline_value",
    "baseline_level",
    "baseline_numerator",
    "baseline_denominator",
    "baseline_year",
    "baseline_source",
    "baseline_planned_year",
    "tolerance",
    "leeway_days",
    "assessor",
    "is_core",
)


def _range_sentence(definition_version: IndicatorDefinitionVersion) -> str:
    definition = definition_version.definition
    low, high = (
        None if bound is None else format_number(bound, definition.decimals)
        for bound in (definition_version.valid_min, definition_version.valid_max)
    )
    if high is None:
        return f"Een waarde van ‘{definition.name}’ is {low} of meer."
    if low is None:
        return f"Een waarde van ‘{definition.name}’ is {high} of minder."
    return f"Een waarde van ‘{definition.name}’ ligt tussen {low} en {high}."
