"""Which indicators the analysis counts, which way each is more vulnerable and how heavily it weighs."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from ikc.models import AreaIndicator, User
from kvk2.core.audit import record
from kvk2.core.errors import DomainError


class IndicatorRefused(DomainError):
    """These facts about an indicator contradict each other."""

    code = "INDICATOR_REFUSED"


@dataclass(frozen=True, slots=True)
class IndicatorFacts:
    """What the project leader says of an indicator."""

    name: str
    unit: str
    decimals: int
    direction: str
    family: str
    weight: Decimal
    explanation: str
    source: str


@transaction.atomic
def add_indicator(code: str, facts: IndicatorFacts, *, by: User, at: datetime) -> AreaIndicator:
    """A new indicator; its code is for good. Refusal: `IndicatorRefused`."""
    if AreaIndicator.objects.filter(code=code).exists():
        raise IndicatorRefused("Er is al een indicator met deze code.")
    _require_sense(facts)
    indicator = AreaIndicator.objects.create(code=code, **asdict(facts))
    record(indicator, "area_indicator.added", actor=by, at=at, reason=indicator.name)
    return indicator


@transaction.atomic
def change_indicator(
    indicator: AreaIndicator, facts: IndicatorFacts, *, by: User, at: datetime
) -> AreaIndicator:
    """Recalibrations keep the analysis of their own time. Refusal: `IndicatorRefused`."""
    indicator = AreaIndicator.objects.select_for_update().get(pk=indicator.pk)
    _require_sense(facts)
    changes = {
        name: [str(getattr(indicator, name)), str(value)]
        for name, value in asdict(facts).items()
        if getattr(indicator, name) != value
    }
    for name in changes:
        setattr(indicator, name, getattr(facts, name))
    if changes:
        indicator.save(update_fields=list(changes))
        record(indicator, "area_indicator.changed", actor=by, at=at, changes=changes)
    return indicator


def _require_sense(facts: IndicatorFacts) -> None:
    is_context = facts.direction == AreaIndicator.Direction.CONTEXT
    if is_context and facts.weight != 0:
        raise IndicatorRefused(
            "Een indicator die niets over kwetsbaarheid zegt, telt niet mee: geef gewicht 0."
        )
    if not is_context and facts.weight <= 0:
        raise IndicatorRefused("Geef een indicator die meetelt een gewicht boven 0.")
