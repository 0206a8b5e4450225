from django.conf import settings
from django.db import models
from django.db.models import Q

from agreements.models.agreements import AgreementVersion


class AgreementTemplate(models.Model):
    """A text that others may start from: its topics, results, indicators, measures and functions, no figures."""

    version = models.OneToOneField(
        AgreementVersion, models.PROTECT, related_name="template", verbose_name="versie"
    )
    title = models.CharField("naam", max_length=120, unique=True)
    note = models.CharField("waarvoor bedoeld", max_length=300, blank=True)
    made_at = models.DateTimeField("gemaakt op")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="gemaakt door",
    )

    class Meta:
        verbose_name = "sjabloon"
        verbose_name_plural = "sjablonen"
        constraints = [
            models.CheckConstraint(name="agreement_template_has_a_title", condition=~Q(title="")),
        ]

    def __str__(self) -> str:
        return self.title
