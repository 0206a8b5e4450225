from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from agreements.models.agreements import AgreementVersion
from agreements.querysets import AgreementPartyQuerySet
from agreements.states import SIGNING_ROLE, PartyRole
from ikc.models import Organisation
from kvk2.core.models import StoredFile
from subsidies.models import SigningMandate

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
    """That one party signed one text: who, when, on what power, and the fingerprint of what they read. Never changed."""

    class Method(models.TextChoices):
        IN_APP = "in_app", "in het portaal"
        DOCUMENT = "document", "op een document"

    party = models.OneToOneField(
        AgreementParty, models.PROTECT, related_name="signature", verbose_name="partij"
    )
    method = models.CharField("manier", max_length=8, choices=Method, default=Method.IN_APP)
    # Who pressed the button; of a document, who put it into the portal.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="vastgelegd door"
    )
    # As they were called on the day itself.
    name = models.CharField("naam", max_length=160)
    function = models.CharField("functie", max_length=120, blank=True)
    mandate = models.CharField("volmacht of mandaat", max_length=120, blank=True)
    signing_mandate = models.ForeignKey(
        SigningMandate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ondertekeningsmandaat",
    )
    document = models.OneToOneField(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agreement_signature",
        verbose_name="ondertekend document",
    )
    signed_at = models.DateTimeField("ondertekend op")
    recorded_at = models.DateTimeField("vastgelegd op")
    content_hash = models.CharField("vingerafdruk", max_length=64)

    class Meta:
        verbose_name = "ondertekening"
        verbose_name_plural = "ondertekeningen"
        constraints = [
            models.CheckConstraint(
                name="agreement_signature_has_hash",
                condition=Q(content_hash__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="agreement_signature_document_is_there",
                condition=Q(method="in_app", document=None)
                | Q(method="document", document__isnull=False, signing_mandate=None),
            ),
            models.CheckConstraint(
                name="agreement_signature_has_power",
                condition=~Q(mandate="") | Q(signing_mandate__isnull=False),
                violation_error_message="Vermeld op grond van welke volmacht of welk mandaat is getekend.",
            ),
            models.CheckConstraint(
                name="agreement_signature_recorded_after",
                condition=Q(signed_at__lte=F("recorded_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} namens {self.party}"


class Refusal(models.Model):
    """That a party refuses the text that it was asked to sign, and why. Never changed."""

    party = models.OneToOneField(
        AgreementParty, models.PROTECT, related_name="refusal", verbose_name="partij"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="geweigerd door"
    )
    name = models.CharField("naam", max_length=160)
    reason = models.TextField("reden")
    refused_at = models.DateTimeField("geweigerd op")

    class Meta:
        verbose_name = "weigering"
        verbose_name_plural = "weigeringen"
        constraints = [
            models.CheckConstraint(
                name="agreement_refusal_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message="Wie weigert, schrijft op waarom.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} weigert namens {self.party}"
