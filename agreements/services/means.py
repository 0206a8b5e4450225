"""Analyses, measures, functions and steering of a draft: written down, changed and taken out, each the same way."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction

from agreements.models import (
    AgreedResult,
    AgreementVersion,
    DataAnalysis,
    Measure,
    StaffingCommitment,
    SteeringArrangement,
)
from agreements.services.locking import lock_draft
from agreements.services.saving import save_checked
from kvk2.core.audit import record
from kvk2.core.errors import DomainError

if TYPE_CHECKING:
    from ikc.models import User

    Means = DataAnalysis | Measure | StaffingCommitment | SteeringArrangement

Part = TypeVar("Part", DataAnalysis, Measure, StaffingCommitment, SteeringArrangement)

# What the timeline calls adding, changing and taking out.
VERBS: Mapping[type, tuple[str, str, str]] = {
    DataAnalysis: (
        "agreement.analysis_added",
        "agreement.analysis_changed",
        "agreement.analysis_removed",
    ),
    Measure: (
        "agreement.measure_added",
        "agreement.measure_changed",
        "agreement.measure_removed",
    ),
    StaffingCommitment: (
        "agreement.staffing_added",
        "agreement.staffing_changed",
        "agreement.staffing_removed",
    ),
    SteeringArrangement: (
        "agreement.steering_added",
        "agreement.steering_changed",
        "agreement.steering_removed",
    ),
}


class MeansRefused(DomainError):
    """Hours that no week has, years in the wrong order, or something that stands there already."""


@transaction.atomic
def add_means(
    version: AgreementVersion,
    kind: type[Part],
    *,
    values: Mapping[str, Any],
    by: "User | None",
    at: datetime,
) -> Part:
    """Write down one analysis, measure, function or body of a draft. Refusal: `MeansRefused`, `NotADraft`."""
    version = lock_draft(version)
    part = kind(version=version, **values)
    _save(part)
    record(version, VERBS[kind][0], actor=by, at=at, what=str(part))
    return part


@transaction.atomic
def change_means(part: Part, *, values: Mapping[str, Any], by: "User | None", at: datetime) -> Part:
    version = lock_draft(part.version)
    for name, value in values.items():
        setattr(part, name, value)
    _save(part)
    record(version, VERBS[type(part)][1], actor=by, at=at, what=str(part))
    return part


@transaction.atomic
def remove_means(part: "Means", *, by: "User | None", at: datetime) -> None:
    version = lock_draft(part.version)
    record(version, VERBS[type(part)][2], actor=by, at=at, what=str(part))
    part.delete()


def _save(part: "Means") -> None:
    if isinstance(part, Measure) and part.result.version_id != part.version_id:
        raise MeansRefused("Dit resultaat hoort bij een andere versie.")
    if isinstance(part, StaffingCommitment) and part.from_year.index > part.until_year.index:
        raise MeansRefused("Het laatste jaar van de functie ligt vóór het eerste.")
    save_checked(part, MeansRefused)


def copy_means(
    source: AgreementVersion, target: AgreementVersion, results: Mapping[int, AgreedResult]
) -> None:
    """The same analyses, measures, functions and bodies in `target`; `results` by the key of the old one."""
    for analysis in source.analyses.all():
        _twin(analysis, target)
    for measure in source.measures.all():
        _twin(measure, target, result=results[measure.result_id])
    for function in source.staffing.all():
        _twin(function, target)
    for body in source.steering.all():
        _twin(body, target)


def _twin(part: "Means", version: AgreementVersion, **changes: Any) -> None:
    values = {
        field.attname: getattr(part, field.attname)
        for field in part._meta.concrete_fields
        if not field.primary_key and field.name not in ("version", *changes)
    }
    type(part)._default_manager.create(version=version, **values, **changes)
