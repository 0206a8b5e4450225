"""The pages of a round: what they show, what they refuse and what they cost."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from ikc.tests.factories import UserFactory
from subsidies.states import RoundState
from subsidies.tests.factories import (
    PDF,
    ApplicationFactory,
    HistoricalRoundFactory,
    SubsidyRoundFactory,
)
from subsidies.tests.factories_assessment import CommissionMemberFactory

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"subsidies:{name}", args=args)


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def leader_client(client, leader):
    client.force_login(leader)
    return client


@pytest.fixture
def signer_client(client):
    client.force_login(UserFactory(signer=True))
    return client


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    count, leader_client, django_assert_num_queries
):
    for _ in range(count):
        ApplicationFactory(submitted=True)
    leader_client.get(url("round_list"))  # the content types are known from here

    with django_assert_num_queries(7):
        assertContains(leader_client.get(url("round_list")), "Ronde IKC-ontwikkeling", count=count)


@pytest.mark.parametrize("page", ["round_list", "round_detail", "round_edit"])
def test_no_statement_runs_twice(page, leader_client, no_repeated_sql):
    round_ = SubsidyRoundFactory()
    HistoricalRoundFactory()
    args = [] if page == "round_list" else [round_.pk]

    with no_repeated_sql():
        assert leader_client.get(url(page, *args)).status_code == 200


def test_the_list_searches_filters_and_shows_history(leader_client):
    SubsidyRoundFactory(name="Taalronde", year=2025)
    SubsidyRoundFactory(name="Muziekronde", open=True)
    HistoricalRoundFactory(year=2016, source="Programmadocument, bladzijde 3")

    assertContains(leader_client.get(url("round_list"), {"q": "taal"}), "1 ronde gevonden")
    assertContains(leader_client.get(url("round_list"), {"state": "open"}), "Muziekronde")
    assertNotContains(leader_client.get(url("round_list"), {"year": "2025"}), "Muziekronde")
    page = leader_client.get(url("round_list"), {"q": "bestaat niet"})
    assertContains(page, "Geen rondes gevonden")
    assertContains(page, "Programmadocument, bladzijde 3")


def test_the_list_as_csv_runs_no_formula(leader_client):
    SubsidyRoundFactory(name='=HYPERLINK("http://kwaad")')

    text = leader_client.get(url("round_list"), {"export": "csv"}).content.decode("utf-8-sig")

    assert "'=HYPERLINK" in text
    assert text.startswith("Ronde;Jaar;Opent")


def test_an_applicant_does_not_see_what_others_ask(client):
    round_ = SubsidyRoundFactory(open=True)
    ApplicationFactory(round=round_, submitted=True)
    client.force_login(UserFactory(director=True))

    for page in (client.get(url("round_list")), client.get(round_.get_absolute_url())):
        assertNotContains(page, "Gevraagd")
    assertContains(client.get(round_.get_absolute_url()), "Aanvraag beginnen")


def test_the_page_says_why_something_cannot_be_done_yet(leader_client):
    round_ = SubsidyRoundFactory(bare=True)

    page = leader_client.get(round_.get_absolute_url())

    assertContains(page, "Voeg ten minste één criterium toe.")
    assertContains(page, "(niet uw rol)")


def test_the_page_of_an_open_round_shows_its_money(leader_client):
    round_ = SubsidyRoundFactory(open=True)
    ApplicationFactory(round=round_, submitted=True)

    assertContains(leader_client.get(round_.get_absolute_url()), "Alle aanvragen samen vragen")


def decision_file():
    return SimpleUploadedFile("besluit.pdf", PDF, content_type="application/pdf")


def test_the_signer_adopts(signer_client):
    round_ = SubsidyRoundFactory()

    response = signer_client.post(
        url("round_adopt", round_.pk),
        {"decision_number": "B&W 1", "decided_on": "20-1-2026", "document": decision_file()},
    )

    assertRedirects(response, round_.get_absolute_url())
    round_.refresh_from_db()
    assert round_.state == RoundState.ADOPTED


def test_an_incomplete_round_is_refused_with_the_reason(signer_client):
    round_ = SubsidyRoundFactory(bare=True)

    response = signer_client.post(
        url("round_adopt", round_.pk),
        {"decision_number": "B&W 1", "decided_on": "20-1-2026", "document": decision_file()},
    )

    assertContains(response, "Voeg ten minste één criterium toe.", status_code=422)


def future_round(**state):
    opens = timezone.now() + timedelta(days=30)
    return SubsidyRoundFactory(
        opens_at=opens,
        closes_at=opens + timedelta(days=30),
        period_start=timezone.localdate() + timedelta(days=120),
        period_end=timezone.localdate() + timedelta(days=400),
        **state,
    )


def test_the_project_leader_publishes(leader_client):
    round_ = future_round(adopted=True)
    CommissionMemberFactory.create_batch(3)

    response = leader_client.post(
        url("round_publish", round_.pk),
        {
            "reference": "Gemeenteblad 2026, 9",
            "published_on": f"{timezone.localdate():%d-%m-%Y}",
            "states_method": "on",
        },
    )

    assertRedirects(response, round_.get_absolute_url())
    round_.refresh_from_db()
    assert round_.state == RoundState.PUBLISHED


def test_publishing_without_members_says_why(leader_client):
    round_ = future_round(adopted=True)

    response = leader_client.post(
        url("round_publish", round_.pk),
        {
            "reference": "Gemeenteblad 2026, 9",
            "published_on": f"{timezone.localdate():%d-%m-%Y}",
            "states_method": "on",
        },
    )

    assertContains(response, "0 van de 0 commissieleden", status_code=422)


def test_cancelling_by_the_page(leader_client):
    round_ = SubsidyRoundFactory()

    assertRedirects(
        leader_client.post(url("round_cancel", round_.pk), {"reason": "Geen geld."}),
        round_.get_absolute_url(),
    )
    refused = leader_client.post(url("round_cancel", SubsidyRoundFactory().pk), {"reason": ""})
    assert refused.status_code == 422


def test_starting_the_assessment_by_the_page(leader_client):
    round_ = SubsidyRoundFactory(closed=True)
    assertContains(
        leader_client.get(url("round_assess", round_.pk)), "nog geen aanvraag toegelaten"
    )

    refused = leader_client.post(url("round_assess", round_.pk), follow=True)
    assertContains(refused, "Er is nog geen aanvraag toegelaten.")
    ApplicationFactory(round=round_, admitted=True)
    leader_client.post(url("round_assess", round_.pk))
    round_.refresh_from_db()
    assert round_.state == RoundState.ASSESSING
