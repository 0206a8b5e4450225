"""The dashboards: who sees which figures, what small groups leave out, files of pictures, and what they cost."""

import io
from decimal import Decimal
from itertools import product

import pytest
from django.urls import reverse
from PIL import Image

from ikc.tests.factories import UserFactory
from monitoring.dashboards import indicators_visible_to
from monitoring.services import measuring
from monitoring.services.measuring import Figure
from monitoring.tests.factories import AT, indicators, on_target, open_cycle, return_of

pytestmark = pytest.mark.django_db
DASHBOARD = reverse("monitoring:dashboard")


def enter_all(cycle, **facts) -> None:
    researcher = UserFactory(researcher=True)
    for return_ in cycle.returns.select_related("cycle__ruleset", "version", "agreement__ikc"):
        figures = []
        for indicator in indicators(return_):
            is_number = not indicator.definition_version.definition.is_percentage
            figure = Figure(note="gecontroleerd", **facts) if facts and not is_number else None
            figures.append((indicator, figure or on_target(return_, indicator)))
        measuring.enter_figures(return_, figures, by=researcher, at=AT)


@pytest.fixture
def cycle():
    cycle = open_cycle(agreements=2)
    enter_all(cycle)
    return cycle


def page(client, user, address=DASHBOARD, **query):
    client.force_login(user)
    return client.get(address, query)


def test_every_ikc_has_a_picture_and_a_sentence(client, cycle):
    answer = page(client, UserFactory(project_leader=True)).content.decode()
    for return_ in cycle.returns.all():
        assert answer.count(return_.version.ikc_name) > 2
    assert "doel gehaald" in answer
    assert "<svg" in answer


def test_a_director_sees_the_own_ikc_only(client, cycle):
    first, second = cycle.returns.select_related("agreement__ikc", "version").order_by("pk")
    director = UserFactory(director=True, ikc=first.agreement.ikc)
    answer = page(client, director).content.decode()
    assert first.version.ikc_name in answer
    assert second.version.ikc_name not in answer
    rows = page(client, director, export="csv")
    assert second.version.ikc_name not in rows.getvalue().decode()
    other = reverse("monitoring:ikc_figures", args=[second.agreement.ikc_id])
    assert "Nog geen cijfers" in page(client, director, other).content.decode()


def test_small_groups_are_in_no_picture_table_or_file_for_others(client):
    """19 of 23 children: 4 did not take part, so the percentage would tell."""
    cycle = open_cycle()
    enter_all(cycle, numerator=19, denominator=23)
    return_ = return_of(cycle)
    own = reverse("monitoring:ikc_figures", args=[return_.agreement.ikc_id])
    core = next(row for row in indicators(return_) if row.is_core)
    leader, researcher = UserFactory(project_leader=True), UserFactory(researcher=True)
    definition = core.definition_version.definition_id
    seen = {}
    for user in (leader, researcher):
        answers = [
            page(client, user, definition=definition),
            page(client, user, own),
            page(client, user, definition=definition, export="csv"),
            page(client, user, definition=definition, beeld="indicator", vorm="svg"),
            page(client, user, definition=definition, beeld="indicator", vorm="csv"),
            page(client, user, own, beeld=core.pk, vorm="csv"),
        ]
        assert {answer.status_code for answer in answers} == {200}
        seen[user] = [
            (answer.getvalue() if answer.streaming else answer.content).decode()
            for answer in answers
        ]
    del seen[researcher][3]  # a drawing alone writes no figure; its table does
    assert all("83" in text for text in seen[researcher])
    assert not any("82,6" in text or "83%" in text or ",83" in text for text in seen[leader])


def test_a_picture_is_a_file_and_no_other_exists(client, cycle):
    leader = UserFactory(project_leader=True)
    for what, form in product(("indicator", "statussen"), ("svg", "png", "csv")):
        _is_file(page(client, leader, beeld=what, vorm=form), form)
    for query in ({"beeld": "x", "vorm": "svg"}, {"beeld": "indicator", "vorm": "exe"}):
        assert page(client, leader, **query).status_code == 404


def _is_file(answer, form: str) -> None:
    content = answer.getvalue() if answer.streaming else answer.content
    assert f'.{form}"' in answer["Content-Disposition"]
    if form == "png":
        image = Image.open(io.BytesIO(content))
        assert image.width == 1600
        assert len(image.convert("L").getcolors()) > 10  # drawn, with words in it
    else:
        assert (
            content.decode()
            .lstrip("\ufeff")
            .startswith("<svg" if form == "svg" else (";", '"', "Jaar"))
        )


def test_filters(client, cycle):
    leader = UserFactory(project_leader=True)
    first, second = cycle.returns.select_related("version").order_by("pk")
    found = page(client, leader, q=first.version.ikc_name).content.decode()
    assert second.version.ikc_name not in found
    assert "Geen IKC gevonden" in page(client, leader, status="RED").content.decode()
    assert "Geen IKC gevonden" not in page(client, leader, status="GREEN").content.decode()


def test_what_asks_for_attention(client, cycle):
    return_ = return_of(cycle)
    own = reverse("monitoring:ikc_figures", args=[return_.agreement.ikc_id])
    leader = UserFactory(project_leader=True)
    assert (
        "Niets dat aandacht vraagt" in page(client, leader, own, toon="aandacht").content.decode()
    )
    number = next(row for row in indicators(return_) if not row.is_core)
    measuring.enter_figure(
        return_,
        number,
        Figure(value=Decimal(45), note="minder overleg"),
        by=UserFactory(researcher=True),
        at=AT,
    )
    answer = page(client, leader, own, toon="aandacht").content.decode()
    assert answer.count("<article") == 1


def test_nothing_yet(client):
    leader = UserFactory(project_leader=True)
    assert "Nog niets te zien" in page(client, leader).content.decode()


def test_others_may_not(client, cycle):
    assert page(client, UserFactory(member=True)).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_dashboard_asks_as_much_of_one_ikc_as_of_three(
    client, count, django_assert_max_num_queries
):
    enter_all(open_cycle(agreements=count))
    client.force_login(UserFactory(project_leader=True))
    # eleven of them ask which figures an outsider may not see
    with django_assert_max_num_queries(36):
        client.get(DASHBOARD)
    assert indicators_visible_to(UserFactory(project_leader=True)).count() == 6 * count
