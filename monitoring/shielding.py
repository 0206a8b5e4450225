"""What a reader outside the IKC may see of figures that stand in the database: the rule of small numbers, on rows.

`small_numbers` says which figures of a table over IKCs are hidden; this asks it about the rows, so that a page, an
export, a picture and each report hide the same ones. A figure that one of them shows protects nothing in another. However
many IKCs there are, of an indicator and year it looks at the small ones and the next larger, at most `MOST` of those.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from agreements.models import (
    AgreedIndicator,
    IndicatorDefinition,
    IndicatorDefinitionVersion,
    ProgrammeYear,
)
from monitoring import report_dataset as data
from monitoring.indicator_years import indicator_years
from monitoring.models import Measurement, StatusResult
from monitoring.models import RuleSet as RuleSetRow
from monitoring.querysets import sees_small_groups
from monitoring.small_numbers import NOT_SHOWN, SMALL_GROUP, suppressed, suppressed_table
from monitoring.status import GoalVerdict, RuleSet, Status

if TYPE_CHECKING:
    from ikc.models import User

# figures that are not small, of one indicator and year, that may have to hide with them
MOST = 40
# agreement, series and year
Key: TypeAlias = tuple[int, UUID, int]


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is left of a hidden figure, and the status that was judged."""

    row: data.YearResult
    judged: Status

    @property
    def hides_status(self) -> bool:
        return self.row.status != self.judged


Shield: TypeAlias = Mapping[Key, Hidden]


def shield_for(user: "User", definitions: Collection[int]) -> Shield:
    """What this reader may not see of these indicators (keys of definitions); asked once per page, and passed on."""
    return {} if sees_small_groups(user) else shield_of(definitions)


def whole_shield(user: "User") -> Shield:
    """The same over every indicator: for a page that counts and compares them."""
    return shield_for(user, set(IndicatorDefinition.objects.values_list("pk", flat=True)))


def shield_of(
    definitions: Collection[int], *, rules: RuleSet | None = None, until: int = 8
) -> Shield:
    """The figures of these indicators (keys of definitions) that nobody outside their IKC may see; at most eight queries."""
    series = _candidates(definitions)
    if not series:
        return {}
    ikcs = _tables(series, until)
    rules = rules or _rules()
    if rules is None:
        return {}
    whole = tuple(data.ProgrammeIkc(name=str(key), goals=goals) for key, goals in ikcs.items())
    found: dict[Key, Hidden] = {}
    for key, before, after in zip(ikcs, whole, suppressed_table(whole, rules), strict=True):
        for was, left in zip(_indicators(before), _indicators(after), strict=True):
            for judged, row in zip(was.years, left.years, strict=True):
                if row.missing_reason == NOT_SHOWN:
                    found[key, UUID(left.key), row.year] = Hidden(row, judged.status)
    return found


def _rules() -> RuleSet | None:
    row = RuleSetRow.objects.order_by("-valid_from", "-pk").first()
    return row.rules() if row else None


def _indicators(ikc: data.ProgrammeIkc) -> list[data.Indicator]:
    return [item for goal in ikc.goals for item in goal.indicators]


def _candidates(definitions: Collection[int]) -> set[UUID]:
    """The series that hold, of some year, one of the figures that matter: every small one, and the smallest of the others.

    In a year of an indicator without any small figure nothing is hidden; unless it adds up years, for then a small one
    of an earlier year counts.
    """
    # a later version of the indicator, by which its figures are hidden, may ask for more children
    highest = IndicatorDefinitionVersion.objects.filter(definition__in=definitions)
    small = (
        Q(numerator__lt=SMALL_GROUP)
        | Q(denominator__lt=F("numerator") + SMALL_GROUP)
        | Q(denominator__lt=Subquery(highest.order_by("-min_n").values("min_n")[:1]))
        | Q(denominator=None, value__lt=SMALL_GROUP)
    )
    size = Case(When(small, then=Value(0)), default=Value(1), output_field=IntegerField())
    table = ["definition_version__definition", "of_return__cycle"]
    part = Coalesce(F("numerator"), F("value"))
    pools = Q(
        definition_version__definition__calculation=IndicatorDefinition.Calculation.THREE_YEARS
    )
    rows = (
        Measurement.objects.filter(definition_version__definition__in=definitions)
        .exclude(numerator=None, value=None)
        .annotate(size=size)
        .annotate(
            rank=Window(RowNumber(), partition_by=[*table, size], order_by=[part, "pk"]),
            smallest=Window(Min(size), partition_by=table),
        )
        .filter(Q(size=0) | Q(pools | Q(smallest=0), rank__lte=MOST))
    )
    return set(rows.values_list("series_key", flat=True))


