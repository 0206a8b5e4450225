from agreements.models import AgreementVersion
from agreements.states import AgreementState
from kvk2.core.errors import DomainError


class NotADraft(DomainError):
    """The text was offered or signed; it does not change any more."""


def lock(version: AgreementVersion) -> AgreementVersion:
    """The version as it is now, held until the end of the transaction."""
    return (
        AgreementVersion.objects.select_for_update(of=("self",))
        .select_related("agreement__ikc", "agreement__programme", "effective_year")
        .get(pk=version.pk)
    )


def lock_draft(version: AgreementVersion) -> AgreementVersion:
    """The same, and refuses what is no draft."""
    locked = lock(version)
    if locked.state != AgreementState.DRAFT:
        raise NotADraft(
            f"Deze versie is {locked.get_state_display()} en kan niet worden gewijzigd."
            + (
                " Zet haar eerst terug naar concept: dan vervallen de handtekeningen."
                if locked.state == AgreementState.SIGNING
                else ""
            )
        )
    return locked
