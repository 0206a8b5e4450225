"""A grant comes to be when its decision is announced, and the database keeps what it says."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from subsidies.models import AccountabilityRule, Decision, Grant, Letter
from subsidies.services import letters
from subsidies.states import SchemeState
from subsidies.states_grants import GrantState
from subsidies.tests.factories import IN_FORCE, SchemeVersionFactory, move
from subsidies.tests.factories_assessment import DECIDED_AT, decided_round

pytestmark = pytest.mark.django_db
SEES = {"project_leader", "signer", "auditor", "own_director", "own_board"}
ROLES = (
    "project_leader",
    "director",
    "member",
    "secretary",
    "development_group",
    "researcher",
    "signer",
    "school_board",
    "childcare_board",
    "admin",
    "auditor",
)


def granted(**wishes) -> list[Grant]:
    """The grants of a round of which every letter was announced."""
    round_ = decided_round(**wishes)
    for letter in Letter.objects.filter(decision__application__round=round_):
        assert letters.render_letter(letter.pk, at=DECIDED_AT)
    return list(Grant.objects.filter(application__round=round_).order_by("application__number"))


def test_who_was_granted_something_has_a_grant_from_the_announcement():
    first, second = granted(ceiling=Decimal(25_000), scores=(5, 4, 3))

    assert (first.state, first.amount, first.band) == ("active", 15_000, "activity")
    assert second.amount == 10_000
    round_ = first.application.round
    assert (first.period_start, first.period_end) == (round_.period_start, round_.period_end)
    assert first.account_due_on > round_.period_end
    assert [event.verb for event in events_of(first)].count("grant_opened") == 1
    refusal = Decision.objects.get(kind="refusal")
    assert not Grant.objects.filter(application=refusal.application_id).exists()


def test_a_decision_that_was_not_announced_gave_nothing_yet():
    decided_round(applications=1)
    assert not Grant.objects.exists()


def test_a_small_grant_is_determined_with_its_decision():
    version = SchemeVersionFactory(draft=True)
    AccountabilityRule.objects.create(version=version, order=0, band="direct", up_to=5_000)
    move(version, state=SchemeState.IN_FORCE, **IN_FORCE)
    grant = granted(
        scheme_version=version, ceiling=Decimal(5_000), applications=1, scores=(5,), floor=None
    )[0]

    assert grant.band == "direct"
    assert grant.state == GrantState.DETERMINED
    assert grant.determined_amount == grant.amount == 5_000
    assert grant.account_due_on is None


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("grant_state_is_known|grant_determined_has", {"state": "vergeten"}),
        ("grant_has_an_amount", {"amount": 0}),
        ("grant_ends_after_it_starts", {"period_end": date(2000, 1, 1)}),
        (
            "grant_determined_within_grant",
            {"state": "determined", "determined_amount": 15_001, "determined_on": "2027-01-01"},
        ),
        ("grant_determined_has_an_amount", {"state": "determined"}),
        ("grant_determined_has_an_amount", {"determined_amount": 1}),
        ("grant_band_has_a_term", {"account_due_on": None}),
        ("grant_band_has_a_term", {"band": "direct"}),
    ],
)
def test_the_database_refuses(constraint, change):
    grant = granted(applications=1)[0]
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Grant.objects.filter(pk=grant.pk).update(**change)


def test_a_grant_stays_and_so_does_what_was_determined():
    grant = granted(applications=1)[0]
    with pytest.raises(IntegrityError, match="grant_stays"), transaction.atomic():
        Grant.objects.filter(pk=grant.pk)._raw_delete("default")
    Grant.objects.filter(pk=grant.pk).update(
        state="determined", determined_amount=100, determined_on="2027-01-01"
    )
    with pytest.raises(IntegrityError, match="grant_determined_stays"), transaction.atomic():
        Grant.objects.filter(pk=grant.pk).update(determined_amount=99)


def test_who_sees_a_grant(client):
    grant = granted(applications=1)[0]
    people = {role: UserFactory(**{role: True}) for role in ROLES}
    people["own_director"] = grant.application.created_by
    people["own_board"] = UserFactory(school_board=True, organisation=grant.application.board)
    for role, user in people.items():
        client.force_login(user)
        status = client.get(grant.get_absolute_url()).status_code
        assert status == (200 if role in SEES else 404), role
        listed = client.get(reverse("subsidies:grant_list"))
        allowed = role in SEES | {"director", "school_board"}
        assert listed.status_code == (200 if allowed else 403), role
        if allowed:
            assert (grant.application.number in listed.content.decode()) == (role in SEES), role


def test_the_list_asks_as_much_for_three_as_for_one(client, django_assert_max_num_queries):
    client.force_login(UserFactory(project_leader=True))
    granted(applications=1)
    with django_assert_max_num_queries(60) as one:
        client.get(reverse("subsidies:grant_list"))
    granted(applications=2)
    with django_assert_max_num_queries(len(one.captured_queries)):
        page = client.get(reverse("subsidies:grant_list"))
    assert len(page.context["table"].rows) == 3


def test_the_list_is_searched_filtered_and_exported(client):
    grant, other = granted(applications=2)
    client.force_login(UserFactory(project_leader=True))
    address = reverse("subsidies:grant_list")

    found = client.get(address, {"zoek": grant.application.number})
    assert [row.record for row in found.context["table"].rows] == [grant]
    assert not client.get(address, {"status": "closed"}).context["table"].rows
    lines = client.get(address, {"export": "csv"}).getvalue().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("IKC;Aanvraag;Ronde;Verleend")
    assert {grant.application.number, other.application.number} == {
        line.split(";")[1] for line in lines[1:]
    }
