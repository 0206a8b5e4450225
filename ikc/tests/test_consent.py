"""Consent to digital post (Awb 2:8): who gives it, that it can be taken back, and the trail of both."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from ikc.services.consent import ConsentStands, give_consent, withdraw_consent
from ikc.tests.factories import OrganisationFactory, UserFactory
from kvk2.core.audit import events_of

pytestmark = pytest.mark.django_db


def test_a_board_agrees_itself_and_takes_it_back(client):
    board = OrganisationFactory(electronic_consent_at=None)
    client.force_login(UserFactory(school_board=True, organisation=board))
    page = reverse("ikc:organisation_consent", args=[board.pk])

    assertContains(client.get(board.get_absolute_url()), page)
    assertContains(client.post(page), "namens de organisatie", status_code=422)
    assertRedirects(client.post(page, {"agreed": "on"}), board.get_absolute_url())
    board.refresh_from_db()
    assert board.electronic_consent_at is not None
    client.post(page, {"agreed": "on"})
    board.refresh_from_db()
    assert board.electronic_consent_at is None
    verbs = [(event.verb, event.on_behalf_of) for event in events_of(board)]
    assert verbs == [
        ("organisation.consent_withdrawn", str(board)),
        ("organisation.consent_given", str(board)),
    ]


def test_a_project_leader_writes_down_how_the_board_said_so(client):
    board, leader = (
        OrganisationFactory(electronic_consent_at=None),
        UserFactory(project_leader=True),
    )
    client.force_login(leader)
    page = reverse("ikc:organisation_consent", args=[board.pk])

    assertContains(client.post(page), "hoe de organisatie dit liet weten", status_code=422)
    client.post(page, {"source": "brief van 12 maart 2026"})
    (event,) = events_of(board)
    assert (event.actor, event.reason) == (leader, "brief van 12 maart 2026")


def test_saying_it_twice_is_refused():
    board, user = OrganisationFactory(electronic_consent_at=None), UserFactory()
    with pytest.raises(ConsentStands, match="al post op papier"):
        withdraw_consent(board, source="", by=user, at=user.date_joined)
    give_consent(board, source="", by=user, at=user.date_joined)
    with pytest.raises(ConsentStands, match="al in"):
        give_consent(board, source="", by=user, at=user.date_joined)


def test_another_board_is_not_theirs_to_speak_for(client):
    client.force_login(UserFactory(school_board=True, organisation=OrganisationFactory()))
    page = reverse("ikc:organisation_consent", args=[OrganisationFactory().pk])
    assert client.get(page).status_code == 403
