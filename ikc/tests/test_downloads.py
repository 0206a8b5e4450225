"""The list of who took which file."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from ikc.tests.factories import ROLE_TRAITS, UserFactory
from kvk2.core.audit import record, record_download
from kvk2.core.storage import store

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 20, 22, 30, tzinfo=UTC)  # half past eleven in the evening


def take(user, name="plan.pdf", at=AT, about="Aanvraag KVK2-2026-0001", original=False):
    stored = store(
        b"%PDF-", name=name, content_type="application/pdf", scan_state="own", by=None, at=at
    )
    return record_download(
        user, "attachment_downloaded", stored, about=about, actor=user, at=at, original=original
    )


@pytest.fixture
def page(client):
    client.force_login(UserFactory(auditor=True))

    def get(**query):
        return client.get(reverse("ikc:download_list"), query)

    return get


@pytest.mark.parametrize("trait", sorted(ROLE_TRAITS))
def test_who_may_look(client, trait):
    client.force_login(UserFactory(**{trait: True}))

    response = client.get(reverse("ikc:download_list"))

    looks = {"auditor", "project_leader", "second_project_leader"}
    assert response.status_code == (200 if trait in looks else 403)


def test_who_took_what_when(page):
    reader = UserFactory(first_name="Sanne", last_name="de Boer")
    take(reader)
    record(reader, "invited", actor=reader, at=AT)  # no download

    text = page().content.decode()

    assert "1 download gevonden" in text
    for part in ("plan.pdf", "Aanvraag KVK2-2026-0001", "Sanne de Boer", "23.30"):
        assert part in text


def test_nothing_yet_is_something_else_than_nothing_found(page):
    assert "Er is nog niets gedownload." in page().content.decode()
    assert "Niets gevonden." in page(q="nergens").content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "begroting"}, ["begroting.pdf"]),
        ({"q": "0002"}, ["begroting.pdf"]),
        ({"q": "hiemstra"}, ["begroting.pdf"]),
        ({"q": "boer plan"}, ["plan.pdf"]),
        ({"q": "%"}, []),
        ({"since": "2026-03-21"}, ["begroting.pdf"]),
        ({"until": "2026-03-20"}, ["plan.pdf"]),
        ({"since": "2026-03-20", "until": "2026-03-21"}, ["begroting.pdf", "plan.pdf"]),
    ],
)
def test_searching(page, query, found):
    take(UserFactory(first_name="Sanne", last_name="de Boer", email="sanne@a.example"))
    other = UserFactory(first_name="Jan", last_name="Hiemstra", email="jan@b.example")
    take(other, "begroting.pdf", AT + timedelta(hours=1), "Aanvraag KVK2-2026-0002")

    rows = page(**query).context["table"].rows

    assert [row.record.data["name"] for row in rows] == found


def test_the_list_as_csv_can_carry_no_formula(page):
    take(UserFactory(), name="=cmd.pdf", original=True)

    text = b"".join(page(export="csv").streaming_content).decode("utf-8-sig")

    heading, row = text.splitlines()
    assert heading.startswith("Bestand;Hoort bij;Wie;Wanneer;Versie;IP-adres")
    assert row.startswith("'=cmd.pdf;")
    assert ";Origineel;" in row


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(page, count, no_repeated_sql):
    for _ in range(count):
        take(UserFactory())
    page()

    with no_repeated_sql():
        page()
