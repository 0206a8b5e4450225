"""Deeds of measuring: plan a year, open it, enter figures. What follows is in `returns` and `cycles`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from agreements.models import (
    AgreedIndicator,
    AgreementVersion,
    IndicatorDefinitionVersion,
    ProgrammeYear,
    ResultAgreement,
)
from agreements.states import CONCLUDED
from ikc.models import User
from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.money import format_number
from monitoring.models import Measurement, MonitoringCycle, Return, RuleSet
from monitoring.services import judging, notifying
from monitoring.services.moving import locked_return
from monitoring.states import CYCLE_WORKFLOW


class NothingToMeasure(DomainError):
    """No agreement is in force for this year."""


class ReturnIsClosed(DomainError):
    """Figures can be typed only while the cycle collects and the return is not filed."""


class FigureRefused(DomainError):
    """A figure that cannot be; `field` is where the sentence belongs."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class ReturnIncomplete(DomainError):
    """Filing needs a figure or a reason for each indicator, and a word on what is remarkable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What somebody typed for one indicator: a value, two counts, or the reason why there is none."""

    value: Decimal | None = None
    numerator: int | None = None
    denominator: int | None = None
    level: int | None = None
    reached_on: date | None = None
    missing_reason: str = ""
    coverage: Decimal = Decimal(1)
    reference_date: date | None = None
    source: str = ""
    n: int | None = None
    data_status: str = Measurement.DataStatus.DEFINITIVE
    note: str = ""
    via: str = Measurement.Via.FORM


# What changes when a figure is typed again before it was filed.
FACTS = [
    *(part.name for part in fields(Figure)),
    "definition_version",
    "entered_at",
    "entered_by",
]


def version_for_year(agreement: ResultAgreement, year: ProgrammeYear) -> AgreementVersion | None:
    """The version that was agreed for `year`: the last one that took effect by then (monitoring reference 4)."""
    return (
        agreement.versions.filter(state__in=CONCLUDED, effective_year__index__lte=year.index)
        .order_by("-number")
        .first()
    )


def plan_cycle(
    year: ProgrammeYear, *, ruleset: RuleSet, submit_by: date, by: User | None, at: datetime
) -> MonitoringCycle:
    """Plan the measuring of one programme year under the rules that hold for it."""
    with transaction.atomic():
        cycle = MonitoringCycle.objects.create(year=year, ruleset=ruleset, submit_by=submit_by)
        record(cycle, "cycle_planned", actor=by, at=at, after=cycle.state, submit_by=submit_by)
    return cycle


@transaction.atomic
def open_cycle(cycle: MonitoringCycle, *, by: User | None, at: datetime) -> MonitoringCycle:
    """Start collecting: one return for each agreement that holds in this year."""
    cycle = MonitoringCycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
    before, cycle.state = cycle.state, CYCLE_WORKFLOW.target("collect", state=cycle.state)
    returns = [
        Return(cycle=cycle, agreement=agreement, version=version)
        for agreement in ResultAgreement.objects.filter(
            programme=cycle.year.programme, versions__state__in=CONCLUDED
        )
        .distinct()
        .order_by("pk")
        if (version := version_for_year(agreement, cycle.year))
    ]
    if not returns:
        raise NothingToMeasure(
            f"Voor {cycle.year} is nog geen resultaatafspraak in werking. Er is dus niets te meten."
        )
    Return.objects.bulk_create(returns)
    cycle.save(update_fields=["state"])
    notifying.tell_all_entering(cycle, by=by, at=at)
    record(
        cycle,
        "cycle_opened",
        actor=by,
        at=at,
        before=before,
        after=cycle.state,
        returns=len(returns),
    )
    return cycle


def enter_figure(
    return_: Return, indicator: AgreedIndicator, figure: Figure, *, by: User, at: datetime
) -> None:
    """Keep one figure and judge it. Raises FigureRefused for what cannot be, ReturnIsClosed when it is too late."""
    enter_figures(return_, [(indicator, figure)], by=by, at=at)


@transaction.atomic
def enter_figures(
    return_: Return,
    figures: Sequence[tuple[AgreedIndicator, Figure]],
    *,
    by: User,
    at: datetime,
) -> None:
    """Keep several figures of one return and judge them, all or none; the same refusals."""
    return_ = locked_return(return_)
    if not return_.is_editable_on(local_date(at)):
        raise ReturnIsClosed(
            "U kunt hier niets meer wijzigen: de aanlevering is ingediend of de invoer is gesloten."
        )
    for indicator, figure in figures:
        check_figure(indicator, figure, today=local_date(at))
    known = _keep(return_, figures, by=by, at=at)
    judging.store_judgements(
        return_,
        rules=return_.cycle.ruleset.rules(),
        at=at,
        day=local_date(at),
        indicators=[indicator for indicator, _ in figures],
    )
    for indicator, _ in figures:
        record(
            return_,
            "figure_changed" if indicator.series_key in known else "figure_entered",
            actor=by,
            at=at,
            indicator=str(indicator),
            series_key=str(indicator.series_key),
        )


