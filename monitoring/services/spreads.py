"""How the figures of the IKCs of a year lie beside each other, for the question whether one is unlike the others.

Of a few IKCs the others are compared one by one, without the figure itself. Of many the database tells the middle, over
all of them: one figure more or less moves nothing there, and a file of all IKCs need not read all figures for each row.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal

from django.db.models import Aggregate, Case, Count, F, FloatField, QuerySet, Value, When
from django.db.models.functions import Abs, Cast

from monitoring.entry_checks import Spread, spread_of
from monitoring.models import Measurement, MonitoringCycle, Return

FEW = 100  # IKCs in a year


class _Middle(Aggregate):
    """The median, as PostgreSQL has it."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def spreads_beside(return_: Return, definitions: Collection[int]) -> Mapping[int, Spread]:
    """Per definition, of the other IKCs of this year; one query, and two more of many IKCs."""
    others = _figures(return_.cycle_id, definitions).exclude(of_return=return_.pk)
    most = FEW * len(definitions)
    rows = list(others.values_list("definition_version__definition", F("number"))[: most + 1])
    if len(rows) > most:
        return _by_database(_figures(return_.cycle_id, definitions))
    numbers: dict[int, list[Decimal]] = defaultdict(list)
    for definition, number in rows:
        numbers[definition].append(Decimal(str(number)))
    return {key: spread for key, own in numbers.items() if (spread := spread_of(own))}


def spreads_of_many(cycle: MonitoringCycle) -> Mapping[int, Spread] | None:
    """Per definition, of all IKCs of the year; None when they are few, and each has others beside it."""
    if cycle.returns.count() <= FEW:
        return None
    return _by_database(_figures(cycle.pk))


def _figures(cycle_id: int, definitions: Collection[int] | None = None) -> QuerySet[Measurement]:
    """The figures that have a number: the value, or the percentage."""
    found = Measurement.objects.filter(of_return__cycle=cycle_id)
    if definitions is not None:
        found = found.filter(definition_version__definition__in=definitions)
    share = Cast("numerator", FloatField()) * 100 / Cast("denominator", FloatField())
    return found.annotate(
        number=Case(
            When(denominator__gt=0, numerator__isnull=False, then=share),
            default=Cast("value", FloatField()),
        )
    ).exclude(number=None)


def _by_database(figures: QuerySet[Measurement]) -> dict[int, Spread]:
    definition = F("definition_version__definition")
    middles = {
        key: (count, middle)
        for key, count, middle in figures.order_by()
        .values(key=definition)
        .annotate(count=Count("pk"), middle=_Middle("number"))
        .values_list("key", "count", "middle")
    }
    if not middles:
        return {}
    middle_of = Case(
        *(
            When(definition_version__definition=key, then=Value(middle, FloatField()))
            for key, (_, middle) in middles.items()
        )
    )
    deviations = (
        figures.order_by()
        .annotate(off=Abs(F("number") - middle_of))
        .values(key=definition)
        .annotate(deviation=_Middle("off"))
        .values_list("key", "deviation")
    )
    return {
        key: Spread(middles[key][0], Decimal(str(middles[key][1])), Decimal(str(deviation)))
        for key, deviation in deviations
    }
