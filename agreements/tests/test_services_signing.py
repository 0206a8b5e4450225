from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, close_old_connections, connection, transaction

from agreements.models import AgreementTopic, AgreementVersion, Signature
from agreements.services.drafting import draft_new_version, withdraw
from agreements.services.editing import write_topics
from agreements.services.locking import NotADraft
from agreements.services.refusals import AlreadySigned, NotMandated, NotOffered, TextChanged
from agreements.services.signing import (
    is_unchanged,
    offer_for_signing,
    reopen,
    sign_version,
)
from agreements.states import AgreementState
from agreements.tests.factories import (
    OFFERED_AT,
    SIGNED_AT,
    AgreementFactory,
    offer,
    sign_all,
    signer_of,
    version_of,
)
from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from kvk2.core.errors import DomainError
from kvk2.core.models import OutgoingMail
from kvk2.core.workflow import TransitionNotAllowed

pytestmark = pytest.mark.django_db


def test_the_offered_text_has_its_fingerprint():
    version = version_of(AgreementFactory(agreed=True))

    offered = offer_for_signing(version, by=None, at=OFFERED_AT)

    assert offered.state == AgreementState.SIGNING
    assert len(offered.content_hash) == 64
    assert offered.content["goals"][0]["results"][0]["indicators"][0]["targets"][7]["value"] == "80"
    assert is_unchanged(offered)


def test_only_what_all_agreed_to_is_offered():
    version = version_of(AgreementFactory(complete=True))

    with pytest.raises(TransitionNotAllowed):
        offer_for_signing(version, by=None, at=OFFERED_AT)


def test_whoever_may_sign_gets_a_mail():
    version = version_of(AgreementFactory(agreed=True))
    signers = {signer_of(party).email for party in version.parties.in_order()}
    OutgoingMail.objects.all().delete()

    offer_for_signing(version, by=None, at=OFFERED_AT)

    assert set(OutgoingMail.objects.values_list("to", flat=True)) == signers


def test_with_two_childcare_organisations_the_fourth_signature_puts_it_in_force():
    """Domain reference T-RA-01."""
    version = version_of(AgreementFactory(offered=True, childcare=2))
    parties = list(version.parties.in_order())
    assert len(parties) == 4

    for party in parties[:3]:
        sign_version(party, by=signer_of(party), at=SIGNED_AT)
        version.refresh_from_db()
        assert version.state == AgreementState.SIGNING

    sign_version(parties[3], by=signer_of(parties[3]), at=SIGNED_AT)
    version.refresh_from_db()
    assert version.state == AgreementState.IN_FORCE
    assert version.in_force_from == date(2021, 11, 15)
    assert set(Signature.objects.values_list("content_hash", flat=True)) == {version.content_hash}


def test_only_the_role_of_the_party_signs():
    version = version_of(AgreementFactory(offered=True))
    municipality, board, _ = version.parties.in_order()

    for stranger in (
        UserFactory(project_leader=True),
        UserFactory(school_board=True),
        signer_of(municipality),
        UserFactory(director=True, ikc=version.agreement.ikc),
    ):
        with pytest.raises(NotMandated):
            sign_version(board, by=stranger, at=SIGNED_AT)


def test_nobody_signs_twice_for_one_party():
    version = version_of(AgreementFactory(offered=True))
    party = version.parties.in_order()[0]
    sign_version(party, by=signer_of(party), at=SIGNED_AT)

    with pytest.raises(AlreadySigned):
        sign_version(party, by=signer_of(party), at=SIGNED_AT)


def test_a_draft_cannot_be_signed():
    version = version_of(AgreementFactory(complete=True))
    party = version.parties.in_order()[0]

    with pytest.raises(NotOffered):
        sign_version(party, by=signer_of(party), at=SIGNED_AT)


def test_a_text_that_differs_from_its_fingerprint_is_not_signed():
    version = version_of(AgreementFactory(offered=True))
    party = version.parties.in_order()[0]
    with connection.cursor() as cursor:  # as somebody with the keys of the database could
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE agreements_agreementtopic DISABLE TRIGGER USER")
        cursor.execute("UPDATE agreements_agreementtopic SET text = 'Iets anders.'")
        cursor.execute("ALTER TABLE agreements_agreementtopic ENABLE TRIGGER USER")

    with pytest.raises(TextChanged):
        sign_version(party, by=signer_of(party), at=SIGNED_AT)


