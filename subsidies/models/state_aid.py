from django.conf import settings
from django.db import models
from django.db.models import Q

from subsidies.models.applications import MONEY, Application


class StateAidAssessment(models.Model):
    """Whether the subsidy is state aid, and why it may be given (VWEU 107 and 108, Awb 4:35(3); domain reference 3.13)."""

    class Outcome(models.TextChoices):
        NO_ECONOMIC_ACTIVITY = "no_economic_activity", "geen economische activiteit"
        DE_MINIMIS = "de_minimis", "de-minimissteun"
        SGEI_DE_MINIMIS = "sgei_de_minimis", "de-minimissteun voor een dienst van algemeen belang"
        BLOCK_EXEMPTION = "block_exemption", "valt onder een vrijstellingsverordening"
        NOTIFIED = "notified", "aangemeld bij en goedgekeurd door de Europese Commissie"
        INCOMPATIBLE = "incompatible", "onverenigbaar met de interne markt"

    DECLARED = (Outcome.DE_MINIMIS, Outcome.SGEI_DE_MINIMIS)

    application = models.OneToOneField(
        Application, models.PROTECT, related_name="state_aid", verbose_name="aanvraag"
    )
    outcome = models.CharField("uitkomst", max_length=20, choices=Outcome)
    motivation = models.TextField("waarom")
    # Of de-minimis aid: who gets it, and how much of this subsidy that is, in euros.
    undertaking = models.CharField("onderneming", max_length=200, blank=True)
    aid_amount = models.DecimalField("steun uit deze subsidie", null=True, blank=True, **MONEY)
    # Of a de-minimis statement: what the undertaking had in this year and the years before, in euros.
    received_before = models.DecimalField(
        "eerdere de-minimissteun in drie jaar", null=True, blank=True, **MONEY
    )
    statement_on = models.DateField("datum van de ondertekende verklaring", null=True, blank=True)
    assessed_at = models.DateTimeField("beoordeeld op")
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="beoordeeld door"
    )

    class Meta:
        verbose_name = "beoordeling van staatssteun"
        verbose_name_plural = "beoordelingen van staatssteun"
        constraints = [
            models.CheckConstraint(
                name="state_aid_outcome_is_known",
                condition=Q(
                    outcome__in=[
                        "no_economic_activity",
                        "de_minimis",
                        "sgei_de_minimis",
                        "block_exemption",
                        "notified",
                        "incompatible",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="state_aid_de_minimis_has_a_statement",
                condition=~Q(outcome__in=["de_minimis", "sgei_de_minimis"])
                | Q(
                    received_before__isnull=False,
                    received_before__gte=0,
                    statement_on__isnull=False,
                ),
                violation_error_message=(
                    "Bij de-minimissteun horen de ondertekende verklaring en het bedrag van eerdere steun."
                ),
            ),
            models.CheckConstraint(
                name="state_aid_de_minimis_names_who_gets_what",
                condition=~Q(outcome__in=["de_minimis", "sgei_de_minimis"])
                | (Q(aid_amount__isnull=False, aid_amount__gt=0) & ~Q(undertaking="")),
                violation_error_message="Bij de-minimissteun horen de onderneming en het bedrag dat zij krijgt.",
            ),
            models.CheckConstraint(
                name="state_aid_is_motivated",
                condition=~Q(motivation=""),
                violation_error_message="Schrijf op waarom.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()
