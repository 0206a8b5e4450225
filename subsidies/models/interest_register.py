from django.conf import settings
from django.db import models

from subsidies.models.commission import CommissionMember
from subsidies.models.rounds import SubsidyRound


class DeclarationVersion(models.Model):
    """What a member declared at one moment, in the names of then; never changed, deleted with the membership (8.1)."""

    member = models.ForeignKey(
        CommissionMember,
        models.PROTECT,
        related_name="declaration_versions",
        verbose_name="lid",
    )
    round = models.ForeignKey(
        SubsidyRound, models.PROTECT, related_name="declaration_versions", verbose_name="ronde"
    )
    organisations = models.JSONField("organisaties met een belang", default=list)
    ikcs = models.JSONField("IKC's met een persoonlijk belang", default=list)
    note = models.TextField("toelichting", blank=True)
    declared_at = models.DateTimeField("verklaard op")
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="verklaard door"
    )

    class Meta:
        verbose_name = "versie van een belangenverklaring"
        verbose_name_plural = "versies van belangenverklaringen"
        indexes = [models.Index(fields=["round", "member"], name="declaration_version_of")]

    def __str__(self) -> str:
        return f"{self.member}, {self.round}, {self.declared_at:%Y-%m-%d %H:%M}"