def test_an_edit_after_the_first_signature_is_refused_until_all_signatures_are_void():
    """Domain reference T-RA-02."""
    version = version_of(AgreementFactory(offered=True))
    party = version.parties.in_order()[0]
    sign_version(party, by=signer_of(party), at=SIGNED_AT)
    edit = {"texts": {"goals": "Een andere tekst."}, "by": None, "at": SIGNED_AT}

    with pytest.raises(NotADraft) as refusal:
        write_topics(version, **edit)
    assert "vervallen de handtekeningen" in refusal.value.message

    leader = UserFactory(project_leader=True)
    voided = reopen(version, reason="Tekstfout", by=leader, at=SIGNED_AT)

    assert voided == [party.organisation_name]
    assert not Signature.objects.exists()
    version.refresh_from_db()
    assert (version.state, version.content, version.content_hash) == ("negotiation", None, "")
    assert write_topics(version, **edit)
    event = events_of(version).get(verb="agreement.reopened")
    assert event.reason == "Tekstfout"
    assert event.data["voided"][0]["party"] == party.organisation_name


def test_after_a_return_everybody_signs_anew():
    version = version_of(AgreementFactory(offered=True))
    party = version.parties.in_order()[0]
    sign_version(party, by=signer_of(party), at=SIGNED_AT)
    reopen(version, reason="Tekstfout", by=None, at=SIGNED_AT)
    AgreementTopic.objects.filter(version=version, code="goals").update(text="Beter.")

    offer(version, at=SIGNED_AT)
    sign_all(version, at=SIGNED_AT + timedelta(days=1))

    version.refresh_from_db()
    assert version.state == AgreementState.IN_FORCE
    assert Signature.objects.count() == 3


def test_what_is_in_force_cannot_go_back():
    version = version_of(AgreementFactory(in_force=True))

    with pytest.raises(TransitionNotAllowed):
        reopen(version, reason="Spijt", by=None, at=SIGNED_AT)


def amended(agreement, **changes) -> AgreementVersion:
    values = {
        "kind": AgreementVersion.Kind.AMENDMENT,
        "reason": "De nulmeting viel anders uit.",
        "effective_year": agreement.programme.years.get(index=3),
        "by": None,
        "at": SIGNED_AT,
    }
    return draft_new_version(agreement, **(values | changes))


def test_the_old_version_stays_in_force_until_all_have_signed_the_new_one():
    agreement = AgreementFactory(in_force=True)
    first = version_of(agreement)
    second = amended(agreement)
    offer(second, at=SIGNED_AT)

    first.refresh_from_db()
    assert first.state == AgreementState.IN_FORCE
    sign_all(second)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (AgreementState.REPLACED, AgreementState.IN_FORCE)


def test_a_refused_amendment_leaves_the_old_version_in_force():
    """Domain reference T-RA-04."""
    agreement = AgreementFactory(in_force=True)
    second = amended(agreement)
    offer(second, at=SIGNED_AT)
    reopen(second, reason="Het schoolbestuur tekent niet.", by=None, at=SIGNED_AT)

    withdraw(second, reason="Het schoolbestuur tekent niet.", by=None, at=SIGNED_AT)

    states = dict(agreement.versions.values_list("number", "state"))
    assert states == {1: AgreementState.IN_FORCE, 2: AgreementState.WITHDRAWN}


@pytest.mark.django_db(transaction=True)
def test_two_people_cannot_both_sign_for_one_party():
    version = version_of(AgreementFactory(offered=True))
    party = version.parties.in_order()[1]
    people = [
        signer_of(party),
        UserFactory(school_board=True, organisation=party.organisation),
    ]
    start, outcomes = Barrier(2), []

    def sign(user) -> None:
        close_old_connections()
        start.wait(timeout=10)
        try:
            sign_version(party, by=user, at=SIGNED_AT)
            outcomes.append("signed")
        except DomainError as refusal:
            outcomes.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [Thread(target=sign, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(outcomes) == ["AlreadySigned", "signed"]
    assert Signature.objects.filter(party=party).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_two_parties_sign_at_once_and_the_agreement_is_in_force_once():
    version = version_of(AgreementFactory(offered=True))
    first, *last = version.parties.in_order()
    sign_version(first, by=signer_of(first), at=SIGNED_AT)
    work = [(party, signer_of(party)) for party in last]
    start = Barrier(2)

    def sign(party, user) -> None:
        close_old_connections()
        start.wait(timeout=10)
        try:
            sign_version(party, by=user, at=SIGNED_AT)
        finally:
            connection.close()

    threads = [Thread(target=sign, args=pair) for pair in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    version.refresh_from_db()
    assert version.state == AgreementState.IN_FORCE
    assert events_of(version).filter(verb="agreement.in_force").count() == 1


def test_a_signature_under_another_text_is_refused_by_the_database():
    version = version_of(AgreementFactory(offered=True))
    party = version.parties.in_order()[0]

    with pytest.raises(DatabaseError, match="only the offered text"), transaction.atomic():
        Signature.objects.create(
            party=party,
            user=signer_of(party),
            name="X",
            signed_at=SIGNED_AT,
            content_hash="0" * 64,
        )
