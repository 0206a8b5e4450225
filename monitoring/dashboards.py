"""The dashboards: how the figures of IKCs run over the eight years, each beside its own targets, never ranked.

Who is outside the organisation that entered a figure gets no small groups: they are left out here, before anything is
drawn, counted or exported (domain reference 8.2). The number of questions does not depend on the number of IKCs: a page
draws at most `PER_PAGE` of them, and counts are made by the database.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, QuerySet

from agreements.models import AgreedIndicator, IndicatorDefinition, ProgrammeYear
from agreements.states import AgreementState
from kvk2.core.charts import Chart, Panel, counts_chart, panels_chart
from kvk2.core.money import round_half_up
from monitoring import pictures
from monitoring.explain import LABELS, Label
from monitoring.models import Measurement, MonitoringCycle, Return, StatusResult
from monitoring.printing.figures import PARTS, sign
from monitoring.querysets import sees_small_groups
from monitoring.services.judging import is_hidden
from monitoring.shielding import Shield
from monitoring.states import CycleState
from monitoring.status import COLOURS, Status

if TYPE_CHECKING:
    from ikc.models import Ikc, User

PER_PAGE = 12
# What counts now of an agreement: in force, or how it stood when it ended.
LAST = (AgreementState.IN_FORCE, AgreementState.TERMINATED, AgreementState.COMPLETED)
EXPORT_HEADERS = ["IKC", "Indicator", "Eenheid", "Jaar", "Doel", "Gemeten", "Status"]


@dataclass(frozen=True, slots=True)
class YearFigure:
    """What may be shown of one indicator in one year."""

    value: Decimal | None
    status: Status
    explanation: str


@dataclass(frozen=True, slots=True)
class Course:
    """One indicator of one IKC over the years, as the reader may see it."""

    indicator: AgreedIndicator
    figures: dict[int, YearFigure]
    chart: Chart

    @property
    def ikc_name(self) -> str:
        return self.indicator.version.ikc_name

    @property
    def last(self) -> YearFigure | None:
        return self.figures[max(self.figures)] if self.figures else None

    @property
    def label(self) -> Label:
        """How it stands in the last year that was judged."""
        return LABELS[self.last.status if self.last else Status.NOT_YET_DUE]


def indicators_visible_to(user: "User") -> QuerySet[AgreedIndicator]:
    """What is agreed now, of the agreements whose figures the user may see."""
    returns = Return.objects.visible_to(user)
    return (
        AgreedIndicator.objects.filter(
            version__state__in=LAST, version__agreement__in=returns.values("agreement")
        )
        .select_related("version__agreement", "result__goal", "definition_version__definition")
        .defer("version__content")
        .prefetch_related("targets__year")
        .order_by("version__ikc_name", "pk")
    )


def definitions_in(indicators: QuerySet[AgreedIndicator]) -> list[IndicatorDefinition]:
    """What can be compared: figures over years, by name."""
    used = indicators.order_by().values("definition_version__definition")
    return list(
        IndicatorDefinition.objects.filter(pk__in=used)
        .exclude(type__in=["scale", "milestone"])
        .order_by("name", "pk")
    )


def latest_cycle(user: "User") -> MonitoringCycle | None:
    """The year in which figures were judged last."""
    cycles = MonitoringCycle.objects.visible_to(user).exclude(state=CycleState.PLANNED)
    return cycles.select_related("year__programme").order_by("-year__index", "-pk").first()


def courses(
    indicators: Sequence[AgreedIndicator], user: "User", shield: Shield, *, until: int
) -> list[Course]:
    """The given indicators (a page of them, or those of one IKC) with their figures; two questions."""
    figures = _figures(indicators, shield, inside=sees_small_groups(user))
    return [
        Course(
            indicator,
            own := figures.get((indicator.version.agreement_id, indicator.series_key), {}),
            pictures.course(indicator, {year: figure.value for year, figure in own.items()}, until),
        )
        for indicator in indicators
    ]


def _figures(
    indicators: Sequence[AgreedIndicator], shield: Shield, *, inside: bool
) -> dict[tuple[int, UUID], dict[int, YearFigure]]:
    """(agreement, series) → year → what may be shown."""
    asked = {
        "of_return__agreement__in": {row.version.agreement_id for row in indicators},
        "series_key__in": {row.series_key for row in indicators},
    }
    small = set() if inside else _hidden(indicators, asked)
    found: dict[tuple[int, UUID], dict[int, YearFigure]] = defaultdict(dict)
    for row in StatusResult.objects.filter(**asked).select_related("of_return__cycle__year"):
        key = row.of_return.agreement_id, row.series_key
        year = row.of_return.cycle.year.index
        found[key][year] = YearFigure(
            value=None if (*key, year) in small else row.value,
            status=Status(row.status),
            explanation=row.explanation if inside else row.public_explanation,
        )
        if hidden := shield.get((*key, year)):
            found[key][year] = YearFigure(None, hidden.row.status, hidden.row.explanation)
    return found


def _hidden(indicators: Iterable[AgreedIndicator], asked: dict) -> set[tuple[int, UUID, int]]:
    by_series = {row.series_key: row for row in indicators}
    measurements = Measurement.objects.filter(**asked).select_related("of_return__cycle__year")
    return {
        (row.of_return.agreement_id, row.series_key, row.of_return.cycle.year.index)
        for row in measurements
        if is_hidden(row, by_series[row.series_key])
    }


def panels(
    shown: Sequence[Course], years: Sequence[ProgrammeYear], *, until: int, name: str
) -> Chart | None:
    """The same indicator of several IKCs, each in a small picture of its own, on one scale and by name."""
    if not shown:
        return None
    definition = shown[0].indicator.definition_version.definition
    drawn = [
        Panel(
            name=course.ikc_name,
            targets=_targets(course.indicator, years),
            actuals=[_value(course, year) for year in years],
            sign=sign(course.last.status) if course.last else sign(Status.NOT_YET_DUE),
            words=course.label.text,
        )
        for course in shown
    ]
    standing = "; ".join(f"{course.ikc_name}: {course.label.text}" for course in shown)
    return panels_chart(
        drawn,
        [year.label for year in years],
        title=f"{name}, per IKC",
        description=f"{standing}. De onderbroken lijn is het doel.",
        background=[None] * len(years),
        current=until - 1,
        decimals=definition.decimals,
    )


def _targets(indicator: AgreedIndicator, years: Sequence[ProgrammeYear]) -> list[Decimal | None]:
    by_year = {target.year_id: target.number for target in indicator.targets.all()}
    return [by_year.get(year.pk) for year in years]


def _value(course: Course, year: ProgrammeYear) -> Decimal | None:
    figure = course.figures.get(year.index)
    return figure.value if figure else None


def status_counts(returns: QuerySet[Return], shield: Shield) -> Chart | None:
    """How many indicators had which judgement in each year; as many questions however many IKCs there are."""
    counts: dict[str, dict[Status, int]] = {}
    rows = (
        StatusResult.objects.filter(of_return__in=returns)
        .values_list("of_return__cycle__year__label", "status")
        .annotate(count=Count("pk"))
        .order_by("of_return__cycle__year__index", "status")
    )
    for label, status, count in rows:
        counts.setdefault(label, {})[Status(status)] = count
    if not counts:
        return None
    _without_telling(counts, returns, shield)
    table = [(f"{label}", _parts(own)) for label, own in counts.items()]
    last, parts = table[-1]
    said = ", ".join(
        f"{count} {words}" for count, (_, words) in zip(parts, PARTS, strict=True) if count
    )
    return counts_chart(
        table,
        PARTS,
        title="Aantal indicatoren per status, per jaar",
        description=f"In {last}: {said}.",
    )


def _without_telling(
    counts: dict[str, dict[Status, int]], returns: QuerySet[Return], shield: Shield
) -> None:
    """Judgements that would tell a hidden figure count as what has none, or the counts of one IKC would show them."""
    telling = [
        ((agreement, year), hidden)
        for (agreement, _, year), hidden in shield.items()
        if hidden.hides_status
    ]
    if not telling:
        return
    labels = {
        (row.agreement_id, row.cycle.year.index): row.cycle.year.label
        for row in returns.filter(agreement__in={key for (key, _), _ in telling}).select_related(
            "cycle__year"
        )
    }
    for place, hidden in telling:
        if place in labels:
            own = counts[labels[place]]
            own[hidden.judged] -= 1
            own[hidden.row.status] = own.get(hidden.row.status, 0) + 1


def _parts(counts: dict[Status, int]) -> list[int]:
    coloured = [counts.get(status, 0) for status in (Status.GREEN, Status.AMBER, Status.RED)]
    left_out = (*COLOURS, Status.NO_TARGET)
    grey = sum(count for status, count in counts.items() if status not in left_out)
    return [*coloured, grey]


def export_rows(
    indicators: QuerySet[AgreedIndicator], user: "User", shield: Shield, *, portion: int = 200
) -> Iterator[list[object]]:
    """A line per IKC, indicator and year, as shown; read in portions, so that memory does not grow with the number."""
    keys = list(indicators.values_list("pk", flat=True))
    for start in range(0, len(keys), portion):
        part = list(indicators.filter(pk__in=keys[start : start + portion]))
        figures = _figures(part, shield, inside=sees_small_groups(user))
        for indicator in part:
            own = figures.get((indicator.version.agreement_id, indicator.series_key), {})
            yield from _lines(indicator, own)


def _lines(indicator: AgreedIndicator, figures: dict[int, YearFigure]) -> Iterator[list[object]]:
    definition = indicator.definition_version.definition
    for target in sorted(indicator.targets.all(), key=lambda row: row.year.index):
        figure = figures.get(target.year.index)
        yield [
            indicator.version.ikc_name,
            definition.name,
            definition.unit,
            target.year.label,
            _rounded(target.number, definition.decimals),
            _rounded(figure.value if figure else None, definition.decimals),
            LABELS[figure.status].text if figure else "",
        ]


def _rounded(value: Decimal | None, decimals: int) -> Decimal | None:
    return None if value is None else round_half_up(value, decimals)


def of_ikc(ikc: "Ikc", user: "User") -> QuerySet[AgreedIndicator]:
    """The indicators of one IKC in the order of its agreement."""
    return (
        indicators_visible_to(user)
        .filter(version__agreement__ikc=ikc)
        .order_by("result__goal__order", "result__number", "pk")
    )
