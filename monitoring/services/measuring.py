"""Deeds of measuring: plan a year, open it, enter figures. What follows is in `returns` and `cycles`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any, NamedTuple
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
from monitoring.entry_checks import Spread
from monitoring.figures import Figure, Part
from monitoring.models import (
    Breakdown,
    Check,
    Evidence,
    Measurement,
    MonitoringCycle,
    Return,
    RuleSet,
)
from monitoring.services import checking, judging, notifying
from monitoring.services.checking import FigureRefused
from monitoring.services.moving import locked_return
from monitoring.states import CYCLE_WORKFLOW


class NothingToMeasure(DomainError):
    """No agreement is in force for this year."""


class ReturnIsClosed(DomainError):
    """Figures can be typed only while the cycle collects and the return is not filed."""


class ReturnIncomplete(DomainError):
    """Filing needs a figure or a reason for each indicator, and a word on what is remarkable."""


# What changes when a figure is typed again before it was filed.
FACTS = [*Figure().columns(), "definition_version", "entered_at", "entered_by"]


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
    spreads: Mapping[int, Spread] | None = None,
) -> None:
    """Keep several figures of one return and judge them, all or none; the same refusals.

    `spreads`: from `spreads_of_many`, when the caller goes through many returns.
    """
    return_ = locked_return(return_)
    if not return_.is_editable_on(local_date(at)):
        raise ReturnIsClosed(
            "U kunt hier niets meer wijzigen: de aanlevering is ingediend of de invoer is gesloten."
        )
    indicators = [indicator for indicator, _ in figures]
    beside = checking.beside(return_, indicators, spreads=spreads)
    last = last_revisions(return_)
    figures = [(one, _whole(figure, last.get(one.series_key))) for one, figure in figures]
    _require_possible(return_, figures, beside, today=local_date(at))
    _keep(return_, figures, last, by=by, at=at)
    ask_questions(return_, indicators, by=by, beside=beside)
    judging.store_judgements(
        return_,
        rules=return_.cycle.ruleset.rules(),
        at=at,
        day=local_date(at),
        indicators=indicators,
    )
    for indicator in indicators:
        record(
            return_,
            "figure_changed" if indicator.series_key in last else "figure_entered",
            actor=by,
            at=at,
            indicator=str(indicator),
            series_key=str(indicator.series_key),
        )


def _whole(figure: Figure, former: Measurement | None) -> Figure:
    """With the parts that it has already, when it says nothing of them."""
    if figure.parts is not None:
        return figure
    if former is None or figure.missing_reason:
        return replace(figure, parts=())
    parts = tuple(
        Part(
            category=row.category_id,
            value=row.value,
            numerator=row.numerator,
            denominator=row.denominator,
        )
        for row in former.parts.all()
    )
    return replace(figure, parts=parts)


def _require_possible(
    return_: Return,
    figures: Sequence[tuple[AgreedIndicator, Figure]],
    beside: checking.Beside,
    *,
    today: date,
) -> None:
    """Refuse the first figure that cannot be, and say of which indicator it is."""
    seen = set()
    for indicator, figure in figures:
        try:
            if indicator.series_key in seen:
                raise FigureRefused("Dit cijfer staat er twee keer in.", field="")
            seen.add(indicator.series_key)
            checking.check_figure(indicator, figure, year=return_.cycle.year, today=today)
            checking.check_parts(indicator, figure, beside.categories)
        except FigureRefused as refusal:
            refusal.indicator = indicator
            raise


def _keep(
    return_: Return,
    figures: Sequence[tuple[AgreedIndicator, Figure]],
    last: Mapping[UUID, Measurement],
    *,
    by: User,
    at: datetime,
) -> None:
    """Write the figures. What was filed once is followed by a revision, not typed over."""
    definitions = _current_definitions([indicator for indicator, _ in figures], return_.cycle.year)
    rows: list[tuple[Measurement, Figure]] = []
    for indicator, figure in figures:
        figure = _with_origin(indicator, figure, return_.cycle.year, today=local_date(at))
        row = _row(return_, indicator, last.get(indicator.series_key))
        facts = figure.columns() | {
            "definition_version": definitions[indicator.pk],
            "entered_at": at,
            "entered_by": by,
        }
        for name, value in facts.items():
            setattr(row, name, value)
        rows.append((row, figure))
    new = [row for row, _ in rows if row.pk is None]
    changed = [row for row, _ in rows if row.pk is not None]
    Breakdown.objects.filter(measurement__in=changed).delete()
    Measurement.objects.bulk_update(changed, FACTS)
    superseded = [row.series_key for row in new if row.supersedes_id]
    if superseded:
        return_.measurements.filter(series_key__in=superseded).update(is_current=False)
    Measurement.objects.bulk_create(new)
    Breakdown.objects.bulk_create(
        Breakdown(measurement=row, **_columns(part))
        for row, figure in rows
        for part in figure.parts or ()
    )
    Evidence.objects.bulk_create(_evidence_of(new))


def _row(return_: Return, indicator: AgreedIndicator, former: Measurement | None) -> Measurement:
    """The row to write: the former itself as long as nothing was filed, else the next revision."""
    if former is not None and not return_.was_filed:
        return former
    row = Measurement(of_return=return_, series_key=indicator.series_key)
    if former is not None:
        row.revision, row.supersedes = former.revision + 1, former
    return row


def _columns(part: Part) -> dict[str, Any]:
    facts = asdict(part)
    return {"category_id": facts.pop("category"), **facts}


def _evidence_of(revisions: Iterable[Measurement]) -> list[Evidence]:
    """What proved the figure before proves its revision too."""
    return [
        Evidence(
            measurement=row,
            stored_id=former.stored_id,
            title=former.title,
            confidentiality=former.confidentiality,
            added_by_id=former.added_by_id,
            added_at=former.added_at,
        )
        for row in revisions
        if row.supersedes is not None
        for former in row.supersedes.evidence.all()
    ]


def ask_questions(
    return_: Return,
    indicators: Sequence[AgreedIndicator],
    *,
    by: User,
    beside: checking.Beside | None = None,
) -> None:
    """Ask anew what is remarkable about the figures of `indicators`."""
    rows = {
        row.series_key: row
        for row in return_.measurements.filter(
            series_key__in=[indicator.series_key for indicator in indicators]
        ).prefetch_related("parts", "evidence__stored")
    }
    checking.keep_checks(
        [(one, rows[one.series_key]) for one in indicators if one.series_key in rows],
        beside or checking.beside(return_, indicators),
        by=by,
    )


def last_revisions(return_: Return) -> dict[UUID, Measurement]:
    """series_key → the newest revision, whether it counts or was withdrawn."""
    return {
        row.series_key: row
        for row in Measurement.revisions.filter(of_return=return_)
        .prefetch_related("parts", "evidence")
        .order_by("revision")
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
    questions = checking.open_checks(return_)
    missing = []
    for indicator in indicators:
        present = indicator.series_key in measurements
        if not present and is_not_asked(indicator, return_):
            continue
        if not present:
            missing.append(
                Missing(indicator, "vul het cijfer in, of kies waarom er geen cijfer is.")
            )
        elif open_ := questions.get(indicator.series_key):
            first = open_[0]
            is_error = first.severity == Check.Severity.ERROR
            missing.append(
                Missing(indicator, first.message if is_error else f"{first.message} Licht dit toe.")
            )
    return missing


def is_not_asked(indicator: AgreedIndicator, return_: Return) -> bool:
    """A milestone is asked for in the year in which its day lies, and in no other."""
    if not indicator.definition_version.definition.is_milestone:
        return False
    target = judging.target_of(indicator, return_.cycle.year_id)
    return target is None or target.is_empty
