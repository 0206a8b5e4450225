import pytest
from django.db import connection
from django.urls import reverse

from agreements.models import AgreedIndicator, AgreedResult, AgreementVersion, ResultAgreement
from agreements.states import AgreementState
from agreements.tests.factories import (
    AgreementFactory,
    DefinitionVersionFactory,
    ProgrammeFactory,
    sign_all,
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
def offered():
    return version_of(AgreementFactory(offered=True))


@pytest.fixture
def as_leader(client, leader):
    client.force_login(leader)
    return client


def pages_of(version) -> dict[str, str]:
    """Every page about one version, by name."""
    result = version.results.get(goal__order=1)
    indicator = result.indicators.order_by("pk")[0]
    party = version.parties.in_order()[0]
    on_version = [
        "version_detail",
        "version_frame",
        "version_parties",
        "party_create",
        "version_goals",
        "version_contributions",
        "version_topics",
        "version_check",
        "version_offer",
        "version_return",
        "version_withdraw",
    ]
    return {
        **{name: url(name, version.pk) for name in on_version},
        "result_create": url("result_create", version.pk, result.goal_id),
        "result_edit": url("result_edit", result.pk),
        "result_delete": url("result_delete", result.pk),
        "indicator_choose": url("indicator_choose", result.pk),
        "indicator_create": url("indicator_create", result.pk, indicator.definition_version_id),
        "indicator_edit": url("indicator_edit", indicator.pk),
        "indicator_delete": url("indicator_delete", indicator.pk),
        "party_edit": url("party_edit", party.pk),
        "party_delete": url("party_delete", party.pk),
        "contribution_create": url("contribution_create", party.pk),
        "contribution_delete": url("contribution_delete", party.contributions.get().pk),
        "party_sign": url("party_sign", party.pk),
        "version_create": url("version_create", version.agreement_id),
    }


# --- who gets in


def test_without_login_every_page_asks_for_one(client, draft):
    for path in [url("agreement_list"), url("agreement_create"), *pages_of(draft).values()]:
        response = client.get(path)
        assert response.status_code == 302, path
        assert response.url.startswith(reverse("account_login")), path


def test_a_stranger_finds_nothing(client, draft):
    for stranger in (
        UserFactory(director=True),
        UserFactory(school_board=True),
        UserFactory(researcher=True),
    ):
        client.force_login(stranger)
        for name, path in pages_of(draft).items():
            assert client.get(path).status_code == 404, (stranger, name)


READABLE = {"version_detail", "version_check", "version_contributions"}
GOALS = {
    "version_goals",
    "result_create",
    "result_edit",
    "result_delete",
    "indicator_choose",
    "indicator_create",
    "indicator_edit",
    "indicator_delete",
}


def test_a_board_reads_and_a_director_edits_goals_only(client, draft):
    ikc = draft.agreement.ikc
    for user, allowed in (
        (UserFactory(school_board=True, organisation=ikc.board), READABLE),
        (UserFactory(director=True, ikc=ikc), READABLE | GOALS),
        (UserFactory(development_group=True), READABLE - {"version_contributions"}),
    ):
        client.force_login(user)
        for name, path in pages_of(draft).items():
            expected = 200 if name in allowed else 403
            assert client.get(path).status_code == expected, (user.role_labels, name)


def test_every_page_answers_the_project_leader(as_leader, draft, no_repeated_sql):
    for name, path in pages_of(draft).items():
        if name == "party_sign":
            continue
        with no_repeated_sql():
            response = as_leader.get(path)
        assert response.status_code == 200, name


def test_what_was_offered_has_no_edit_pages(as_leader, offered):
    for name, path in pages_of(offered).items():
        if name in GOALS | {"version_frame", "version_topics", "party_edit", "contribution_create"}:
            assert as_leader.get(path).status_code == 403, name


# --- the list


def test_the_list_shows_how_far_each_agreement_is(as_leader, offered):
    AgreementFactory(in_force=True)
    AgreementFactory()

    page = as_leader.get(url("agreement_list")).content.decode()

    assert "In werking" in page
    assert "3 van 3" in page
    assert "Ter ondertekening" in page
    assert "0 van 3" in page


def test_the_list_searches_filters_and_sorts(as_leader):
    for name in ("IKC Alfa", "IKC Beta"):
        AgreementFactory(ikc__name=name)
    AgreementFactory(ikc__name="IKC Gamma", offered=True)

    def shown(**query) -> list[str]:
        response = as_leader.get(url("agreement_list"), query)
        return [row.record.ikc.name for row in response.context["table"].rows]

    assert shown() == ["IKC Alfa", "IKC Beta", "IKC Gamma"]
    assert shown(q="ikc bet") == ["IKC Beta"]
    assert shown(status="signing") == ["IKC Gamma"]
    assert shown(status="no-such-state") == ["IKC Alfa", "IKC Beta", "IKC Gamma"]
    assert shown(sort="-ikc") == ["IKC Gamma", "IKC Beta", "IKC Alfa"]
    assert shown(q="Zeta") == []


def test_the_csv_has_all_rows_and_no_formulas(as_leader):
    AgreementFactory(ikc__name="=SOM(A1)", in_force=True)

    response = as_leader.get(url("agreement_list"), {"csv": 1})

    text = response.content.decode("utf-8-sig")
    assert text.splitlines()[0].startswith("IKC;Schoolbestuur;Kenmerk;Versie;Status")
    assert text.splitlines()[1].startswith("'=SOM(A1);")
    assert ";in werking;3;3;2021-11-15" in text


def test_an_empty_list_says_so(client):
    client.force_login(UserFactory(director=True))

    assert "Nog geen resultaatafspraken" in client.get(url("agreement_list")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    as_leader, count, django_assert_max_num_queries, no_repeated_sql
):
    for _ in range(count):
        AgreementFactory(offered=True)
        IkcFactory(plus=True)
    as_leader.get(url("agreement_list"))

    with django_assert_max_num_queries(10) as made, no_repeated_sql():
        as_leader.get(url("agreement_list"))
    assert len(made) == LIST_QUERIES


LIST_QUERIES = 6


@pytest.mark.parametrize("results", [1, 3])
def test_the_detail_page_costs_the_same_for_three_results_and_for_nine(
    as_leader, results, no_repeated_sql
):
    version = version_of(AgreementFactory(in_force=True, results_per_goal=results))
    as_leader.get(url("version_detail", version.pk))

    with no_repeated_sql() as made:
        as_leader.get(url("version_detail", version.pk))
    assert len(made) == DETAIL_QUERIES


DETAIL_QUERIES = 14


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
        {"period_start": "1-8-2022", "period_end": "31-7-2027", "effective_year": year.pk},
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
        ({"value_2": "12,5"}, "hoogstens 0 decimalen"),
        ({"value_2": "120"}, "ligt tussen 0 en 100"),
    ],
)
def test_an_indicator_form_says_what_is_wrong(as_leader, indicator, changes, sentence):
    response = as_leader.post(url("indicator_edit", indicator.pk), figures(**changes))

    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_a_missing_baseline_is_planned(as_leader, draft, indicator):
    year = draft.agreement.programme.years.get(index=2)
    missing = {"baseline_status": "missing", "tolerance": "0", "value_8": "80"}

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


