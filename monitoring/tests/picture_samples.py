"""What the pictures of a report are drawn from: a scale, an end target that changed, and the lines of the surroundings."""

from dataclasses import replace
from decimal import Decimal

from monitoring import report_dataset as dataset
from monitoring.explain import explain_level
from monitoring.stages import Level, judge_scale
from monitoring.status import Direction

YEAR = 4  # of which the sample reports are


def scale() -> dataset.Indicator:
    """A scale of four levels: from level 1 to 4 in eight years, judged by the rules."""
    targets, reached = (1, 2, 2, 3, 3, 3, 4, 4), (1, 2, 2, 2)
    years = []
    for year, target in enumerate(targets, 1):
        level = Level(
            target=target, reached=reached[year - 1] if year <= YEAR else None, due=year <= YEAR
        )
        result = judge_scale(level)
        years.append(
            dataset.YearResult(
                year=year,
                status=result.status,
                target=Decimal(target),
                value=result.value,
                explanation=explain_level(result, level),
            )
        )
    return dataset.Indicator(
        key="samen-1",
        code="SAMEN",
        name="Samenwerking van school en opvang",
        definition="Het niveau van samenwerking, bepaald in een gesprek met het team.",
        unit="niveau",
        decimals=0,
        direction=Direction.HIGHER,
        is_core=False,
        tolerance=Decimal(0),
        baseline=Decimal(1),
        baseline_label="2020/21",
        source="gesprek met het team",
        years=tuple(years),
        kind="scale",
        levels=(
            "School en opvang werken naast elkaar.",
            "Er is overleg over kinderen die van opvang naar school gaan.",
            "Er is één plan voor het aanbod, en het team voert het samen uit.",
            "Er is één team met één leiding, één visie en één dagritme.",
        ),
    )


def amended(item: dataset.Indicator, first: str) -> dataset.Indicator:
    """The same indicator, of which the first agreement had another end target."""
    last = replace(item.years[-1], original_target=Decimal(first))
    return replace(item, years=(*item.years[:-1], last))


def context_lines() -> tuple[dataset.ContextLine, ...]:
    """Five lines, with a hidden count, a year that nobody counts, and an indication."""
    rows = (
        ("Kinderen van 0 tot 4 jaar", "het IKC", "kinderen", 0, (None, 41, 44, 39, 46, 48)),
        ("Kinderen van 4 tot en met 12 jaar", "het IKC", "kinderen", 0, (211, 216, 219, 222, 226, 224)),
        ("Achterstandsscore per leerling", "Lindenbuurt", "punten", 1, ("5.9", "", "5.6", "", "5.1", "")),
        ("Sociale index van de wijk", "Lindenbuurt", "cijfer", 1, ("5.4", "", "5.3", "", "5.7", "")),
        ("Kinderen in een gezin met een uitkering", "Lindenbuurt", "%", 1, ("19.8", "", "18.1", "", "17.4", "")),
    )  # fmt: skip
    return tuple(
        dataset.ContextLine(
            name,
            about,
            unit,
            decimals,
            tuple(
                dataset.ContextPoint(
                    2020 + index,
                    None if value is None else Decimal(value),
                    "I" if unit == "cijfer" and index == 4 else "",
                )
                for index, value in enumerate(values)
                if value != ""
            ),
            "Openbare cijfers van de wijk" if about != "het IKC" else "DUO en kinderopvang",
        )
        for name, about, unit, decimals, values in rows
    )
