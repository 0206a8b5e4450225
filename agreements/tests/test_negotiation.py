"""Drafting together: revisions, comments and agreeing, in services and against raw SQL (domain reference 5.4)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from agreements.models import (
    AgreementTopic,
    AgreementVersion,
    Comment,
    CommentAnswer,
    Consent,
    Revision,
)
from agreements.places import WHOLE
from agreements.services import commenting, negotiation
from agreements.services.editing import remove_party, write_topics
from agreements.services.refusals import (
    AlreadyAgreed,
    NotComplete,
    NothingNew,
    NotMandated,
    NotNegotiated,
    TextChanged,
)
from agreements.tests.factories import LAID_AT, AgreementFactory, fill, signer_of, version_of
from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from kvk2.core.models import OutgoingMail

pytestmark = pytest.mark.django_db
LATER = LAID_AT + timedelta(days=1)
DEED = {"by": None, "at": LATER}


@pytest.fixture
def negotiated() -> AgreementVersion:
    return version_of(AgreementFactory(negotiated=True))


def test_a_text_without_a_result_under_each_goal_is_not_laid_before_anybody():
    version = version_of(AgreementFactory())

    with pytest.raises(NotComplete, match="heeft nog geen beoogd resultaat"):
        negotiation.lay_before_parties(version, **DEED)


def test_laying_keeps_the_text_and_tells_everybody_at_the_table():
    version = version_of(AgreementFactory(complete=True))
    people = [signer_of(party) for party in version.parties.in_order()]
    leader = UserFactory(project_leader=True)
    director = UserFactory(director=True, ikc=version.agreement.ikc)

    revision = negotiation.lay_before_parties(version, note="Eerste tekst", by=leader, at=LAID_AT)

    version.refresh_from_db()
    assert (version.state, revision.number) == ("negotiation", 1)
    assert negotiation.text_of(revision).digest() == revision.content_hash
    told = set(OutgoingMail.objects.values_list("to", flat=True))
    assert told == {user.email for user in [*people, director]}
    with pytest.raises(NothingNew):
        negotiation.lay_before_parties(version, **DEED)


def test_each_next_revision_voids_what_was_agreed_to_before(negotiated):
    party = negotiated.parties.in_order()[0]
    negotiation.agree(party, by=signer_of(party), at=LATER)
    write_topics(negotiated, texts={"goals": "Anders."}, **DEED)
    assert not Consent.objects.exists()

    second = negotiation.lay_before_parties(negotiated, **DEED)

    assert second.number == 2
    assert list(negotiated.revisions.values_list("number", flat=True).order_by("number")) == [1, 2]


def test_with_the_last_party_the_text_is_fixed(negotiated):
    *first, last = negotiated.parties.in_order()
    for party in first:
        negotiation.agree(party, by=signer_of(party), at=LATER)
    negotiated.refresh_from_db()
    assert (negotiated.state, negotiated.content) == ("negotiation", None)

    negotiation.agree(last, by=signer_of(last), at=LATER)

    negotiated.refresh_from_db()
    revision = negotiated.revisions.get()
    assert (negotiated.state, negotiated.content_hash) == ("agreed", revision.content_hash)
    assert events_of(negotiated).filter(verb="agreement.consented").count() == 3


def test_who_may_agree_and_with_what(negotiated):
    party = negotiated.parties.in_order()[1]
    with pytest.raises(NotMandated):
        negotiation.agree(party, by=UserFactory(project_leader=True), at=LATER)
    negotiation.agree(party, by=signer_of(party), at=LATER)
    with pytest.raises(AlreadyAgreed):
        negotiation.agree(party, by=signer_of(party), at=LATER)
    write_topics(negotiated, texts={"goals": "Anders."}, **DEED)
    with pytest.raises(TextChanged, match="opnieuw voor"):
        negotiation.agree(party, by=signer_of(party), at=LATER)
    draft = version_of(AgreementFactory())
    party = draft.parties.in_order()[0]
    with pytest.raises(NotNegotiated):
        negotiation.agree(party, by=signer_of(party), at=LATER)


def test_nobody_agrees_with_a_text_that_lacks_something():
    version = version_of(AgreementFactory())
    fill(version)
    AgreementTopic.objects.filter(version=version, code="steering").update(text="")
    negotiation.lay_before_parties(version, **DEED)
    party = version.parties.in_order()[0]

    with pytest.raises(NotComplete, match="is nog leeg"):
        negotiation.agree(party, by=signer_of(party), at=LATER)


def test_a_party_that_agreed_may_still_leave_the_table(negotiated):
    party = negotiated.parties.in_order()[1]
    negotiation.agree(party, by=signer_of(party), at=LATER)

    remove_party(party, **DEED)

    assert not negotiated.parties.filter(pk=party.pk).exists()


# --- the database


def refuses(match: str, sql: str, *values) -> None:
    with (
        pytest.raises(DatabaseError, match=match),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)


def test_an_edit_by_sql_voids_what_was_agreed_to(negotiated):
    """Domain reference T-RA-02, for whoever has the keys of the database."""
    party = negotiated.parties.in_order()[0]
    consent = negotiation.agree(party, by=signer_of(party), at=LATER)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE agreements_agreementtopic SET text = 'Anders.'")
    assert not Consent.objects.filter(pk=consent.pk).exists()

    negotiation.lay_before_parties(negotiated, **DEED)
    negotiation.agree(party, by=signer_of(party), at=LATER)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE agreements_agreementversion SET period_start = '2022-02-01'")
    assert not Consent.objects.exists()


def test_the_database_keeps_the_negotiation_honest(negotiated):
    party, other, _ = negotiated.parties.in_order()
    consent = negotiation.agree(party, by=signer_of(party), at=LATER)
    old = negotiated.revisions.get()
    change = "UPDATE agreements_agreementversion SET state = %s, content = '{}', content_hash = %s"
    refuses("every party agrees", change, "agreed", old.content_hash)
    refuses("stays as it was laid", "UPDATE agreements_revision SET note = 'x'")
    refuses("stays as it was laid", "DELETE FROM agreements_revision")
    refuses("cannot be changed", "UPDATE agreements_consent SET name = 'x'")
    refuses(
        "cannot go from negotiation to signing",
        "UPDATE agreements_agreementversion SET state = 'signing'",
    )
    write_topics(negotiated, texts={"goals": "Anders."}, **DEED)
    negotiation.lay_before_parties(negotiated, **DEED)
    with pytest.raises(DatabaseError, match="only the newest"), transaction.atomic():
        Consent.objects.create(
            party=other, revision=old, user=consent.user, name="X", given_at=LATER
        )
    agreed = version_of(AgreementFactory(agreed=True))
    with pytest.raises(DatabaseError, match="belongs to a negotiation"), transaction.atomic():
        Revision.objects.create(
            version=agreed, number=9, content={}, content_hash="0" * 64, laid_at=LATER
        )
    refuses(
        "parties agree in a negotiation",
        "DELETE FROM agreements_consent WHERE revision_id = %s",
        agreed.revisions.get().pk,
    )


# --- comments


def test_a_comment_is_written_answered_and_settled(negotiated):
    party = negotiated.parties.in_order()[1]
    board, leader = signer_of(party), UserFactory(project_leader=True)
    result = negotiated.results.select_related("goal").get(goal__order=2)
    OutgoingMail.objects.all().delete()

    comment = commenting.comment_on(
        negotiated, ("result", str(result.pk)), text="Te hoog.", by=board, at=LATER
    )
    answer = commenting.answer(comment, text="Waarom?", by=leader, at=LATER)

    assert comment.place_label.startswith("Resultaat 2.1: ")
    assert comment.on_behalf_of == party.organisation_name
    assert answer.on_behalf_of == "projectleider"
    assert board.email in OutgoingMail.objects.values_list("to", flat=True)
    commenting.settle(comment, outcome="Verlaagd.", by=leader, at=LATER)
    assert not Comment.objects.open().exists()
    with pytest.raises(commenting.AlreadySettled):
        commenting.settle(comment, outcome="Nog eens.", by=leader, at=LATER)
    refuses("what was said", "UPDATE agreements_comment SET text = 'x'")
    refuses("what was said", "UPDATE agreements_comment SET outcome = 'x'")
    refuses("what was said", "DELETE FROM agreements_commentanswer")
    assert CommentAnswer.objects.count() == 1


def test_comments_are_about_a_place_in_a_negotiated_text(negotiated):
    leader = UserFactory(project_leader=True)
    with pytest.raises(commenting.NoSuchPlace):
        commenting.comment_on(negotiated, ("result", "0"), text="x", by=leader, at=LATER)
    draft = version_of(AgreementFactory())
    with pytest.raises(NotNegotiated):
        commenting.comment_on(draft, WHOLE, text="x", by=leader, at=LATER)