# --- offering and signing


def test_the_check_page_names_what_is_missing_and_links_to_it(as_leader):
    version = version_of(AgreementFactory())

    page = as_leader.get(url("version_check", version.pk)).content.decode()

    assert "heeft nog geen beoogd resultaat" in page
    assert url("version_goals", version.pk) in page
    assert url("version_offer", version.pk) not in page


def test_offering_asks_first_and_then_fixes_the_text(as_leader, draft):
    page = as_leader.get(url("version_offer", draft.pk)).content.decode()
    assert "vervallen alle handtekeningen" in page

    as_leader.post(url("version_offer", draft.pk))

    draft.refresh_from_db()
    assert draft.state == AgreementState.SIGNING


def test_an_incomplete_draft_is_not_offered_by_hand_either(as_leader):
    version = version_of(AgreementFactory())

    response = as_leader.post(url("version_offer", version.pk), follow=True)

    assert "nog niet compleet" in response.content.decode()
    version.refresh_from_db()
    assert version.state == AgreementState.DRAFT


def test_each_party_reads_the_whole_text_and_signs(client, offered):
    for party in offered.parties.in_order():
        client.force_login(signer_of(party))
        path = url("party_sign", party.pk)
        page = client.get(path).content.decode()
        assert "Vingerafdruk van de tekst" in page
        assert "Meer kinderen doen mee" in page
        assert client.post(path, {}).status_code == 422
        client.post(path, {"read": "on"})

    offered.refresh_from_db()
    assert offered.state == AgreementState.IN_FORCE
    page = client.get(url("version_detail", offered.pk)).content.decode()
    assert "3 van 3 partijen hebben getekend" in " ".join(page.split())


