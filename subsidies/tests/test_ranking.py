"""The ranking of a round on its page: bands, how firm a place is, how far the money reaches, and who reads it."""

import io
from decimal import Decimal
from html import unescape

import openpyxl
import pytest
from django.urls import reverse

from ikc.tests.factories import UserFactory
from subsidies.models import InterestDeclaration
from subsidies.ranking_page import RankingPage
from subsidies.services.rankings import rounds_with_rules
from subsidies.tests.factories import move
from subsidies.tests.factories_assessment import (
    ASSESSED_AT,
    admitted,
    adopted,
    advised_round,
    assessing_round,
    assigned,
    declared_member,
    reviewed,
    scored_round,
    submitted,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
# Weights of the round in published order: 20, 25, 20, 15, 10, 10.
FOURS = [4] * 6


def url(round_):
    return reverse("subsidies:round_ranking", args=[round_.pk])


def page_for(round_, user):
    user = type(user).objects.get(pk=user.pk)
    return RankingPage(rounds_with_rules(user).get(pk=round_.pk), user)


def places(page):
    """Per band the applications in it, by their place in the order of number."""
    numbers = sorted(page.entries)
    return [[numbers.index(row.entry.number) + 1 for row in band.rows] for band in page.bands]


@pytest.fixture
def secretary():
    return UserFactory(secretary=True)


def test_small_differences_are_one_band_and_say_why(client, secretary):
    # 80; 80 and one criterion of 10 percent one lower: 78; far below: 60. Margin: 25 / 5 / 3 = 1,67.
    close = [4, 4, 4, 4, 4, 3]
    round_ = reviewed(assessing_round(applications=4), [FOURS, close, 3, [4, 4, 4, 4, 4, 4]])
    page = page_for(round_, secretary)

    assert page.margin == Decimal("1.67")
    assert places(page) == [[1, 4], [2], [3]]
    assert [band.is_shared for band in page.bands] == [True, False, False]

    client.force_login(secretary)
    text = unescape(client.get(url(round_)).content.decode())
    assert "Plaats 1 tot en met 2: ongeveer gelijk" in text
    assert "Deze twee verschillen 0,00 punten. Dat is niet meer dan 1,67 punten." in text
    assert "Helemaal gelijk met" in text
    assert "dan beslist het lot" in text


def test_a_tie_is_explained_by_the_heaviest_criterion_that_differs(secretary):
    # Both 80: more on 'analyse' (25) with less on 'ouders' and 'domeinen' (15 and 10), and the other way round.
    first, second = [4, 5, 4, 3, 3, 4], [4, 3, 4, 5, 5, 4]
    round_ = reviewed(assessing_round(applications=2), [second, first])
    rows = page_for(round_, secretary).rows

    assert [row.entry.score for row in rows] == [Decimal("80.00")] * 2
    assert rows[0].entry.number > rows[1].entry.number
    assert rows[0].why == ""
    assert "haalt die 5,00 en deze 3,00" in rows[1].why


def test_the_money_is_added_up_in_order_and_stops_at_the_ceiling(secretary):
    round_ = scored_round(
        [(6000, "90", 1), (5000, "70", 1), (4000, "69", 1), (1000, "95", 2)], ceiling=11_500
    )
    page = page_for(round_, secretary)

    assert [row.total for row in page.rows] == [6000, 11_000, 15_000, 16_000]
    assert [row.fits for row in page.rows] == [True, True, False, False]
    # 70 and 69 are a band of three reviews each, and the money runs out in it; tier 2 comes after, whatever its score.
    assert [band.straddles for band in page.bands] == [False, True, False]
    assert "Het geld raakt op binnen zo’n groep." in page.conclusion
    assert "leg uit waarom" in page.bands[1].why


def test_each_part_of_the_ceiling_is_added_up_by_itself(secretary):
    round_ = scored_round(
        [(6000, "90", 1, "plus"), (5000, "80", 1, "others"), (2000, "70", 1, "plus")],
        ceiling=14_000,
        parts={"plus": 7000, "others": 7000},
    )
    rows = page_for(round_, secretary).rows
    assert [(row.total, row.fits) for row in rows] == [(6000, True), (5000, True), (8000, False)]


def _one_against_the_rest():
    """Two applications; without the first member the second would come first."""
    round_ = assessing_round(applications=2, ceiling=Decimal(60_000))
    first, second = round_.applications.order_by("number")
    enthusiast = round_.declarations.order_by("pk")[0].member
    for review in assigned(round_):
        own = review.member == enthusiast
        if review.application == first:
            submitted(review, 5 if own else 3)
        else:
            submitted(review, 2 if own else 4)
    return round_, first, second, enthusiast


def test_what_one_member_changes_is_named_to_the_commission_alone(client, secretary):
    round_, first, second, enthusiast = _one_against_the_rest()
    page = page_for(round_, secretary)
    assert [row.firmness.is_firm for row in page.rows] == [False, False]
    assert page.rows[0].range_words == "plaats 1 tot en met 2"
    client.force_login(secretary)
    text = unescape(client.get(url(round_)).content.decode())
    assert f"Zonder de scores van {enthusiast.user.full_name}" in text
    assert f"{first.ikc} gaat van plaats 1 naar 2" in text
    assert "Groot verschil" in text

    for application in (first, second):
        adopted(application, by=secretary)
    client.force_login(UserFactory(project_leader=True))
    text = unescape(client.get(url(round_)).content.decode())
    assert "Zonder de scores van één lid (1)" in text
    assert f"{first.ikc} gaat van plaats 1 naar 2" in text
    assert enthusiast.user.last_name not in text


def test_the_municipality_reads_a_place_only_after_adoption(client, secretary):
    round_ = reviewed(assessing_round(applications=2), [5, 3])
    first, second = round_.applications.order_by("number")
    for role in ("project_leader", "signer", "auditor"):
        reader = UserFactory(**{role: True})
        assert not page_for(round_, reader).rows
        client.force_login(reader)
        text = unescape(client.get(url(round_)).content.decode())
        assert "Er is nog niets te rangschikken" in text
        assert "100,00" not in text
    adopted(second, by=secretary)

    page = page_for(round_, UserFactory(project_leader=True))
    assert [row.entry.number for row in page.rows] == [second.number]
    assert [(each.number, each.why) for each in page.outside] == [
        (first.number, "Het advies van de commissie is nog niet vastgesteld.")
    ]


def test_who_has_an_interest_in_one_application_finds_no_page(client):
    round_ = reviewed(assessing_round(applications=2))
    chair = declared_member(round_, function="chair", user=UserFactory(secretary=True))
    client.force_login(chair.user)
    assert client.get(url(round_)).status_code == 200

    declaration = InterestDeclaration.objects.get(member=chair, round=round_)
    declaration.organisations.add(round_.applications.order_by("number")[0].board)
    for address in (url(round_), f"{url(round_)}?export=csv", f"{url(round_)}?export=xlsx"):
        assert client.get(address).status_code == 404
    assert (
        url(round_)
        not in client.get(reverse("subsidies:advice_round", args=[round_.pk])).content.decode()
    )


@pytest.mark.parametrize(
    "role", ["member", "director", "school_board", "childcare_board", "researcher", "admin"]
)
def test_others_may_not_read_it(client, role):
    client.force_login(UserFactory(**{role: True}))
    assert client.get(url(advised_round(applications=1))).status_code == 403


def test_who_still_has_to_score_reads_no_score_of_others(client):
    round_ = assessing_round(applications=1)
    chair = declared_member(round_, function="chair", user=UserFactory(secretary=True))
    reviews = assigned(round_)
    for review in reviews:
        if review.member != chair:
            submitted(review, 5)
    page = page_for(round_, chair.user)
    assert not page.rows
    assert "U beoordeelt deze aanvraag zelf nog." in page.outside[0].why

    submitted(next(review for review in reviews if review.member == chair), 5)
    assert [row.entry.score for row in page_for(round_, chair.user).rows] == [Decimal(100)]


def test_recused_and_missing_reviews_stay_out_of_the_mean_and_n_is_shown(client, secretary):
    """T-CI-05: after recusal the mean uses the other members only; fewer than the minimum is no place."""
    round_ = assessing_round(applications=1, members=5)
    first, second, third, recused, waiting = assigned(round_)
    for review in (first, second, third):
        submitted(review, 3)
    submitted(recused, 5)
    move(recused, state="recused", recusal_reason="Werkt er sinds vandaag.")

    row = page_for(round_, secretary).rows[0]
    assert (row.entry.score, row.entry.counted, row.entry.assigned) == (Decimal(60), 3, 4)
    client.force_login(secretary)
    assert "3 beoordelingen van 4" in " ".join(client.get(url(round_)).content.decode().split())

    move(third, state="recused", recusal_reason="Werkt er sinds vandaag.")
    page = page_for(round_, secretary)
    assert not page.rows
    assert page.outside[0].why == "2 van de minstens 3 beoordelingen zijn ingediend."
    assert waiting.state == "assigned"


def test_who_takes_no_part_has_no_place(secretary):
    round_ = advised_round(
        applications=3, scores=[5, 4, 3], conclusions=["positive", "negative", "negative"]
    )
    page = page_for(round_, secretary)
    assert len(page.rows) == 1
    assert page.outside[0].why == "De commissie adviseert negatief (80,00 punten)."


def test_a_score_below_the_minimum_has_no_place(secretary):
    round_ = reviewed(assessing_round(applications=2, min_score=Decimal(70)), [4, 3])
    page = page_for(round_, secretary)
    assert [row.entry.score for row in page.rows] == [Decimal(80)]
    assert "lager dan de minimumscore van 70,00" in page.outside[0].why


def test_other_methods_have_no_ranking_and_an_empty_round_says_so(client, secretary):
    client.force_login(secretary)
    first_come = assessing_round(applications=1, allocation_method="first_come")
    text = client.get(url(first_come)).content.decode()
    assert "Deze ronde kent geen rangschikking" in text
    nothing = assessing_round(applications=1)
    text = client.get(url(nothing)).content.decode()
    assert "Er is nog niets te rangschikken" in text
    assert "0 van de minstens 3 beoordelingen zijn ingediend." in text


def test_the_files_hold_what_the_page_holds_and_no_formula(client, secretary):
    round_ = reviewed(assessing_round(applications=2), [4, 5])
    admitted(round_)
    last = round_.applications.order_by("number")[1]
    move(last.ikc, name="=HYPERLINK(1)")
    client.force_login(secretary)

    lines = client.get(url(round_), {"export": "csv"}).content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Plaats;Groep van plaats;Groep tot en met plaats;Nummer;IKC;")
    assert len(lines) == 4
    assert f"1;1;1;{last.number};'=HYPERLINK(1);" in lines[1]
    assert "0 van de minstens 3 beoordelingen" in lines[3]

    answer = client.get(url(round_), {"export": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    sheet = book["Rangschikking"]
    assert sheet["E2"].value == "=HYPERLINK(1)"
    assert sheet["E2"].data_type == "s"
    assert sheet["G2"].value == 100
    names = [row.last_name for row in [review.member.user for review in assigned(round_)]]
    everything = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert not [name for name in names if name in everything]


@pytest.mark.parametrize("kind", ["secretary", "project_leader"])
def test_the_page_costs_the_same_for_one_and_for_three(client, kind, no_repeated_sql):
    costs = []
    for count in (1, 3):
        round_ = advised_round(applications=count, scores=[5, 4, 3])
        client.force_login(UserFactory(**{kind: True}))
        client.get(url(round_))
        with no_repeated_sql() as queries:
            answer = client.get(url(round_))
        assert len(answer.context["page"].rows) == count
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 10


def test_the_frozen_score_stands_whatever_became_of_the_reviews(secretary):
    round_ = advised_round(applications=1, scores=[4])
    application = round_.applications.get()
    review = application.reviews.order_by("pk")[0]
    review.scores.update(score=1)
    assert [row.entry.score for row in page_for(round_, secretary).rows] == [application.score]
    assert ASSESSED_AT.year == round_.opens_at.year
