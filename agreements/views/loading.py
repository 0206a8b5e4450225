"""How every view of this app finds its object: what may not be seen is 404, what may not be done is 403."""

from typing import Any

from django.db.models import Model
from django.shortcuts import get_object_or_404
from django.urls import reverse

from agreements.models import (
    AgreedIndicator,
    AgreedResult,
    AgreementParty,
    AgreementVersion,
    Contribution,
    DataAnalysis,
    Measure,
    StaffingCommitment,
    SteeringArrangement,
)
from kvk2.nlds.shortcuts import require


def get_version_or_404(request: Any, pk: int, *, perm: str = "") -> AgreementVersion:
    """The version with its whole text; with `perm`, only for whoever may do that with it."""
    versions = AgreementVersion.objects.visible_to(request.user).with_content()
    version = get_object_or_404(versions, pk=pk)
    if perm:
        require(request, perm, version)
    return version


def get_part_or_404(
    request: Any, model: type[Model], pk: int, *, perm: str
) -> tuple[Any, AgreementVersion]:
    """A result, indicator, party or contribution with its version; with `perm`, only for whoever may do that."""
    visible = AgreementVersion.objects.visible_to(request.user)
    path, related = PATHS[model]
    part: Any = get_object_or_404(
        model._default_manager.filter(**{f"{path}__in": visible}).select_related(path, *related),
        pk=pk,
    )
    target = part.party if model is Contribution else part
    version_id = target.version_id
    version = get_version_or_404(request, version_id)
    target.version = version
    if perm:
        require(request, perm, target if isinstance(target, AgreementParty) else version)
    return part, version


PATHS = {
    AgreedResult: ("version", ("goal",)),
    AgreedIndicator: ("version", ("result__goal", "definition_version__definition")),
    AgreementParty: ("version", ("organisation",)),
    Contribution: ("party__version", ("party",)),
    DataAnalysis: ("version", ("stored",)),
    Measure: ("version", ("result__goal",)),
    StaffingCommitment: ("version", ("from_year", "until_year")),
    SteeringArrangement: ("version", ()),
}


def breadcrumbs(version: AgreementVersion, *labels: str) -> list[tuple[str, str | None]]:
    """From the list through this version to the page itself."""
    trail = [
        ("Resultaatafspraken", reverse("agreements:agreement_list")),
        (version.ikc_name, version.get_absolute_url()),
    ]
    return [*trail, *((label, None) for label in labels)]
