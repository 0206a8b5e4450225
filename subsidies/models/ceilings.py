from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from subsidies.models.rounds import SubsidyRound

AMOUNT: dict[str, Any] = {"max_digits": 12, "decimal_places": 2}


class CeilingChange(models.Model):
    """A decision that raises or lowers the ceiling of a published round (Awb 4:27, 4:28); append-only."""

    round = models.ForeignKey(
        SubsidyRound, models.PROTECT, related_name="ceiling_changes", verbose_name="ronde"
    )
    old_amount = models.DecimalField("oude plafond", **AMOUNT)
    new_amount = models.DecimalField("nieuwe plafond", **AMOUNT)
    # Code of a part of the ceiling -> its new amount, for the parts that change with it.
    parts = models.JSONField("nieuwe deelplafonds", default=dict, blank=True)
    decision_number = models.CharField("nummer collegebesluit", max_length=60)
    decided_on = models.DateField("datum collegebesluit")
    publication_reference = models.CharField("vindplaats publicatie", max_length=120)
    published_on = models.DateField("gepubliceerd op")
    # Awb 4:28: the two facts that, with the warning of the round, let a lowering count for who had filed.
    filed_before_budget = models.BooleanField(
        "aanvragen moest vóór het vaststellen van de begroting", default=False
    )
    follows_from_budget = models.BooleanField(
        "volgt uit het vaststellen van de begroting", default=False
    )
    reason = models.TextField("reden")
    changed_at = models.DateTimeField("vastgelegd op")
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="vastgelegd door",
    )

    class Meta:
        verbose_name = "wijziging van het plafond"
        verbose_name_plural = "wijzigingen van het plafond"
        constraints = [
            models.CheckConstraint(
                name="ceiling_change_is_to_another_amount",
                condition=Q(old_amount__gt=0, new_amount__gt=0) & ~Q(new_amount=F("old_amount")),
                violation_error_message="Het nieuwe plafond is hoger dan nul en anders dan het oude.",
            ),
            models.CheckConstraint(
                name="ceiling_change_is_decided_and_published",
                condition=~Q(decision_number="")
                & ~Q(publication_reference="")
                & ~Q(reason="")
                & Q(published_on__gte=F("decided_on")),
                violation_error_message="Een wijziging van het plafond heeft een besluit, en daarna een publicatie.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}: {self.old_amount} wordt {self.new_amount}"

    @property
    def is_raise(self) -> bool:
        return self.new_amount > self.old_amount
