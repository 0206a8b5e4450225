from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from agreements.models.agreements import AgreementVersion
from agreements.querysets import AgreementPartyQuerySet
from agreements.states import SIGNING_ROLE, PartyRole
from ikc.models import Organisation

if TYPE_CHECKING:
    from ikc.models import User


class AgreementParty(models.Model):
    """An organisation that binds itself by signing a version; an IKC may hold two schools, so a role may come twice."""

    version = models.ForeignKey(
        AgreementVersion, models.PROTECT, related_name="parties", verbose_name="versie"
    )
    role = models.CharField("rol", max_length=12, choices=PartyRole)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="agreement_parties", verbose_name="organisatie"
    )
    # As it stands in the text; the organisation itself may be renamed later.
    organisation_name = models.CharField("naam in de tekst", max_length=200)
    signatory_name = models.CharField("naam ondertekenaar", max_length=160, blank=True)
    signatory_function = models.CharField("functie ondertekenaar", max_length=120, blank=True)
    mandate_reference = models.CharField("kenmerk volmacht of mandaat", max_length=120, blank=True)

    objects = AgreementPartyQuerySet.as_manager()

    class Meta:
        verbose_name = "partij"
        verbose_name_plural = "partijen"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "role", "organisation"],
                name="agreement_party_once",
                violation_error_message="Deze organisatie is al partij in deze rol.",
            ),
            models.CheckConstraint(
                name="agreement_party_role_is_known", condition=Q(role__in=PartyRole.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_name} ({self.get_role_display()})"

    def may_be_signed_by(self, user: "User") -> bool:
        """Whether `user` holds the signing role for this organisation today."""
        return self.organisation_id in user.organisation_ids(SIGNING_ROLE[PartyRole(self.role)])


class Signature(models.Model):
    """That one party signed one text: who, when, and the fingerprint of what they read. Never changed."""

    party = models.OneToOneField(
        AgreementParty, models.PROTECT, related_name="signature", verbose_name="partij"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ondertekend door"
    )
    # As they were called on the day itself.
    name = models.CharField("naam", max_length=160)
    function = models.CharField("functie", max_length=120, blank=True)
    signed_at = models.DateTimeField("ondertekend op")
    content_hash = models.CharField("vingerafdruk", max_length=64)

    class Meta:
        verbose_name = "ondertekening"
        verbose_name_plural = "ondertekeningen"
        constraints = [
            models.CheckConstraint(
                name="agreement_signature_has_hash",
                condition=Q(content_hash__regex=r"^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} namens {self.party}"
