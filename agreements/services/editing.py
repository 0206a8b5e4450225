"""Changing what a draft says. Each deed locks the version, refuses what is no draft, and leaves a trail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Max

from agreements.models import (
    AgreedIndicator,
    AgreedResult,
    AgreementParty,
    AgreementTopic,
    AgreementVersion,
    Contribution,
    Goal,
    IndicatorDefinitionVersion,
    ProgrammeYear,
    YearTarget,
)
from agreements.services.locking import lock_draft
from ikc.models import Organisation
from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from kvk2.core.money import format_number

if TYPE_CHECKING:
    from ikc.models import User


class AlreadyThere(DomainError):
    """The same party or contribution stands in the version already."""


class OutOfRange(DomainError):
    """A figure that this indicator can never have."""


@dataclass(frozen=True, slots=True)
class TargetFigures:
    """The target of one year: a value, or the two ends of a range, or neither with the reason why."""

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    explanation: str = ""

    @property
    def figures(self) -> list[Decimal]:
        return [figure for figure in (self.value, self.low, self.high) if figure is not None]


@dataclass(frozen=True, slots=True)
class IndicatorTerms:
    """What is agreed about one indicator: its baseline, tolerance and targets by index of the programme year."""

    baseline_status: str
    baseline_value: Decimal | None = None
    baseline_numerator: int | None = None
    baseline_denominator: int | None = None
    baseline_year: str = ""
    baseline_source: str = ""
    baseline_planned_year: ProgrammeYear | None = None
    tolerance: Decimal = Decimal(0)
    is_core: bool = False
    targets: Mapping[int, TargetFigures] = field(default_factory=dict)

    def check(self, definition_version: IndicatorDefinitionVersion) -> None:
        """Raises OutOfRange for a figure outside the range of the definition."""
        low, high = definition_version.valid_min, definition_version.valid_max
        figures = [row for target in self.targets.values() for row in target.figures]
        if self.baseline_value is not None:
            figures.append(self.baseline_value)
        if any((low is not None and f < low) or (high is not None and f > high) for f in figures):
            raise OutOfRange(_range_sentence(definition_version))


def _range_sentence(definition_version: IndicatorDefinitionVersion) -> str:
    definition = definition_version.definition
    low, high = (
        None if bound is None else format_number(bound, definition.decimals)
        for bound in (definition_version.valid_min, definition_version.valid_max)
    )
    if high is None:
        return f"Een waarde van ‘{definition.name}’ is {low} of meer."
    if low is None:
        return f"Een waarde van ‘{definition.name}’ is {high} of minder."
    return f"Een waarde van ‘{definition.name}’ ligt tussen {low} en {high}."


@transaction.atomic
def write_topics(
    version: AgreementVersion, *, texts: Mapping[str, str], by: "User | None", at: datetime
) -> bool:
    """Set the text of topics by code; False when nothing changed."""
    version = lock_draft(version)
    changed = []
    for topic in AgreementTopic.objects.filter(version=version).in_order():
        text = texts.get(topic.code, topic.text).strip()
        if text != topic.text:
            topic.text = text
            topic.save(update_fields=["text"])
            changed.append(topic.code)
    if changed:
        record(version, "agreement.topics_written", actor=by, at=at, topics=changed)
    return bool(changed)


@transaction.atomic
def add_result(
    version: AgreementVersion,
    *,
    goal: Goal,
    text: str,
    target_group: str,
    change_kind: str,
    by: "User | None",
    at: datetime,
) -> AgreedResult:
    version = lock_draft(version)
    if goal.programme_id != version.agreement.programme_id:
        raise DomainError("Dit doel hoort bij een ander programma.")
    last = AgreedResult.objects.filter(version=version, goal=goal).aggregate(last=Max("number"))
    result = AgreedResult.objects.create(
        version=version,
        goal=goal,
        number=(last["last"] or 0) + 1,
        text=text,
        target_group=target_group,
        change_kind=change_kind,
    )
    record(version, "agreement.result_added", actor=by, at=at, result=result.label)
    return result


@transaction.atomic
def change_result(
    result: AgreedResult,
    *,
    text: str,
    target_group: str,
    change_kind: str,
    by: "User | None",
    at: datetime,
) -> AgreedResult:
    version = lock_draft(result.version)
    result.text, result.target_group, result.change_kind = text, target_group, change_kind
    result.save(update_fields=["text", "target_group", "change_kind"])
    record(version, "agreement.result_changed", actor=by, at=at, result=result.label)
    return result


@transaction.atomic
def delete_result(result: AgreedResult, *, by: "User | None", at: datetime) -> None:
    """Take a result out of the draft, with its indicators and targets."""
    version = lock_draft(result.version)
    YearTarget.objects.filter(indicator__result=result).delete()
    AgreedIndicator.objects.filter(result=result).delete()
    label = result.label
    result.delete()
    record(version, "agreement.result_deleted", actor=by, at=at, result=label)


@transaction.atomic
def add_indicator(
    result: AgreedResult,
    *,
    definition_version: IndicatorDefinitionVersion,
    terms: IndicatorTerms,
    by: "User | None",
    at: datetime,
) -> AgreedIndicator:
    """Hang an indicator on a result, with a row for each of the eight years."""
    version = lock_draft(result.version)
    terms.check(definition_version)
    indicator = AgreedIndicator(
        version=version, result=result, definition_version=definition_version
    )
    _set_terms(indicator, terms)
    indicator.save()
    YearTarget.objects.bulk_create(
        _target(YearTarget(indicator=indicator, year=year), terms)
        for year in version.agreement.programme.years.in_order()
    )
    record(
        version,
        "agreement.indicator_added",
        actor=by,
        at=at,
        result=result.label,
        indicator=definition_version.definition.code,
    )
    return indicator


@transaction.atomic
def change_indicator(
    indicator: AgreedIndicator, *, terms: IndicatorTerms, by: "User | None", at: datetime
) -> AgreedIndicator:
    version = lock_draft(indicator.version)
    terms.check(indicator.definition_version)
    _set_terms(indicator, terms)
    indicator.save()
    targets = [
        _target(target, terms) for target in indicator.targets.select_related("year").order_by("pk")
    ]
    YearTarget.objects.bulk_update(targets, ["value", "low", "high", "explanation"])
    record(
        version,
        "agreement.indicator_changed",
        actor=by,
        at=at,
        indicator=indicator.definition.code,
    )
    return indicator


def _set_terms(indicator: AgreedIndicator, terms: IndicatorTerms) -> None:
    indicator.baseline_status = terms.baseline_status
    indicator.baseline_value = terms.baseline_value
    indicator.baseline_numerator = terms.baseline_numerator
    indicator.baseline_denominator = terms.baseline_denominator
    indicator.baseline_year = terms.baseline_year
    indicator.baseline_source = terms.baseline_source
    indicator.baseline_planned_year = terms.baseline_planned_year
    indicator.tolerance = terms.tolerance
    indicator.is_core = terms.is_core


def _target(target: YearTarget, terms: IndicatorTerms) -> YearTarget:
    figures = terms.targets.get(target.year.index, TargetFigures())
    target.value, target.low, target.high = figures.value, figures.low, figures.high
    target.explanation = figures.explanation
    return target


@transaction.atomic
def delete_indicator(indicator: AgreedIndicator, *, by: "User | None", at: datetime) -> None:
    version = lock_draft(indicator.version)
    code = indicator.definition.code
    YearTarget.objects.filter(indicator=indicator).delete()
    indicator.delete()
    record(version, "agreement.indicator_deleted", actor=by, at=at, indicator=code)


@transaction.atomic
def add_party(
    version: AgreementVersion,
    *,
    role: str,
    organisation: Organisation,
    signatory_name: str = "",
    signatory_function: str = "",
    mandate_reference: str = "",
    by: "User | None",
    at: datetime,
) -> AgreementParty:
    version = lock_draft(version)
    party = AgreementParty(
        version=version,
        role=role,
        organisation=organisation,
        organisation_name=organisation.name,
        signatory_name=signatory_name,
        signatory_function=signatory_function,
        mandate_reference=mandate_reference,
    )
    try:
        with transaction.atomic():
            party.save()
    except IntegrityError as error:
        raise AlreadyThere("Deze organisatie is al partij in deze rol.") from error
    record(version, "agreement.party_added", actor=by, at=at, party=party.organisation_name)
    return party


@transaction.atomic
def change_party(
    party: AgreementParty,
    *,
    signatory_name: str,
    signatory_function: str,
    mandate_reference: str,
    by: "User | None",
    at: datetime,
) -> AgreementParty:
    """Who signs for this party; its name is taken over again from the register."""
    version = lock_draft(party.version)
    party.organisation_name = party.organisation.name
    party.signatory_name, party.signatory_function = signatory_name, signatory_function
    party.mandate_reference = mandate_reference
    party.save()
    record(version, "agreement.party_changed", actor=by, at=at, party=party.organisation_name)
    return party


@transaction.atomic
def remove_party(party: AgreementParty, *, by: "User | None", at: datetime) -> None:
    """Take a party out of the draft, with what it would contribute."""
    version = lock_draft(party.version)
    Contribution.objects.filter(party=party).delete()
    name = party.organisation_name
    party.delete()
    record(version, "agreement.party_removed", actor=by, at=at, party=name)


@transaction.atomic
def add_contributions(
    party: AgreementParty,
    *,
    kind: str,
    amount: Decimal,
    description: str,
    budget_years: Iterable[int],
    by: "User | None",
    at: datetime,
) -> list[Contribution]:
    """The same contribution in each of `budget_years` (calendar years); euros, or hours for hours."""
    version = lock_draft(party.version)
    rows = [
        Contribution(
            party=party, budget_year=year, kind=kind, amount=amount, description=description
        )
        for year in budget_years
    ]
    try:
        with transaction.atomic():
            Contribution.objects.bulk_create(rows)
    except IntegrityError as error:
        raise AlreadyThere("Deze bijdrage staat er al in een van deze jaren.") from error
    record(
        version,
        "agreement.contribution_added",
        actor=by,
        at=at,
        party=party.organisation_name,
        kind=kind,
        amount=amount,
        years=[row.budget_year for row in rows],
    )
    return rows


@transaction.atomic
def remove_contribution(contribution: Contribution, *, by: "User | None", at: datetime) -> None:
    version = lock_draft(contribution.party.version)
    record(
        version,
        "agreement.contribution_removed",
        actor=by,
        at=at,
        party=contribution.party.organisation_name,
        year=contribution.budget_year,
        amount=contribution.amount,
    )
    contribution.delete()
