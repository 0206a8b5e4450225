"""Whether an organisation can be reached electronically: its own statement, given and taken back (Awb 2:8)."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from ikc.models import Organisation
from kvk2.core.audit import record
from kvk2.core.errors import DomainError

if TYPE_CHECKING:
    from ikc.models import User


class ConsentStands(DomainError):
    """The organisation said so already, or never did."""

    code = "CONSENT_STANDS"


@transaction.atomic
def give_consent(
    organisation: Organisation, *, source: str, by: "User", at: datetime
) -> Organisation:
    """From now on letters come as messages in the portal. `source`: how the organisation told us. Refusal: `ConsentStands`."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if organisation.electronic_consent_at is not None:
        raise ConsentStands("Deze organisatie stemde al in met digitale post.")
    return _save(organisation, at, "organisation.consent_given", source, by=by, at=at)


@transaction.atomic
def withdraw_consent(
    organisation: Organisation, *, source: str, by: "User", at: datetime
) -> Organisation:
    """From now on letters go on paper; what was posted before stays sent. Refusal: `ConsentStands`."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if organisation.electronic_consent_at is None:
        raise ConsentStands("Deze organisatie krijgt al post op papier.")
    return _save(organisation, None, "organisation.consent_withdrawn", source, by=by, at=at)


def _save(
    organisation: Organisation,
    consent_at: datetime | None,
    verb: str,
    source: str,
    *,
    by: "User",
    at: datetime,
) -> Organisation:
    organisation.electronic_consent_at = consent_at
    organisation.save(update_fields=["electronic_consent_at"])
    record(
        organisation, verb, actor=by, at=at, on_behalf_of=str(organisation), reason=source.strip()
    )
    return organisation
