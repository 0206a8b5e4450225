"""Who gets in, the list and the detail page."""

from copy import copy

import pytest
from django.db import connection
from django.urls import reverse

from agreements.models import ResultAgreement
from agreements.states import CONCLUDED, AgreementState
from agreements.tests.factories import (
    OFFERED_AT,
    AgreementFactory,
    version_of,
)
from ikc.tests.factories import IkcFactory, UserFactory

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
        "version_means",
        "version_contributions",
        "version_pledges",
        "template_create",
        "version_topics",
        "version_check",
        "version_offer",
        "version_reopen",
        "version_withdraw",
        "version_lay",
        "version_comments",
        "version_differences",
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
        "means_create": url("means_create", version.pk, "functie"),
        "means_edit": url("means_edit", "functie", version.staffing.get().pk),
        "means_delete": url("means_delete", "functie", version.staffing.get().pk),
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
        UserFactory(development_group=True),
    ):
        client.force_login(stranger)
        for name, path in pages_of(draft).items():
            assert client.get(path).status_code == 404, (stranger, name)


TALK = {"version_comments", "version_differences"}
READABLE = {"version_detail", "version_check", "version_contributions", "version_pledges"} | TALK
GOALS = {
    "version_means",
    "means_create",
    "means_edit",
    "means_delete",
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


def put_version(first, number: int, state: str) -> None:
    """The version with this number as a row in `state`; `first` itself is the one with number 1."""
    version = copy(first)
    if number > 1:
        version.pk, version.supersedes_id = None, first.pk
        version.kind, version.reason = "amendment", "Meer inzet."
    version.number, version.state = number, state
    if state not in ("draft", "negotiation", "withdrawn"):
        version.content, version.content_hash = {"format": 1}, "0" * 64
        version.offered_at = None if state == "agreed" else OFFERED_AT
    version.in_force_from = first.period_start if state in CONCLUDED else None
    version.save()


def test_the_filter_and_the_badge_mean_the_same_version(leader):
    """The filter asks what exists, the badge ranks the versions: for every reader and every state alike."""
    histories = (
        "draft",
        "in_force",
        "replaced in_force",
        "replaced in_force draft",
        "in_force withdrawn",
    )
    histories += (
        "replaced in_force signing",
        "replaced terminated",
        "replaced terminated withdrawn",
    )
    agreements = [AgreementFactory() for _ in histories]
    with (
        connection.cursor() as cursor
    ):  # past the guards: not how they came about, but what is there
        cursor.execute("SET LOCAL session_replication_role = replica")
        for agreement, states in zip(agreements, histories, strict=True):
            first = version_of(agreement)
            for number, state in enumerate(states.split(), 1):
                put_version(first, number, state)
        cursor.execute("SET LOCAL session_replication_role = origin")

    for user in (leader, UserFactory(development_group=True), UserFactory(auditor=True)):
        rows = list(ResultAgreement.objects.visible_to(user).with_current_version(user))
        assert len({row.current_state for row in rows}) >= 2
        for state in AgreementState.values:
            found = ResultAgreement.objects.visible_to(user).currently(state, user)
            assert {row.pk for row in found} == {
                row.pk for row in rows if row.current_state == state
            }, (user, state)


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


DETAIL_QUERIES = 24
