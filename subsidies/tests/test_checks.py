"""The question about a lower amount (R5)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains

from ikc.tests.factories import IkcFactory, UserFactory
from kvk2.core.models import OutgoingMail
from kvk2.core.workflow import TransitionNotAllowed
from subsidies import tasks
from subsidies.models import PartialAcceptance
from subsidies.services import allocations, partial_offers
from subsidies.services.allocations import OffersOpen
from subsidies.services.partial_offers import NoPartialGrant, OfferClosed
from subsidies.states import PartialOfferState
from subsidies.tests.factories import move
from subsidies.tests.factories_assessment import ADVISED_AT, advised_round
from subsidies.worklist import questions

pytestmark = pytest.mark.django_db
SCARCE = {"ceiling": Decimal(25_000), "scores": (5, 4, 3)}
LATER = ADVISED_AT + timedelta(days=15)


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def asked(leader):
    """The second of three gets the remainder, and is asked whether that will do."""
    round_ = advised_round(**SCARCE)
    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    (result,) = partial_offers.offers_to_make(run)
    return partial_offers.ask_partial(run, result.application, by=leader, at=ADVISED_AT)


def granted_again(offer, leader, at=ADVISED_AT):
    run = allocations.run_allocation(offer.application.round, by=leader, at=at)
    rows = run.results.order_by("rank").values_list("granted", flat=True)
    return [int(amount) for amount in rows]


def test_the_applicant_is_asked_once_with_a_term_of_two_weeks(asked, leader):
    assert asked.offered == 10_000
    assert asked.answer_until == date(2026, 5, 11)
    assert OutgoingMail.objects.filter(to=asked.application.contact_email).exists()
    assert not partial_offers.offers_to_make(asked.run)
    with pytest.raises(NoPartialGrant):
        partial_offers.ask_partial(asked.run, asked.application, by=leader, at=ADVISED_AT)


def test_the_question_is_a_task_of_who_may_answer_until_it_is_answered(asked, leader):
    director = asked.application.created_by

    def titles(user, day=date(2026, 4, 27)):
        return [(task.title, task.due) for task in questions.tasks_for(user, today=day)]

    question = f"Antwoord: kan uw plan voor {asked.application.ikc} met minder geld?"
    assert titles(director) == [(question, asked.answer_until)]
    assert titles(UserFactory(director=True, ikc=IkcFactory())) == titles(leader) == []
    assert titles(director, LATER.date()) == []
    partial_offers.answer_partial(asked, accepts=True, note="", by=director, at=ADVISED_AT)
    assert titles(director) == []


def test_the_division_tells_who_was_asked_and_what_came_back(asked, client):
    page = asked.run.get_absolute_url()
    client.force_login(UserFactory(project_leader=True))
    assertContains(client.get(page), "Antwoorden kan tot en met 11\N{NO-BREAK SPACE}mei 2026")
    director = asked.application.created_by
    partial_offers.answer_partial(asked, accepts=False, note="", by=director, at=ADVISED_AT)
    assertContains(client.get(page), "Bereken de verdeling opnieuw")


def test_yes_keeps_the_division(asked, leader):
    director = asked.application.created_by
    partial_offers.answer_partial(asked, accepts=True, note=" ", by=director, at=ADVISED_AT)
    assert granted_again(asked, leader) == [15_000, 10_000, 0]


def test_no_passes_the_money_on(asked, leader):
    director = asked.application.created_by
    partial_offers.answer_partial(asked, accepts=False, note="", by=director, at=ADVISED_AT)
    assert granted_again(asked, leader) == [15_000, 0, 10_000]
    with pytest.raises(TransitionNotAllowed):
        partial_offers.answer_partial(asked, accepts=True, note="", by=director, at=ADVISED_AT)


def test_no_answer_is_no(asked, leader):
    last_day = ADVISED_AT + timedelta(days=14)
    assert granted_again(asked, leader, last_day) == [15_000, 10_000, 0]
    assert granted_again(asked, leader, LATER) == [15_000, 0, 10_000]
    with pytest.raises(OfferClosed):
        partial_offers.answer_partial(
            asked, accepts=True, note="", by=asked.application.created_by, at=LATER
        )
    assert partial_offers.lapse_offers(at=last_day) == 0
    assert partial_offers.lapse_offers(at=LATER) == 1
    asked.refresh_from_db()
    assert asked.state == PartialOfferState.LAPSED
    assert tasks.lapse_partial_offers() == 0


@pytest.mark.usefixtures("spring")
def test_locking_waits_for_the_answer_or_says_why_not(client, asked, leader):
    round_ = asked.application.round
    with pytest.raises(OffersOpen, match=asked.application.number):
        allocations.lock_run(asked.run, by=leader, at=ADVISED_AT)
    move(asked, answer_until=date(2030, 1, 1))
    client.force_login(UserFactory(signer=True))
    page = reverse("subsidies:allocation_lock", args=[round_.pk, asked.run_id])
    assert "heeft nog niet geantwoord" in client.get(page).content.decode()
    assert client.post(page, {}).status_code == 422

    client.post(page, {"without_answer": "De directeur zei ja aan de telefoon."})

    asked.run.refresh_from_db()
    assert asked.run.state == "locked"
    detail = client.get(asked.run.get_absolute_url()).content.decode()
    assert "De directeur zei ja aan de telefoon." in detail


def test_locking_needs_the_question_first_and_then_a_yes(leader):
    round_ = advised_round(**SCARCE)
    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    with pytest.raises(OffersOpen):
        allocations.lock_run(run, by=leader, at=ADVISED_AT)
    (result,) = partial_offers.offers_to_make(run)
    offer = partial_offers.ask_partial(run, result.application, by=leader, at=ADVISED_AT)
    director = result.application.created_by
    partial_offers.answer_partial(offer, accepts=True, note="", by=director, at=ADVISED_AT)
    run = allocations.lock_run(run, by=leader, at=ADVISED_AT, without_answer="niet nodig")
    assert (run.state, run.without_answer) == ("locked", "")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"offered": 0}, "partial_offer_is_an_amount"),
        ({"state": "accepted"}, "partial_offer_answer_has_its_giver"),
    ],
)
def test_an_impossible_offer_does_not_exist(asked, fields, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        PartialAcceptance.objects.filter(pk=asked.pk).update(**fields)


def test_one_question_at_a_time(asked):
    asked.pk = None
    with (
        pytest.raises(IntegrityError, match="partial_offer_one_open_per_application"),
        transaction.atomic(),
    ):
        asked.save(force_insert=True)


@pytest.mark.usefixtures("spring")
def test_the_applicant_answers_on_a_page_and_others_do_not(client, asked, leader):
    application = asked.application
    page = reverse("subsidies:partial_offer", args=[application.pk])
    move(asked, answer_until=date(2030, 1, 1))
    client.force_login(UserFactory(director=True))
    assert client.get(page).status_code == 404
    client.force_login(leader)
    assert "Het antwoord kan tot en met" in client.get(page).content.decode()
    client.force_login(application.created_by)
    assert (
        "Antwoorden op een lager bedrag"
        in client.get(application.get_absolute_url()).content.decode()
    )
    assert client.post(page, {}).status_code == 422

    answer = client.post(page, {"accepts": "no", "note": "Dan vervalt muziek."}, follow=True)

    assert "Uw antwoord is verstuurd" in answer.content.decode()
    asked.refresh_from_db()
    assert (asked.state, asked.note) == ("declined", "Dan vervalt muziek.")
    assert "Dan vervalt muziek." in client.get(page).content.decode()


@pytest.mark.usefixtures("spring")
def test_the_leader_asks_from_the_division(client, leader):
    round_ = advised_round(**SCARCE)
    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    client.force_login(leader)
    assert "Aan de aanvrager vragen" in client.get(run.get_absolute_url()).content.decode()
    partial = run.results.get(outcome="partial_grant")
    page = reverse("subsidies:partial_ask", args=[round_.pk, run.pk, partial.application_id])

    assert client.get(page).status_code == 200
    assert "De vraag is gesteld" in client.post(page, follow=True).content.decode()
    assert "Aan de aanvrager vragen" not in client.get(run.get_absolute_url()).content.decode()
