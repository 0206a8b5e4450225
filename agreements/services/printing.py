"""What goes on paper of a version: the text as it was offered, and who signed it (catalogue L26, L27)."""

from django.conf import settings

from agreements.agreement_pdf import AgreementDocument, SignedBy
from agreements.documents import AgreementText
from agreements.models import AgreementVersion
from agreements.states import OFFERED
from kvk2.core.documents import Municipality
from kvk2.core.errors import DomainError


class NotOnPaper(DomainError):
    """The text may still change; a document is made from what was offered."""


def agreement_document(version: AgreementVersion) -> AgreementDocument:
    """The frozen text of a version loaded `with_content()`. Refusal: `NotOnPaper`."""
    if version.state not in OFFERED or version.content is None or version.offered_at is None:
        raise NotOnPaper("Deze tekst is nog niet aangeboden om te tekenen.")
    signed = [party for party in version.parties.all() if hasattr(party, "signature")]
    replaced = version.supersedes
    return AgreementDocument(
        municipality=Municipality.from_settings(),
        programme=version.agreement.programme.name,
        text=AgreementText.from_dict(version.content),
        content_hash=version.content_hash,
        offered_at=version.offered_at,
        signatures=tuple(
            SignedBy(
                party.organisation_name,
                party.signature.name,
                party.signature.function,
                party.signature.signed_at,
                party.signature.mandate,
            )
            for party in signed
        ),
        in_force_from=version.in_force_from,
        replaces=AgreementText.from_dict(replaced.content)
        if replaced is not None and replaced.content
        else None,
        demo=settings.DEMO or version.agreement.is_demo,
    )
