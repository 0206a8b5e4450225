"""The pages of a scheme: who gets in, what they show and refuse, and what they cost."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from ikc.tests.factories import UserFactory
from kvk2.core.documents import Municipality
from subsidies.documents import LetterContext, LetterKind
from subsidies.models import SchemeVersion, SubsidyScheme
from subsidies.scheme_examples import EXAMPLE_ROWS
from subsidies.services import schemes as services
from subsidies.services.scheme_preview import sample_context
from subsidies.states import SchemeState
from subsidies.tests.factories import (
    IN_FORCE,
    SchemeVersionFactory,
    SubsidyRoundFactory,
    move,
)

pytestmark = pytest.mark.django_db

IN_2026 = datetime(2026, 3, 1, 9, tzinfo=UTC)
READERS = {"project_leader", "signer", "auditor", "admin"}
ROLES = [*sorted(READERS), "member", "secretary", "director", "school_board", "childcare_board", "researcher", "development_group"]  # fmt: skip
# The literal matrix: who may, on a draft. On a version in force nobody may.
MAY = {
    "add_scheme": {"project_leader"},
    "add_scheme_version": {"project_leader"},
    "change_scheme_version": {"project_leader"},
    "discard_scheme_version": {"project_leader"},
    "put_scheme_in_force": {"signer"},
}


def url(name, *args):
    return reverse(f"subsidies:{name}", args=args)


@pytest.fixture
def leader_client(client):
    client.force_login(UserFactory(project_leader=True))
    return client


@pytest.fixture
def signer_client(client):
    client.force_login(UserFactory(signer=True))
    return client


@pytest.fixture
def draft():
    return SchemeVersionFactory(draft=True)


@pytest.mark.parametrize("role", ROLES)
def test_who_may_do_what(role, draft):
    user, fixed = UserFactory(**{role: True}), SchemeVersionFactory()

    assert {verb for verb in MAY if user.has_perm(f"subsidies.{verb}", draft)} == {
        verb for verb, roles in MAY.items() if role in roles
    }
    assert not any(user.has_perm(f"subsidies.{verb}", fixed) for verb in MAY if "add" not in verb)
    seen = role in READERS
    assert SchemeVersion.objects.visible_to(user).exists() is seen
    assert SubsidyScheme.objects.visible_to(user).exists() is seen


def pages(version):
    return [
        url("scheme_list"),
        version.scheme.get_absolute_url(),
        version.get_absolute_url(),
        url("scheme_budget_trial", version.pk),
        url("scheme_version_compare", version.pk, version.pk),
        url("scheme_sample_letter", version.pk, "refusal"),
    ]


@pytest.mark.parametrize("role", ["auditor", "admin", "director", "member"])
def test_a_stranger_finds_no_scheme(role, client, draft):
    client.force_login(UserFactory(**{role: True}))

    expected = 200 if role in READERS else 404
    assert {client.get(page).status_code for page in pages(draft)} == {expected}


def test_reading_is_not_writing(client, draft):
    client.force_login(UserFactory(signer=True))
    assert client.get(url("scheme_section_edit", draft.pk, "termijnen")).status_code == 403
    client.force_login(UserFactory(project_leader=True))
    assert client.get(url("scheme_version_in_force", draft.pk)).status_code == 403


def test_a_scheme_is_made_with_examples_that_say_so(leader_client):
    response = leader_client.post(
        url("scheme_create"),
        {"name": "Nieuw", "citation": "Nieuwe regeling", "valid_from": "1-1-2027"},
    )

    version = SchemeVersion.objects.get()
    assertRedirects(response, version.get_absolute_url())
    page = leader_client.get(version.get_absolute_url())
    assertContains(page, "nog controleren")
    assertContains(page, "Beschrijf voor welke activiteiten de subsidie is")


def section_data(**changed):
    data = {
        "citation": "Regeling 2027",
        "activities": "Taal en spel.",
        "subsidy_type": "budget",
        "valid_from": "1-1-2027",
        "valid_until": "",
        "source": "Gemeenteblad",
        "grondslag-TOTAL_FORMS": "1",
        "grondslag-INITIAL_FORMS": "0",
        "grondslag-0-kind": "asv",
        "grondslag-0-text": "ASV",
        "grondslag-0-dated_on": "3-2-2018",
    }
    return {**data, **changed}


def test_a_section_is_saved_with_its_rows(leader_client, draft):
    page = url("scheme_section_edit", draft.pk, "grondslag")

    assertRedirects(leader_client.post(page, section_data()), draft.get_absolute_url())

    draft.refresh_from_db()
    assert draft.citation == "Regeling 2027"
    assert draft.legal_bases.get().dated_on == date(2018, 2, 3)
    assert draft.sources.get().source == "Gemeenteblad"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"citation": ""}, "Vul de citeertitel in."),
        ({"valid_until": "1-1-2026"}, "De regeling eindigt vóórdat zij begint."),
        ({"grondslag-0-text": ""}, "Vul in welke grondslag u bedoelt."),
    ],
)
def test_a_refused_section_keeps_what_was_typed(changed, sentence, leader_client, draft):
    response = leader_client.post(
        url("scheme_section_edit", draft.pk, "grondslag"), section_data(**changed)
    )

    assertContains(response, sentence, status_code=422)
    assertContains(response, "Taal en spel.", status_code=422)


SECTION_ROWS = {
    "verantwoording": ({"band": "full", "up_to": "", "documents": ["activity_report"], "due_weeks": ""}, "binnen hoeveel weken"),
    "betaling": ({"percentage": "80", "day": "31", "month": "1"}, "Kies een dag van 1 tot en met 28."),
    "verplichtingen": ({"theme": "other", "text": ""}, "Schrijf de verplichting op."),
    "weigering": ({"code": "late", "text": "te laat", "article": ""}, "Vul het artikel in."),
}  # fmt: skip


@pytest.mark.parametrize("slug", SECTION_ROWS)
def test_a_wrong_row_is_told_at_its_field(slug, leader_client, draft):
    row, sentence = SECTION_ROWS[slug]
    data = {f"{slug}-0-{name}": value for name, value in row.items()}
    data |= {f"{slug}-TOTAL_FORMS": "1", f"{slug}-INITIAL_FORMS": "0"}
    data |= {"advance_percentage": "80", "advance_count": "4"}

    response = leader_client.post(url("scheme_section_edit", draft.pk, slug), data)

    assertContains(response, sentence, status_code=422)


@pytest.mark.parametrize("slug", ["grondslag", "termijnen", "verantwoording", "betaling", "verplichtingen", "begroting", "weigering", "brieven"])  # fmt: skip
def test_every_section_has_its_form(slug, leader_client, draft):
    assertContains(
        leader_client.get(url("scheme_section_edit", draft.pk, slug)), "Onderdeel bewaren"
    )


def test_a_row_is_added_without_javascript(leader_client, draft):
    data = {"verplichtingen-TOTAL_FORMS": "0", "verplichtingen-INITIAL_FORMS": "0", "verplichtingen-add": "1"}  # fmt: skip

    response = leader_client.post(url("scheme_section_edit", draft.pk, "verplichtingen"), data)

    assertContains(response, 'name="verplichtingen-0-text"')
    assert draft.obligations.exists()


def test_an_unknown_merge_field_is_refused_at_its_text(leader_client, draft):
    texts = {row["code"]: row["text"] for row in EXAMPLE_ROWS["letter_texts"]}
    page = url("scheme_section_edit", draft.pk, "brieven")

    refused = leader_client.post(page, {**texts, "advance": "{voorschot} {laatste4} {naam}"})
    assertContains(refused, "Het invulveld {naam} bestaat hier niet.", status_code=422)
    assertContains(refused, 'href="#id_advance"', status_code=422)

    saved = leader_client.post(page, {**texts, "consequences": "Dan praten we eerst."})
    assertRedirects(saved, draft.get_absolute_url())
    assert draft.letter_texts.get(code="consequences").text == "Dan praten we eerst."


def test_the_college_puts_a_version_in_force(signer_client, draft):
    data = {
        "decision_number": "B&W 1",
        "decided_on": "1-11-2019",
        "publication_reference": "Gemeenteblad 2019, 1",
        "published_on": "8-11-2019",
    }
    page = url("scheme_version_in_force", draft.pk)

    assertContains(
        signer_client.post(page, {**data, "decision_number": ""}),
        "Vul het nummer van het collegebesluit in.",
        status_code=422,
    )
    assertRedirects(signer_client.post(page, data), draft.get_absolute_url())
    draft.refresh_from_db()
    assert draft.state == SchemeState.IN_FORCE


def test_an_incomplete_version_says_what_is_missing(signer_client):
    version = SchemeVersionFactory(draft=True, bare=True)

    page = signer_client.get(url("scheme_version_in_force", version.pk))

    assertContains(page, "Voeg ten minste één verplichting toe.")
    assertNotContains(page, "Nummer van het collegebesluit")


def test_the_next_version_and_its_difference(leader_client, draft):
    first = move(draft, state="in_force", **IN_FORCE)
    leader_client.post(url("scheme_version_create", first.scheme_id), {"valid_from": "1-1-2027"})
    second = SchemeVersion.objects.get(number=2)
    second.budget_rules.filter(kind="hourly_rate").update(limit=85)
    second.letter_texts.filter(code="direct").delete()

    page = leader_client.get(url("scheme_version_compare", second.pk, first.pk))

    assertContains(page, "80,00")
    assertContains(page, "85,00")
    assertContains(page, "Vervallen")
    assertNotContains(page, "Weigeringsgronden")


def test_versions_of_two_schemes_are_not_compared(leader_client, draft):
    other = SchemeVersionFactory()
    assert leader_client.get(url("scheme_version_compare", draft.pk, other.pk)).status_code == 404


@pytest.mark.parametrize("kind", ["grant", "partial_grant", "refusal"])
def test_a_sample_letter_is_a_pdf_that_says_it_is_an_example(kind, leader_client, draft):
    response = leader_client.get(url("scheme_sample_letter", draft.pk, kind))

    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "private, no-store"
    assert response.content.startswith(b"%PDF")


def test_a_sample_letter_has_the_words_of_its_own_version(draft):
    draft.letter_texts.filter(code="consequences").update(text="Alleen in versie 1.")
    move(draft, state="in_force", **IN_FORCE)
    second = services.create_version(draft.scheme, valid_from=date(2027, 1, 1), by=None, at=IN_2026)
    second.letter_texts.filter(code="consequences").update(text="Alleen in versie 2.")

    first_letter, second_letter = (
        sample_context(version, LetterKind.GRANT, today=date(2026, 3, 1))
        for version in (draft, second)
    )

    assert str(first_letter.passages["consequences"][0]) == "Alleen in versie 1."
    assert str(second_letter.passages["consequences"][0]) == "Alleen in versie 2."
    assert isinstance(first_letter, LetterContext)
    assert first_letter.municipality == Municipality.from_settings()


def test_a_version_that_lacks_something_gives_no_letter_but_a_sentence(leader_client):
    version = SchemeVersionFactory(draft=True, bare=True)

    response = leader_client.get(url("scheme_sample_letter", version.pk, "grant"), follow=True)

    assertContains(response, "De voorbeeldbrief kan nog niet")


def test_a_trial_budget_tells_errors_from_warnings(leader_client, draft):
    draft.budget_rules.filter(kind="overhead").update(severity="warning", text="Leg uit waarom.")
    page = url("scheme_budget_trial", draft.pk)

    tried = leader_client.get(
        page, {"hourly_rate": "80,01", "overhead": "10.000,01", "requested": "50.000"}
    )

    assertContains(tried, "Indienen kan niet")
    assertContains(tried, "Uitleg nodig")
    assertContains(tried, "Leg uit waarom.")
    fine = leader_client.get(page, {"hourly_rate": "80,00"})
    assertContains(fine, "Deze bedragen passen bij de regels.")
    assertContains(leader_client.get(page, {"hourly_rate": "veel"}), "Vul een bedrag in", status_code=422)  # fmt: skip


def test_the_list_finds_and_exports(leader_client):
    SchemeVersionFactory(scheme__name="Regeling voor sport")
    SchemeVersionFactory(scheme__name="Regeling voor muziek", draft=True)

    found = leader_client.get(url("scheme_list"), {"q": "sport", "state": "in_force"})
    assertContains(found, "Regeling voor sport")
    assertNotContains(found, "Regeling voor muziek")
    export = leader_client.get(url("scheme_list"), {"export": "csv"})
    assert "Regeling voor muziek;" in export.content.decode()
    assertContains(leader_client.get(url("scheme_list"), {"q": "zzz"}), "Geen regelingen gevonden")


def test_the_pages_cost_the_same_for_one_and_for_three(leader_client):
    version = SchemeVersionFactory()
    pages = [url("scheme_list"), version.scheme.get_absolute_url(), version.get_absolute_url()]

    def cost() -> list[int]:
        counts = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                leader_client.get(page)
            counts.append(len(queries))
        return counts

    def one_more() -> None:
        SubsidyRoundFactory(scheme_version=version, bare=True)
        SchemeVersionFactory(bare=True)

    one_more()
    cost()
    for_one = cost()
    one_more()
    one_more()

    assert cost() == for_one


def test_a_draft_is_thrown_away(leader_client, draft):
    page = url("scheme_version_discard", draft.pk)
    assertContains(leader_client.get(page), "Concept weggooien")
    assertRedirects(leader_client.post(page), url("scheme_list"))
    assert not SubsidyScheme.objects.exists()