def _keep(
    return_: Return, figures: Sequence[tuple[AgreedIndicator, Figure]], *, by: User, at: datetime
) -> set[UUID]:
    """Write the figures; the series that had one before. What was filed once is followed by a revision, not typed over."""
    definitions = _current_definitions([indicator for indicator, _ in figures], return_.cycle.year)
    last = last_revisions(return_)
    new, changed = [], []
    for indicator, figure in figures:
        facts = {
            **asdict(_with_origin(indicator, figure, return_.cycle.year, today=local_date(at))),
            "definition_version": definitions[indicator.pk],
            "entered_at": at,
            "entered_by": by,
        }
        former = last.get(indicator.series_key)
        if former is not None and not return_.was_filed:
            for name, value in facts.items():
                setattr(former, name, value)
            changed.append(former)
            continue
        row = Measurement(of_return=return_, series_key=indicator.series_key, **facts)
        if former is not None:
            row.revision, row.supersedes = former.revision + 1, former
        new.append(row)
    Measurement.objects.bulk_update(changed, FACTS)
    superseded = [row.series_key for row in new if row.supersedes_id]
    if superseded:
        return_.measurements.filter(series_key__in=superseded).update(is_current=False)
    Measurement.objects.bulk_create(new)
    return set(last)


def last_revisions(return_: Return) -> dict[UUID, Measurement]:
    """series_key → the newest revision, whether it counts or was withdrawn."""
    return {
        row.series_key: row
        for row in Measurement.revisions.filter(of_return=return_).order_by("revision")
    }


def _with_origin(
    indicator: AgreedIndicator, figure: Figure, year: ProgrammeYear, *, today: date
) -> Figure:
    """Every figure carries source, reference date and n (invariant 16): what was not said is what the definition says."""
    if figure.missing_reason:
        return figure
    return replace(
        figure,
        source=figure.source.strip() or indicator.definition_version.source,
        reference_date=figure.reference_date or figure.reached_on or min(year.end, today),
        n=figure.n if figure.denominator is None else figure.denominator,
    )


def _current_definitions(
    indicators: Sequence[AgreedIndicator], year: ProgrammeYear
) -> dict[int, IndicatorDefinitionVersion]:
    """Per indicator the definition in use at the end of `year`: the agreed one, unless a later one took its place."""
    latest = {
        version.definition_id: version
        for version in IndicatorDefinitionVersion.objects.filter(
            definition__in=[indicator.definition_version.definition_id for indicator in indicators],
            valid_from__lte=year.end,
        ).order_by("definition", "number")
    }
    return {
        indicator.pk: max(
            indicator.definition_version,
            latest.get(indicator.definition_version.definition_id, indicator.definition_version),
            key=lambda version: version.number,
        )
        for indicator in indicators
    }


def check_figure(indicator: AgreedIndicator, figure: Figure, *, today: date) -> None:
    """The entry checks that refuse (monitoring reference 4, 'Entry checks', errors)."""
    definition = indicator.definition_version
    if figure.missing_reason:
        return
    _check_type(definition, figure, today=today)
    if figure.numerator is not None and figure.numerator > (figure.denominator or 0):
        raise FigureRefused(
            "Het eerste aantal is groter dan het tweede. Draai ze om of verbeter ze.",
            field="numerator",
        )
    if figure.reference_date and figure.reference_date > today:
        raise FigureRefused("De peildatum ligt in de toekomst.", field="reference_date")
    _check_range(definition, figure)


def _check_type(
    definition_version: IndicatorDefinitionVersion, figure: Figure, *, today: date
) -> None:
    """A figure has what belongs to the type of its indicator: two counts, a value, a level or a day."""
    definition = definition_version.definition
    if definition.is_percentage:
        if figure.numerator is None or figure.denominator is None:
            raise FigureRefused(
                "Vul twee aantallen in: hoeveel kinderen, van hoeveel.", field="numerator"
            )
    elif definition.is_scale:
        if figure.level is None or not 1 <= figure.level <= len(definition_version.rubric):
            raise FigureRefused(
                "Kies welk niveau is bereikt, of waarom er geen niveau is.", field="level"
            )
    elif definition.is_milestone:
        _check_milestone(figure, today=today)
    elif figure.value is None:
        raise FigureRefused(
            "Vul de gemeten waarde in, of kies waarom er geen cijfer is.", field="value"
        )


