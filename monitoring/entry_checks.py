"""The questions that a figure raises when it is entered, and what they are asked by (monitoring reference 4, 'Entry checks').

Pure: no ORM and no clock. Percentages are in percent points (0-100), counts and values in their own unit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from statistics import median
from typing import Any

# Turns the median absolute deviation of a normal distribution into its standard deviation.
NORMAL = Decimal("0.6745")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryThresholds:
    """When a figure is remarkable; a rule set may say otherwise under 'entry_checks'.

    `jump_points`: change of a percentage, in points; `jump_tolerances`: the same, in agreed tolerances (the larger
    counts). `jump_share`: change of a count, as part of last year's. `group_share`: change of a denominator.
    `z`: modified Z against the other IKCs, asked from `z_values` values on.
    """

    jump_points: Decimal = Decimal(10)
    jump_tolerances: Decimal = Decimal(3)
    jump_share: Decimal = Decimal("0.30")
    group_share: Decimal = Decimal("0.25")
    z: Decimal = Decimal("3.5")
    z_values: int = 5

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> "EntryThresholds":
        """Out of the JSON of a rule set; what it does not say is as above."""
        given = parameters.get("entry_checks", {})
        values: dict[str, Any] = {
            field.name: Decimal(str(given[field.name]))
            for field in fields(cls)
            if field.name in given and field.name != "z_values"
        }
        if "z_values" in given:
            values["z_values"] = int(given["z_values"])
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One figure with what it is compared with. None and empty: there is nothing to compare."""

    number: Decimal | None
    denominator: int | None = None
    before: Decimal | None = None
    denominator_before: int | None = None
    is_percentage: bool = False
    tolerance: Decimal = Decimal(0)
    others: "Spread | None" = None
    parts: Sequence["PartsOfOne"] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsOfOne:
    """The sums of the parts of one dimension beside the whole: (parts, whole) per column."""

    dimension: str
    is_exhaustive: bool
    sums: tuple[tuple[Decimal, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A question: the rule that asks it (a `Check.Rule`), and its words."""

    rule: str
    message: str


def findings(asked: Asked, thresholds: EntryThresholds) -> list[Finding]:
    """All questions that this figure raises, in the order of the reference."""
    if asked.number is None:
        return []
    found = [*_against_last_year(asked, thresholds), *_parts(asked)]
    if asked.is_percentage and 0 < asked.number < 1:
        meant = f"{(100 * asked.number).normalize():f}".replace(".", ",")
        found.append(
            Finding(
                "below_one_percent",
                f"Het percentage ligt tussen 0 en 1. Bedoelde u {meant}%?",
            )
        )
    if is_unlike(asked.number, asked.others, thresholds):
        found.append(
            Finding("unlike_others", "Het cijfer wijkt sterk af van dat van de andere IKC's.")
        )
    return found


def _against_last_year(asked: Asked, thresholds: EntryThresholds) -> list[Finding]:
    found: list[Finding] = []
    if asked.number is None or asked.before is None:
        return found
    limit = (
        max(thresholds.jump_points, thresholds.jump_tolerances * asked.tolerance)
        if asked.is_percentage
        else abs(asked.before) * thresholds.jump_share
    )
    if abs(asked.number - asked.before) > limit:
        found.append(Finding("jump", "Het verschil met vorig jaar is groot."))
    if asked.number == asked.before:
        found.append(
            Finding("same_as_last_year", "Het cijfer is precies gelijk aan dat van vorig jaar.")
        )
    if asked.denominator_before and asked.denominator is not None:
        change = abs(asked.denominator - asked.denominator_before)
        if change > thresholds.group_share * asked.denominator_before:
            found.append(
                Finding("group_change", "De groep is veel groter of kleiner dan vorig jaar.")
            )
    return found


def _parts(asked: Asked) -> list[Finding]:
    differing = [
        part.dimension
        for part in asked.parts
        if part.is_exhaustive and any(parts != whole for parts, whole in part.sums)
    ]
    if not differing:
        return []
    return [
        Finding(
            "parts_differ",
            f"De delen tellen niet op tot het geheel ({', '.join(differing).lower()}).",
        )
    ]


@dataclass(frozen=True, slots=True)
class Spread:
    """Figures of several IKCs: how many, the one in the middle, and how far half of them are from it at most."""

    count: int
    middle: Decimal
    deviation: Decimal


def spread_of(numbers: Sequence[Decimal]) -> Spread | None:
    """None of no figures at all."""
    if not numbers:
        return None
    middle = median(numbers)
    return Spread(len(numbers), middle, median(abs(number - middle) for number in numbers))


def is_unlike(
    number: Decimal, others: Spread | None, thresholds: EntryThresholds = EntryThresholds()
) -> bool:
    """Modified Z above the limit; with fewer values, or when more than half are equal, nothing can be said."""
    if others is None or others.count < thresholds.z_values or others.deviation <= 0:
        return False
    return NORMAL * abs(number - others.middle) / others.deviation > thresholds.z
