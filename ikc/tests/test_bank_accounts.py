"""The account of a board: its number, the two who look at it, and what stands still meanwhile (domain reference 3.7, 7.1)."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from ikc.models import BankAccount, Organisation
from ikc.services import bank_accounts as services
from ikc.services.bank_accounts import AccountRefused, SamePerson
from ikc.tests.factories import ROLE_TRAITS, BankAccountFactory, OrganisationFactory, UserFactory
from ikc.worklist import tasks_for
from kvk2.core.audit import events_of
from kvk2.core.identifiers import InvalidIdentifier
from kvk2.core.workflow import TransitionNotAllowed

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
NEW = "NL44RABO0123456789"


@pytest.fixture
def board():
    return OrganisationFactory(name="Stichting De Weide")


@pytest.fixture
def people():
    return [UserFactory(**{trait: True}) for trait in ("project_leader", "second_project_leader")]


def proposed(board, *, by=None, iban=NEW, **fields) -> BankAccount:
    by = by or UserFactory(school_board=True, organisation=board)
    given = {"holder": "Stichting De Weide", "source": "bankafschrift", **fields}
    return services.propose_account(board, iban=iban, by=by, at=AT, **given)


def is_payable(board) -> bool:
    return Organisation.objects.payable().filter(pk=board.pk).exists()


def test_two_others_look_before_it_is_in_force(board, people):
    first, second = people
    account = proposed(board, iban="nl44 rabo 0123.456-789")
    assert (account.iban, account.state, is_payable(board)) == (NEW, "proposed", False)
    with pytest.raises(SamePerson):
        services.check_account(account, by=account.proposed_by, at=AT)

    account = services.check_account(account, by=first, at=AT)
    assert (account.state, is_payable(board)) == ("checked", False)
    with pytest.raises(SamePerson):
        services.check_account(account, by=first, at=AT)

    account = services.check_account(account, by=second, at=AT)
    assert (account.state, is_payable(board)) == ("verified", True)
    with pytest.raises(TransitionNotAllowed):
        services.check_account(account, by=UserFactory(signer=True), at=AT)
    verbs = list(events_of(board).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["bank_account.proposed", "bank_account.checked", "bank_account.verified"]
    assert NEW not in str(list(events_of(board).values_list("data", flat=True)))


def test_a_change_stops_payment_until_it_is_checked_or_put_aside(board, people):
    old = BankAccountFactory(organisation=board)
    assert is_payable(board)
    account = proposed(board)
    assert not is_payable(board)
    with pytest.raises(AccountRefused, match="wacht al"):
        proposed(board, iban="NL69INGB0123456789")
    services.reject_account(account, reason="Het bestuur weet van niets.", by=people[0], at=AT)
    assert is_payable(board)
    with pytest.raises(AccountRefused, match="al in gebruik"):
        proposed(board, iban=old.iban)

    account = proposed(board)
    for person in people:
        account = services.check_account(account, by=person, at=AT)
    old.refresh_from_db()
    assert (old.state, old.end_reason) == ("replaced", "Vervangen door •••• 6789.")
    assert board.known_account == account


@pytest.mark.parametrize(
    ("iban", "code"),
    [
        ("NL92ABNA0417164300", "CHECKSUM"),
        ("NL91ABNA041716430", "FORMAT"),
        ("US64SVBKUS6S3300958879", "UNKNOWN_COUNTRY"),
    ],
)
def test_a_wrong_number_is_refused(board, iban, code):
    with pytest.raises(InvalidIdentifier) as refusal:
        proposed(board, iban=iban)
    assert refusal.value.code == code
    assert not board.bank_accounts.exists()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("bank_account_one_in_force", {}),
        ("bank_account_number_is_an_iban", {"iban": "123"}),
        ("bank_account_has_a_holder", {"holder": ""}),
        ("bank_account_in_force_was_checked_twice", {"verified_by": None}),
        ("bank_account_ended_with_a_reason", {"state": "replaced"}),
        ("bank_account_ended_with_a_reason", {"state": "x"}),
    ],
)
def test_what_the_database_refuses(board, name, change):
    if not change:
        BankAccountFactory(organisation=board)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        BankAccountFactory(organisation=board, **change)


def test_four_eyes_and_the_number_hold_in_the_database(board, people):
    account = proposed(board, by=people[0])
    rows = BankAccount.objects.filter(pk=account.pk)
    same = {"checked_at": AT, "checked_by": people[0]}
    with (
        pytest.raises(IntegrityError, match="bank_account_checked_by_another"),
        transaction.atomic(),
    ):
        rows.update(state="checked", **same)
    other = {"checked_at": AT, "checked_by": people[1], "verified_at": AT, "verified_by": people[1]}
    with (
        pytest.raises(IntegrityError, match="bank_account_verified_by_a_third"),
        transaction.atomic(),
    ):
        rows.update(state="verified", **other)
    for change in ({"iban": "NL69INGB0123456789"}, {"holder": "Een ander"}):
        with (
            pytest.raises((IntegrityError, InternalError), match="kept as it was"),
            transaction.atomic(),
        ):
            rows.update(**change)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        rows.delete()


def test_on_the_pages_the_whole_number_is_for_who_checks_it(client, board, people):
    giver = UserFactory(school_board=True, organisation=board)
    client.force_login(giver)
    detail = reverse("ikc:bank_account_detail", args=[board.pk])
    address = reverse("ikc:bank_account_propose", args=[board.pk])
    answer = client.post(address, {"iban": "NL92ABNA0417164300", "holder": "x", "source": "y"})
    assert answer.status_code == 422
    assert "klopt niet" in answer.content.decode() or "Controleer" in answer.content.decode()
    data = {
        "iban": "BE68 5390 0754 7034",
        "holder": "Stichting De Weide",
        "source": "bankafschrift",
        "proof": SimpleUploadedFile("x.exe", b"MZ"),
    }
    assert client.post(address, data).status_code == 422  # the file is refused, and nothing is kept
    del data["proof"]
    assert client.post(address, data).status_code == 302
    account = board.bank_accounts.get()
    page = client.get(detail).content.decode()
    assert "•••• 7034 (buitenlands)" in page
    assert "0754" not in page
    check = reverse("ikc:bank_account_check", args=[account.pk])
    assert client.get(check).status_code == 403

    for person in people:
        client.force_login(person)
        assert "0754" not in client.get(detail).content.decode()
        assert [task.url for task in tasks_for(person, today=AT.date()) if task.url == check]
        page = client.get(check).content.decode()
        assert "BE68 5390 0754 7034" in page
        assert "oplichters" in page
        assert client.post(check, {"name_fits": "on"}).status_code == 422
        assert client.post(check, {"name_fits": "on", "compared": "on"}).status_code == 302
        assert client.get(check).status_code == 403
    account.refresh_from_db()
    assert account.state == "verified"
    client.force_login(UserFactory(school_board=True))
    assert client.get(detail).status_code == 403


def test_who_proposes_checks_and_rejects(board):
    people = {trait: UserFactory(**{trait: True}) for trait in ROLE_TRAITS}
    people["own_board"] = UserFactory(school_board=True, organisation=board)
    account = BankAccountFactory.build(organisation=board, proposed=True)
    account.proposed_by = people["own_board"]
    leaders = {"project_leader", "second_project_leader"}
    expected = {
        "propose_bank_account": leaders | {"own_board"},
        "check_bank_account": leaders | {"signer"},
        "reject_bank_account": leaders | {"signer", "own_board"},
    }
    for verb, who in expected.items():
        about = board if verb.startswith("propose") else account
        found = {role for role, user in people.items() if user.has_perm(f"ikc.{verb}", about)}
        assert found == who, verb
    account.state = "verified"
    for verb in ("check_bank_account", "reject_bank_account"):
        assert not any(user.has_perm(f"ikc.{verb}", account) for user in people.values())


def test_many_accounts_are_one_task_and_neighbours_cannot_ask_for_them(client, people):
    boards = [OrganisationFactory(name=f"Stichting {name}") for name in ("Eik", "Es", "Iep")]
    for board in boards:
        proposed(board)
    other = OrganisationFactory(name="Stichting Wilg")
    (task,) = tasks_for(people[0], today=AT.date())
    assert "3 bankrekeningen" in task.title
    client.force_login(people[0])
    page = client.get(task.url)
    for board in boards:
        assertContains(page, board.name)
    assertNotContains(page, other.name)
    client.force_login(UserFactory(school_board=True, organisation=other))
    assertContains(client.get(task.url), other.name)  # to a neighbour the question means nothing
