"""Figures of elsewhere and of the district stand beside the figures of an IKC, with their source and without a colour."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from ikc.tests.factories import AreaFigureFactory, DistrictFactory, UserFactory
from monitoring.models import Benchmark
from monitoring.tests.factories import indicators, open_cycle, return_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def return_():
    return return_of(open_cycle())


def benchmark(return_, **changes):
    facts = {
        "definition_version": indicators(return_)[0].definition_version,
        "geography": "municipality",
        "place": "Leeuwarden",
        "year": 2024,
        "value": Decimal("61.4"),
        "n": 8590,
        "source": "Jeugdmonitor",
        "retrieved_on": date(2025, 1, 2),
        "licence": "CC BY 4.0",
    }
    return Benchmark.objects.create(**{**facts, **changes})


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("benchmark_says_where_it_is_from", {"source": ""}),
        ("benchmark_says_where_it_is_from", {"licence": ""}),
        ("benchmark_choices_are_known", {"geography": "moon"}),
        ("benchmark_once_a_year", {}),
    ],
)
def test_a_figure_of_elsewhere_says_where_it_is_from(return_, name, changes):
    benchmark(return_)
    place = {} if name == "benchmark_once_a_year" else {"place": "Friesland"}
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        benchmark(return_, **{**place, **changes})


def test_it_is_added_on_the_screen_and_stands_beside_the_figure(client, return_):
    client.force_login(UserFactory(researcher=True))
    typed = {
        "definition_version": indicators(return_)[0].definition_version_id,
        "geography": "municipality",
        "place": "Leeuwarden",
        "year": "2024",
        "value": "61,4",
        "n": "8590",
        "source": "Jeugdmonitor",
        "retrieved_on": "2-1-2025",
        "licence": "",
    }
    url = reverse("monitoring:benchmark_create")
    assert client.post(url, typed).status_code == 422
    assert client.post(url, {**typed, "licence": "CC BY 4.0"}).status_code == 302
    words = "Leeuwarden 2024: 61% (n = 8.590; bron: Jeugdmonitor)"
    assert words in client.get(return_.get_absolute_url()).content.decode()
    page = reverse("monitoring:figure_edit", args=[return_.pk, indicators(return_)[0].pk])
    assert words in client.get(page).content.decode()
    listed = client.get(reverse("monitoring:benchmark_list"), {"q": "jeugdmonitor", "csv": "1"})
    assert "CC BY 4.0" in listed.content.decode()


def test_the_district_is_shown_and_not_judged(client, return_):
    district = DistrictFactory()
    AreaFigureFactory(district=district, value=Decimal(12))
    type(return_.agreement.ikc).objects.filter(pk=return_.agreement.ikc_id).update(
        district=district
    )
    client.force_login(UserFactory(researcher=True))
    text = client.get(return_.get_absolute_url()).content.decode()
    assert f"De wijk: {district.name}" in text
    assert "Wij beoordelen ze niet" in text
