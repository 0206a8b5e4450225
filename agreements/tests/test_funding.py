"""Sources, budget years, what became of a pledge, and whether there is money behind all of it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreements.cover import cover_of
from agreements.models import (
    ClosedBudgetYear,
    Contribution,
    ContributionStep,
    FundingBudget,
    FundingSource,
)
from agreements.pledges import pledges_of
from agreements.services import funding
from agreements.services.budget_years import BudgetYearRefused
from agreements.services.drafting import draft_new_version
from agreements.services.editing import add_contributions, remove_contribution, remove_party
from agreements.tests.factories import OFFERED_AT, AgreementFactory, signer_of, version_of
from agreements.tests.test_completeness import loaded
from agreements.tests.test_models import change, refused
from ikc.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
DEED = {"by": None, "at": OFFERED_AT}
LATER = {"by": None, "at": datetime(2023, 3, 1, 9, tzinfo=UTC)}
PLEDGED = Decimal("12500.00")


def url(name: str, *args) -> str:
    return reverse(f"agreements:{name}", args=args)


@pytest.fixture
def in_force():
    return version_of(AgreementFactory(in_force=True))


@pytest.fixture
def pledge(in_force):
    return Contribution.objects.get(party__version=in_force, party__role="school_board")


def programme_of(version):
    return version.agreement.programme


def close(version, year: int = 2022) -> None:
    funding.close_budget_year(programme_of(version), budget_year=year, **LATER)


# --- budget years


def test_a_budget_year_lies_within_the_programme():
    draft = version_of(AgreementFactory(complete=True))
    row = Contribution.objects.filter(party__version=draft).order_by("pk")[0]
    with refused("lies within the programme"):
        change(row, budget_year=2029)
    with pytest.raises(BudgetYearRefused, match="2021 tot en met 2028"):
        add_contributions(
            row.party,
            kind="money",
            amount=Decimal(1),
            description="x",
            budget_years=[2020],
            **DEED,
        )
    source = FundingSource.objects.get()
    with refused("lies within the programme"):
        FundingBudget.objects.create(
            programme=programme_of(draft), source=source, budget_year=2020, amount=1, basis="x"
        )


def test_a_closed_year_is_fixed(in_force, pledge):
    """Monitoring reference 3.4, invariant 7."""
    close(in_force)
    draft = draft_new_version(
        in_force.agreement,
        kind="amendment",
        reason="Meer inzet.",
        effective_year=in_force.effective_year,
        **LATER,
    )
    row = Contribution.objects.get(party__version=draft, party__role="school_board")
    with refused("closed budget year"):
        change(row, amount=1)
    with refused("closed budget year"):
        row.delete()
    with refused("closed budget year"):
        Contribution.objects.create(
            party=row.party, budget_year=2022, kind="money", amount=1, description="extra"
        )
    for deed in (
        lambda: remove_contribution(row, **LATER),
        lambda: remove_party(row.party, **LATER),
    ):
        with pytest.raises(BudgetYearRefused, match="2022 is afgesloten"):
            deed()
    with refused("closed budget year"):
        ContributionStep.objects.create(
            contribution=pledge, kind="confirmed", amount=1, recorded_at=OFFERED_AT
        )
    with refused("cannot be opened"):
        ClosedBudgetYear.objects.update(budget_year=2023)
    with pytest.raises(BudgetYearRefused, match="nog niet voorbij"):
        close(in_force, 2023)


# --- from pledge to realised


def test_a_pledge_is_confirmed_and_then_realised(in_force, pledge):
    with pytest.raises(funding.StepRefused, match="Bevestig deze bijdrage eerst"):
        funding.realise_contribution(pledge, amount=PLEDGED, note="", **LATER)
    funding.confirm_contribution(pledge, **LATER)
    with pytest.raises(funding.StepRefused, match="al bevestigd"):
        funding.confirm_contribution(pledge, **LATER)
    funding.realise_contribution(pledge, amount=PLEDGED, note="", **LATER)
    funding.realise_contribution(pledge, amount=Decimal(-500), note="te veel geteld", **LATER)

    (own,) = next(
        group.pledges
        for group in pledges_of(loaded(in_force))
        if group.party.role == "school_board"
    )
    assert (own.state, own.realised) == ("Gerealiseerd", PLEDGED - 500)


def test_steps_stay_as_they_are(in_force, pledge):
    funding.confirm_contribution(pledge, **LATER)
    step = ContributionStep.objects.get()
    with refused("cannot be changed"):
        change(step, amount=1)
    with refused("cannot be changed"):
        step.delete()
    with refused("contribution_step_down_is_explained"):
        ContributionStep.objects.create(
            contribution=pledge, kind="realised", amount=-1, recorded_at=OFFERED_AT
        )
    with refused("once its agreement was signed"):
        draft = version_of(AgreementFactory(complete=True))
        ContributionStep.objects.create(
            contribution=Contribution.objects.filter(party__version=draft).order_by("pk")[0],
            kind="confirmed",
            amount=1,
            recorded_at=OFFERED_AT,
        )


def test_what_was_realised_counts_in_the_next_version_too(in_force, pledge):
    funding.confirm_contribution(pledge, **LATER)
    draft = draft_new_version(
        in_force.agreement,
        kind="amendment",
        reason="Meer inzet.",
        effective_year=in_force.effective_year,
        **LATER,
    )
    states = {g.party.role: g.pledges[0].state for g in pledges_of(loaded(draft))}
    assert states["school_board"] == "Bevestigd"


def test_a_board_records_its_own_contribution(client, in_force, pledge):
    client.force_login(signer_of(pledge.party))
    page = client.get(url("version_pledges", in_force.pk)).content.decode()
    assert page.count("Bevestigen") == 1
    client.post(url("contribution_confirm", pledge.pk))
    path = url("contribution_realise", pledge.pk)
    less = client.post(path, {"amount": "10.000"})
    assert less.status_code == 422
    assert "anders is dan toegezegd" in less.content.decode()
    client.post(path, {"amount": "10.000", "note": "een functie stond open"})
    assert "Gerealiseerd" in client.get(url("version_pledges", in_force.pk)).content.decode()
    other = Contribution.objects.get(party__version=in_force, party__role="municipality")
    assert client.post(url("contribution_confirm", other.pk)).status_code == 403


# --- cover


@pytest.fixture
def money(in_force):
    """One agreement in force and one drafted, of three times 12.500 euros in 2022; 60.000 available."""
    AgreementFactory(complete=True)
    funding.enter_budget(
        programme_of(in_force),
        source=FundingSource.objects.get(),
        budget_year=2022,
        amount=Decimal(60_000),
        basis="begroting 2022",
        **DEED,
    )
    return in_force


def test_the_cover_is_what_is_available_against_what_was_promised(money):
    years = {year.year: year for year in cover_of(programme_of(money))}
    total = years[2022].total
    assert (total.in_force, total.drafted, total.left) == (37_500, 37_500, -15_000)
    assert years[2022].verdict == "€ 15.000 te weinig"
    assert list(years) == list(range(2021, 2029))
    assert not years[2023].rows


def test_a_draft_beside_a_version_in_force_does_not_count_twice(money):
    draft_new_version(
        money.agreement,
        kind="amendment",
        reason="Meer inzet.",
        effective_year=money.effective_year,
        **DEED,
    )
    (year,) = [year for year in cover_of(programme_of(money)) if year.rows]
    assert year.total.drafted == 37_500


def test_the_pages_of_the_cover(client, money):
    client.force_login(UserFactory(development_group=True))
    page = client.get(url("cover"))
    assert "€ 15.000 te weinig" in page.content.decode()
    assert url("cover_year", 2022) not in page.content.decode()
    assert client.get(url("cover_year", 2022)).status_code == 403
    assert client.get(url("budget_edit")).status_code == 403

    client.force_login(UserFactory(project_leader=True))
    assert money.ikc_name in client.get(url("cover_year", 2022)).content.decode()
    assert client.get(url("cover_year", 2025)).status_code == 404
    assert "60000,00" in client.get(url("cover"), {"csv": 1}).content.decode()
    typed = {"source": FundingSource.objects.get().pk, "budget_year": 2022, "amount": "80.000"}
    assert "waar het bedrag vandaan komt" in client.post(url("budget_edit"), typed).content.decode()
    client.post(url("budget_edit"), typed | {"basis": "begroting 2022, blz. 4"})
    assert FundingBudget.objects.get().amount == 80_000
    client.post(url("budget_year_close", 2022))
    assert ClosedBudgetYear.objects.filter(budget_year=2022).exists()
    shut = client.post(url("budget_edit"), typed | {"basis": "anders"})
    assert (shut.status_code, "2022 is afgesloten" in shut.content.decode()) == (422, True)


def test_the_cover_costs_the_same_for_more_agreements(client, money):
    client.force_login(UserFactory(project_leader=True))
    client.get(url("cover"))
    with CaptureQueriesContext(connection) as few:
        client.get(url("cover"))
    AgreementFactory(complete=True)
    with CaptureQueriesContext(connection) as many:
        client.get(url("cover"))
    assert len(few) == len(many)
