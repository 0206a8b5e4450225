"""What the report of an IKC says of its children and its district: counted elsewhere, and never judged.

Of a district stand here the figures of public sources that its analysis also uses: no score, no rank, and nothing that
schools and childcare told the municipality. A count of a few children is left out before anything is frozen.
"""

from collections import defaultdict
from decimal import Decimal

from agreements.models import ProgrammeYear
from ikc.models import (
    AgeBand,
    AreaFigure,
    AreaIndicator,
    ChildCount,
    District,
    Ikc,
    PupilCount,
    Reliability,
)
from kvk2.core.suppression import SMALL_GROUP, is_small
from monitoring import report_dataset as data
from monitoring.beside import district_of
from monitoring.models import Return

# As many lines and years as are told apart at a glance (monitoring reference 5.1, page 4).
MOST_LINES, MOST_YEARS = 5, 8
OWN = "het IKC"
BANDS = (
    ("Kinderen van 0 tot 4 jaar", frozenset({AgeBand.ZERO_ONE, AgeBand.TWO_THREE})),
    ("Kinderen van 4 tot en met 12 jaar", frozenset({AgeBand.FOUR_TWELVE})),
)


def surroundings(return_: Return) -> data.Surroundings:
    """The children, the district, and both over the years; six queries."""
    ikc, year = return_.agreement.ikc, return_.cycle.year
    counts = list(PupilCount.objects.filter(ikc=ikc, year__lte=year.end.year).order_by("year"))
    first = next((n for n, count in enumerate(counts) if count.pupils != 0), len(counts))
    area = ikc.attention_area
    return data.Surroundings(
        pupils=tuple(data.Count(year=count.year, count=count.pupils) for count in counts[first:]),
        pupils_source=counts[0].source if counts else "",
        area_name=str(area or ""),
        area_facts=_inhabitants(area.district) if area else (),
        notes=(ikc.note,) if ikc.note else (),
        lines=_lines(ikc, district_of(return_), counts[first:], year),
    )


def _inhabitants(district: District) -> tuple[data.AreaFact, ...]:
    if not district.inhabitants:
        return ()
    return (
        data.AreaFact(
            label="Inwoners van de wijk",
            value=f"{district.inhabitants:,}".replace(",", "."),
            period=str(district.year),
            source=district.source,
        ),
    )


def _lines(
    ikc: Ikc, district: District | None, pupils: list[PupilCount], year: ProgrammeYear
) -> tuple[data.ContextLine, ...]:
    """The children first, then the district; a line has two figures at least."""
    found = [*_children(ikc, pupils, year), *(_of_district(district, year) if district else ())]
    known = [line for line in found if sum(point.value is not None for point in line.points) > 1]
    return tuple(known[:MOST_LINES])


def _children(ikc: Ikc, pupils: list[PupilCount], year: ProgrammeYear) -> list[data.ContextLine]:
    """Per age band the counts in force; of years that nobody counted, the pupils that DUO publishes."""
    rows = ChildCount.objects.filter(
        ikc=ikc, replaced_at=None, reference_date__lte=year.end.replace(month=12, day=31)
    ).order_by("reference_date", "pk")
    by_year: dict[int, dict[str, int]] = defaultdict(dict)
    for row in rows:
        by_year[row.reference_date.year][row.band] = row.children
    lines = []
    for name, bands in BANDS:
        counted = {
            at: sum(found[band] for band in bands)
            for at, found in by_year.items()
            if bands <= found.keys()
        }
        source = "tellingen van school en opvang"
        if AgeBand.FOUR_TWELVE in bands:
            published = {row.year: row.pupils for row in pupils if row.pupils is not None}
            counted, source = published | counted, "DUO, en tellingen van school en opvang"
        lines.append(_line(name, counted, source, year))
    return lines


def _line(name: str, counted: dict[int, int], source: str, year: ProgrammeYear) -> data.ContextLine:
    return data.ContextLine(
        name=name,
        about=OWN,
        unit="kinderen",
        decimals=0,
        points=tuple(
            data.ContextPoint(at, None if is_small(number, SMALL_GROUP) else Decimal(number))
            for at, number in sorted(counted.items())
            if _is_shown(at, year)
        ),
        source=source,
    )


def _is_shown(at: int, year: ProgrammeYear) -> bool:
    return year.end.year - MOST_YEARS < at <= year.end.year


def _of_district(district: District, year: ProgrammeYear) -> list[data.ContextLine]:
    """What weighs most in the analysis of the districts first."""
    figures: dict[AreaIndicator, list[AreaFigure]] = defaultdict(list)
    rows = (
        AreaFigure.objects.of_map(district.year)
        .filter(district=district, year__lte=year.end.year, indicator__weight__gt=0)
        .exclude(indicator__family=AreaIndicator.Family.SCHOOLS)
        .select_related("indicator")
        .order_by("-indicator__weight", "indicator__name", "year")
    )
    for row in rows:
        if _is_shown(row.year, year):
            figures[row.indicator].append(row)
    return [
        data.ContextLine(
            name=indicator.name,
            about=district.name,
            unit=indicator.unit,
            decimals=indicator.decimals,
            points=tuple(
                data.ContextPoint(
                    row.year,
                    row.decimal_value,
                    "I" if row.reliability == Reliability.INDICATIVE else "",
                )
                for row in found
            ),
            source=found[-1].source,
        )
        for indicator, found in figures.items()
    ]