def _check_milestone(figure: Figure, *, today: date) -> None:
    if figure.reached_on is None:
        raise FigureRefused(
            "Vul in wanneer de mijlpaal is bereikt, of kies waarom er geen dag is.",
            field="reached_on",
        )
    if figure.reached_on > today:
        raise FigureRefused("Deze dag ligt in de toekomst.", field="reached_on")
    if not figure.source.strip():
        raise FigureRefused(
            "Schrijf op waaruit blijkt dat de mijlpaal is bereikt. Zonder bewijs telt hij niet.",
            field="source",
        )


def _check_range(definition: IndicatorDefinitionVersion, figure: Figure) -> None:
    decimals = definition.definition.decimals
    if figure.value is None:
        return
    if definition.valid_min is not None and figure.value < definition.valid_min:
        lowest = format_number(definition.valid_min, decimals)
        raise FigureRefused(f"De waarde is lager dan mogelijk: minstens {lowest}.", field="value")
    if definition.valid_max is not None and figure.value > definition.valid_max:
        highest = format_number(definition.valid_max, decimals)
        raise FigureRefused(f"De waarde is hoger dan mogelijk: hoogstens {highest}.", field="value")


def remarkable(
    indicator: AgreedIndicator, now: Figure | Measurement, before: Measurement | None
) -> list[str]:
    """What asks for a word of explanation: a jump, another group, the very same figure (entry checks, warnings)."""
    if before is None or now.missing_reason or before.missing_reason:
        return []
    if not indicator.definition_version.definition.has_figures:
        return []
    new, old = _number(now), _number(before)
    if new is None or old is None:
        return []
    is_percentage = indicator.definition_version.definition.is_percentage
    limit = (
        max(Decimal(10), 3 * indicator.tolerance) if is_percentage else abs(old) * Decimal("0.3")
    )
    sentences = []
    if abs(new - old) > limit:
        sentences.append("Het verschil met vorig jaar is groot.")
    if new == old:
        sentences.append("Het cijfer is precies gelijk aan dat van vorig jaar.")
    if before.denominator and now.denominator is not None:
        change = abs(now.denominator - before.denominator) / Decimal(before.denominator)
        if change > Decimal("0.25"):
            sentences.append("De groep is veel groter of kleiner dan vorig jaar.")
    return sentences


def _number(figure: Figure | Measurement) -> Decimal | None:
    if figure.numerator is not None and figure.denominator:
        return Decimal(100 * figure.numerator) / figure.denominator
    return figure.value


def previous_measurements(return_: Return) -> dict:
    """series_key → Measurement of the year before."""
    return {
        measurement.series_key: measurement
        for measurement in Measurement.objects.filter(
            of_return__agreement=return_.agreement_id,
            of_return__cycle__year__index=return_.cycle.year.index - 1,
            of_return__cycle__year__programme=return_.cycle.year.programme_id,
        )
    }


class Missing(NamedTuple):
    """One thing to do, in words that follow the name of the indicator."""

    indicator: AgreedIndicator
    text: str


def missing_for_submission(
    return_: Return,
    indicators: Iterable[AgreedIndicator],
    measurements: Mapping[UUID, Measurement],
) -> list[Missing]:
    """What still has to be done before a return can be filed.

    `indicators` and `measurements` are all of the return, as `judging` reads them.
    """
    earlier = previous_measurements(return_)
    missing = []
    for indicator in indicators:
        measurement = measurements.get(indicator.series_key)
        if measurement is None and is_not_asked(indicator, return_):
            continue
        if measurement is None:
            missing.append(
                Missing(indicator, "vul het cijfer in, of kies waarom er geen cijfer is.")
            )
        elif not measurement.note and (
            odd := remarkable(indicator, measurement, earlier.get(indicator.series_key))
        ):
            missing.append(Missing(indicator, f"{odd[0]} Licht dit toe."))
    return missing


def is_not_asked(indicator: AgreedIndicator, return_: Return) -> bool:
    """A milestone is asked for in the year in which its day lies, and in no other."""
    if not indicator.definition_version.definition.is_milestone:
        return False
    target = judging.target_of(indicator, return_.cycle.year_id)
    return target is None or target.is_empty
