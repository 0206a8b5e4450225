"""Which targets of an indicator nobody may agree on, with the sentence that says why.

The same rule stands in the database (`agreements_check_course`); here it has words, and a place: the
year whose target is wrong. Tolerances and levels to keep are never refused (monitoring reference 4).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from agreements import calculations
from agreements.models import AgreedIndicator, IndicatorDefinition
from kvk2.core.money import format_number

SIGN = {IndicatorDefinition.Direction.HIGHER: 1, IndicatorDefinition.Direction.LOWER: -1}


@dataclass(frozen=True, slots=True)
class Refused:
    """A target that cannot be agreed: the index of its programme year, and why."""

    index: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Course:
    """The way of one indicator: what it starts from, and its targets by index of the year, oldest first.

    `group` is the number of children behind the baseline, when that is a percentage.
    """

    definition: IndicatorDefinition
    aim: str
    baseline: Decimal | None
    targets: Mapping[int, Decimal]
    group: int | None = None

    @property
    def sign(self) -> int | None:
        """+1 when higher is better, -1 when lower; None for what has no direction to go against."""
        if self.definition.is_milestone:
            return None
        return SIGN.get(IndicatorDefinition.Direction(self.definition.direction))

    @property
    def least_step(self) -> Decimal:
        """The smallest step that says something, in points; 0 when the group is not known."""
        if not (self.definition.is_percentage and self.group):
            return Decimal(0)
        return calculations.least_step(self.group, self.definition.decimals)


def refused_targets(course: Course, years: Mapping[int, str]) -> list[Refused]:
    """The targets that the parties cannot agree on; `years` are the labels by index."""
    if course.aim != AgreedIndicator.Aim.IMPROVE or course.sign is None:
        return []
    against = list(_against(course, course.sign, years))
    told = {row.index for row in against}
    return [*against, *(row for row in _too_small(course, years) if row.index not in told)]


def _against(course: Course, sign: int, years: Mapping[int, str]) -> Iterator[Refused]:
    for index in calculations.steps_against(course.baseline, course.targets, sign=sign):
        yield Refused(
            index,
            f"De streefwaarde van {years[index]} is slechter dan die ervoor:"
            f" {course.definition.get_direction_display()}. Kies ‘behouden’ als dit zo bedoeld is.",
        )


def _too_small(course: Course, years: Mapping[int, str]) -> Iterator[Refused]:
    if not course.group:
        return
    weight = format_number(calculations.one_child(course.group), 1)
    for index in calculations.steps_smaller_than(
        course.least_step, course.baseline, course.targets
    ):
        yield Refused(
            index,
            f"De stap naar {years[index]} is kleiner dan één kind: dat is {weight} punt in een"
            f" groep van {course.group}. Maak de stap groter, of laat de waarde gelijk.",
        )
