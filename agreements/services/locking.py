from agreements.models import AgreementVersion, Consent
from agreements.states import EDITABLE, AgreementState
from kvk2.core.errors import DomainError


class NotADraft(DomainError):
    """All parties agreed with the text, or it was offered or signed; it does not change any more."""


def lock(version: AgreementVersion) -> AgreementVersion:
    """The version as it is now, held until the end of the transaction."""
    return (
        AgreementVersion.objects.select_for_update(of=("self",))
        .select_related("agreement__ikc", "agreement__programme", "effective_year")
        .get(pk=version.pk)
    )


def lock_draft(version: AgreementVersion) -> AgreementVersion:
    """The same, to edit; refuses a text that is fixed, and takes away what parties agreed to in the negotiation."""
    locked = lock(version)
    if locked.state not in EDITABLE:
        raise NotADraft(
            f"Deze versie is {locked.get_state_display()} en kan niet worden gewijzigd."
            + _way_back(locked.state)
        )
    Consent.objects.filter(party__version=locked).delete()
    return locked


def _way_back(state: str) -> str:
    if state == AgreementState.AGREED:
        return " Zet haar eerst terug naar overleg: dan vervallen de akkoorden."
    if state == AgreementState.SIGNING:
        return " Zet haar eerst terug naar overleg: dan vervallen de handtekeningen."
    return ""
