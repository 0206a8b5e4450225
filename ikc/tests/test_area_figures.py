"""Figures of districts: what the database refuses, what the analysis makes of them, and what the pages show."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ikc.models import AreaFigure, AreaIndicator, AreaRecalibration, AttentionArea
from ikc.services import area_indicators
from ikc.services.area_analysis import Analysis
from ikc.services.facts import load_facts
from ikc.tests.factories import (
    AreaFigureFactory,
    AreaIndicatorFactory,
    AreaRecalibrationFactory,
    AttentionAreaFactory,
    DistrictFactory,
    IkcFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

AT = datetime(2026, 9, 1, 9, tzinfo=UTC)


def url(name, *args) -> str:
    return reverse(f"ikc:{name}", args=args)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def leader(client):
    user = UserFactory(project_leader=True)
    client.force_login(user)
    return user


def three_districts(year=2024):
    return [
        DistrictFactory(code=f"WK00805{place}", year=year, name=name)
        for place, name in enumerate(("Aldlân", "Bilgaard", "Cambuur"))
    ]


def refused(name: str, **values):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        AreaFigureFactory(**values)


# --- the database


def test_a_figure_on_a_district_of_another_map_is_refused_also_by_sql():
    district = DistrictFactory(year=2024)
    refused("area_figure_on_its_own_map", district=district, map_year=2016)
    figure = AreaFigureFactory(district=district)

    with (
        pytest.raises(IntegrityError, match="area_figure_on_its_own_map"),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE ikc_areafigure SET map_year = 2009 WHERE id = %s", [figure.pk])


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("area_figure_value_or_reason", {"value": None}),
        ("area_figure_value_or_reason", {"missing_reason": "too_few"}),
        ("area_figure_value_or_reason", {"value": None, "missing_reason": "other"}),
        ("area_figure_reliability_is_known", {"reliability": "X"}),
        ("area_figure_year_is_plausible", {"year": 24}),
    ],
)
def test_a_figure_that_cannot_be_is_refused(name, values):
    refused(name, **values)


def test_one_figure_per_indicator_district_and_year():
    figure = AreaFigureFactory()

    refused("area_figure_once_per_year", indicator=figure.indicator, district=figure.district)


@pytest.mark.parametrize(
    "values",
    [
        {"direction": "higher", "weight": 0},
        {"direction": "context", "weight": 1},
        {"direction": ""},
    ],
)
def test_an_indicator_counts_with_a_direction_or_is_context(values):
    with pytest.raises(IntegrityError, match="area_indicator_counts_or_is_context"):
        AreaIndicatorFactory(**values)


def test_a_figure_keeps_its_history():
    figure = AreaFigureFactory(value=10)
    figure.value = 12
    figure.save()

    values = AreaFigure.pgh_event_model.objects.order_by("pgh_id").values_list("value", flat=True)
    assert list(values) == [10, 12]


# --- the analysis over rows


def test_the_analysis_reads_one_map_in_a_constant_number_of_queries(django_assert_max_num_queries):
    first, second, third = three_districts()
    poor = AreaIndicatorFactory(weight=2)
    AreaIndicatorFactory(context=True)
    elsewhere = DistrictFactory(code=first.code, year=2016)
    AreaFigureFactory(indicator=poor, district=elsewhere, value=99)
    for district, before, now in ((first, 10, 30), (second, 20, 20), (third, 30, 10)):
        AreaFigureFactory(indicator=poor, district=district, year=2022, value=before)
        AreaFigureFactory(indicator=poor, district=district, year=2024, value=now)

    with django_assert_max_num_queries(4):
        rows = Analysis(2024).standings
        shown = [(row.district, row.rank, row.score, row.trend_words) for row in rows]

    assert shown == [
        (first, 1, Decimal(100), "kwetsbaarder"),
        (second, 2, Decimal(50), "gelijk"),
        (third, 3, Decimal(0), "minder kwetsbaar"),
    ]
    assert [row.rank for row in Analysis(2024, until=2022).standings] == [1, 2, 3]
    assert Analysis(2024, until=2022).standings[0].trend is None


def test_what_an_indicator_says_must_make_sense():
    leader = UserFactory(project_leader=True)
    facts = area_indicators.IndicatorFacts(
        name="Rust", unit="%", decimals=0, direction="lower", family="schools",
        weight=Decimal(0), explanation="", source="test",
    )  # fmt: skip

    with pytest.raises(area_indicators.IndicatorRefused):
        area_indicators.add_indicator("rust", facts, by=leader, at=AT)


def test_the_facts_of_leeuwarden_are_the_first_list_and_the_context():
    load_facts(settings.MUNICIPALITY_DATA, at=AT)
    load_facts(settings.MUNICIPALITY_DATA, at=AT)  # once more changes nothing

    recalibration = AreaRecalibration.objects.get()
    assert (recalibration.origin, recalibration.state) == ("programme", "effective")
    assert recalibration.designations.count() == 22
    assert recalibration.designations.filter(is_attention_area=True).count() == 7
    assert AttentionArea.objects.filter(recalibration=recalibration).count() == 7
    index = AreaIndicator.objects.get(code="sociale-index")
    assert [band.label for band in index.bands.order_by("lowest")][2] == "kwetsbaar"
    assert AreaFigure.objects.filter(indicator__code="inwoners").count() == 22
    assert not AreaFigure.objects.exclude(indicator__direction="context").exists()
    assert Path(settings.MUNICIPALITY_DATA, "area_bands.csv").exists()


# --- the pages


@pytest.fixture
def known(leader):
    first, second, third = three_districts()
    poor = AreaIndicatorFactory(name="Kinderen met een uitkering")
    for year, values in ((2022, (10, 20, 30)), (2024, (31, 20, 10))):
        for district, value in zip((first, second, third), values, strict=True):
            AreaFigureFactory(indicator=poor, district=district, year=year, value=value)
    AttentionAreaFactory(district=first)
    return first


def test_the_analysis_page_ranks_and_explains(client, known):
    page = text_of(client.get(url("area_analysis")))

    assert page.index("Aldlân") < page.index("Bilgaard") < page.index("Cambuur")
    assert "kwetsbaarder" in page
    assert "Rang 1 is de kwetsbaarste wijk" in page
    export = client.get(url("area_analysis"), {"export": "csv", "year": "2022"})
    rows = export.content.decode("utf-8-sig").splitlines()
    assert rows[1].startswith("WK008052;2024;Cambuur;nee;1;100,0;B;")


def test_the_analysis_page_without_figures_says_so(client, leader):
    assert "Nog geen cijfers" in text_of(client.get(url("area_analysis")))


def test_the_page_of_a_district_shows_figures_rank_ikcs_and_origin(client, known):
    placed = IkcFactory(name="De Wijk", district=known)
    by_area = IkcFactory(name="Het Gebied", form="area", attention_area=known.attention_areas.get())

    page = text_of(client.get(url("district_detail", known.pk)))

    for part in (
        "31,0%",
        "1 van 3",
        "gestegen, kwetsbaarder",
        "Verloop per indicator",
        str(placed),
        str(by_area),
    ):
        assert part in page
    assert "gegevens van de gemeente" in page  # where each figure comes from
    export = client.get(url("district_detail", known.pk), {"export": "csv"})
    assert len(export.content.decode().splitlines()) == 3


def test_a_missing_figure_is_a_reason_and_marks_the_district(client, known):
    figure = known.figures.get(year=2024)
    figure.value, figure.missing_reason = None, "too_few"
    figure.save()

    page = text_of(client.get(url("district_detail", known.pk)))

    assert "te weinig om te tonen" in page
    assert "ontbreekt 1 cijfer" in page
    assert "Indicatief" in page


def test_the_page_of_a_district_costs_the_same_with_more_figures(
    client, known, django_assert_max_num_queries
):
    address = url("district_detail", known.pk)
    client.get(address)
    with django_assert_max_num_queries(20) as few:
        client.get(address)
    other = AreaIndicatorFactory()
    for year in (2020, 2022, 2024):
        AreaFigureFactory(indicator=other, district=known, year=year)
    with django_assert_max_num_queries(20) as more:
        client.get(address)

    assert len(more) == len(few)


def test_the_map_leads_to_the_districts_for_who_may_read_them(client, known):
    link = url("district_detail", known.pk)
    assert link in text_of(client.get(url("area_map")))

    client.force_login(UserFactory(director=True))
    assert link not in text_of(client.get(url("area_map")))


def test_an_indicator_is_added_and_changed(client, leader):
    values = {
        "code": "rust", "name": "Rust in de klas", "family": "schools", "unit": "%", "decimals": "0",
        "direction": "lower", "weight": "0", "explanation": "", "source": "scholen",
    }  # fmt: skip

    refusal = client.post(url("area_indicator_add"), values)
    assert refusal.status_code == 422
    assert "gewicht boven 0" in text_of(refusal)

    client.post(url("area_indicator_add"), values | {"weight": "1,5"})
    indicator = AreaIndicator.objects.get(code="rust")
    assert indicator.weight == Decimal("1.5")
    client.post(url("area_indicator_edit", indicator.pk), values | {"weight": "2"})
    indicator.refresh_from_db()
    assert indicator.weight == 2
    assert "Rust in de klas" in text_of(client.get(url("area_indicator_list")))


def test_the_direction_has_no_default(client, leader):
    page = client.get(url("area_indicator_add"))

    assert 'name="direction"' in text_of(page)
    assert not page.context["form"]["direction"].value()


def test_the_list_of_recalibrations_costs_the_same_with_more_of_them(
    client, django_assert_num_queries
):
    client.force_login(UserFactory(project_leader=True))
    address = url("recalibration_list")
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for year in (2031, 2033):
        AreaRecalibrationFactory(
            year=year,
            origin="programme",
            state="effective",
            decision="besluit",
            adopted_on=date(year, 1, 1),
            valid_from=date(year, 2, 1),
            effective_at=datetime(year, 2, 1, tzinfo=UTC),
        )
    with django_assert_num_queries(len(one)):
        client.get(address)
