"""What a municipality starts with: the list of areas of its programme decision, and what CBS knows of its districts."""

from collections.abc import Sequence
from datetime import datetime

from ikc.models import (
    AreaDesignation,
    AreaFigure,
    AreaIndicator,
    AreaRecalibration,
    AttentionArea,
    District,
    Reliability,
)
from ikc.states_areas import RecalibrationState
from kvk2.core.audit import record

# Code of the indicator: the field of District that holds the figure.
DISTRICT_FACTS = {
    "inwoners": "inhabitants",
    "woningen": "dwellings",
    "oppervlakte": "area_hectares",
}


def keep_first_list(areas: Sequence[AttentionArea], *, at: datetime) -> AreaRecalibration | None:
    """The areas of the programme decision become the first version of the list; None when there is a version already."""
    if AreaRecalibration.objects.exists():
        return None
    first = AttentionArea.objects.select_related("district").get(pk=areas[0].pk)
    decision = first.source.partition(",")[0]
    recalibration = AreaRecalibration.objects.create(
        origin=AreaRecalibration.Origin.PROGRAMME,
        year=first.valid_from.year,
        map_year=first.district.year,
        planned_at=at,
    )
    sources = {area.district_id: area.source for area in areas}
    AreaDesignation.objects.bulk_create(
        AreaDesignation(
            recalibration=recalibration,
            district=district,
            was_attention_area=False,
            is_attention_area=district.pk in sources,
            reliability=Reliability.INDICATIVE,
            rationale=sources.get(district.pk, ""),
        )
        for district in District.objects.filter(year=first.district.year).order_by("code")
    )
    AttentionArea.objects.filter(pk__in=[area.pk for area in areas]).update(
        recalibration=recalibration
    )
    recalibration.state = RecalibrationState.EFFECTIVE
    recalibration.adopted_on = recalibration.valid_from = first.valid_from
    recalibration.decision, recalibration.effective_at = decision, at
    recalibration.save()
    record(recalibration, "recalibration.loaded", actor=None, at=at, reason=decision)
    return recalibration


def keep_district_facts(indicators: Sequence[AreaIndicator], *, at: datetime) -> None:
    """Inhabitants, dwellings and hectares of the districts as figures of new `indicators`, with the source of each."""
    named = {one.code: one for one in indicators if one.code in DISTRICT_FACTS}
    AreaFigure.objects.bulk_create(
        AreaFigure(
            indicator=named[code],
            district=district,
            map_year=district.year,
            year=district.year,
            value=getattr(district, name),
            reliability=Reliability.RELIABLE,
            source=district.source,
            retrieved_on=at.date(),
        )
        for code, name in DISTRICT_FACTS.items()
        if code in named
        for district in District.objects.order_by("code")
        if getattr(district, name) is not None
    )
