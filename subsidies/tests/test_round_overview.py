"""A round in pictures: what each reader gets to see, what it costs, and what stays hidden."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from ikc.tests.factories import AttentionAreaFactory, IkcFactory, UserFactory
from subsidies.models import SubCeiling
from subsidies.round_overview import RoundOverview
from subsidies.tests.factories import ApplicationFactory, SubsidyRoundFactory, open_round
from subsidies.tests.factories_assessment import CommissionMemberFactory

pytestmark = pytest.mark.django_db


def url(round_, name="round_overview", *args):
    return reverse(f"subsidies:{name}", args=[round_.pk, *args])


@pytest.fixture
def leader(client):
    user = UserFactory(project_leader=True)
    client.force_login(user)
    return user


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_seven_queries_for_one_and_for_three(
    count, client, leader, django_assert_num_queries
):
    round_ = open_round()
    for _ in range(count):
        ApplicationFactory(round=round_, submitted=True)
    client.get(url(round_))

    with django_assert_num_queries(7):
        client.get(url(round_))


def test_the_figures_add_up(leader):
    area = AttentionAreaFactory(name="Bilgaard")
    round_ = open_round(ceiling=Decimal(20_000))
    inside = ApplicationFactory(
        round=round_, ikc=IkcFactory(attention_area=area), submitted=True, is_plus=True
    )
    ApplicationFactory(round=round_, admitted=True, requested_amount=Decimal(6_000))
    ApplicationFactory(round=round_, withdrawn=True)
    ApplicationFactory(round=round_)
    page = RoundOverview(round_, leader, now=timezone.now())

    assert page.asked == Decimal(21_000)
    assert [(step.label, step.count) for step in page.flow] == [
        ("ingediend", 1),
        ("toegelaten", 1),
        ("ingetrokken", 1),
    ]
    assert page.flow[0].url.endswith(f"?round={round_.pk}&state=submitted")
    charts = page.charts
    assert set(charts) == {"plafond", "gebieden", "besturen", "soorten", "dagen"}
    assert "105% van het plafond" in charts["plafond"].description
    assert charts["gebieden"].rows[0] == ("Bilgaard (1)", "€\xa015.000")
    assert {row[0] for row in charts["soorten"].rows} >= {"Plus IKC (1)"}
    assert inside.board.short_name in str(charts["besturen"].rows)
    assert charts["dagen"].rows == (("20 mrt", "3"),)


def test_parts_of_the_ceiling_count_each_application_once(leader):
    round_ = SubsidyRoundFactory(open=False)
    parts = [
        SubCeiling.objects.create(
            round=round_, order=order, code=code, name=code, rule=rule, amount=Decimal(amount)
        )
        for order, (code, rule, amount) in enumerate(
            [("Plus", "plus", 1000), ("Rest", "others", 90_000)], 1
        )
    ]
    for part, amount in zip(parts, (15_000, 6_000), strict=True):
        ApplicationFactory(
            round=round_, sub_ceiling=part, submitted=True, requested_amount=Decimal(amount)
        )

    chart = RoundOverview(round_, leader, now=timezone.now()).charts["deelplafonds"]

    assert chart.rows == (
        ("Plus", "€\xa01.000", "€\xa015.000"),
        ("Rest", "€\xa090.000", "€\xa06.000"),
    )
    assert chart.description == "Meer gevraagd dan beschikbaar: Plus."


def test_few_children_stay_hidden_also_by_subtraction(client, leader):
    round_ = open_round()
    ApplicationFactory(
        round=round_, submitted=True, children_0_1=3, children_2_3=12, children_4_12=25
    )

    page = client.get(url(round_))

    cells = dict(RoundOverview(round_, leader, now=timezone.now()).children[0][1])
    assert cells == {
        "0 en 1 jaar": "<5",
        "2 en 3 jaar": "×",
        "4 tot en met 12 jaar": "25",
        "Samen": "40",
    }
    assertContains(page, "&lt;5")


def test_the_days_of_the_round_stand_in_their_month(leader):
    now = timezone.now()
    page = RoundOverview(open_round(), leader, now=now)
    days = [due for month in page.months for due in month.days]
    assert [due.day for due in days] == sorted(due.day for due in days)
    texts = {due.text: due for due in days}
    assert texts["de ronde gaat open"].has_passed
    assert not texts["de ronde sluit"].has_passed
    assert texts["de subsidieperiode begint"].day == date(2026, 8, 1)


def test_many_days_become_the_busiest(leader):
    round_ = open_round()
    start = timezone.now() - timedelta(days=80)
    for n in range(0, 60, 2):
        ApplicationFactory(
            round=round_, submitted=True, lines=False, received_at=start + timedelta(days=n)
        )
    chart = RoundOverview(round_, leader, now=timezone.now()).charts["dagen"]
    assert len(chart.rows) == 21
    assert "21 drukste dagen" in chart.description


def test_before_the_first_application_it_says_so(client, leader):
    page = client.get(url(open_round()))
    assertContains(page, "Nog geen aanvragen")
    assertContains(page, "de ronde sluit")


@pytest.mark.parametrize("role", ["signer", "auditor"])
def test_the_municipality_sees_all(role, client):
    client.force_login(UserFactory(**{role: True}))
    round_ = open_round()
    ApplicationFactory(round=round_, submitted=True)
    assertContains(client.get(url(round_)), "Gevraagd en plafond")


@pytest.mark.parametrize(
    "role", ["director", "member", "school_board", "researcher", "admin", "development_group"]
)
def test_others_do_not(role, client):
    extra = {"ikc": IkcFactory()} if role == "director" else {}
    client.force_login(UserFactory(**{role: True}, **extra))
    round_ = open_round()
    assert client.get(url(round_)).status_code == 403
    assert client.get(url(round_, "round_picture", "plafond", "svg")).status_code == 403
    draft = SubsidyRoundFactory()
    assert client.get(url(draft)).status_code == 404


def test_the_secretary_sees_nothing_of_an_application_with_an_interest(client):
    secretary = UserFactory(secretary=True)
    own = secretary.assignments.get().organisation
    CommissionMemberFactory(user=secretary, organisation=own)
    area = AttentionAreaFactory(name="Geheimwijk")
    round_ = SubsidyRoundFactory(assessing=True)
    ApplicationFactory(
        round=round_,
        ikc=IkcFactory(name="IKC Geheim", board=own, attention_area=area),
        in_review=True,
    )
    ApplicationFactory(round=round_, in_review=True)
    client.force_login(secretary)

    page = client.get(url(round_))

    assertContains(page, "1 aanvraag")
    for trace in ("Geheim", own.short_name + " (", "€", "Verleend"):
        assertNotContains(page, trace)
    assert set(page.context["page"].charts) == {"gebieden", "soorten", "dagen"}
    assert client.get(url(round_, "round_picture", "besturen", "csv")).status_code == 404


def test_a_picture_and_its_figures_can_be_taken_along(client, leader):
    round_ = open_round()
    ApplicationFactory(round=round_, submitted=True)
    picture = client.get(url(round_, "round_picture", "plafond", "svg"))
    assert picture["Content-Type"].startswith("image/svg+xml")
    assert picture.content.startswith(b"<svg")
    figures = client.get(url(round_, "round_picture", "gebieden", "csv")).content.decode()
    assert "Buiten de aandachtsgebieden (1)" in figures
    for wrong in (("onzin", "svg"), ("plafond", "exe")):
        assert client.get(url(round_, "round_picture", *wrong)).status_code == 404
