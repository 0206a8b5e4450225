"""Editing a draft in the browser: frame, parties, contributions, goal tree."""

import pytest
from django.urls import reverse

from agreements.models import AgreedIndicator, AgreedResult, AgreementVersion
from agreements.tests.factories import (
    AgreementFactory,
    DefinitionVersionFactory,
    ProgrammeFactory,
    signer_of,
    version_of,
)
from ikc.tests.factories import IkcFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"agreements:{name}", args=args)


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def draft():
    return version_of(AgreementFactory(complete=True))


@pytest.fixture
def as_leader(client, leader):
    client.force_login(leader)
    return client


# --- one year of an agreement, through its pages


def test_the_agreement_page_leads_to_the_version_to_look_at(as_leader, draft):
    response = as_leader.get(url("agreement_detail", draft.agreement_id))

    assert response.url == url("version_detail", draft.pk)


def test_a_project_leader_drafts_an_agreement_for_a_plus_ikc(as_leader):
    ikc = IkcFactory(plus=True)
    other = IkcFactory()
    OrganisationFactory(municipality=True)
    programme = ProgrammeFactory()
    page = as_leader.get(url("agreement_create"), {"ikc": ikc.pk})
    assert other.name not in page.content.decode()

    data = {
        "ikc": ikc.pk,
        "period_start": "1-1-2026",
        "period_end": "31-12-2028",
        "notice_months": "6",
        "effective_year": programme.years.get(index=5).pk,
    }
    late = as_leader.post(url("agreement_create"), data | {"period_end": "31-12-2029"})
    assert late.status_code == 422
    assert "31-12-2028" in late.content.decode()

    response = as_leader.post(url("agreement_create"), data)

    version = AgreementVersion.objects.get(agreement__ikc=ikc)
    assert response.url == url("version_goals", version.pk)


def test_an_empty_form_says_what_to_fill_in(as_leader):
    ProgrammeFactory()

    response = as_leader.post(url("agreement_create"), {})

    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>Fout: " in page
    assert "Kies het IKC waarvoor de afspraak is." in page


def test_topics_frame_and_parties_are_saved(as_leader, draft):
    party = draft.parties.in_order()[0]
    year = draft.agreement.programme.years.get(index=2)

    as_leader.post(url("version_topics", draft.pk), {"goals": "Samen verder."})
    as_leader.post(
        url("version_frame", draft.pk),
        {
            "period_start": "1-8-2022",
            "period_end": "31-7-2027",
            "effective_year": year.pk,
            "notice_months": "9",
        },
    )
    as_leader.post(
        url("party_edit", party.pk),
        {"signatory_name": "Aukje Terpstra", "signatory_function": "teammanager"},
    )

    draft.refresh_from_db()
    party.refresh_from_db()
    assert draft.topics.get(code="goals").text == "Samen verder."
    assert draft.topics.get(code="steering").text == ""
    assert draft.effective_year == year
    assert party.signatory_name == "Aukje Terpstra"


def test_a_period_outside_the_programme_is_refused_with_what_was_typed(as_leader, draft):
    response = as_leader.post(
        url("version_frame", draft.pk),
        {
            "period_start": "1-8-2022",
            "period_end": "31-7-2030",
            "notice_months": "6",
            "effective_year": draft.effective_year_id,
        },
    )

    assert response.status_code == 422
    assert "31-7-2030" in response.content.decode()


def test_a_party_has_the_kind_that_fits_its_role(as_leader, draft):
    childcare = OrganisationFactory(childcare=True)
    data = {"role": "school_board", "organisation": childcare.pk}

    refused = as_leader.post(url("party_create", draft.pk), data)
    assert refused.status_code == 422
    assert "is geen schoolbestuur" in refused.content.decode()

    as_leader.post(url("party_create", draft.pk), data | {"role": "childcare"})
    party = draft.parties.get(organisation=childcare)
    twice = as_leader.post(url("party_create", draft.pk), data | {"role": "childcare"})
    assert twice.status_code == 422

    as_leader.post(url("party_delete", party.pk))
    assert not draft.parties.filter(organisation=childcare).exists()


def test_a_board_adds_its_own_contribution_and_not_that_of_another(client, draft):
    board = draft.parties.get(role="school_board")
    client.force_login(signer_of(board))
    data = {
        "kind": "money",
        "description": "leerkracht plusklas",
        "amount": "10.000,50",
        "from_year": 2023,
        "until_year": 2025,
    }

    backwards = client.post(url("contribution_create", board.pk), data | {"until_year": 2022})
    assert backwards.status_code == 422
    client.post(url("contribution_create", board.pk), data)
    assert board.contributions.filter(amount="10000.50").count() == 3
    twice = client.post(url("contribution_create", board.pk), data)
    assert twice.status_code == 422
    client.post(url("contribution_delete", board.contributions.get(budget_year=2024).pk))
    assert board.contributions.filter(budget_year=2024).count() == 0

    other = draft.parties.get(role="municipality")
    assert client.post(url("contribution_create", other.pk), data).status_code == 403


# --- the goal tree


