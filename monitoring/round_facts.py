"""The returns of a round with their indicators, this year's figures and last year's, for many returns at once.

Files and the link for machines go through a whole round: a few queries per hundred returns, and no more of it in memory.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.db.models import QuerySet

from agreements.models import AgreedIndicator
from monitoring.entry_checks import Spread
from monitoring.models import Measurement, MonitoringCycle, Return
from monitoring.services.checking import Beside, beside
from monitoring.services.spreads import spreads_of_many

TOGETHER = 100  # returns that are read in one go


@dataclass(frozen=True)
class ReturnFacts:
    """One return: its indicators in the order of the agreement, and what was measured, by series."""

    return_: Return
    indicators: dict[UUID, AgreedIndicator]
    now: dict[UUID, Measurement] = field(default_factory=dict)
    before: dict[UUID, Measurement] = field(default_factory=dict)
    among: "Among | None" = None

    @property
    def spreads(self) -> Mapping[int, Spread] | None:
        """Of a year with many IKCs, how their figures lie; read once for all returns that were read together."""
        return self.among.spreads if self.among else None

    @cached_property
    def beside(self) -> Beside:
        """What its figures are compared with, for the questions they raise; a few queries, when asked."""
        return beside(self.return_, list(self.indicators.values()), spreads=self.spreads)


@dataclass(frozen=True)
class Among:
    """The year in which the returns stand."""

    cycle: MonitoringCycle

    @cached_property
    def spreads(self) -> Mapping[int, Spread] | None:
        return spreads_of_many(self.cycle)


def in_batches(cycle: MonitoringCycle, returns: QuerySet[Return]) -> Iterator[ReturnFacts]:
    """All of `returns` by the name of the IKC, a hundred at a time."""
    ids = list(returns.order_by("agreement__ikc__name", "pk").values_list("pk", flat=True))
    for start in range(0, len(ids), TOGETHER):
        yield from facts_of(cycle, ids[start : start + TOGETHER])


def facts_of(cycle: MonitoringCycle, ids: Sequence[int]) -> list[ReturnFacts]:
    """The returns of `cycle` with these ids, in that order; what is of another cycle is left out. Six queries."""
    rows = {
        row.pk: row
        for row in Return.objects.filter(cycle=cycle, pk__in=ids)
        .select_related("agreement__ikc", "version", "cycle__year__programme", "cycle__ruleset")
        .defer("version__content")
    }
    indicators = _indicators(rows.values())
    now, before = _now(rows), _before(rows.values(), cycle)
    among = Among(cycle)
    return [
        ReturnFacts(
            row,
            indicators[row.version_id],
            now.get(row.pk, {}),
            before.get(row.agreement_id, {}),
            among,
        )
        for pk in ids
        if (row := rows.get(pk)) is not None
    ]


def _indicators(returns) -> dict[int, dict[UUID, AgreedIndicator]]:
    """Per version, with its targets: a sum over the years begins where the year before ended."""
    found: dict[int, dict[UUID, AgreedIndicator]] = defaultdict(dict)
    for indicator in (
        AgreedIndicator.objects.filter(version__in={row.version_id for row in returns})
        .select_related("result__goal", "definition_version__definition")
        .prefetch_related("targets__year")
        .order_by("result__goal__order", "result__number", "pk")
    ):
        found[indicator.version_id][indicator.series_key] = indicator
    return found


def _now(returns) -> dict[int, dict[UUID, Measurement]]:
    found: dict[int, dict[UUID, Measurement]] = defaultdict(dict)
    for row in Measurement.objects.filter(of_return__in=returns):
        found[row.of_return_id][row.series_key] = row
    return found


def _before(returns, cycle: MonitoringCycle) -> dict[int, dict[UUID, Measurement]]:
    """Per agreement what was measured in the year before."""
    found: dict[int, dict[UUID, Measurement]] = defaultdict(dict)
    for row in Measurement.objects.filter(
        of_return__agreement__in={row.agreement_id for row in returns},
        of_return__cycle__year__index=cycle.year.index - 1,
        of_return__cycle__year__programme=cycle.year.programme_id,
    ).select_related("of_return"):
        found[row.of_return.agreement_id][row.series_key] = row
    return found
