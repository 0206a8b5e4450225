"""The list of applications: finding, sorting, paging, taking along, keeping."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django.asserts import assertContains, assertRedirects

from ikc.tests.factories import (
    AttentionAreaFactory,
    IkcFactory,
    OrganisationFactory,
    RoleAssignmentFactory,
    UserFactory,
)
from kvk2.core.models import AuditEvent
from subsidies.models import ListColumns, Review, SavedView
from subsidies.services.lists import MOST_SAVED, ViewNotSaved, remove_view, save_view
from subsidies.tests.factories import ApplicationFactory, SubsidyRoundFactory, open_round
from subsidies.tests.factories_assessment import CommissionMemberFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def url(name="list", *args):
    return reverse(f"subsidies:application_{name}", args=args)


@pytest.fixture
def leader(client):
    user = UserFactory(project_leader=True)
    client.force_login(user)
    return user


def page_of(client, **query):
    return client.get(url(), query or {"all": "1"}).context["list"]


def names(client, **query):
    return [row["ikc__name"] for row in page_of(client, **query).rows]


# --- finding


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    count, client, leader, django_assert_num_queries
):
    round_ = open_round()
    for _ in range(count):
        ApplicationFactory(round=round_, submitted=True)
    client.get(url())

    with django_assert_num_queries(6):
        assertContains(client.get(url()), "KVK2-2026-", count=count)


def test_it_searches_filters_and_sorts(client, leader):
    round_ = open_round(name="Taalronde")
    small = ApplicationFactory(
        round=round_, ikc=IkcFactory(name="IKC Alfa"), submitted=True, requested_amount=Decimal(900)
    )
    large = ApplicationFactory(
        round=round_,
        ikc=IkcFactory(name="IKC Beta", form="village"),
        admitted=True,
        score=80,
        is_plus=True,
    )

    assert names(client, q="alfa") == ["IKC Alfa"]
    assert names(client, q=large.number) == ["IKC Beta"]
    assert names(client, q=small.board.name) == ["IKC Alfa"]
    assert names(client, q=small.title) == ["IKC Alfa"]
    assert names(client, state="to_check") == ["IKC Alfa"]
    assert names(client, state="admitted") == ["IKC Beta"]
    assert names(client, board=str(small.board_id)) == ["IKC Alfa"]
    assert names(client, form="village") == ["IKC Beta"]
    assert names(client, form="plus") == ["IKC Beta"]
    assert names(client, form="not_plus") == ["IKC Alfa"]
    assert names(client, asked_max="1.000") == ["IKC Alfa"]
    assert names(client, asked_min="€ 900,01") == ["IKC Beta"]
    assert names(client, score_min="79,5", score_max="80") == ["IKC Beta"]
    assert names(client, round=str(round_.pk), sort="requested_amount") == ["IKC Alfa", "IKC Beta"]
    assert names(client, sort="-ikc") == ["IKC Beta", "IKC Alfa"]
    assert names(client, sort="score") == names(client, sort="-score") == ["IKC Beta", "IKC Alfa"]
    assert names(client, q="bestaat niet") == []


def test_it_filters_on_the_area(client, leader):
    area = AttentionAreaFactory()
    ApplicationFactory(ikc=IkcFactory(name="IKC Binnen", attention_area=area), submitted=True)
    ApplicationFactory(ikc=IkcFactory(name="IKC Buiten", attention_area=None), submitted=True)

    assert names(client, area=str(area.pk)) == ["IKC Binnen"]
    assert names(client, area="none") == ["IKC Buiten"]


@pytest.mark.parametrize(
    "query",
    [
        {"asked_min": "veel"},
        {"asked_min": "500", "asked_max": "400"},
        {"round": "99999999"},
        {"state": "bestaat-niet"},
        {"q": "x" * 81},
        {"asked_min": "1" * 40},
    ],
)
def test_what_cannot_be_read_is_told_and_hides_nothing(query, client, leader):
    ApplicationFactory(submitted=True)

    page = client.get(url(), query)

    assert len(page.context["list"].rows) == 1
    assertContains(page, 'aria-invalid="true"')


@pytest.mark.parametrize(
    "query",
    [
        {"after": "onzin"},
        {"after": "W10"},
        {"after": "x" * 5000},
        {"before": "WzEsMl0"},
        {"q": "a\0b"},
        {"sort": "password"},
        {"sort": "-"},
        {"columns": "secret.pk"},
        {"page": "7"},
    ],
)
def test_an_address_that_somebody_changed_breaks_nothing(query, client, leader):
    ApplicationFactory(submitted=True)
    assert client.get(url(), query).status_code == 200


def test_filters_at_work_are_words_that_can_be_taken_away(client, leader):
    round_ = open_round(name="Taalronde")
    ApplicationFactory(round=round_, submitted=True, requested_amount=Decimal(900))

    query = {"round": round_.pk, "asked_max": "1000", "sort": "-ikc"}
    page = client.get(url(), query)

    assertContains(page, "Ronde: Taalronde")
    assertContains(page, "Gevraagd bedrag: tot en met €\xa01.000")
    addresses = [chip.url for chip in page.context["list"].chips]
    assert addresses == ["?asked_max=1000&sort=-ikc", f"?round={round_.pk}&sort=-ikc"]


def test_nothing_yet_is_something_else_than_nothing_found(client, leader):
    assertContains(client.get(url()), "Nog geen aanvragen")
    ApplicationFactory(submitted=True)
    assertContains(client.get(url(), {"q": "bestaat niet"}), "Geen aanvragen gevonden")


def test_who_applies_and_assesses_can_tell_the_two_apart(client):
    director = UserFactory(director=True, ikc=IkcFactory(name="IKC Eigen"))
    ApplicationFactory(ikc=director.assignments.get().ikc, director=director, submitted=True)
    seat = CommissionMemberFactory(user=director, organisation=OrganisationFactory(other=True))
    RoleAssignmentFactory(user=director, role="commission_member", organisation=seat.organisation)
    assigned = ApplicationFactory(ikc=IkcFactory(name="IKC Ander"), in_review=True)
    Review.objects.create(application=assigned, member=seat)
    client.force_login(director)

    assert sorted(names(client)) == ["IKC Ander", "IKC Eigen"]
    assert names(client, mine="own") == ["IKC Eigen"]
    assert names(client, mine="assigned") == ["IKC Ander"]


# --- columns


def test_chosen_columns_are_remembered_and_an_address_may_ask_for_others(client, leader):
    ApplicationFactory(submitted=True, ikc=IkcFactory(name="IKC Alfa"))

    client.post(url("columns"), {"column": ["score", "ikc", "onzin"]})

    assert [column.key for column in page_of(client).columns] == ["ikc", "score"]
    asked = page_of(client, columns="number.tier")
    assert [column.key for column in asked.columns] == ["number", "tier"]
    client.post(url("columns"), {"reset": "1"})
    assert not ListColumns.objects.exists()
    assert len(page_of(client).columns) == 8


def test_choosing_columns_comes_back_to_the_same_filters(client, leader):
    answer = client.post(url("columns"), {"column": ["ikc"], "back": f"{url()}?q=a&columns=tier"})
    assertRedirects(answer, f"{url()}?q=a")
    elsewhere = client.post(url("columns"), {"column": ["ikc"], "back": "https://evil.example/"})
    assertRedirects(elsewhere, f"{url()}?all=1")


def test_no_column_at_all_is_refused(client, leader):
    assertContains(client.post(url("columns"), {}), "Kies ten minste één kolom.")
    assert not ListColumns.objects.exists()


@pytest.mark.parametrize("name", ["score", "granted_amount", "board"])
def test_a_director_cannot_ask_for_a_column_of_the_municipality(name, director_client, draft):
    list_ = page_of(director_client, columns=f"ikc.{name}", sort=name)
    assert [column.key for column in list_.columns] == ["ikc"]
    assert list_.sorted_by is None


# --- taking along


def sheet_of(response):
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return book["Aanvragen"], book["Over deze lijst"]


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1"])
def test_both_files_hold_what_is_shown_and_run_no_formula(title, client, leader):
    hit = ApplicationFactory(submitted=True, title=title, ikc=IkcFactory(name="IKC Alfa"))
    ApplicationFactory(submitted=True, ikc=IkcFactory(name="IKC Beta"))
    query = {"q": "alfa", "sort": "-ikc", "columns": "ikc.title.requested_amount.received_at"}

    text = client.get(url(), {**query, "export": "csv"}).getvalue().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert rows[0] == ["IKC", "Plan", "Gevraagd", "Ontvangen"]
    assert rows[1:] == [["IKC Alfa", f"'{title}", "15000,00", "2026-03-20"]]

    sheet, about = sheet_of(client.get(url(), {**query, "export": "xlsx"}))
    cells = list(sheet.iter_rows(min_row=2))
    assert len(cells) == 1
    name, plan, amount, day = cells[0]
    assert (name.value, plan.data_type, plan.quotePrefix) == ("IKC Alfa", "s", True)
    assert (amount.value, amount.data_type) == (15000, "n")
    assert day.value.date() == timezone.localdate(hit.received_at)
    said = {row[0].value: row[1].value for row in about.iter_rows()}
    assert said["Gemaakt door"] == leader.full_name
    assert "alfa" in said["Filters"]
    assert "gesorteerd op ikc, aflopend" in said["Filters"]


def test_taking_along_stands_in_the_trail(client, leader):
    ApplicationFactory(submitted=True)
    client.get(url(), {"export": "xlsx", "state": "to_check", "columns": "ikc"})

    event = AuditEvent.objects.get(verb="applications_exported")
    assert event.actor == leader
    assert event.data == {
        "format": "xlsx",
        "filters": "Status: te controleren",
        "columns": ["ikc"],
    }


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_director_may_not_take_the_list(kind, director_client, draft):
    assert director_client.get(url(), {"export": kind}).status_code == 403
    assert not AuditEvent.objects.filter(verb="applications_exported").exists()


# --- a member with an interest finds no trace


def test_a_conflicted_member_finds_no_trace(client, monkeypatch):
    monkeypatch.setattr("kvk2.nlds.row_list.RowList.size", 1)
    member = CommissionMemberFactory(organisation=OrganisationFactory(name="Stichting Belang"))
    round_ = SubsidyRoundFactory(assessing=True)
    secret = ApplicationFactory(
        round=round_,
        ikc=IkcFactory(name="IKC Geheim", board=member.organisation),
        title="Verborgen plan",
        in_review=True,
    )
    Review.objects.create(application=secret, member=member)
    for n in range(2):
        open_one = ApplicationFactory(
            round=round_, ikc=IkcFactory(name=f"IKC Open {n}"), in_review=True
        )
        Review.objects.create(application=open_one, member=member)
    client.force_login(member.user)

    position = page_of(client, sort="number").pages["next"]
    addresses = [
        {},
        {"q": "Geheim"},
        {"q": "Verborgen"},
        {"q": secret.number},
        {"sort": "ikc", "page": "last"},
        {"columns": "ikc.title.number"},
        {"select": "1"},
        {"asked_min": "1"},
    ]
    pages = [client.get(url(), query) for query in addresses]
    for page in (*pages, client.get(f"{url()}{position}")):
        html = page.content.decode()
        for echo in ('value="{}"', "‘{}’", "q%3D{}"):  # what was typed comes back
            html = html.replace(echo.format("Geheim"), "").replace(echo.format("Verborgen"), "")
        assert "Geheim" not in html
        assert "Verborgen" not in html
        assert member.organisation.name not in html
        assert f"/aanvragen/{secret.pk}/" not in html
        assert page.context["list"].count <= 2
    assert pages[0].context["list"].counted == "2 aanvragen"
    assert client.get(url(), {"export": "csv"}).status_code == 403


# --- saved lists


def test_a_saved_list_brings_filters_sorting_and_columns_back(client, leader):
    back = f"{url()}?q=alfa&sort=-ikc&columns=ikc.tier&after=abc"
    answer = client.post(url("view_save"), {"name": " Mijn  lijst ", "back": back})

    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Mijn lijst", "q=alfa&sort=-ikc&columns=ikc.tier")
    assertRedirects(answer, f"{url()}?{view.query}")
    assertContains(client.get(url()), "Mijn lijst")


def test_the_default_opens_by_itself_and_everything_is_one_click_away(client, leader):
    save_view("applications", name="A", query="q=a", is_default=True, by=leader, at=NOW)
    save_view("applications", name="B", query="q=b", is_default=True, by=leader, at=NOW)

    assertRedirects(client.get(url()), f"{url()}?q=b")
    assert SavedView.objects.filter(is_default=True).count() == 1
    assert client.get(url(), {"all": "1"}).status_code == 200


def test_what_is_shared_stays_within_the_municipality(client, leader):
    colleague = UserFactory(auditor=True)
    stranger = UserFactory(director=True, ikc=IkcFactory())
    save_view("applications", name="Gedeeld", query="q=a", is_shared=True, by=leader, at=NOW)
    save_view("applications", name="Alleen ik", query="q=b", by=leader, at=NOW)

    def seen(user):
        return set(SavedView.objects.visible_to(user).values_list("name", flat=True))

    assert seen(leader) == {"Gedeeld", "Alleen ik"}
    assert seen(colleague) == {"Gedeeld"}
    assert seen(stranger) == set()
    with pytest.raises(ViewNotSaved):
        save_view("applications", name="X", query="", is_shared=True, by=stranger, at=NOW)


def test_only_the_owner_removes_a_saved_list(client, leader):
    other = UserFactory(auditor=True)
    view = save_view("applications", name="Van mij", query="q=a", is_shared=True, by=other, at=NOW)
    assert client.post(url("view_remove", view.pk)).status_code == 404
    with pytest.raises(ViewNotSaved):
        remove_view(view, by=leader, at=NOW)
    client.force_login(other)
    assertContains(client.get(url("view_remove", view.pk)), "collega&#x27;s")
    assertRedirects(client.post(url("view_remove", view.pk)), f"{url()}?all=1")
    assert not SavedView.objects.exists()


def test_a_saved_list_needs_a_name_and_there_is_an_end_to_them(client, leader):
    assert client.post(url("view_save"), {"name": ""}).status_code == 422
    for n in range(MOST_SAVED):
        save_view("applications", name=f"lijst {n}", query="", by=leader, at=NOW)
    with pytest.raises(ViewNotSaved):
        save_view("applications", name="één te veel", query="", by=leader, at=NOW)
    save_view("applications", name="lijst 1", query="q=anders", by=leader, at=NOW)
    with pytest.raises(ViewNotSaved):
        save_view("applications", name="lijst 1", query="q" * 1001, by=leader, at=NOW)


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("saved_view_name_once_per_user", {"name": "een"}),
        ("saved_view_one_default", {"name": "twee", "is_default": True}),
        ("saved_view_has_a_name", {"name": ""}),
    ],
)
def test_the_database_keeps_saved_lists_in_order(constraint, wrong, leader):
    fixed = {"user": leader, "list_key": "applications", "query": "", "created_at": NOW}
    SavedView.objects.create(**fixed, name="een", is_default=True)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        SavedView.objects.create(**fixed, **wrong)


def test_columns_are_kept_once_per_user(leader):
    ListColumns.objects.create(user=leader, list_key="applications")
    with pytest.raises(IntegrityError, match="list_columns_once_per_user"), transaction.atomic():
        ListColumns.objects.create(user=leader, list_key="applications")


def test_the_time_of_a_list_is_that_of_the_reader(client, leader):
    late = NOW.replace(hour=23, minute=30) - timedelta(days=200)
    ApplicationFactory(submitted=True, received_at=late)
    rows = client.get(url(), {"export": "csv", "columns": "received_at"}).getvalue().decode()
    assert f"{timezone.localdate(late)}" in rows