def test_a_director_builds_a_branch_of_the_goal_tree(client):
    version = version_of(AgreementFactory())
    goal = version.agreement.programme.goals.get(order=1)
    definition_version = DefinitionVersionFactory()
    client.force_login(UserFactory(director=True, ikc=version.agreement.ikc))
    words = {
        "text": "Meer peuters naar de voorschool.",
        "target_group": "peuters",
        "change_kind": "who_benefits",
    }

    assert client.post(url("result_create", version.pk, goal.pk), {}).status_code == 422
    response = client.post(url("result_create", version.pk, goal.pk), words)
    result = AgreedResult.objects.get(version=version)
    assert response.url == url("indicator_choose", result.pk)
    assert definition_version.definition.name in client.get(response.url).content.decode()

    client.post(url("indicator_create", result.pk, definition_version.pk), figures(value_8="80"))
    indicator = AgreedIndicator.objects.get(result=result)
    assert (indicator.baseline_value, indicator.targets.count()) == (40, 8)

    client.post(url("result_edit", result.pk), words | {"target_group": "dreumesen"})
    result.refresh_from_db()
    assert result.target_group == "dreumesen"
    client.post(url("indicator_delete", indicator.pk))
    client.post(url("result_delete", result.pk))
    assert not AgreedResult.objects.filter(version=version).exists()


def figures(**changes) -> dict[str, str]:
    values = {
        "aim": "improve",
        "baseline_status": "final",
        "baseline_numerator": "8",
        "baseline_denominator": "20",
        "baseline_year": "2020/21",
        "tolerance": "2",
    }
    return values | changes


@pytest.fixture
def indicator(draft):
    return draft.indicators.get(result__goal__order=1, is_core=True)


def test_the_years_between_are_filled_in_on_the_server(as_leader, indicator):
    response = as_leader.post(
        url("indicator_edit", indicator.pk), figures(value_8="80", fill="1", value_3="999")
    )

    form = response.context["form"]
    assert response.status_code == 200
    assert [form[f"value_{index}"].value() for index in range(1, 9)] == [
        "45", "50", "55", "60", "65", "70", "75", "80"
    ]  # fmt: skip
    assert indicator.targets.get(year__index=1).value == 45  # saved by nobody yet


def test_filling_in_needs_a_beginning_and_an_end(as_leader, indicator):
    response = as_leader.post(url("indicator_edit", indicator.pk), figures(fill="1"))

    assert response.status_code == 422
    assert "Vul eerst de nulmeting en de streefwaarde" in response.content.decode()


def test_an_indicator_is_saved_in_dutch_notation(as_leader, draft):
    result = draft.results.get(goal__order=1)
    definition_version = DefinitionVersionFactory(
        definition__number=True, definition__decimals=1, valid_max=None
    )
    data = {
        "aim": "improve",
        "baseline_status": "provisional",
        "baseline_value": "1.234,5",
        "baseline_year": "2020/21",
        "tolerance": "0,5",
        "value_1": "1.300",
        "explanation_2": "overgangsjaar",
        "is_core": "on",
    }

    as_leader.post(url("indicator_create", result.pk, definition_version.pk), data)

    saved = draft.indicators.get(definition_version=definition_version)
    assert str(saved.baseline_value) == "1234.5000"
    assert saved.targets.get(year__index=1).value == 1300
    assert saved.targets.get(year__index=2).explanation == "overgangsjaar"
    page = as_leader.get(url("indicator_edit", saved.pk)).content.decode()
    assert 'value="1.234,5"' in page or 'value="1234,5"' in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"baseline_numerator": "21"}, "De teller is niet groter dan de noemer"),
        ({"baseline_denominator": ""}, "Vul zowel de teller als de noemer in."),
        ({"baseline_numerator": ""}, "Vul zowel de teller als de noemer in."),
        (
            {"baseline_numerator": "", "baseline_denominator": ""},
            "Vul de nulmeting in, of kies dat zij ontbreekt.",
        ),
        ({"baseline_year": ""}, "Vul in over welk jaar de nulmeting gaat."),
        ({"baseline_status": "missing"}, "De nulmeting ontbreekt: laat dit veld leeg."),
        ({"tolerance": ""}, "Vul de tolerantie in."),
        ({"tolerance": "-1"}, "De tolerantie is 0 of meer."),
        ({"value_2": "veel"}, "getal in"),
        ({"value_2": "12.5"}, "getal in"),
        ({"value_2": "12,5"}, "is een heel getal"),
        ({"value_2": "120"}, "ligt tussen 0 en 100"),
    ],
)
def test_an_indicator_form_says_what_is_wrong(as_leader, indicator, changes, sentence):
    response = as_leader.post(url("indicator_edit", indicator.pk), figures(**changes))

    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_a_missing_baseline_is_planned(as_leader, draft, indicator):
    year = draft.agreement.programme.years.get(index=2)
    missing = {"aim": "improve", "baseline_status": "missing", "tolerance": "0", "value_8": "80"}

    without = as_leader.post(url("indicator_edit", indicator.pk), missing)
    assert "Kies in welk jaar de nulmeting komt." in without.content.decode()

    as_leader.post(
        url("indicator_edit", indicator.pk), missing | {"baseline_planned_year": year.pk}
    )
    indicator.refresh_from_db()
    assert indicator.baseline_value is None
    assert indicator.baseline_planned_year == year


def test_a_range_has_two_ends_a_year(as_leader, draft):
    result = draft.results.get(goal__order=1)
    definition_version = DefinitionVersionFactory(definition__band=True)
    path = url("indicator_create", result.pk, definition_version.pk)
    assert "Ondergrens" in as_leader.get(path).content.decode()

    half = as_leader.post(path, figures(low_1="40"))
    assert "Vul voor 2021/22 beide grenzen in." in half.content.decode()
    crossed = as_leader.post(path, figures(low_1="60", high_1="40"))
    assert "hoger dan de bovengrens" in crossed.content.decode()
    as_leader.post(path, figures(low_1="40", high_1="60"))

    saved = draft.indicators.get(definition_version=definition_version)
    target = saved.targets.get(year__index=1)
    assert (target.value, target.low, target.high) == (None, 40, 60)
    page = as_leader.get(url("version_detail", draft.pk)).content.decode()
    assert "40% tot 60%" in page
