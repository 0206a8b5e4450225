"""What hangs on the figures of the demonstration: parts by age, and letters that prove milestones."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from agreements.models import AgreedIndicator, IndicatorDefinition, IndicatorDefinitionVersion
from ikc.models import User
from kvk2.core.deadlines import local_date
from monitoring.demo.paper import SUPPORT_PDF
from monitoring.figures import Figure, Part
from monitoring.models import Benchmark, Category, Return
from monitoring.services import evidence
from monitoring.services.benchmarks import keep_benchmark
from monitoring.services.dimensions import keep_dimension

BY_AGE = "deelname-aanbod"
ELSEWHERE = {
    "vve-bereik": {2023: "81", 2024: "83"},
    "deelname-aanbod": {2023: "52", 2024: "55"},
    "jeugdhulp": {2023: "8.1", 2024: "7.9"},
}
AGES = ("0 tot en met 3 jaar", "4 tot en met 12 jaar")


def make_dimensions(*, by: User, at: datetime) -> None:
    """Who takes part is told for two ages that together are all children."""
    keep_dimension(
        None,
        name="Leeftijd",
        groups=AGES,
        is_exhaustive=True,
        definitions=[IndicatorDefinition.objects.get(code=BY_AGE)],
        by=by,
        at=at,
    )


def make_benchmarks(*, by: User, at: datetime) -> None:
    """The municipality as a whole beside three indicators, for two years."""
    for code, values in ELSEWHERE.items():
        definition = IndicatorDefinitionVersion.objects.get(definition__code=code, number=1)
        for year, value in values.items():
            keep_benchmark(
                Benchmark(
                    definition_version=definition,
                    geography=Benchmark.Geography.MUNICIPALITY,
                    place="Gemeente (demonstratie)",
                    year=year,
                    value=Decimal(value),
                    n=1_240,
                    source="demonstratiegegeven",
                    retrieved_on=local_date(at),
                    licence="geen: demonstratie",
                ),
                by=by,
                at=at,
            )


def parts_of(definition: IndicatorDefinition, count: int, group: int) -> tuple[Part, ...]:
    """A third of the children are younger than four; nothing for other indicators."""
    if definition.code != BY_AGE:
        return ()
    young, old = Category.objects.filter(dimension__code="leeftijd").order_by("order")
    few, small = count // 3, group // 3
    return (
        Part(category=young.pk, numerator=few, denominator=small),
        Part(category=old.pk, numerator=count - few, denominator=group - small),
    )


def prove(
    return_: Return, figures: Sequence[tuple[AgreedIndicator, Figure]], *, by: User, at: datetime
) -> None:
    """A letter with each milestone that was reached."""
    for indicator, figure in figures:
        if figure.reached_on is not None:
            file = evidence.NewEvidence("brief-ggd.pdf", SUPPORT_PDF, "Brief van de GGD")
            evidence.add_evidence(return_, indicator, file, by=by, at=at)
