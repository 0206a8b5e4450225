"""What stands beside the figures of an IKC and is never judged: its district, and figures of elsewhere.

An IKC is not answerable for its district (monitoring reference 7, mistake 28), so nothing here has a colour or a rank.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agreements.models import AgreedIndicator
from ikc.area_page import figure_words
from ikc.models import AreaFigure, AreaIndicator, District
from ikc.roles import AREA_ROLES
from kvk2.core.money import format_number
from monitoring.models import Benchmark, Return

if TYPE_CHECKING:
    from ikc.models import User

# More figures of one indicator than this are a table of their own.
MOST = 4


@dataclass(frozen=True, slots=True)
class DistrictFact:
    """One figure of the district: the latest year that is known."""

    name: str
    words: str
    year: int
    source: str


@dataclass(frozen=True, slots=True)
class DistrictFacts:
    """The district of an IKC in figures."""

    name: str
    facts: list[DistrictFact]


def district_of(return_: Return) -> District | None:
    """Where the IKC lies: its own district, else that of its attention area."""
    ikc = return_.agreement.ikc
    if ikc.district is not None:
        return ikc.district
    return ikc.attention_area.district if ikc.attention_area else None


def district_facts(return_: Return, user: "User") -> DistrictFacts | None:
    """The latest figure of each indicator of the district; one query. Who reads no area analysis sees what CBS publishes."""
    district = district_of(return_)
    if district is None:
        return None
    figures = (
        AreaFigure.objects.of_map(district.year)
        .filter(district=district, value__isnull=False)
        .select_related("indicator")
        .order_by("indicator__name", "-year")
    )
    if not user.has_role(*AREA_ROLES):
        figures = figures.filter(indicator__family=AreaIndicator.Family.CBS)
    latest: dict[int, AreaFigure] = {}
    for figure in figures:
        latest.setdefault(figure.indicator_id, figure)
    facts = [
        DistrictFact(
            figure.indicator.name,
            figure_words(figure, figure.indicator),
            figure.year,
            figure.source,
        )
        for figure in latest.values()
    ]
    return DistrictFacts(district.name, facts) if facts else None


def benchmarks_for(indicators: Iterable[AgreedIndicator]) -> dict[int, list[str]]:
    """Per definition the newest figures of elsewhere in words, each with its source; one query."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = (
        Benchmark.objects.filter(
            definition_version__definition__in={
                indicator.definition_version.definition_id for indicator in indicators
            }
        )
        .select_related("definition_version__definition")
        .order_by("-year", "place", "pk")
    )
    for row in rows:
        words = found[row.definition_version.definition_id]
        if len(words) < MOST:
            words.append(benchmark_words(row))
    return found


def benchmark_words(row: Benchmark) -> str:
    """'Gemeente 2024: 71% (n = 8.590; bron: CBS)'."""
    definition = row.definition_version.definition
    number = format_number(row.value, definition.decimals)
    shown = f"{number}%" if definition.unit == "%" else f"{number} {definition.unit}"
    n = f"n = {format_number(row.n, 0)}; " if row.n is not None else ""
    return f"{row.place} {row.year}: {shown} ({n}bron: {row.source})"
