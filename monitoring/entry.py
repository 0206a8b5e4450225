"""What the screens of one return show: each indicator with target, figure, colour and course."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from agreements.models import AgreedIndicator, Goal
from agreements.reading import tolerance_of
from kvk2.core.charts import Chart
from kvk2.core.dates import in_figures
from kvk2.core.money import format_number
from monitoring import pictures
from monitoring.beside import benchmarks_for
from monitoring.explain import LABELS, VERDICT_LABELS, Label, explain_goal
from monitoring.figure_words import measured, shown, shown_target
from monitoring.figures import Figure
from monitoring.models import Category, Check, Evidence, Measurement, Return, StatusResult
from monitoring.querysets import sees_small_groups
from monitoring.services import checking, judging
from monitoring.shielding import as_shown, shield_for
from monitoring.status import GoalItem, GoalVerdict, Status, goal_verdict

if TYPE_CHECKING:
    from ikc.models import User
    from monitoring.forms import FigureForm


@dataclass(frozen=True, slots=True)
class IndicatorCard:
    """One indicator of a return."""

    indicator: AgreedIndicator
    label: Label
    status: Status
    figure: str
    target: str
    explanation: str
    # What the first version of the agreement would say of it; empty while that one still judges.
    original: Label | None
    original_explanation: str
    note: str
    chart: Chart
    edit_url: str
    origin: str
    parts: list[str]
    evidence: list[Evidence]
    questions: list[Check]
    benchmarks: list[str]


@dataclass(frozen=True, slots=True)
class GoalBlock:
    """One programme goal with its indicators and the verdict of the rules."""

    goal: Goal
    verdict: GoalVerdict
    verdict_text: str
    explanation: str
    cards: list[IndicatorCard]


@dataclass(frozen=True, slots=True)
class EntryPage:
    """All that stands beside the form for one figure."""

    indicator: AgreedIndicator
    position: int
    total: int
    target: str
    baseline: str
    tolerance: str
    last_year: str
    next_url: str
    previous_url: str
    measurement: Measurement | None
    categories: dict[int, Category]
    evidence: list[Evidence]
    may_remove: bool
    benchmarks: list[str]
    initial: dict = field(default_factory=dict)

    @property
    def needs_evidence(self) -> bool:
        return self.indicator.definition_version.definition.is_milestone and not self.evidence


@dataclass(frozen=True, slots=True)
class Preview:
    """The judgement of what stands in the form, with remarks that will ask for a word."""

    label: Label
    sentence: str
    remarks: list[str]


def goals_of(
    return_: Return,
    user: "User",
    indicators: Iterable[AgreedIndicator],
    measurements: Mapping[UUID, Measurement],
) -> list[GoalBlock]:
    """The goals of a return with a card per indicator, in the order of `indicators`."""
    inside = sees_small_groups(user)
    indicators = list(indicators)
    shield = shield_for(user, {row.definition_version.definition_id for row in indicators})
    results = {result.series_key: as_shown(result, shield) for result in return_.results.all()}
    history = {
        (series, year): value
        for (series, year), value in _history(return_).items()
        if (return_.agreement_id, series, year) not in shield
    }
    elsewhere = benchmarks_for(indicators)
    rules = return_.cycle.ruleset.rules()
    blocks: dict[int, tuple[Goal, list[IndicatorCard], list[GoalItem]]] = {}
    for indicator in indicators:
        goal = indicator.result.goal
        _, cards, items = blocks.setdefault(goal.pk, (goal, [], []))
        result = results.get(indicator.series_key)
        measurement = measurements.get(indicator.series_key)
        words = elsewhere.get(indicator.definition_version.definition_id, [])
        hidden = (return_.agreement_id, indicator.series_key, return_.cycle.year.index) in shield
        card = _card(return_, indicator, result, measurement, history, inside, words, hidden)
        cards.append(card)
        items.append(GoalItem(card.status, indicator.is_core))
    return [
        GoalBlock(
            goal=goal,
            verdict=(verdict := goal_verdict(items, rules)),
            verdict_text=VERDICT_LABELS[verdict],
            explanation=explain_goal(items, verdict, rules),
            cards=cards,
        )
        for goal, cards, items in blocks.values()
    ]


def _history(return_: Return) -> dict:
    """(series_key, year index) → judged value of earlier years and this one; one query."""
    return {
        (row["series_key"], row["of_return__cycle__year__index"]): row["value"]
        for row in StatusResult.objects.filter(
            of_return__agreement=return_.agreement_id,
            of_return__cycle__year__index__lte=return_.cycle.year.index,
        ).values("series_key", "of_return__cycle__year__index", "value")
    }


def _card(
    return_: Return,
    indicator: AgreedIndicator,
    result: StatusResult | None,
    measurement: Measurement | None,
    history: dict,
    inside: bool,
    benchmarks: list[str],
    hidden: bool,
) -> IndicatorCard:
    status = Status(result.status) if result else Status.NOT_YET_DUE
    if not inside and measurement is not None:
        hidden = hidden or judging.is_hidden(measurement, indicator)
    sentence = original = ""
    if result:
        sentence = result.explanation if inside else result.public_explanation
        original = result.original_explanation if inside else result.original_public_explanation
    values = {
        year: value for (series, year), value in history.items() if series == indicator.series_key
    }
    if hidden:
        values.pop(return_.cycle.year.index, None)
    return IndicatorCard(
        indicator=indicator,
        label=LABELS[status],
        status=status,
        figure="" if hidden or result is None else _reached(result, measurement, indicator),
        target=shown_target(judging.target_of(indicator, return_.cycle.year_id), indicator),
        explanation=sentence,
        original=LABELS[Status(result.original_status)] if original and result else None,
        original_explanation=original,
        note=measurement.note if measurement and not hidden else "",
        origin=origin_of(measurement) if measurement and not hidden else "",
        parts=_parts(measurement, indicator) if measurement and inside else [],
        evidence=_seen_evidence(measurement, inside),
        questions=list(measurement.checks.all()) if measurement and inside else [],
        chart=pictures.course(indicator, values, return_.cycle.year.index),
        edit_url=reverse("monitoring:figure_edit", args=[return_.pk, indicator.pk]),
        benchmarks=benchmarks,
    )


def origin_of(measurement: Measurement) -> str:
    """Where a figure is from, of which day, on how many it rests, and whether it may still change (invariant 16)."""
    if measurement.missing_reason:
        return ""
    facts = [measurement.source]
    if measurement.reference_date is not None:
        facts.append(f"peildatum {in_figures(measurement.reference_date)}")
    if measurement.n is not None:
        facts.append(f"n = {measurement.n}")
    if measurement.data_status == Measurement.DataStatus.PROVISIONAL:
        facts.append("voorlopig")
    if measurement.revision > 1:
        facts.append(f"herziening {measurement.revision}")
    return " · ".join(facts)


def _parts(measurement: Measurement, indicator: AgreedIndicator) -> list[str]:
    """'0 tot en met 3 jaar: 12 van 20'; only for who may see small groups."""
    decimals = indicator.definition_version.definition.decimals
    return [
        f"{part.category}: {part.numerator} van {part.denominator}"
        if part.numerator is not None
        else f"{part.category}: {format_number(part.value, decimals)}"
        for part in measurement.parts.all()
    ]


def _seen_evidence(measurement: Measurement | None, inside: bool) -> list[Evidence]:
    """Files that the reader may open; what is confidential only inside."""
    if measurement is None:
        return []
    return [
        row
        for row in measurement.evidence.all()
        if inside or row.confidentiality == Evidence.Confidentiality.INTERNAL
    ]


def _reached(
    result: StatusResult, measurement: Measurement | None, indicator: AgreedIndicator
) -> str:
    """The figure that was judged, or the day on which a milestone was reached."""
    if measurement is not None and measurement.reached_on is not None:
        return in_figures(measurement.reached_on)
    return shown(result.value, indicator)


def entry_page(return_: Return, indicator: AgreedIndicator) -> EntryPage:
    """What was agreed and measured before, and the way to the next indicator."""
    order = list(
        return_.version.indicators.order_by(
            "result__goal__order", "result__number", "pk"
        ).values_list("pk", flat=True)
    )
    position = order.index(indicator.pk)
    now = figure_of(return_, indicator)
    before = checking.previous_measurements(return_).get(indicator.series_key)

    def url(index: int) -> str:
        if not 0 <= index < len(order):
            return ""
        return reverse("monitoring:figure_edit", args=[return_.pk, order[index]])

    return EntryPage(
        indicator=indicator,
        position=position + 1,
        total=len(order),
        target=shown_target(judging.target_of(indicator, return_.cycle.year_id), indicator),
        baseline=shown(indicator.baseline_number, indicator),
        tolerance=tolerance_of(indicator, indicator.definition_version.definition),
        last_year=measured(before, indicator),
        next_url=url(position + 1),
        previous_url=url(position - 1),
        measurement=now,
        categories=checking.categories_for([indicator.definition_version.definition_id]),
        evidence=list(now.evidence.all()) if now else [],
        may_remove=not return_.was_filed,
        benchmarks=benchmarks_for([indicator]).get(indicator.definition_version.definition_id, []),
        initial=_initial(now, indicator, return_),
    )


def figure_of(return_: Return, indicator: AgreedIndicator) -> Measurement | None:
    """The figure that counts now, with all that hangs on it."""
    return (
        return_.measurements.filter(series_key=indicator.series_key)
        .select_related("definition_version")
        .prefetch_related("parts__category", "evidence__stored", "checks")
        .first()
    )


def _initial(now: Measurement | None, indicator: AgreedIndicator, return_: Return) -> dict:
    if now is None:
        return {
            "source": indicator.definition_version.source,
            "reference_date": min(return_.cycle.year.end, timezone.localdate()),
        }
    facts = {
        "value": None if now.value is None else now.value.normalize(),
        "numerator": now.numerator,
        "denominator": now.denominator,
        "level": now.level,
        "reached_on": now.reached_on,
        "missing_reason": now.missing_reason,
        "reference_date": now.reference_date,
        "source": now.source,
        "n": now.n,
        "data_status": now.data_status,
        "note": now.note,
    }
    for part in now.parts.all():
        for column in checking.COLUMNS:
            facts[f"part-{part.category_id}-{column}"] = getattr(part, column)
    return facts


def preview(
    return_: Return, indicator: AgreedIndicator, form: "FigureForm", *, kept: Measurement | None
) -> Preview | None:
    """The judgement of a form that can be read; None while it cannot. Nothing is stored.

    `kept` is the figure that an untouched form shows.
    """
    if form.is_bound and not form.is_valid():
        return None
    measurement, parts = kept, kept.parts.all() if kept else ()
    if form.is_bound:
        figure = form.figure()
        measurement, parts = _tried(figure, indicator, kept), figure.parts or ()
    if measurement is not None and (measurement.numerator or 0) > (measurement.denominator or 0):
        return None
    judgement = judging.judge(
        indicator,
        measurement,
        year_id=return_.cycle.year_id,
        rules=return_.cycle.ruleset.rules(),
        due=judging.is_due(return_, timezone.localdate()),
        on=timezone.localdate(),
        earlier=judging.earlier_of(return_, [indicator]).get(
            indicator.series_key, judging.NOTHING_EARLIER
        ),
    )
    remarks = []
    if measurement is not None:
        beside = checking.beside(return_, [indicator])
        remarks = [finding.message for finding in beside.remarkable(indicator, measurement, parts)]
    return Preview(
        label=LABELS[judgement.result.status], sentence=judgement.explanation, remarks=remarks
    )


def _tried(figure: Figure, indicator: AgreedIndicator, kept: Measurement | None) -> Measurement:
    """What the form holds, as the engine takes it; never saved."""
    measurement = Measurement(**figure.columns(), definition_version=indicator.definition_version)
    measurement.evidence_kept = kept is not None and kept.has_evidence
    return measurement
