"""Along what figures are broken down: the page, the service, and what may not go any more."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ikc.tests.factories import UserFactory
from kvk2.core.models import AuditEvent
from monitoring.models import Breakdown, Dimension
from monitoring.services.checking import categories_for
from monitoring.services.dimensions import keep_dimension
from monitoring.tests.factories import AT, filled, indicators, open_cycle, return_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def return_():
    return return_of(open_cycle())


@pytest.fixture
def definition(return_):
    return indicators(return_)[0].definition_version.definition


@pytest.fixture
def as_researcher(client):
    client.force_login(UserFactory(researcher=True))
    return client


def keep(definition, *, name="Leeftijd", groups=("Jong", "Oud")):
    return keep_dimension(
        None,
        name=name,
        groups=groups,
        is_exhaustive=True,
        definitions=[definition],
        by=UserFactory(researcher=True),
        at=AT,
    )


def names(dimension) -> list[str]:
    return list(dimension.categories.order_by("order").values_list("name", flat=True))


def test_it_is_added_and_asked_at_its_indicators(as_researcher, return_, definition):
    path = reverse("monitoring:dimension_create")
    typed = {
        "name": "Leeftijd",
        "groups": "  0 tot en met 3 jaar \n\n4 tot en met 12 jaar",
        "is_exhaustive": "on",
        "definitions": [definition.pk],
    }
    one = as_researcher.post(path, typed | {"groups": "Jong"})
    assert one.status_code == 422
    assert one.context["form"].errors == {"groups": ["Noem 2 tot 12 groepen, elk op een regel."]}
    twice = as_researcher.post(path, typed | {"groups": "Jong\njong"})
    assert "staat er twee keer" in twice.content.decode()
    assert not Dimension.objects.exists()

    assert as_researcher.post(path, typed).status_code == 302
    dimension = Dimension.objects.get()
    assert (dimension.code, names(dimension)) == (
        "leeftijd",
        ["0 tot en met 3 jaar", "4 tot en met 12 jaar"],
    )
    assert len(categories_for([definition.pk])) == 2
    assert AuditEvent.objects.filter(verb="dimension_added").count() == 1
    page = as_researcher.get(reverse("monitoring:dimension_list")).content.decode()
    assert "4 tot en met 12 jaar" in page
    assert definition.name in page


def test_a_group_with_figures_stays(as_researcher, return_, definition):
    dimension = keep(definition, groups=("Jong", "Oud", "Weet niet"))
    filled(return_)
    measurement = return_.measurements.order_by("pk")[0]
    Breakdown.objects.create(
        measurement=measurement,
        category=dimension.categories.get(name="Jong"),
        numerator=1,
        denominator=2,
    )
    path = reverse("monitoring:dimension_edit", args=[dimension.pk])
    typed = {"name": "Leeftijd", "is_exhaustive": "on", "definitions": [definition.pk]}
    refused = as_researcher.post(path, typed | {"groups": "Oud\nOuder"})
    assert refused.status_code == 422
    assert "‘Jong’ staan al cijfers" in refused.context["form"].errors["groups"][0]
    assert names(dimension) == ["Jong", "Oud", "Weet niet"]
    assert as_researcher.post(path, typed | {"groups": "Oud\nOuder\nJong"}).status_code == 302
    assert names(dimension) == ["Oud", "Ouder", "Jong"]
    assert Breakdown.objects.get().category.name == "Jong"


def test_who_may(client, return_, definition):
    dimension = keep(definition)
    edit = reverse("monitoring:dimension_edit", args=[dimension.pk])
    client.force_login(UserFactory(director=True, ikc=return_.agreement.ikc))
    assert client.get(reverse("monitoring:dimension_list")).status_code == 200
    assert client.get(edit).status_code == 403
    client.force_login(UserFactory(member=True))
    assert client.get(reverse("monitoring:dimension_list")).status_code == 404
    assert client.get(edit).status_code == 404


def test_the_list_costs_the_same(as_researcher, definition):
    path = reverse("monitoring:dimension_list")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            as_researcher.get(path)
        return len(queries)

    keep(definition)
    asked()
    one = asked()
    keep(definition, name="Gezin")
    keep(definition, name="Wijk")
    assert asked() == one
