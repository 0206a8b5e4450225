"""Starting an agreement from the text of another: the words, never the figures of that IKC."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from agreements.models import (
    AgreedIndicator,
    AgreedResult,
    AgreementTemplate,
    AgreementTopic,
    AgreementVersion,
    IndicatorDefinitionVersion,
    Measure,
    Programme,
    StaffingCommitment,
    SteeringArrangement,
    YearTarget,
)
from agreements.services.drafting import Frame, draft_agreement
from ikc.models import Ikc
from kvk2.core.audit import record
from kvk2.core.errors import DomainError

if TYPE_CHECKING:
    from ikc.models import User


class TemplateRefused(DomainError):
    """The text is a template already, or its name is taken."""


@transaction.atomic
def make_template(
    version: AgreementVersion, *, title: str, note: str, by: "User | None", at: datetime
) -> AgreementTemplate:
    """Let others start from the text of `version`."""
    if AgreementTemplate.objects.filter(version=version).exists():
        raise TemplateRefused("Deze tekst is al een sjabloon.")
    try:
        with transaction.atomic():
            template = AgreementTemplate.objects.create(
                version=version, title=title.strip(), note=note.strip(), made_at=at, made_by=by
            )
    except IntegrityError as error:
        raise TemplateRefused("Er is al een sjabloon met deze naam.") from error
    record(version, "agreement.template_made", actor=by, at=at, title=template.title)
    return template


@transaction.atomic
def retire_template(template: AgreementTemplate, *, by: "User | None", at: datetime) -> None:
    """Nobody starts from it any more; agreements that did stay as they are."""
    record(template.version, "agreement.template_retired", actor=by, at=at, title=template.title)
    template.delete()


@transaction.atomic
def draft_from_template(
    ikc: Ikc,
    *,
    template: AgreementTemplate,
    programme: Programme,
    frame: Frame,
    by: "User | None",
    at: datetime,
    is_demo: bool = False,
) -> AgreementVersion:
    """As `draft_agreement`, and filled with the words of the template.

    Baselines are missing and planned for the first year, targets are empty: figures belong to an IKC.
    """
    version = draft_agreement(ikc, programme=programme, frame=frame, by=by, at=at, is_demo=is_demo)
    source = AgreementVersion.objects.with_content().get(pk=template.version_id)
    for topic in source.topics.all():
        AgreementTopic.objects.filter(version=version, code=topic.code).update(text=topic.text)
    for result in source.results.all():
        _result(source, result, version)
    _inputs(source, version)
    record(version, "agreement.template_used", actor=by, at=at, title=template.title)
    return version


def _result(source: AgreementVersion, result: AgreedResult, version: AgreementVersion) -> None:
    copied = AgreedResult.objects.create(
        version=version,
        goal=result.goal,
        number=result.number,
        text=result.text,
        target_group=result.target_group,
        change_kind=result.change_kind,
    )
    years = list(version.agreement.programme.years.in_order())
    for indicator in result.indicators.all():
        twin = _indicator(indicator, copied)
        YearTarget.objects.bulk_create(YearTarget(indicator=twin, year=year) for year in years)
    Measure.objects.bulk_create(
        Measure(
            version=version,
            result=copied,
            title=measure.title,
            development_area=measure.development_area,
            target_group=measure.target_group,
            planned_from=version.period_start,
            owner=measure.owner,
        )
        for measure in source.measures.all()
        if measure.result_id == result.pk
    )


def _indicator(indicator: AgreedIndicator, result: AgreedResult) -> AgreedIndicator:
    version, definition = result.version, indicator.definition
    newest = IndicatorDefinitionVersion.objects.current().get(definition=definition)
    status = AgreedIndicator.BaselineStatus
    return AgreedIndicator.objects.create(
        version=version,
        result=result,
        definition_version=newest,
        aim=indicator.aim,
        baseline_status=status.NONE if definition.is_milestone else status.MISSING,
        baseline_planned_year=None if definition.is_milestone else version.effective_year,
        tolerance=indicator.tolerance,
        leeway_days=indicator.leeway_days,
        assessor=indicator.assessor,
        is_core=indicator.is_core,
    )


def _inputs(source: AgreementVersion, version: AgreementVersion) -> None:
    last = version.agreement.programme.years.order_by("-index")[0]
    for function in source.staffing.all():
        StaffingCommitment.objects.create(
            version=version,
            function=function.function,
            description=function.description,
            hours_per_week=function.hours_per_week,
            weeks_per_year=function.weeks_per_year,
            employer=function.employer,
            from_year=version.effective_year,
            until_year=last,
        )
    for body in source.steering.all():
        SteeringArrangement.objects.create(
            version=version,
            body=body.body,
            role=body.role,
            frequency=body.frequency,
            decision_rights=body.decision_rights,
        )
