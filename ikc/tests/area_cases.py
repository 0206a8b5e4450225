"""A recalibration at each point of its way, made by the services themselves, on a small map or on a real one."""

from datetime import UTC, date, datetime
from decimal import Decimal

from ikc.models import AreaIndicator, AreaRecalibration, AttentionArea, District, User
from ikc.services import recalibrations as services
from ikc.services.area_facts import keep_first_list
from ikc.tests.factories import (
    AgendaItemFactory,
    AreaFigureFactory,
    AreaIndicatorFactory,
    AttentionAreaFactory,
    DistrictFactory,
    UserFactory,
)

FIRST_LIST = date(2021, 9, 28)
AT = datetime(2023, 9, 1, 9, tzinfo=UTC)
DISCUSSED = date(2023, 10, 3)
ADOPTED = datetime(2023, 10, 17, 9, tzinfo=UTC)
IN_FORCE = date(2023, 11, 1)
EFFECTIVE = datetime(2023, 11, 1, 5, tzinfo=UTC)
OUTLINE = [[[5.80, 53.20], [5.82, 53.20], [5.82, 53.22], [5.80, 53.20]]]


def small_map() -> list[District]:
    """Three districts; the first two are an attention area since the programme decision."""
    districts = [
        DistrictFactory(code=f"WK00805{place}", year=2024, name=name, outline=OUTLINE)
        for place, name in enumerate(("Aldlân", "Bilgaard", "Cambuur"))
    ]
    areas = [
        AttentionAreaFactory(district=one, valid_from=FIRST_LIST, source="programma, bijlage 1")
        for one in districts[:2]
    ]
    keep_first_list(areas, at=AT)
    return districts


def give_figures(districts: list[District], values: list[int], year: int = 2022) -> AreaIndicator:
    indicator = AreaIndicatorFactory(decimals=0)
    for district, value in zip(districts, values, strict=True):
        AreaFigureFactory(indicator=indicator, district=district, year=year, value=Decimal(value))
    return indicator


def planned(leader: User, *, year: int = 2023, map_year: int = 2024) -> AreaRecalibration:
    plan = services.Plan(year, map_year, year, "")
    return services.plan(plan, by=leader, at=AT)


def analysed(leader: User, **plan) -> AreaRecalibration:
    collecting = services.collect(planned(leader, **plan), by=leader, at=AT)
    return services.analyse(collecting, by=leader, at=AT)


def propose(
    recalibration: AreaRecalibration, leader: User, *, enters: District, leaves: District
) -> AreaRecalibration:
    """One district in, one out."""
    for district, is_area, why in (
        (enters, True, "De cijfers zijn sterk verslechterd."),
        (leaves, False, "De cijfers zijn sterk verbeterd."),
    ):
        services.designate(
            recalibration.designations.get(district=district),
            is_attention_area=is_area,
            rationale=why,
            by=leader,
            at=AT,
        )
    return recalibration


def discussed(recalibration: AreaRecalibration, leader: User) -> AreaRecalibration:
    AgendaItemFactory(subject=recalibration, discussed=True, meeting__takes_place_on=DISCUSSED)
    return services.discuss(recalibration, by=leader, at=ADOPTED)


def adopted(recalibration: AreaRecalibration, leader: User) -> AreaRecalibration:
    adoption = services.Adoption(date(2023, 10, 17), "collegebesluit van 17 oktober 2023", IN_FORCE)
    return services.adopt(
        discussed(recalibration, leader), adoption, by=UserFactory(signer=True), at=ADOPTED
    )


def areas_on(day: date) -> set[str]:
    return set(AttentionArea.objects.active_on(day).values_list("name", flat=True))
