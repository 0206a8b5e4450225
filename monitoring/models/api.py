"""Keys with which a machine of the research bureau reads a round and writes figures, and what each of its writes answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from monitoring.models.measuring import MonitoringCycle
from monitoring.querysets_imports import ApiTokenQuerySet

USER = settings.AUTH_USER_MODEL


class ApiToken(models.Model):
    """A key to one round, on behalf of one researcher, until a day. The key itself is nowhere: only its digest."""

    cycle = models.ForeignKey(
        MonitoringCycle, models.PROTECT, related_name="tokens", verbose_name="cyclus"
    )
    # In whose name figures are written; who loses the role, loses the key with it.
    holder = models.ForeignKey(
        USER, models.PROTECT, related_name="api_tokens", verbose_name="onderzoeker"
    )
    name = models.CharField("waarvoor", max_length=100)
    digest = models.CharField("SHA-256 van de sleutel", max_length=64, unique=True)
    hint = models.CharField("begin van de sleutel", max_length=12)
    expires_on = models.DateField("geldig tot en met")
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="gemaakt door")
    made_at = models.DateTimeField("gemaakt op")
    revoked_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ingetrokken door",
    )
    revoked_at = models.DateTimeField("ingetrokken op", null=True, blank=True)
    used_at = models.DateTimeField("laatst mee geschreven op", null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "sleutel voor de koppeling"
        verbose_name_plural = "sleutels voor de koppeling"
        constraints = [
            models.CheckConstraint(
                name="api_token_is_a_digest", condition=Q(digest__regex=r"^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="api_token_revoked_by_somebody",
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["cycle", "-made_at"], name="api_token_by_cycle")]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"


class ApiRequest(models.Model):
    """One write that was carried out, by the key that its sender gave it: sent again, it answers the same."""

    token = models.ForeignKey(
        ApiToken, models.PROTECT, related_name="requests", verbose_name="sleutel"
    )
    key = models.CharField("Idempotency-Key", max_length=100)
    sha256 = models.CharField("SHA-256 van het verzoek", max_length=64)
    answer = models.JSONField("antwoord")
    at = models.DateTimeField("op")

    class Meta:
        verbose_name = "verzoek van een koppeling"
        verbose_name_plural = "verzoeken van koppelingen"
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="api_request_once_per_key")
        ]

    def __str__(self) -> str:
        return self.key
