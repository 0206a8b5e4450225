"""The library of indicators: list, page, a new one and a next version."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreements.models import IndicatorDefinition
from agreements.services.library import DefinitionRefused, Way, add_definition_version
from agreements.tests.factories import (
    OFFERED_AT,
    AgreementFactory,
    DefinitionVersionFactory,
    version_of,
)
from ikc.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
DEED = {"by": None, "at": OFFERED_AT}


def url(name: str, *args) -> str:
    return reverse(f"agreements:{name}", args=args)


@pytest.fixture
def as_leader(client):
    client.force_login(UserFactory(project_leader=True))
    return client


SCALE = {
    "name": "Samenwerking",
    "code": "samenwerking",
    "type": "scale",
    "direction": "higher",
    "calculation": "year",
    "decimals": "0",
    "text": "Hoe school en opvang samenwerken.",
    "source": "gesprek",
    "min_n": "1",
    "valid_from": "1-8-2021",
    "rubric": "Los van elkaar\n\nSamen",
}


def test_a_scale_comes_into_the_library_with_its_levels(as_leader):
    path = url("definition_create")
    flat = as_leader.post(path, SCALE | {"rubric": "Los"})
    assert flat.status_code == 422
    assert "Beschrijf twee of meer niveaus" in flat.content.decode()
    band = as_leader.post(path, SCALE | {"direction": "range"})
    assert "geen bandbreedte" in band.content.decode()

    response = as_leader.post(path, SCALE)

    definition = IndicatorDefinition.objects.get(code="samenwerking")
    assert response.url == definition.get_absolute_url()
    assert (definition.unit, definition.versions.get().rubric) == (
        "niveau",
        ["Los van elkaar", "Samen"],
    )
    assert "Deze code is al in gebruik." in as_leader.post(path, SCALE).content.decode()


def test_a_percentage_says_of_what(as_leader):
    response = as_leader.post(
        url("definition_create"), SCALE | {"type": "percentage", "rubric": "", "code": "x"}
    )
    assert set(response.context["form"].errors) == {"numerator", "denominator"}


def test_a_next_version_breaks_the_series_with_a_reason(as_leader):
    version = version_of(AgreementFactory(offered=True))
    old = version.indicators.order_by("pk")[0].definition_version
    path = url("definition_version_create", old.definition_id)
    typed = as_leader.get(path).context["form"].initial | {"valid_from": "1-2-2023"}
    typed = {name: "" if value is None else value for name, value in typed.items()}

    silent = as_leader.post(path, typed | {"breaks_series": "on"})
    assert silent.status_code == 422
    assert "niet te vergelijken zijn" in silent.content.decode()
    early = as_leader.post(path, typed | {"valid_from": "1-8-2021"})
    assert "na die van de vorige: 1-8-2021" in early.content.decode()

    as_leader.post(path, typed | {"breaks_series": "on", "break_reason": "Andere peildatum."})
    new = old.definition.versions.get(number=2)
    assert (new.breaks_series, new.break_reason) == (True, "Andere peildatum.")
    page = as_leader.get(old.definition.get_absolute_url()).content.decode()
    assert "Breekt de reeks" in page
    assert version.ikc_name in page
    # The agreement keeps the version that it was made with.
    assert version.indicators.filter(definition_version=old).exists()


def test_the_service_refuses_levels_of_what_is_no_scale():
    definition = DefinitionVersionFactory().definition
    with pytest.raises(DefinitionRefused, match="twee of meer niveaus"):
        add_definition_version(
            definition,
            way=Way(text="x", source="y", valid_from=date(2024, 1, 1), rubric=("a", "b")),
            **DEED,
        )


def test_the_list_filters_exports_and_costs_the_same(as_leader):
    version = version_of(AgreementFactory(complete=True))
    goal = version.agreement.programme.goals.get(order=1)
    path = url("definition_list")
    as_leader.get(path)
    with CaptureQueriesContext(connection) as few:
        as_leader.get(path)
    DefinitionVersionFactory.create_batch(3, definition__lower=True)
    with CaptureQueriesContext(connection) as many:
        page = as_leader.get(path)
    assert len(few) == len(many)
    assert len(page.context["table"].rows) == 9

    def found(**asked) -> int:
        return len(as_leader.get(path, asked).context["table"].rows)

    assert found(soort="number") == 3
    assert found(richting="lower") == 3
    assert found(doel=goal.pk) == 2
    assert found(q="overleg-1") == 1
    assert "Code;Indicator" in as_leader.get(path, {"csv": 1}).content.decode("utf-8-sig")


def test_readers_read_and_do_not_write(client):
    definition = DefinitionVersionFactory().definition
    client.force_login(UserFactory(researcher=True))
    assert client.get(definition.get_absolute_url()).status_code == 200
    assert client.get(url("definition_create")).status_code == 403
    client.force_login(UserFactory(member=True))
    assert client.get(definition.get_absolute_url()).status_code == 404