def test_nobody_signs_for_another(client, offered):
    municipality, board, childcare = offered.parties.in_order()
    client.force_login(signer_of(board))

    assert client.post(url("party_sign", childcare.pk), {"read": "on"}).status_code == 403
    assert client.post(url("party_sign", municipality.pk), {"read": "on"}).status_code == 403


def test_what_is_signed_already_is_told(client, offered):
    party = offered.parties.in_order()[0]
    client.force_login(signer_of(party))
    client.post(url("party_sign", party.pk), {"read": "on"})

    again = client.post(url("party_sign", party.pk), {"read": "on"})

    assert again.status_code == 422
    assert "is al getekend" in again.content.decode()


def test_a_draft_has_nothing_to_sign(client, draft):
    party = draft.parties.in_order()[0]
    client.force_login(signer_of(party))

    response = client.get(url("party_sign", party.pk))

    assert response.url == url("version_detail", draft.pk)


def test_going_back_to_draft_names_the_signatures_that_are_lost(as_leader, offered):
    party = offered.parties.in_order()[0]
    signer = signer_of(party)
    as_leader.force_login(signer)
    as_leader.post(url("party_sign", party.pk), {"read": "on"})
    as_leader.force_login(UserFactory(project_leader=True))
    path = url("version_return", offered.pk)

    assert signer.full_name in as_leader.get(path).content.decode()
    assert as_leader.post(path, {"reason": ""}).status_code == 422
    response = as_leader.post(path, {"reason": "Tekstfout"}, follow=True)

    assert party.organisation_name in response.content.decode()
    offered.refresh_from_db()
    assert offered.state == AgreementState.DRAFT
    again = as_leader.post(path, {"reason": "Nog eens"})
    assert again.status_code == 422


def test_a_draft_is_withdrawn_with_a_reason(as_leader, draft):
    as_leader.post(url("version_withdraw", draft.pk), {"reason": "Het IKC stopt."})

    draft.refresh_from_db()
    assert draft.state == AgreementState.WITHDRAWN
    assert as_leader.post(url("version_withdraw", draft.pk), {"reason": "x"}).status_code == 422


def test_the_next_version_starts_as_a_copy_and_replaces_the_first(as_leader):
    agreement = AgreementFactory(in_force=True)
    first = version_of(agreement)
    path = url("version_create", agreement.pk)
    data = {
        "kind": "amendment",
        "reason": "De wijk is veranderd.",
        "effective_year": agreement.programme.years.get(index=4).pk,
    }

    assert as_leader.post(path, {}).status_code == 422
    as_leader.post(path, data)
    second = agreement.versions.get(number=2)
    assert as_leader.post(path, data).status_code == 422
    as_leader.post(url("version_offer", second.pk))
    sign_all(second)

    page = as_leader.get(url("version_detail", first.pk)).content.decode()
    assert "Versie 2" in page
    assert "Vervangen" in page
    assert ResultAgreement.objects.get() == agreement


def test_the_development_group_sees_sums_and_not_who_pays(client, draft):
    client.force_login(UserFactory(development_group=True))

    page = client.get(url("version_detail", draft.pk)).content.decode()

    assert "37.500" in page
    assert "12.500" not in page


def test_a_text_that_was_tampered_with_is_shown_as_such(as_leader, offered):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE agreements_agreementtopic DISABLE TRIGGER USER")
        cursor.execute("UPDATE agreements_agreementtopic SET text = 'Iets anders.'")
        cursor.execute("ALTER TABLE agreements_agreementtopic ENABLE TRIGGER USER")

    page = as_leader.get(url("version_detail", offered.pk)).content.decode()

    assert "De tekst klopt niet meer met de vingerafdruk" in page
