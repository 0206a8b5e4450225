"""How clauses read in agreements to come: dated versions, a look first, and what was drafted before stays."""

from datetime import date

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from agreements.models import StandardClause
from agreements.services.drafting import Frame, draft_agreement
from agreements.tests.factories import AgreementFactory, ProgrammeFactory, version_of
from ikc.tests.factories import IkcFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
LIST = reverse("agreements:clause_list")
EDIT = reverse("agreements:clause_edit", args=["disputes"])


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def clause() -> StandardClause:
    return StandardClause.objects.create(
        programme=ProgrammeFactory(),
        code="disputes",
        text="Partijen van {ikc} praten eerst.",
        valid_from=date(2021, 1, 1),
    )


@pytest.fixture
def as_leader(client, clause):
    client.force_login(UserFactory(project_leader=True))
    return client


def read(client) -> str:
    """The list with plain spaces for those that keep a date together."""
    return client.get(LIST).content.decode().replace("\xa0", " ")


def test_a_new_wording_is_for_agreements_to_come(as_leader):
    before = version_of(AgreementFactory())
    assert before.clauses.get().text == "Partijen van {ikc} praten eerst."

    answer = as_leader.post(
        EDIT, {"text": "Partijen van {ikc} gaan naar een mediator.", "valid_from": "22-11-2026"}
    )
    assert answer.url == LIST
    programme = ProgrammeFactory()
    year = programme.years.get(index=6)
    after = draft_agreement(
        IkcFactory(plus=True),
        programme=programme,
        frame=Frame(TODAY, programme.end, year),
        by=None,
        at=timezone.now(),
    )

    assert before.clauses.get().text == "Partijen van {ikc} praten eerst."
    assert after.clauses.get().text == "Partijen van {ikc} gaan naar een mediator."
    page = read(as_leader)
    assert "mediator" in page
    assert "Versie 2, geldt vanaf 22 november 2026" in page
    assert "heeft een standaardbepaling gewijzigd" in page


def test_one_looks_first_and_nothing_is_kept(as_leader):
    page = as_leader.post(
        EDIT, {"text": "In {ikc} tot {tot}.", "valid_from": "1-1-2027", "preview": "1"}
    )

    assert page.status_code == 200
    assert "In IKC Voorbeeld tot 31 december 2028." in page.content.decode()
    assert StandardClause.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": ""}, "Schrijf op wat de bepaling zegt."),
        ({"text": "Partijen van {ikc} praten eerst."}, "De tekst is niet veranderd."),
        ({"text": "Voor {school}."}, "{school} kan niet worden ingevuld."),
        ({"valid_from": "31-12-2020"}, "geldt niet eerder dan de vorige: 1-1-2021"),
        ({"text": "Voor {school}.", "preview": "1"}, "{school} kan niet worden ingevuld."),
    ],
)
def test_what_is_refused_is_said_on_the_form(as_leader, change, said):
    answer = as_leader.post(EDIT, {"text": "Iets anders.", "valid_from": "1-1-2027"} | change)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert StandardClause.objects.count() == 1


def test_who_may_look_and_who_may_write(client, clause):
    for user, seen, changed in (
        (UserFactory(auditor=True), 200, 403),
        (UserFactory(signer=True), 200, 403),
        (UserFactory(director=True), 403, 403),
        (UserFactory(development_group=True), 403, 403),
    ):
        client.force_login(user)
        assert client.get(LIST).status_code == seen, user.role_labels
        assert client.get(EDIT).status_code == changed, user.role_labels
    client.force_login(UserFactory(project_leader=True))
    assert client.get(reverse("agreements:clause_edit", args=["pauze"])).status_code == 404


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE agreements_standardclause SET text = 'Anders.'",
        "DELETE FROM agreements_standardclause",
        "INSERT INTO agreements_standardclause (programme_id, code, number, text, valid_from)"
        " SELECT programme_id, code, 2, 'Eerder.', '2020-12-31' FROM agreements_standardclause",
    ],
)
def test_the_database_keeps_what_a_clause_said(clause, sql):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_each_day_has_one_wording_of_a_clause(as_leader):
    as_leader.post(EDIT, {"text": "Vanaf morgen.", "valid_from": "23-11-2026"})
    as_leader.post(EDIT, {"text": "Vanaf volgend jaar.", "valid_from": "1-1-2027"})

    for day, number in ((TODAY, 1), (date(2026, 12, 1), 2), (date(2027, 1, 1), 3)):
        assert [row.number for row in StandardClause.objects.on(day)] == [number], day
    assert "gaat in op 1 januari 2027" in read(as_leader)
