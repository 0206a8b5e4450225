import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from subsidies.instalments import AccountabilityBand
from subsidies.models.applications import MONEY, Application
from subsidies.models.decisions import Decision
from subsidies.models.schemes import SchemeVersion
from subsidies.querysets_grants import GrantQuerySet
from subsidies.states_grants import GrantState


@pghistory.track()
class Grant(models.Model):
    """A subsidy that was given: what the decision in force gives, and what becomes of it (domain reference 3.6).

    It is there from the moment that the decision was announced (Awb 3:40). Amounts are euros.
    """

    class Band(models.TextChoices):
        DIRECT = AccountabilityBand.DIRECT.value, "meteen vastgesteld"
        ACTIVITY = AccountabilityBand.ACTIVITY.value, "met een verslag van de activiteiten"
        FULL = AccountabilityBand.FULL.value, "met verslag, cijfers en accountant"

    application = models.OneToOneField(
        Application, models.PROTECT, related_name="grant", verbose_name="aanvraag"
    )
    # The decision that gives it today; a won objection puts another in its place.
    decision = models.OneToOneField(
        Decision, models.PROTECT, related_name="+", verbose_name="besluit"
    )
    subsidy_type = models.CharField(
        "soort subsidie", max_length=12, choices=SchemeVersion.SubsidyType
    )
    state = models.CharField(
        "status", max_length=12, choices=GrantState, default=GrantState.ACTIVE, editable=False
    )
    amount = models.DecimalField("verleend bedrag", **MONEY)
    period_start = models.DateField("van")
    period_end = models.DateField("tot en met")
    band = models.CharField("verantwoording", max_length=8, choices=Band)
    account_due_on = models.DateField("verantwoorden uiterlijk", null=True, blank=True)
    determined_amount = models.DecimalField("vastgesteld bedrag", null=True, blank=True, **MONEY)
    determined_on = models.DateField("vastgesteld op", null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = "verlening"
        verbose_name_plural = "verleningen"
        constraints = [
            models.CheckConstraint(
                name="grant_state_is_known", condition=Q(state__in=GrantState.values)
            ),
            models.CheckConstraint(
                name="grant_has_an_amount",
                condition=Q(amount__gt=0) | Q(state=GrantState.REVOKED, amount=0),
                violation_error_message="Een verleende subsidie is meer dan nul euro.",
            ),
            models.CheckConstraint(
                name="grant_ends_after_it_starts", condition=Q(period_end__gte=F("period_start"))
            ),
            models.CheckConstraint(
                # Awb 4:46: determined as granted, or lower
                name="grant_determined_within_grant",
                condition=Q(determined_amount=None)
                | Q(determined_amount__gte=0, determined_amount__lte=F("amount")),
                violation_error_message="Vaststellen kan niet hoger dan het verleende bedrag.",
            ),
            models.CheckConstraint(
                name="grant_determined_has_an_amount",
                condition=Q(
                    state__in=["active", "accounting"],
                    determined_amount__isnull=True,
                    determined_on__isnull=True,
                )
                | Q(
                    state__in=["determined", "closed"],
                    determined_amount__isnull=False,
                    determined_on__isnull=False,
                )
                | Q(state="revoked"),
                violation_error_message="Een vastgestelde subsidie heeft een bedrag en een datum.",
            ),
            models.CheckConstraint(
                name="grant_band_has_a_term",
                condition=Q(band="direct", account_due_on__isnull=True)
                | (~Q(band="direct") & Q(account_due_on__isnull=False)),
                violation_error_message="Wie verantwoordt, doet dat voor een dag.",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "account_due_on"], name="grant_by_state_and_term"),
        ]

    def __str__(self) -> str:
        return f"verlening {self.application.number}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:grant_detail", args=[self.pk])

    @property
    def is_determined(self) -> bool:
        return self.determined_amount is not None
