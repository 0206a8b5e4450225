"""Signing on paper, the power to sign, refusing: by the services and against raw SQL (domain reference 5.4)."""

import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from pypdf import PdfReader, PdfWriter

from agreements.agreement_pdf import render_agreement
from agreements.models import AgreementVersion, Refusal, Signature
from agreements.services import signing
from agreements.services.drafting import draft_new_version
from agreements.services.printing import agreement_document
from agreements.services.refusals import AlreadySigned, NotMandated, NotThatDay, OtherText
from agreements.tests.factories import (
    OFFERED_AT,
    SIGNED_AT,
    AgreementFactory,
    offer,
    signer_of,
    version_of,
)
from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from kvk2.core.scanning import NotScannedYet
from kvk2.core.uploads import FileRefused
from subsidies.models import SigningMandate
from subsidies.services.decision_guards import NoMandate

pytestmark = pytest.mark.django_db
PAPER = signing.SignedPaper("Anne de Jong", "bestuurder", date(2021, 11, 10), "statuten")


def loaded(version: AgreementVersion) -> AgreementVersion:
    return AgreementVersion.objects.with_content().get(pk=version.pk)


@pytest.fixture
def offered() -> AgreementVersion:
    return version_of(AgreementFactory(offered=True))


def pdf_of(version: AgreementVersion) -> bytes:
    return render_agreement(agreement_document(loaded(version)))


def recorded(party, content: bytes, *, paper=PAPER, by=None, name="getekend.pdf") -> Signature:
    return signing.record_signed_document(
        party,
        paper=paper,
        file_name=name,
        content=content,
        by=by or UserFactory(project_leader=True),
        at=SIGNED_AT,
    )


def test_a_signed_pdf_of_this_text_is_a_signature(offered):
    party = offered.parties.in_order()[1]
    content = pdf_of(offered)

    signature = recorded(party, content)

    assert (signature.method, signature.name) == ("document", "Anne de Jong")
    assert signature.content_hash == offered.content_hash
    assert signature.signed_at.date() == PAPER.signed_on
    assert events_of(offered).get(verb="agreement.signed_on_paper").data["sha256"]
    with pytest.raises(AlreadySigned):
        recorded(party, content)
    with pytest.raises(NotScannedYet):
        signing.open_signed_document(signature, by=signer_of(party), at=SIGNED_AT)


def test_what_is_not_the_pdf_of_this_text_is_refused(offered):
    party = offered.parties.in_order()[1]
    content = pdf_of(offered)
    printed = without_attachments(content)
    assert recorded(party, printed).content_hash == offered.content_hash

    other = offered.parties.in_order()[2]
    document = agreement_document(loaded(offered))
    text = replace(document.text, ikc="Een ander IKC")
    elsewhere = render_agreement(replace(document, text=text, content_hash=text.digest()))
    for file in (elsewhere, without_attachments(elsewhere)):
        with pytest.raises(OtherText):
            recorded(other, file)
    with pytest.raises(FileRefused, match="geen PDF"):
        recorded(other, b"\x89PNG\r\n\x1a\n" + b"0" * 50, name="scan.gif")
    with pytest.raises(FileRefused, match="andere bestanden"):
        recorded(other, with_attachment(printed))


def without_attachments(content: bytes) -> bytes:
    """As somebody would print it to a new PDF: the fingerprint still stands on the last page."""
    writer = PdfWriter()
    for page in PdfReader(io.BytesIO(content)).pages:
        writer.add_page(page)
    return written(writer)


def with_attachment(content: bytes) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(content))
    writer.add_attachment("rekenmacro.txt", b"x")
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


@pytest.mark.parametrize("signed_on", [date(2021, 10, 31), date(2021, 11, 16)])
def test_a_paper_is_signed_between_the_offer_and_today(offered, signed_on):
    with pytest.raises(NotThatDay):
        recorded(offered.parties.in_order()[1], b"", paper=replace(PAPER, signed_on=signed_on))


def test_another_party_does_not_put_in_a_paper(offered):
    _, board, childcare = offered.parties.in_order()
    with pytest.raises(NotMandated):
        recorded(board, b"", by=signer_of(childcare))


def test_the_municipality_signs_with_a_mandate_that_covers_what_it_puts_in(offered):
    party = offered.parties.in_order()[0]
    signer = signer_of(party)
    SigningMandate.objects.update(max_amount=Decimal("12499.99"))
    with pytest.raises(NoMandate):
        signing.sign_version(party, by=signer, at=SIGNED_AT)
    SigningMandate.objects.update(max_amount=Decimal("12500.00"))
    assert signing.sign_version(party, by=signer, at=SIGNED_AT).mandate == "M-1"


def test_t_ra_04_an_addendum_refused_by_one_party_leaves_the_old_version_in_force():
    agreement = AgreementFactory(in_force=True)
    first = version_of(agreement)
    second = offer(
        draft_new_version(
            agreement,
            kind="amendment",
            reason="De wijk is veranderd.",
            effective_year=agreement.programme.years.get(index=4),
            by=None,
            at=SIGNED_AT,
        ),
        at=SIGNED_AT,
    )
    municipality, board, _ = second.parties.in_order()
    signing.sign_version(municipality, by=signer_of(municipality), at=SIGNED_AT)

    with pytest.raises(NotMandated):
        signing.refuse(board, reason="Nee", by=signer_of(municipality), at=SIGNED_AT)
    with pytest.raises(AlreadySigned):
        signing.refuse(municipality, reason="Nee", by=signer_of(municipality), at=SIGNED_AT)
    signing.refuse(
        board, reason="De streefwaarden zijn te hoog.", by=signer_of(board), at=SIGNED_AT
    )

    states = dict(agreement.versions.values_list("number", "state"))
    assert states == {1: "in_force", 2: "refused"}
    assert version_of(agreement) == first
    refuses("a refusal stays", "UPDATE agreements_refusal SET reason = 'x'")


def refuses(match: str, sql: str) -> None:
    with (
        pytest.raises(DatabaseError, match=match),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_the_database_refuses_the_wrong_person_and_no_power(offered):
    municipality, board, _ = offered.parties.in_order()
    signature = {
        "party": board,
        "user": signer_of(board),
        "name": "X",
        "mandate": "statuten",
        "signed_at": SIGNED_AT,
        "recorded_at": SIGNED_AT,
        "content_hash": offered.content_hash,
    }
    for change, name in (
        ({"user": signer_of(municipality)}, "does not sign for this party"),
        ({"content_hash": "0" * 64}, "only the offered text"),
        ({"mandate": ""}, "agreement_signature_has_power"),
        ({"method": "document"}, "agreement_signature_document_is_there"),
        ({"recorded_at": SIGNED_AT - timedelta(days=1)}, "agreement_signature_recorded_after"),
        (
            {"party": municipality, "user": signer_of(municipality)},
            "signs with a signing mandate",
        ),
    ):
        with pytest.raises(DatabaseError, match=name), transaction.atomic():
            Signature.objects.create(**(signature | change))
    refuses("written down why", "UPDATE agreements_agreementversion SET state = 'refused'")
    Signature.objects.create(**signature)
    with pytest.raises(DatabaseError, match="only who was asked"), transaction.atomic():
        Refusal.objects.create(
            party=board, user=signature["user"], name="X", reason="Nee", refused_at=OFFERED_AT
        )
