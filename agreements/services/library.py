"""The library of indicators: a new one, and a next version of how one is measured."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from agreements.models import IndicatorDefinition, IndicatorDefinitionVersion
from agreements.services.saving import save_checked
from kvk2.core.audit import record
from kvk2.core.dates import in_figures
from kvk2.core.errors import DomainError

if TYPE_CHECKING:
    from ikc.models import User


class DefinitionRefused(DomainError):
    """A definition that cannot be: no levels, a day before the last version, a break without a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How an indicator is measured from a day on."""

    text: str
    source: str
    valid_from: date
    numerator: str = ""
    denominator: str = ""
    reference_date_rule: str = ""
    min_n: int = 10
    valid_min: Decimal | None = None
    valid_max: Decimal | None = None
    rubric: tuple[str, ...] = ()


@transaction.atomic
def add_definition(
    definition: IndicatorDefinition, *, way: Way, by: "User | None", at: datetime
) -> IndicatorDefinition:
    """Put an indicator in the library with its first version. Refusal: `DefinitionRefused`."""
    save_checked(definition, DefinitionRefused)
    _add_version(definition, way, number=1)
    record(definition, "definition.added", actor=by, at=at)
    return definition


@transaction.atomic
def add_definition_version(
    definition: IndicatorDefinition,
    *,
    way: Way,
    break_reason: str = "",
    by: "User | None",
    at: datetime,
) -> IndicatorDefinitionVersion:
    """Measure it another way from a day on; with `break_reason`, older figures cannot be compared.

    Agreements keep the version that they were made with. Type, unit and direction stay for life
    (monitoring reference 3.4, invariant 6).
    """
    definition = IndicatorDefinition.objects.select_for_update().get(pk=definition.pk)
    last = definition.versions.aggregate(number=Max("number"), day=Max("valid_from"))
    if last["day"] and way.valid_from <= last["day"]:
        raise DefinitionRefused(
            "Een nieuwe versie geldt vanaf een dag na die van de vorige:"
            f" {in_figures(last['day'])}."
        )
    version = _add_version(
        definition, way, number=(last["number"] or 0) + 1, break_reason=break_reason.strip()
    )
    record(
        definition,
        "definition.versioned",
        actor=by,
        at=at,
        reason=version.break_reason,
        number=version.number,
    )
    return version


def _add_version(
    definition: IndicatorDefinition, way: Way, *, number: int, break_reason: str = ""
) -> IndicatorDefinitionVersion:
    if definition.is_scale != (len(way.rubric) > 1):
        raise DefinitionRefused("Een schaal heeft twee of meer niveaus, elk met een beschrijving.")
    if definition.is_percentage and not (way.numerator and way.denominator):
        raise DefinitionRefused("Een percentage heeft een teller en een noemer.")
    version = IndicatorDefinitionVersion(
        definition=definition,
        number=number,
        text=way.text,
        numerator=way.numerator,
        denominator=way.denominator,
        source=way.source,
        reference_date_rule=way.reference_date_rule,
        min_n=way.min_n,
        valid_min=way.valid_min,
        valid_max=way.valid_max,
        valid_from=way.valid_from,
        rubric=list(way.rubric),
        breaks_series=bool(break_reason),
        break_reason=break_reason,
    )
    save_checked(version, DefinitionRefused)
    return version
