"""Changing what a draft says. Each deed locks the version, refuses what is no draft, and leaves a trail."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Max

from agreements.models import (
    AgreedIndicator,
    AgreedResult,
    AgreementClause,
    AgreementParty,
    AgreementTopic,
    AgreementVersion,
    Contribution,
    FundingSource,
    Goal,
    IndicatorDefinitionVersion,
    Measure,
    YearTarget,
)
from agreements.services.budget_years import check_budget_years
from agreements.services.locking import lock_draft
from agreements.services.terms import IndicatorTerms, TargetFigures
from ikc.models import Organisation
from kvk2.core.audit import record
from kvk2.core.errors import DomainError

if TYPE_CHECKING:
    from ikc.models import User


class AlreadyThere(DomainError):
    """The same party or contribution stands in the version already."""


@transaction.atomic
def write_topics(
    version: AgreementVersion, *, texts: Mapping[str, str], by: "User | None", at: datetime
) -> bool:
    """Set the text of topics by code; False when nothing changed."""
    version = lock_draft(version)
    changed = _rewritten(AgreementTopic.objects.filter(version=version).in_order(), texts)
    if changed:
        record(version, "agreement.topics_written", actor=by, at=at, topics=changed)
    return bool(changed)


@transaction.atomic
def write_clauses(
    version: AgreementVersion, *, texts: Mapping[str, str], by: "User | None", at: datetime
) -> bool:
    """Set the text of clauses by code; False when nothing changed."""
    version = lock_draft(version)
    changed = _rewritten(AgreementClause.objects.filter(version=version).in_order(), texts)
    if changed:
        record(version, "agreement.clauses_written", actor=by, at=at, clauses=changed)
    return bool(changed)


def _rewritten(
    rows: Iterable[AgreementTopic] | Iterable[AgreementClause], texts: Mapping[str, str]
) -> list[str]:
    """Give each row its text by code and save what differs; the codes of those."""
    changed = []
    for row in rows:
        text = texts.get(row.code, row.text).strip()
        if text != row.text:
            row.text = text
            row.save(update_fields=["text"])
            changed.append(row.code)
    return changed


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
    """Take a result out of the draft, with its measures, indicators and targets."""
    version = lock_draft(result.version)
    Measure.objects.filter(result=result).delete()
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
    terms.check(definition_version, version)
    indicator = AgreedIndicator(
        version=version, result=result, definition_version=definition_version
    )
    terms.put_on(indicator)
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
    terms.check(indicator.definition_version, version)
    terms.put_on(indicator)
    indicator.save()
    targets = [
        _target(target, terms) for target in indicator.targets.select_related("year").order_by("pk")
    ]
    YearTarget.objects.bulk_update(
        targets, ["value", "low", "high", "level", "due_on", "explanation"]
    )
    record(
        version,
        "agreement.indicator_changed",
        actor=by,
        at=at,
        indicator=indicator.definition.code,
    )
    return indicator


def _target(target: YearTarget, terms: IndicatorTerms) -> YearTarget:
    return terms.targets.get(target.year.index, TargetFigures()).put_on(target)


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
    pledged = Contribution.objects.filter(party=party)
    check_budget_years(
        version.agreement.programme, list(pledged.values_list("budget_year", flat=True))
    )
    pledged.delete()
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
    source: FundingSource | None = None,
    by: "User | None",
    at: datetime,
) -> list[Contribution]:
    """The same contribution in each of `budget_years` (calendar years); euros, or hours for hours."""
    version = lock_draft(party.version)
    years = list(budget_years)
    check_budget_years(version.agreement.programme, years)
    rows = [
        Contribution(
            party=party,
            budget_year=year,
            kind=kind,
            amount=amount,
            description=description,
            source=source,
        )
        for year in years
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
    check_budget_years(version.agreement.programme, [contribution.budget_year])
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
