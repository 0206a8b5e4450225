"""Every stored judgement once more: is each colour still what the engine says of the figures? Nothing is written.

All years of a few agreements are read together, so that memory depends on neither the number of agreements nor that of
years; nine queries per portion.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from agreements.models import AgreedIndicator
from kvk2.core.deadlines import local_date
from monitoring.models import Measurement, Return, StatusResult
from monitoring.services import judging

TOGETHER = 50  # agreements
COMPARED = (
    "indicator_id", "status", "reason", "value", "gap", "share", "tolerance", "flags",
    "explanation", "public_explanation",
    "original_status", "original_explanation", "original_public_explanation",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recount:
    """One portion: how many judgements were made anew, and which stored ones differ, by field."""

    judged: int
    differences: tuple[tuple[StatusResult, tuple[str, ...]], ...]


@dataclass(frozen=True)
class _Portion:
    """The figures, judgements and agreed indicators of some agreements, over all years."""

    ids: list[int]

    @cached_property
    def returns(self) -> list[Return]:
        return list(
            Return.objects.filter(agreement__in=self.ids)
            .select_related("version", "cycle__year", "cycle__ruleset")
            .defer("version__content")
            .order_by("agreement", "cycle__year__index")
        )

    @cached_property
    def stored(self) -> Mapping[int, list[StatusResult]]:
        found = defaultdict(list)
        for row in StatusResult.objects.filter(of_return__agreement__in=self.ids).order_by("pk"):
            found[row.of_return_id].append(row)
        return found

    @cached_property
    def indicators(self) -> Mapping[int, dict[UUID, AgreedIndicator]]:
        """Per version, the first ones too."""
        found: dict[int, dict[UUID, AgreedIndicator]] = defaultdict(dict)
        rows = (
            AgreedIndicator.objects.filter(version__agreement__in=self.ids)
            .select_related("version", "definition_version__definition")
            .defer("version__content")
            .prefetch_related("targets__year")
        )
        for row in rows:
            found[row.version_id][row.series_key] = row
        return found

    @cached_property
    def first(self) -> Mapping[int, dict[UUID, AgreedIndicator]]:
        """Per agreement what its first version asked."""
        return {
            rows[0].version.agreement_id: own
            for own in self.indicators.values()
            if (rows := list(own.values())) and rows[0].version.number == 1
        }

    @cached_property
    def measured(self) -> Mapping[int, dict[UUID, Measurement]]:
        found: dict[int, dict[UUID, Measurement]] = defaultdict(dict)
        rows = Measurement.objects.filter(of_return__agreement__in=self.ids)
        for row in rows.select_related("definition_version").prefetch_related("evidence__stored"):
            found[row.of_return_id][row.series_key] = row
        return found

    def years_of(self, agreement: int) -> dict[UUID, dict[int, Measurement]]:
        """Per series its figures by the index of the year."""
        found: dict[UUID, dict[int, Measurement]] = defaultdict(dict)
        for return_ in self.returns:
            if return_.agreement_id == agreement:
                for key, measurement in self.measured[return_.pk].items():
                    found[key][return_.cycle.year.index] = measurement
        return found


def rejudge_all() -> Iterator[Recount]:
    """A `Recount` per portion of agreements, over every year that has judgements."""
    last = 0
    while ids := list(
        Return.objects.filter(agreement__gt=last)
        .order_by("agreement")
        .values_list("agreement", flat=True)
        .distinct()[:TOGETHER]
    ):
        last = ids[-1]
        yield _recount(_Portion(ids))


def _recount(portion: _Portion) -> Recount:
    judged, differences = 0, []
    years: dict[int, dict[UUID, dict[int, Measurement]]] = {}
    for return_ in portion.returns:
        agreement = return_.agreement_id
        if agreement not in years:
            years = {agreement: portion.years_of(agreement)}  # the returns come by agreement
        for new, old in _judged_anew(return_, portion, years[agreement]):
            judged += 1
            changed = tuple(name for name in COMPARED if getattr(new, name) != getattr(old, name))
            if changed:
                differences.append((old, changed))
    return Recount(judged, tuple(differences))


def _judged_anew(
    return_: Return, portion: _Portion, years: Mapping[UUID, Mapping[int, Measurement]]
) -> Iterator[tuple[StatusResult, StatusResult]]:
    """Each stored judgement with what the engine says: by the rules of its year, as of the moment of judging."""
    asked = portion.indicators[return_.version_id]
    first = portion.first.get(return_.agreement_id, {}) if return_.version.number > 1 else {}
    rules, index = return_.cycle.ruleset.rules(), return_.cycle.year.index
    for old in portion.stored[return_.pk]:
        indicator = asked.get(old.series_key)
        if indicator is None:
            continue  # no longer agreed: what was judged stays as it was
        earlier = {}
        if judging.spans_years(indicator):
            found = judging.earlier_among(years[old.series_key], indicator, before=index)
            earlier = {old.series_key: found}
        (new,) = judging.judged_rows(
            return_,
            [indicator],
            portion.measured[return_.pk],
            earlier,
            first,
            rules=rules,
            at=old.judged_at,
            due=judging.is_due(return_, local_date(old.judged_at)),
        )
        yield new, old