def _tables(series: Collection[UUID], until: int) -> dict[int, tuple[data.Goal, ...]]:
    """By agreement the indicators of these series, as last agreed, with all their years."""
    judged = StatusResult.objects.filter(indicator=OuterRef("pk"))
    newest = (
        AgreedIndicator.objects.filter(Exists(judged), series_key__in=series)
        .order_by("series_key", "-version__number")
        .distinct("series_key")
    )
    # once per definition, and not with each of the many indicators that it belongs to
    definitions = IndicatorDefinitionVersion.objects.select_related("definition")
    indicators = list(
        AgreedIndicator.objects.filter(pk__in=newest.values("pk"))
        .annotate(agreement=F("version__agreement"), programme=F("result__goal__programme"))
        .prefetch_related("targets", Prefetch("definition_version", definitions))
        .order_by("version__ikc_name", "pk")
    )
    history = _history(series)
    years = list(
        ProgrammeYear.objects.filter(programme__in={row.programme for row in indicators}).order_by(
            "index"
        )
    )
    found: dict[int, list[data.Indicator]] = defaultdict(list)
    for row in indicators:
        own = [year for year in years if year.programme_id == row.programme]
        found[row.agreement].append(indicator_years(row, own, history, until=until))
    return {
        agreement: (data.Goal(1, "", "", GoalVerdict.NOT_DUE, tuple(rows)),)
        for agreement, rows in found.items()
    }


def _history(
    series: Collection[UUID],
) -> dict[tuple[UUID, int], tuple[StatusResult, Measurement | None]]:
    measured = {
        (row.of_return_id, row.series_key): row
        for row in Measurement.objects.filter(series_key__in=series)
    }
    judged = StatusResult.objects.filter(series_key__in=series).annotate(
        year=F("of_return__cycle__year__index")
    )
    return {
        (row.series_key, row.year): (row, measured.get((row.of_return_id, row.series_key)))
        for row in judged
    }


def definitions_of(results: Iterable[StatusResult]) -> set[int]:
    """The indicators of these judgements, loaded with their definition version."""
    return {row.indicator.definition_version.definition_id for row in results}


def as_shown(result: StatusResult, shield: Shield) -> StatusResult:
    """The judgement without what the shield hides; the row is for showing and is never saved."""
    year = result.of_return.cycle.year.index
    hidden = shield.get((result.of_return.agreement_id, result.series_key, year))
    if hidden is not None:
        result.value = result.tolerance = result.gap = result.share = None
        result.status = hidden.row.status.value
        result.public_explanation = hidden.row.explanation
        result.original_status = result.original_public_explanation = ""
    return result


def alone(goals: tuple[data.Goal, ...], rules: RuleSet) -> tuple[data.Goal, ...]:
    """Without the small figures of this IKC."""
    return tuple(
        replace(goal, indicators=tuple(suppressed(row, rules) for row in goal.indicators))
        for goal in goals
    )


def shielded(goals: tuple[data.Goal, ...], shield: Shield, agreement: int) -> tuple[data.Goal, ...]:
    """The goals of one agreement without what the shield hides."""
    return tuple(
        replace(
            goal,
            indicators=tuple(
                replace(
                    item, years=tuple(_left(row, item, shield, agreement) for row in item.years)
                )
                for item in goal.indicators
            ),
        )
        for goal in goals
    )


def _left(
    row: data.YearResult, item: data.Indicator, shield: Shield, agreement: int
) -> data.YearResult:
    hidden = shield.get((agreement, UUID(item.key), row.year))
    if hidden is None:
        return row
    status = hidden.row.status if hidden.hides_status else row.status
    return replace(
        hidden.row,
        target=row.target,
        low=row.low,
        high=row.high,
        original_target=row.original_target,
        status=status,
    )
