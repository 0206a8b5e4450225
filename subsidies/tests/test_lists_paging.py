"""The pages of the list of applications: every row once, in both directions, for every column."""

import io
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from ikc.tests.factories import IkcFactory, OrganisationFactory, UserFactory
from subsidies.tests.factories import ApplicationFactory, open_round

pytestmark = pytest.mark.django_db


def url(name="list", *args):
    return reverse(f"subsidies:application_{name}", args=args)


@pytest.fixture
def leader(client):
    user = UserFactory(project_leader=True)
    client.force_login(user)
    return user


def page_of(client, **query):
    return client.get(url(), query or {"all": "1"}).context["list"]


@pytest.fixture
def many(monkeypatch):
    """Seven applications, some without a score, in pages of three."""
    monkeypatch.setattr("kvk2.nlds.row_list.RowList.size", 3)
    round_ = open_round()
    board = OrganisationFactory()
    return [
        ApplicationFactory(
            round=round_,
            ikc=IkcFactory(name=f"IKC {n}", board=board),
            admitted=True,
            lines=False,
            requested_amount=Decimal(1000 + n // 3),
            score=None if n % 3 == 0 else Decimal(70 + n // 2),
        )
        for n in range(7)
    ]


def walk(client, sort, direction="next", **start):
    """The keys on each page, from one end to the other."""
    found, query = [], {"sort": sort, **start}
    for _ in range(10):
        list_ = client.get(url(), query).context["list"]
        found.append([row["pk"] for row in list_.rows])
        if not (address := list_.pages[direction]):
            return found
        query = dict(part.split("=", 1) for part in address[1:].split("&"))
    raise AssertionError("de lijst houdt niet op")


SORTS = [
    "number",
    "ikc",
    "board",
    "round",
    "title",
    "area",
    "form",
    "plus",
    "tier",
    "requested_amount",
    "sub_application",
    "max_amount",
    "eligible_amount",
    "score",
    "granted_amount",
    "received_at",
    "complete_at",
    "state",
]


def test_every_column_sorts(client, leader, many):
    assert [column.key for column in page_of(client).offered if column.sort] == SORTS


@pytest.mark.parametrize("sign", ["", "-"])
def test_forwards_and_backwards_every_row_comes_once(sign, client, leader, many):
    for sort in SORTS:
        forwards = walk(client, f"{sign}{sort}")
        backwards = walk(client, f"{sign}{sort}", "previous", page="last")

        in_order = [key for page in forwards for key in page]
        assert sorted(in_order) == sorted(application.pk for application in many), sort
        assert [key for page in reversed(backwards) for key in page] == in_order, sort
        assert [len(page) for page in forwards] == [3, 3, 1]
        assert [len(page) for page in backwards] == [3, 3, 1]


def test_what_has_no_score_comes_last_either_way(client, leader, many):
    without = {application.pk for application in many if application.score is None}
    for sort in ("score", "-score"):
        in_order = [key for page in walk(client, sort) for key in page]
        assert set(in_order[-len(without) :]) == without


def test_the_status_sorts_as_far_as_an_application_is(client, leader):
    round_ = open_round()
    for state in ("withdrawn", "decided", "submitted", "advised", "checking", "admitted"):
        ApplicationFactory(round=round_, **{state: True})

    shown = [row["state"] for row in page_of(client, sort="state").rows]

    assert shown == ["submitted", "checking", "admitted", "advised", "decided", "withdrawn"]
    assert [row["state"] for row in page_of(client, sort="-state").rows] == shown[::-1]


def test_a_row_that_comes_in_between_shifts_no_page(client, leader, many):
    first = page_of(client, sort="number")
    shown = {row["pk"] for row in first.rows}
    ApplicationFactory(submitted=True, number="KVK2-2025-0001")  # before the page that was read
    following = client.get(f"{url()}{first.pages['next']}").context["list"]
    assert not shown & {row["pk"] for row in following.rows}
    assert [row["number"] for row in following.rows] == [many[n].number for n in (3, 4, 5)]


def test_the_count_is_bounded(client, leader, many, monkeypatch):
    assert page_of(client).counted == "7 aanvragen"
    monkeypatch.setattr("kvk2.nlds.row_list.MOST_COUNTED", 5)
    assert page_of(client).counted == "Meer dan 5 aanvragen"


@pytest.mark.parametrize("sort", SORTS)
def test_a_page_costs_at_most_eight_queries_wherever_it_is(
    sort, client, leader, many, django_assert_max_num_queries
):
    second = page_of(client, sort=sort).pages["next"]
    for address in ("", second, f"?sort={sort}&page=last"):
        with django_assert_max_num_queries(8):
            client.get(f"{url()}{address}")


def sheet_of(response):
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return book["Aanvragen"], book["Over deze lijst"]


def test_a_file_holds_every_page(client, leader, many):
    text = client.get(url(), {"export": "csv"}).getvalue().decode()
    assert len(text.splitlines()) == 8
    sheet, _ = sheet_of(client.get(url(), {"export": "xlsx", "sort": "-score"}))
    assert sheet.max_row == 8
