from django.db import models
from django.db.models import F, Q


class SubsidyScheme(models.Model):
    """The legal rule that a round stands on (wettelijk voorschrift, Awb 4:23)."""

    name = models.CharField("naam", max_length=200)
    citation = models.CharField("citeertitel", max_length=200)
    legal_basis = models.TextField(
        "wettelijke grondslag", help_text="Verordening en regeling, met vindplaats."
    )
    decision_term_weeks = models.PositiveSmallIntegerField("beslistermijn in weken", default=13)
    valid_from = models.DateField("vanaf")
    valid_until = models.DateField("tot en met", null=True, blank=True)
    is_demo = models.BooleanField("demonstratiegegeven", default=False)

    class Meta:
        verbose_name = "subsidieregeling"
        verbose_name_plural = "subsidieregelingen"
        constraints = [
            models.CheckConstraint(
                name="scheme_ends_after_it_starts",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.citation
