"""Checking, offering, signing, going back and going on, in the browser."""

import hashlib
import io

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from agreements.models import AgreementVersion, ResultAgreement
from agreements.services.printing import NotOnPaper, agreement_document
from agreements.states import AgreementState
from agreements.tests.factories import (
    AgreementFactory,
    agree_all,
    sign_all,
    signer_of,
    version_of,
)
from ikc.tests.factories import UserFactory

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


# --- offering and signing


def test_the_check_page_names_what_is_missing_and_links_to_it(as_leader):
    version = version_of(AgreementFactory())

    page = as_leader.get(url("version_check", version.pk)).content.decode()

    assert "heeft nog geen beoogd resultaat" in page
    assert url("version_goals", version.pk) in page
    assert url("version_offer", version.pk) not in page


def test_offering_asks_first(as_leader):
    version = version_of(AgreementFactory(agreed=True))
    page = as_leader.get(url("version_offer", version.pk)).content.decode()
    assert "vervallen alle handtekeningen" in page

    as_leader.post(url("version_offer", version.pk))

    version.refresh_from_db()
    assert version.state == AgreementState.SIGNING


def test_a_draft_is_not_offered_by_hand_either(as_leader):
    version = version_of(AgreementFactory())

    response = as_leader.post(url("version_offer", version.pk), follow=True)

    assert "kan niet: de status is nu" in response.content.decode()
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
    page = client.get(url("party_sign", party.pk), follow=True).content.decode()
    assert f"{party.organisation_name} heeft al getekend." in page
    assert 'name="read"' not in page


def test_a_draft_has_nothing_to_sign(client, draft):
    party = draft.parties.in_order()[0]
    client.force_login(signer_of(party))

    response = client.get(url("party_sign", party.pk))

    assert response.url == url("version_detail", draft.pk)


def test_going_back_to_the_table_names_the_signatures_that_are_lost(as_leader, offered):
    party = offered.parties.in_order()[0]
    signer = signer_of(party)
    as_leader.force_login(signer)
    as_leader.post(url("party_sign", party.pk), {"read": "on"})
    as_leader.force_login(UserFactory(project_leader=True))
    path = url("version_reopen", offered.pk)

    assert signer.full_name in as_leader.get(path).content.decode()
    assert as_leader.post(path, {"reason": ""}).status_code == 422
    response = as_leader.post(path, {"reason": "Tekstfout"}, follow=True)

    assert party.organisation_name in response.content.decode()
    offered.refresh_from_db()
    assert offered.state == AgreementState.NEGOTIATION
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
    agree_all(second, at=timezone.now())
    as_leader.post(url("version_offer", second.pk))
    sign_all(second, at=timezone.now())

    page = as_leader.get(url("version_detail", first.pk)).content.decode()
    assert "Versie 2" in page
    assert "Vervangen" in page
    assert ResultAgreement.objects.get() == agreement


def test_a_text_that_was_tampered_with_is_shown_as_such(as_leader, offered):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE agreements_agreementtopic DISABLE TRIGGER USER")
        cursor.execute("UPDATE agreements_agreementtopic SET text = 'Iets anders.'")
        cursor.execute("ALTER TABLE agreements_agreementtopic ENABLE TRIGGER USER")

    page = as_leader.get(url("version_detail", offered.pk)).content.decode()

    assert "De tekst klopt niet meer met de vingerafdruk" in page


def test_a_signed_agreement_is_a_document_with_the_text_that_was_signed(client):
    version = version_of(AgreementFactory(in_force=True))
    leader = UserFactory(project_leader=True)
    client.force_login(leader)
    url = reverse("agreements:version_document", args=[version.pk])

    assert url in client.get(version.get_absolute_url()).content.decode()
    answer = client.get(url)
    assert answer["Content-Type"] == "application/pdf"
    assert client.get(url).content == answer.content
    (inside,) = PdfReader(io.BytesIO(answer.content)).attachments["afspraak.json"]
    assert hashlib.sha256(inside).hexdigest() == version.content_hash
    for stranger in (UserFactory(development_group=True), UserFactory()):
        client.force_login(stranger)
        assert client.get(url).status_code == 404


def test_a_draft_is_no_document_yet(client):
    version = version_of(AgreementFactory(complete=True))
    client.force_login(UserFactory(project_leader=True))
    assert client.get(reverse("agreements:version_document", args=[version.pk])).status_code == 403
    with pytest.raises(NotOnPaper):
        agreement_document(AgreementVersion.objects.with_content().get(pk=version.pk))
