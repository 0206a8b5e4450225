"""The life of an IKC: opened, renamed, another board, merged, split and closed (domain reference 1.3)."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from ikc.models import Ikc, IkcSuccession
from ikc.services import ikc_life
from ikc.services.centres import ChangeRefused
from ikc.states import PlusState
from ikc.tests.factories import (
    IkcFactory,
    OrganisationFactory,
    PlusStatusFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 20, 8, tzinfo=UTC)
DAY, LATER = date(2025, 8, 1), date(2026, 9, 1)


@pytest.fixture
def who():
    return {"by": UserFactory(project_leader=True), "at": AT, "source": "besluit"}


def test_it_opens_once(who):
    ikc = ikc_life.open_ikc(IkcFactory(founding=True), opened_on=DAY, **who)
    assert (ikc.founding, ikc.opened_on) == (False, DAY)
    with pytest.raises(ChangeRefused, match="oprichting"):
        ikc_life.open_ikc(ikc, opened_on=DAY, **who)


def test_a_name_closes_the_one_before(who):
    ikc = IkcFactory(name="De Oude School")
    ikc_life.rename(ikc, name="IKC De Nieuwe", valid_from=DAY, **who)
    ikc.refresh_from_db()
    rows = list(ikc.names.order_by("valid_until").values_list("name", "valid_from", "valid_until"))
    assert ikc.name == "IKC De Nieuwe"
    assert rows == [
        ("De Oude School", None, date(2025, 7, 31)),
        ("IKC De Nieuwe", DAY, None),
    ]
    for wrong in (
        {"name": "IKC De Nieuwe", "valid_from": DAY},
        {"name": "Anders", "valid_from": DAY},
        {"name": "Anders", "valid_from": LATER},
    ):
        with pytest.raises(ChangeRefused):
            ikc_life.rename(ikc, **wrong, **who)


def test_a_board_follows_on_the_one_before(who):
    ikc, board = IkcFactory(), OrganisationFactory()
    former = ikc.board
    ikc_life.change_board(ikc, board=board, valid_from=DAY, **who)
    ikc.refresh_from_db()
    assert ikc.board == board
    assert ikc.boards.get(valid_until__isnull=False).organisation == former
    for wrong in (
        {"board": board, "valid_from": DAY},
        {"board": OrganisationFactory(childcare=True), "valid_from": DAY},
        {"board": OrganisationFactory(), "valid_from": DAY},
        {"board": OrganisationFactory(), "valid_from": LATER},
    ):
        with pytest.raises(ChangeRefused):
            ikc_life.change_board(ikc, **wrong, **who)
    with (
        pytest.raises(IntegrityError, match="ikc_board_one_at_a_time"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO ikc_ikcboard (ikc_id, organisation_id, valid_from, source) "
            "VALUES (%s, %s, '2026-01-01', 'x')", [ikc.pk, board.pk],
        )  # fmt: skip


def test_a_form_follows_on_the_one_before_and_special_education_with_it(who):
    ikc = IkcFactory(in_area=True)
    new = {"form": Ikc.Form.REGULAR, "special_education": True}
    ikc_life.change_form(ikc, **new, valid_from=DAY, **who)
    ikc.refresh_from_db()
    assert (ikc.form, ikc.special_education, ikc.attention_area) == ("regular", True, None)
    rows = ikc.forms.order_by("pk").values_list("form", "special_education", "valid_until")
    assert list(rows) == [("area", False, date(2025, 7, 31)), ("regular", True, None)]
    village = {"form": Ikc.Form.VILLAGE, "special_education": False}
    for wrong, why in (
        ({**new, "valid_from": date(2025, 9, 1)}, "regulier IKC, speciaal onderwijs"),
        ({**village, "valid_from": DAY}, "latere dag"),
        ({**village, "valid_from": LATER}, "toekomst"),
    ):
        with pytest.raises(ChangeRefused, match=why):
            ikc_life.change_form(ikc, **wrong, **who)


@pytest.mark.parametrize(
    ("form", "constraint"),
    [("village", "ikc_form_one_at_a_time"), ("other", "ikc_form_period_is_known")],
)
def test_the_database_knows_one_form_at_a_time(who, form, constraint):
    ikc = IkcFactory()
    ikc_life.change_form(ikc, form=Ikc.Form.REGULAR, special_education=True, valid_from=DAY, **who)
    with (
        pytest.raises(IntegrityError, match=constraint),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO ikc_ikcformperiod (ikc_id, form, special_education, valid_from, source) "
            "VALUES (%s, %s, false, '2026-01-01', 'x')", [ikc.pk, form],
        )  # fmt: skip


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ikc_ikc SET form = 'village' WHERE id = %(ikc)s",
        "UPDATE ikc_ikc SET special_education = NOT special_education WHERE id = %(ikc)s",
        "UPDATE ikc_ikc SET board_id = %(board)s WHERE id = %(ikc)s",
        "UPDATE ikc_ikcformperiod SET form = 'village' WHERE ikc_id = %(ikc)s AND valid_until IS NULL",
        "UPDATE ikc_ikcboard SET organisation_id = %(board)s WHERE ikc_id = %(ikc)s AND valid_until IS NULL",
    ],
)
def test_the_running_row_says_what_the_ikc_says(who, sql):
    ikc = IkcFactory()
    ikc_life.change_form(ikc, form=Ikc.Form.REGULAR, special_education=True, valid_from=DAY, **who)
    ikc_life.change_board(ikc, board=OrganisationFactory(), valid_from=DAY, **who)
    values = {"ikc": ikc.pk, "board": OrganisationFactory().pk}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="the running row differs"), transaction.atomic():
            cursor.execute(sql, values)


def test_a_split_has_two_successors_and_plus_is_reviewed_not_ended(who):
    status = PlusStatusFactory()
    first, second = IkcFactory.create_batch(2)
    ikc = ikc_life.close_ikc(status.ikc, closed_on=DAY, successors=[first, second], **who)
    status.refresh_from_db()
    assert ikc.closed_on == DAY
    assert IkcSuccession.objects.filter(predecessor=ikc, confirmed=True).count() == 2
    assert status.state == PlusState.UNDER_RECALIBRATION
    with pytest.raises(ChangeRefused, match="al gesloten"):
        ikc_life.close_ikc(ikc, closed_on=DAY, successors=[], **who)


def test_a_merger_refuses_what_cannot_be(who):
    one, two, into = IkcFactory.create_batch(3)
    for predecessors, day in (([], DAY), ([into], DAY), ([one], LATER)):
        with pytest.raises(ChangeRefused):
            ikc_life.merge(predecessors, into, merged_on=day, **who)
    ikc_life.merge([one, two], into, merged_on=DAY, **who)
    assert into.origins.filter(confirmed=True).count() == 2
    one.refresh_from_db()
    with pytest.raises(ChangeRefused, match="zelf gesloten"):
        ikc_life.merge([into], one, merged_on=date(2026, 1, 1), **who)
    with pytest.raises(ChangeRefused, match="uit blijkt"):
        ikc_life.close_ikc(into, closed_on=DAY, successors=[], **{**who, "source": " "})


def test_the_pages_ask_and_say_what_follows(client, who):
    status = PlusStatusFactory()
    ikc, other = status.ikc, IkcFactory()
    client.force_login(who["by"])

    def page(name):
        return reverse(f"ikc:{name}", args=[ikc.pk])

    assert page("ikc_close") in client.get(ikc.get_absolute_url()).content.decode()
    assert client.post(page("ikc_rename"), {"name": ""}).status_code == 422
    words = {"valid_from": "1-8-2025", "source": "besluit"}
    assert client.post(page("ikc_rename"), {"name": "IKC Anders", **words}).status_code == 302
    special = {"form": "area", "special_education": "on", **words}
    assert client.post(page("ikc_change_form"), special).status_code == 302
    again = client.post(page("ikc_change_form"), special)
    assert (again.status_code, "is al: IKC in een" in again.content.decode()) == (422, True)
    assert "speciaal onderwijs" in client.get(ikc.get_absolute_url()).content.decode()
    board = OrganisationFactory()
    assert client.post(page("ikc_board"), {"board": board.pk, **words}).status_code == 302
    assert "eindigt niet vanzelf" in client.get(page("ikc_close")).content.decode()
    close = {"closed_on": "1-9-2025", "successors": [other.pk], "source": "besluit"}
    assert client.post(page("ikc_close"), close).status_code == 302
    assert "Opgegaan in" in client.get(ikc.get_absolute_url()).content.decode()


def test_the_picture_of_its_life_costs_the_same_whatever_the_history(
    client, who, django_assert_max_num_queries
):
    status = PlusStatusFactory()
    ikc = status.ikc
    client.force_login(who["by"])
    client.get(ikc.get_absolute_url())
    with django_assert_max_num_queries(60) as first:
        html = client.get(ikc.get_absolute_url()).content.decode()
    assert "Door de jaren heen" in html
    for year in (2021, 2023, 2025):
        day = date(year, 8, 1)
        ikc_life.rename(ikc, name=f"IKC Naam {year}", valid_from=day, **who)
        ikc_life.change_board(ikc, board=OrganisationFactory(), valid_from=day, **who)
        form, special = ("regular", False) if year == 2023 else ("village", True)
        ikc_life.change_form(ikc, form=form, special_education=special, valid_from=day, **who)
        ikc.refresh_from_db()
    with django_assert_max_num_queries(len(first)):
        html = client.get(ikc.get_absolute_url()).content.decode()
    assert "had 4 namen, 4 schoolbesturen, 1 periode als Plus IKC" in html
