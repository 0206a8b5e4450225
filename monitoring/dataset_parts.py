"""Parts of the datasets of the reports that say what was agreed and decided, beside the figures."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from agreements.models import (
    AgreementVersion,
    Measure,
    ProgrammeYear,
    ResultAgreement,
    SteeringArrangement,
    YearTarget,
)
from agreements.states import CONCLUDED
from ikc.models import AreaDesignation, AreaRecalibration, Ikc, PupilCount
from kvk2.core.suppression import is_small
from monitoring import report_dataset as data
from monitoring.models import MonitoringCycle, Practice, Recommendation, Return
from monitoring.services.judging import SMALL_GROUP


def measures(version: AgreementVersion, year: ProgrammeYear) -> tuple[data.Measure, ...]:
    """What the parties agreed to do, by goal, with how far it is at the end of the year."""
    rows = (
        Measure.objects.filter(version=version)
        .select_related("result__goal")
        .order_by("result__goal__order", "result__number", "planned_from", "pk")
    )
    return tuple(
        data.Measure(
            title=row.title,
            goal=row.result.goal.order,
            result=row.result.text,
            target_group=row.target_group,
            owner=row.owner,
            planned_from=row.planned_from,
            planned_until=row.planned_until,
            finding=row.finding,
            state=_standing(row, year),
        )
        for row in rows
    )


def _standing(measure: Measure, year: ProgrammeYear) -> str:
    if measure.planned_from > year.end:
        return "nog niet begonnen"
    return "afgelopen" if measure.planned_until and measure.planned_until < year.start else "loopt"


def steering(version: AgreementVersion) -> tuple[data.Steering, ...]:
    rows = SteeringArrangement.objects.filter(version=version).order_by("pk")
    return tuple(
        data.Steering(
            body=row.body,
            role=row.role,
            frequency=row.frequency,
            decision_rights=row.decision_rights,
        )
        for row in rows
    )


def original_targets(agreement: ResultAgreement) -> dict[tuple[str, int], Decimal]:
    """(series_key, year index) → the target of the first version, a figure or a level; one query."""
    rows = YearTarget.objects.filter(
        indicator__version__agreement=agreement, indicator__version__number=1
    ).select_related("indicator", "year")
    return {
        (str(row.indicator.series_key), row.year.index): row.number
        for row in rows
        if row.number is not None
    }


def with_originals(
    goals: tuple[data.Goal, ...], originals: dict[tuple[str, int], Decimal]
) -> tuple[data.Goal, ...]:
    """The goals with the first target beside each that was changed since: lowering one erases nothing."""
    return tuple(
        replace(
            goal,
            indicators=tuple(
                replace(
                    row, years=tuple(_with_original(row, item, originals) for item in row.years)
                )
                for row in goal.indicators
            ),
        )
        for goal in goals
    )


def _with_original(
    row: data.Indicator, item: data.YearResult, originals: dict[tuple[str, int], Decimal]
) -> data.YearResult:
    first = originals.get((row.key, item.year))
    if first is None or first == item.target:
        return item
    return replace(item, original_target=first.quantize(Decimal(1).scaleb(-row.decimals)))


def amendments(returns: Iterable[Return], year: ProgrammeYear) -> tuple[data.Amendment, ...]:
    """The changes of agreements that hold from this year on."""
    rows = (
        AgreementVersion.objects.filter(
            agreement__in=[return_.agreement_id for return_ in returns],
            state__in=CONCLUDED,
            number__gt=1,
            effective_year=year,
        )
        .select_related("effective_year")
        .order_by("ikc_name", "number")
    )
    return tuple(
        data.Amendment(
            ikc=row.ikc_name,
            version=row.number,
            kind=row.get_kind_display(),
            effective_year=row.effective_year.label,
            reason=row.reason,
        )
        for row in rows
    )


def practices(year: ProgrammeYear) -> tuple[data.Practice, ...]:
    """The practice cards that IKCs shared, of actions up to this year whose effect somebody else judged."""
    rows = (
        Practice.objects.published()
        .filter(
            action__conclusion__of_return__cycle__year__programme=year.programme_id,
            action__conclusion__of_return__cycle__year__index__lte=year.index,
        )
        .select_related("ikc")
        .order_by("goal__order", "pk")
    )
    return tuple(
        data.Practice(title=row.title, ikc=row.ikc.name, text=f"{row.what} {row.seen}")
        for row in rows
    )


def area_review(year: ProgrammeYear) -> data.AreaReview | None:
    """The herijking that took effect last, seen from the end of the year; None when there was none."""
    review = (
        AreaRecalibration.objects.filter(effective_at__isnull=False, valid_from__lte=year.end)
        .order_by("-valid_from", "-pk")
        .first()
    )
    if review is None or review.valid_from is None:
        return None
    rows = (
        AreaDesignation.objects.filter(recalibration=review)
        .select_related("district")
        .order_by("district__name", "pk")
    )
    return data.AreaReview(
        year=review.year,
        valid_from=review.valid_from,
        decision=review.decision,
        areas=tuple(_area(row) for row in rows if row.is_attention_area or row.was_attention_area),
        ikcs=tuple(
            f"{row.ikc}: {row.get_direction_display()}"
            for row in review.ikcs.select_related("ikc").order_by("ikc__name", "pk")
        ),
    )


def _area(row: AreaDesignation) -> data.AreaChange:
    if row.is_attention_area:
        change = "blijft" if row.was_attention_area else "komt erbij"
    else:
        change = "gaat eraf"
    return data.AreaChange(
        district=row.district.name, change=change, score=row.score, reliability=row.reliability
    )


def surroundings_in_words(ikc: Ikc, year: ProgrammeYear) -> str:
    """'223 leerlingen op 1 oktober 2024, in Bilgaard': what a reader should know before comparing."""
    parts = []
    count = (
        PupilCount.objects.filter(ikc=ikc, year__lte=year.end.year, pupils__isnull=False)
        .order_by("-year")
        .first()
    )
    if count and count.pupils and not is_small(count.pupils, SMALL_GROUP):
        parts.append(f"{count.pupils} leerlingen in {count.year}")
    if ikc.attention_area:
        parts.append(f"in {ikc.attention_area}")
    return ", ".join(parts)


def recommendations(cycle: MonitoringCycle) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those of this year, with for whom they are; and those of the year before, with what became of them; one query."""
    rows = (
        Recommendation.objects.filter(
            cycle__year__programme=cycle.year.programme_id,
            cycle__year__index__in=[cycle.year.index - 1, cycle.year.index],
        )
        .select_related("cycle")
        .in_order()
    )
    own = tuple(
        f"Aan {row.get_addressee_display()}: {row.text}" for row in rows if row.cycle_id == cycle.pk
    )
    before = tuple(
        f"{row.text} – {row.get_outcome_display()}: {row.outcome_note}"
        if row.outcome
        else f"{row.text} – nog geen antwoord"
        for row in rows
        if row.cycle_id != cycle.pk
    )
    return own, before
