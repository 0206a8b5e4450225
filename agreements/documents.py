"""The text of an agreement as one frozen document: what is offered, hashed and signed.

`agreement_text` reads it from the rows. It takes nothing from a row that may still change after the
offer (names of organisations and of the IKC are kept in the version itself; goals, years and
definitions in use are fixed by triggers), so the same rows give the same hash for as long as the
agreement lives (monitoring reference 3.4, invariant 2).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format

from agreements.models import (
    AgreedIndicator,
    AgreedResult,
    AgreementParty,
    AgreementVersion,
    Goal,
    Measure,
    StaffingCommitment,
    YearTarget,
)
from kvk2.core.documents import Frozen

FORMAT = 4


@dataclass(frozen=True, slots=True)
class ContributionText(Frozen):
    budget_year: int
    source: str
    kind: str
    amount: str
    description: str


@dataclass(frozen=True, slots=True)
class PartyText(Frozen):
    role: str
    organisation: str
    signatory: str
    function: str
    mandate: str
    contributions: tuple[ContributionText, ...]


@dataclass(frozen=True, slots=True)
class TargetText(Frozen):
    year: str
    value: str | None
    low: str | None
    high: str | None
    level: int | None
    due_on: date | None
    explanation: str


@dataclass(frozen=True, slots=True)
class IndicatorText(Frozen):
    series: str
    code: str
    name: str
    type: str
    unit: str
    decimals: int
    direction: str
    definition: str
    definition_number: int
    numerator: str
    denominator: str
    source: str
    min_n: int
    rubric: tuple[str, ...]
    aim: str
    baseline_status: str
    baseline: str | None
    baseline_level: int | None
    baseline_numerator: int | None
    baseline_denominator: int | None
    baseline_year: str
    baseline_source: str
    baseline_planned_year: str | None
    tolerance: str
    leeway_days: int
    assessor: str
    core: bool
    targets: tuple[TargetText, ...]


@dataclass(frozen=True, slots=True)
class ResultText(Frozen):
    number: int
    text: str
    target_group: str
    change_kind: str
    indicators: tuple[IndicatorText, ...]


@dataclass(frozen=True, slots=True)
class GoalText(Frozen):
    code: str
    title: str
    results: tuple[ResultText, ...]


@dataclass(frozen=True, slots=True)
class TopicText(Frozen):
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class AnalysisText(Frozen):
    title: str
    period: str
    sources: str
    findings: str


@dataclass(frozen=True, slots=True)
class MeasureText(Frozen):
    result: str
    title: str
    development_area: str
    target_group: str
    finding: str
    planned_from: date
    planned_until: date | None
    owner: str


@dataclass(frozen=True, slots=True)
class StaffingText(Frozen):
    function: str
    description: str
    hours_per_week: str
    weeks_per_year: int
    employer: str
    from_year: str
    until_year: str


@dataclass(frozen=True, slots=True)
class SteeringText(Frozen):
    body: str
    role: str
    frequency: str
    decision_rights: str


@dataclass(frozen=True, slots=True)
class ClauseText(Frozen):
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class AgreementText(Frozen):
    """Everything that the parties put their names under."""

    format: int
    reference: str
    programme: str
    ikc: str
    version: int
    kind: str
    reason: str
    recalibration: str
    notice_months: int
    period_start: date
    period_end: date
    effective_year: str
    parties: tuple[PartyText, ...]
    clauses: tuple[ClauseText, ...]
    topics: tuple[TopicText, ...]
    goals: tuple[GoalText, ...]
    analyses: tuple[AnalysisText, ...]
    measures: tuple[MeasureText, ...]
    staffing: tuple[StaffingText, ...]
    steering: tuple[SteeringText, ...]


def agreement_text(version: AgreementVersion) -> AgreementText:
    """The document of a version that was loaded `with_content()`."""
    agreement = version.agreement
    return AgreementText(
        format=FORMAT,
        reference=agreement.reference,
        programme=agreement.programme.code,
        ikc=version.ikc_name,
        version=version.number,
        kind=version.kind,
        reason=version.reason,
        recalibration=version.recalibration,
        notice_months=version.notice_months,
        period_start=version.period_start,
        period_end=version.period_end,
        effective_year=version.effective_year.label,
        parties=tuple(_party(party) for party in version.parties.all()),
        clauses=tuple(
            ClauseText(clause.code, filled_in(clause.text, version))
            for clause in version.clauses.all()
        ),
        topics=tuple(TopicText(topic.code, topic.text) for topic in version.topics.all()),
        goals=tuple(_goals(version)),
        analyses=tuple(
            AnalysisText(row.title, row.period, row.sources, row.findings)
            for row in version.analyses.all()
        ),
        measures=tuple(_measure(row) for row in version.measures.all()),
        staffing=tuple(_staffing(row) for row in version.staffing.all()),
        steering=tuple(
            SteeringText(row.body, row.role, row.frequency, row.decision_rights)
            for row in version.steering.all()
        ),
    )


def _measure(row: Measure) -> MeasureText:
    return MeasureText(
        result=row.result.label,
        title=row.title,
        development_area=row.development_area,
        target_group=row.target_group,
        finding=row.finding,
        planned_from=row.planned_from,
        planned_until=row.planned_until,
        owner=row.owner,
    )


def _staffing(row: StaffingCommitment) -> StaffingText:
    return StaffingText(
        function=row.function,
        description=row.description,
        hours_per_week=_figure(row.hours_per_week) or "0",
        weeks_per_year=row.weeks_per_year,
        employer=row.employer,
        from_year=row.from_year.label,
        until_year=row.until_year.label,
    )


def filled_in(text: str, version: AgreementVersion) -> str:
    """A clause with the facts of this version for what stands between braces."""
    for field, fact in clause_facts(version).items():
        text = text.replace(field, fact)
    return text


def clause_facts(version: AgreementVersion) -> dict[str, str]:
    """What a clause may leave for the version to fill in, by the words between braces."""
    months = version.notice_months
    return {
        "{programma}": version.agreement.programme.name,
        "{ikc}": version.ikc_name,
        "{van}": date_format(version.period_start, "j F Y"),
        "{tot}": date_format(version.period_end, "j F Y"),
        "{opzegtermijn}": f"{months} maand{'' if months == 1 else 'en'}",
    }


def _goals(version: AgreementVersion) -> list[GoalText]:
    by_goal: dict[Goal, list[AgreedResult]] = {}
    for result in version.results.all():
        by_goal.setdefault(result.goal, []).append(result)
    return [
        GoalText(goal.code, goal.title, tuple(_result(result) for result in results))
        for goal, results in by_goal.items()
    ]


def _party(party: AgreementParty) -> PartyText:
    return PartyText(
        role=party.role,
        organisation=party.organisation_name,
        signatory=party.signatory_name,
        function=party.signatory_function,
        mandate=party.mandate_reference,
        contributions=tuple(
            ContributionText(
                row.budget_year,
                row.source.name if row.source else "",
                row.kind,
                f"{row.amount:.2f}",
                row.description,
            )
            for row in party.contributions.all()
        ),
    )


def _result(result: AgreedResult) -> ResultText:
    return ResultText(
        number=result.number,
        text=result.text,
        target_group=result.target_group,
        change_kind=result.change_kind,
        indicators=tuple(_indicator(indicator) for indicator in result.indicators.all()),
    )


def _indicator(indicator: AgreedIndicator) -> IndicatorText:
    measured, definition = indicator.definition_version, indicator.definition
    planned = indicator.baseline_planned_year
    return IndicatorText(
        series=str(indicator.series_key),
        code=definition.code,
        name=definition.name,
        type=definition.type,
        unit=definition.unit,
        decimals=definition.decimals,
        direction=definition.direction,
        definition=measured.text,
        definition_number=measured.number,
        numerator=measured.numerator,
        denominator=measured.denominator,
        source=measured.source,
        min_n=measured.min_n,
        rubric=tuple(measured.rubric),
        aim=indicator.aim,
        baseline_status=indicator.baseline_status,
        baseline=_figure(indicator.baseline_value),
        baseline_level=indicator.baseline_level,
        baseline_numerator=indicator.baseline_numerator,
        baseline_denominator=indicator.baseline_denominator,
        baseline_year=indicator.baseline_year,
        baseline_source=indicator.baseline_source,
        baseline_planned_year=planned.label if planned else None,
        tolerance=_figure(indicator.tolerance) or "0",
        leeway_days=indicator.leeway_days,
        assessor=indicator.assessor,
        core=indicator.is_core,
        targets=tuple(_target(target) for target in indicator.targets.all()),
    )


def _target(target: YearTarget) -> TargetText:
    return TargetText(
        year=target.year.label,
        value=_figure(target.value),
        low=_figure(target.low),
        high=_figure(target.high),
        level=target.level,
        due_on=target.due_on,
        explanation=target.explanation,
    )


def _figure(value: Decimal | None) -> str | None:
    """'85', '0.5': one notation for a number, however many zeros the database keeps."""
    return None if value is None else format(value.normalize(), "f")
