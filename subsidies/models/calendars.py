from django.conf import settings
from django.db import models
from django.db.models import Q


class CalendarFeed(models.Model):
    """The secret address of somebody's calendar of terms. Only a fingerprint of the secret is kept."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="gebruiker"
    )
    fingerprint = models.CharField("vingerafdruk van het geheim", max_length=64, unique=True)
    created_at = models.DateTimeField("gemaakt op")

    class Meta:
        verbose_name = "agenda-adres"
        verbose_name_plural = "agenda-adressen"
        constraints = [
            models.CheckConstraint(
                name="calendar_feed_keeps_a_fingerprint",
                condition=Q(fingerprint__regex=r"^[0-9a-f]{64}$"),
                violation_error_message="Van het geheim wordt alleen een vingerafdruk bewaard.",
            ),
        ]

    def __str__(self) -> str:
        return f"agenda van {self.user}"
