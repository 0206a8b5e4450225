"""Amounts and terms of the law by date: who sets them, what they come to, and that history stays."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from subsidies.models import LegalFigure, PenaltyTariff, SchemeVersion
from subsidies.services import legal_figures as services
from subsidies.services.legal_figures import (
    FigureHolds,
    FigureInvalid,
    NewFigure,
    figure_on,
    limit_on,
    term_on,
)
from subsidies.tests.factories import move
from subsidies.tests.test_models_intake import refuses
from subsidies.tests.test_permissions_intake import applications, ikc, people  # noqa: F401

pytestmark = pytest.mark.django_db
# The database knows its own day, so what is to come lies far ahead.
AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
LATER = date(2090, 1, 1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def leader(client):
    user = UserFactory(project_leader=True)
    client.force_login(user)
    return user


def url(name, *args):
    return reverse(f"subsidies:{name}", args=args)


def set_figure(leader, kind="decision_weeks", **fields):
    values = {"value": Decimal(10), "valid_from": LATER, "source": "besluit", **fields}
    return services.set_figure(kind, NewFigure(**values), by=leader, at=AT)


def test_the_portal_begins_with_the_regulations_and_their_source():
    assert limit_on("de_minimis", AT.date()).amount == 300_000
    assert limit_on("sgei_de_minimis", AT.date()).amount == 750_000
    assert "(EU) 2023/2831" in limit_on("de_minimis", AT.date()).regulation
    assert "(EU) 2023/2832" in limit_on("sgei_de_minimis", AT.date()).regulation
    assert limit_on("de_minimis", date(2023, 12, 31)) is None
    assert limit_on("de_minimis", date(2031, 1, 1)) is None
    assert (term_on("decision_weeks", AT.date()), term_on("completion_days", AT.date())) == (13, 14)


def test_a_new_scheme_begins_with_the_terms_of_its_day_and_history_stays(client, leader):
    set_figure(leader)
    scheme = {"name": "Nu", "citation": "Regeling", "valid_from": "1-7-2026"}
    client.post(url("scheme_create"), scheme)
    assert SchemeVersion.objects.get().decision_term_weeks == 13
    assert term_on("decision_weeks", date(2091, 1, 1)) == 10
    with pytest.raises(services.FigureMissing, match="Bedragen en termijnen"):
        term_on("decision_weeks", date(1990, 1, 1))


@pytest.mark.parametrize(
    ("kind", "fields", "sentence"),
    [
        ("decision_weeks", {"value": Decimal(105)}, "1 tot en met 104"),
        ("completion_days", {"value": Decimal("1.5")}, "1 tot en met 365"),
        ("de_minimis", {"value": Decimal(0)}, "van 1 tot"),
        ("de_minimis", {"source": " "}, "waar dit staat"),
        ("de_minimis", {"valid_from": date(2024, 1, 1)}, "latere dag"),
        ("de_minimis", {"valid_until": date(2089, 1, 1)}, "niet vóór de eerste"),
    ],
)
def test_a_figure_that_cannot_be(leader, kind, fields, sentence):
    with pytest.raises(FigureInvalid, match=sentence):
        set_figure(leader, kind, **fields)


def test_only_what_is_to_come_is_taken_away(client, leader):
    coming = set_figure(leader)
    client.post(url("legal_figure_withdraw", "beslistermijn", coming.pk))
    assert LegalFigure.objects.filter(kind="decision_weeks").count() == 1
    holds = figure_on("decision_weeks", AT.date())
    with pytest.raises(FigureHolds):
        services.withdraw_figure(holds, by=leader, at=AT)
    assert [event.verb for event in events_of(coming)] == [
        "legal_figure_withdrawn",
        "legal_figure_set",
    ]
    tariff = PenaltyTariff.objects.get()
    for deed in (holds.delete, tariff.delete, lambda: move(holds, value=9)):
        with pytest.raises(IntegrityError, match="kept as it was"), transaction.atomic():
            deed()


def test_what_must_never_be():
    base = {"kind": "de_minimis", "value": 5, "valid_from": LATER, "source": "x"}
    create = LegalFigure.objects.create
    create(**base)
    refuses("legal_figure_once_a_day", create, **base)
    for name, wrong in {
        "legal_figure_is_positive": {"value": 0},
        "legal_figure_has_a_source": {"source": ""},
        "legal_figure_ends_after_it_starts": {"valid_until": date(2089, 1, 1)},
        "legal_figure_kind_is_known": {"kind": "anders"},
        "legal_figure_term_is_in_range": {"kind": "decision_weeks", "value": 105},
    }.items():
        refuses(name, create, **{**base, "valid_from": date(2091, 1, 1), **wrong})


def test_who_may_set_them(people):  # noqa: F811
    may = {role for role, user in people.items() if user.has_perm("subsidies.set_legal_figure")}
    assert may == {"project_leader", "admin"}


TARIFF = {
    "first_rate": "30",
    "second_rate": "40,50",
    "third_rate": "50",
    "valid_from": "1-1-2090",
    "source": "Staatsblad 2089, 12",
    "days": "20",
}


def test_a_tariff_is_looked_at_first_and_then_kept(client, leader):
    page = client.post(url("legal_figure_new", "dwangsom"), {**TARIFF, "preview": ""})
    text = page.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    # 14 days at 30 and 6 at 40,50; at the amounts of now 14 at 23 and 6 at 35.
    assert "€ 663,00" in text
    assert "€ 532,00" in text
    assert PenaltyTariff.objects.count() == 1

    kept = client.post(url("legal_figure_new", "dwangsom"), {**TARIFF, "keep": ""})

    assertRedirects(kept, url("legal_figure_list"))
    new = PenaltyTariff.objects.get(valid_from=LATER)
    assert (new.rates, new.entered_by) == ((Decimal(30), Decimal("40.50"), Decimal(50)), leader)
    listed = client.get(url("legal_figure_list"))
    assertContains(listed, "Komt nog")
    assertContains(listed, "Staatsblad 2089, 12")
    again = client.post(url("legal_figure_new", "dwangsom"), {**TARIFF, "keep": ""})
    assertContains(again, "Kies een latere dag", status_code=422)
    wrong = client.post(url("legal_figure_new", "dwangsom"), {**TARIFF, "days": "43"})
    assertContains(wrong, "van 1 tot en met 42", status_code=422)


@pytest.mark.parametrize(
    ("slug", "value", "words"),
    [
        ("de-minimis", "350.000", "€ 50.000,00"),
        ("beslistermijn", "8", "26 februari 2090"),
        ("aanvultermijn", "21", "22 januari 2090"),
    ],
)
def test_each_figure_says_what_it_comes_to(client, leader, slug, value, words):
    data = {"value": value, "valid_from": "1-1-2090", "source": "x"}
    page = client.post(url("legal_figure_new", slug), {**data, "preview": ""})
    assert words in page.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assertRedirects(client.post(url("legal_figure_new", slug), data), url("legal_figure_list"))


def test_readers_read_strangers_find_nothing_and_nobody_else_writes(client):
    for role, status in (("auditor", 200), ("signer", 200), ("director", 404)):
        client.force_login(UserFactory(**{role: True}))
        page = client.get(url("legal_figure_list"))
        assert page.status_code == status
        if status == 200:
            assertNotContains(page, "Wijziging vastleggen")
        wanted = 403 if status == 200 else 404
        assert client.get(url("legal_figure_new", "dwangsom")).status_code == wanted
    client.force_login(UserFactory(admin=True))
    assert client.get(url("legal_figure_new", "dwangsom")).status_code == 200
    assert client.get(url("legal_figure_new", "anders")).status_code == 404
    assert client.get(url("legal_figure_withdraw", "dwangsom", 0)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_more_history_costs_no_more_queries(client, leader, count, django_assert_max_num_queries):
    for number in range(count):
        set_figure(leader, valid_from=date(2090 + number, 1, 1))
    with django_assert_max_num_queries(9):
        client.get(url("legal_figure_list"))
