"""What the Ontwikkelgroep reads of an agreement (domain reference 6.2: 'R summary'; Q20: no small numbers)."""

import pytest
from django.urls import reverse

from agreements.models import (
    AgreedIndicator,
    AgreementVersion,
    IndicatorDefinition,
    IndicatorDefinitionVersion,
)
from agreements.summary import is_hidden
from agreements.tests.factories import AgreementFactory, version_of
from agreements.tests.test_views import pages_of
from ikc.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_member(client):
    client.force_login(UserFactory(development_group=True))
    return client


def summary_url(version: AgreementVersion) -> str:
    return reverse("agreements:version_summary", args=[version.pk])


def test_a_member_reads_what_was_agreed_and_not_who_pays_or_what_was_said(
    as_member, no_repeated_sql
):
    version = version_of(AgreementFactory(in_force=True))

    answer = as_member.get(version.agreement.get_absolute_url())
    assert answer.url == summary_url(version)
    with no_repeated_sql():
        page = as_member.get(answer.url).content.decode()

    assert "Kinderen die meedoen" in page
    assert "40%" in page
    assert "80%" in page
    assert "37.500" in page
    for secret in ("12.500", "van 100", "Vingerafdruk", "Opmerking", "Wijkanalyse"):
        assert secret not in page, secret
    for party in version.parties.in_order():
        assert party.organisation_name not in page.split("<main")[1].split("<aside")[0]


def test_the_working_pages_are_not_there_for_a_member(as_member):
    version = version_of(AgreementFactory(in_force=True))

    for name, path in pages_of(version).items():
        expected = 403 if name == "version_create" else 404
        assert as_member.get(path).status_code == expected, name


@pytest.mark.parametrize("state", ["complete", "negotiated", "offered"])
def test_what_is_not_in_force_does_not_exist_for_a_member(as_member, state):
    version = version_of(AgreementFactory(**{state: True}))

    assert as_member.get(summary_url(version)).status_code == 404
    assert as_member.get(version.agreement.get_absolute_url()).status_code == 404
    page = as_member.get(reverse("agreements:agreement_list")).content.decode()
    assert version.agreement.reference not in page


def test_the_list_of_a_member_ignores_the_version_that_is_being_drafted(as_member):
    version = version_of(AgreementFactory(in_force=True))
    AgreementVersion.objects.create(
        agreement=version.agreement,
        number=2,
        kind="amendment",
        reason="Iets anders.",
        supersedes=version,
        ikc_name=version.ikc_name,
        period_start=version.period_start,
        period_end=version.period_end,
        effective_year=version.effective_year,
        drafted_at=version.drafted_at,
    )

    rows = as_member.get(reverse("agreements:agreement_list"), {"csv": 1}).content.decode()

    assert "in werking" in rows
    assert "concept" not in rows


def test_others_read_the_summary_where_they_read_the_text(client):
    version = version_of(AgreementFactory(in_force=True))
    for user, status in (
        (UserFactory(project_leader=True), 200),
        (UserFactory(director=True, ikc=version.agreement.ikc), 200),
        (UserFactory(director=True), 404),
        (UserFactory(researcher=True), 404),
    ):
        client.force_login(user)
        assert client.get(summary_url(version)).status_code == status, user.role_labels


@pytest.mark.parametrize(
    ("numerator", "denominator", "hidden"),
    [(40, 100, False), (3, 100, True), (97, 100, True), (4, 8, True), (0, 50, False)],
)
def test_a_small_group_is_not_shown(numerator, denominator, hidden):
    measured = IndicatorDefinitionVersion(definition=IndicatorDefinition(type="percentage"))
    indicator = AgreedIndicator(
        definition_version=measured,
        baseline_numerator=numerator,
        baseline_denominator=denominator,
    )

    assert is_hidden(indicator) is hidden
