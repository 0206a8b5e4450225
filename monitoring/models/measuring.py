from decimal import Decimal
from typing import Any

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from agreements.models import (
    AgreedIndicator,
    AgreementVersion,
    IndicatorDefinitionVersion,
    ProgrammeYear,
    ResultAgreement,
)
from monitoring import status
from monitoring.querysets import MonitoringCycleQuerySet, ReturnQuerySet
from monitoring.states import (
    CYCLE_BADGES,
    CYCLE_WORKFLOW,
    EDITABLE,
    RETURN_BADGES,
    RETURN_WORKFLOW,
    CycleState,
    ReturnState,
)

FIGURE: dict[str, Any] = {"max_digits": 14, "decimal_places": 4}
# A measurement has the columns of its type and no others: no counts, no level and no day.
NO_COUNTS = Q(numerator=None, denominator=None)
NO_STAGE = Q(level=None, reached_on=None)


class RuleSet(models.Model):
    """The thresholds of the status rules as the parties adopted them; a trigger keeps a used one as it is."""

    code = models.SlugField("code", max_length=20, unique=True)
    parameters = models.JSONField("grenswaarden")
    valid_from = models.DateField("geldig vanaf")
    adopted_by = models.CharField("vastgesteld door", max_length=200)

    class Meta:
        verbose_name = "rekenregels"
        verbose_name_plural = "rekenregels"

    def __str__(self) -> str:
        return self.code

    def rules(self) -> status.RuleSet:
        """The thresholds as the status engine takes them; raises RuleSetInvalid."""
        return status.RuleSet.from_parameters(self.code, self.parameters)


class MonitoringCycle(models.Model):
    """The measuring of one programme year, for every IKC with an agreement."""

    year = models.OneToOneField(
        ProgrammeYear, models.PROTECT, related_name="cycle", verbose_name="programmajaar"
    )
    state = models.CharField(
        "status", max_length=12, choices=CycleState, default=CycleState.PLANNED, editable=False
    )
    ruleset = models.ForeignKey(
        RuleSet, models.PROTECT, related_name="cycles", verbose_name="rekenregels"
    )
    submit_by = models.DateField("indienen uiterlijk op")

    objects = MonitoringCycleQuerySet.as_manager()

    class Meta:
        verbose_name = "monitoringcyclus"
        verbose_name_plural = "monitoringcycli"
        constraints = [
            models.CheckConstraint(
                name="cycle_state_is_known", condition=Q(state__in=CycleState.values)
            ),
        ]

    def __str__(self) -> str:
        return f"monitoring {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("monitoring:cycle_detail", args=[self.pk])

    @property
    def badge(self) -> str:
        return CYCLE_BADGES[CycleState(self.state)]

    @property
    def available_transitions(self):
        return CYCLE_WORKFLOW.available_from(self.state)

    @property
    def is_collecting(self) -> bool:
        return self.state == CycleState.COLLECTING


class Return(models.Model):
    """The figures of one agreement in one cycle, judged by the version that was agreed for that year."""

    cycle = models.ForeignKey(
        MonitoringCycle, models.PROTECT, related_name="returns", verbose_name="cyclus"
    )
    agreement = models.ForeignKey(
        ResultAgreement, models.PROTECT, related_name="returns", verbose_name="resultaatafspraak"
    )
    version = models.ForeignKey(
        AgreementVersion, models.PROTECT, related_name="returns", verbose_name="versie"
    )
    state = models.CharField(
        "status", max_length=10, choices=ReturnState, default=ReturnState.DRAFT, editable=False
    )
    submitted_at = models.DateTimeField("ingediend op", null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ingediend door",
    )

    objects = ReturnQuerySet.as_manager()

    class Meta:
        verbose_name = "aanlevering"
        verbose_name_plural = "aanleveringen"
        constraints = [
            models.UniqueConstraint(fields=["cycle", "agreement"], name="return_once_per_cycle"),
            models.CheckConstraint(
                name="return_state_is_known", condition=Q(state__in=ReturnState.values)
            ),
            models.CheckConstraint(
                name="return_submitted_by_somebody",
                condition=Q(state__in=[ReturnState.DRAFT, ReturnState.RETURNED])
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement}, {self.cycle.year}"

    def get_absolute_url(self) -> str:
        return reverse("monitoring:return_detail", args=[self.pk])

    @property
    def badge(self) -> str:
        return RETURN_BADGES[ReturnState(self.state)]

    @property
    def available_transitions(self):
        return RETURN_WORKFLOW.available_from(self.state)

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE and self.cycle.is_collecting


@pghistory.track()
class Measurement(models.Model):
    """One figure of one series in one year, or the reason why there is none. Earlier values stay in its history."""

    class MissingReason(models.TextChoices):
        NOT_MEASURED = "NOT_MEASURED", "nog niet gemeten"
        NOT_DELIVERED = "NOT_DELIVERED", "niet aangeleverd"
        SOURCE_UNAVAILABLE = "SOURCE_UNAVAILABLE", "bron niet beschikbaar"
        NO_TARGET_GROUP = "NO_TARGET_GROUP", "geen doelgroep"
        CONSENT_MISSING = "CONSENT_MISSING", "toestemming ontbreekt"
        OTHER = "OTHER", "andere reden"

    of_return = models.ForeignKey(
        Return,
        models.PROTECT,
        related_name="measurements",
        verbose_name="aanlevering",
    )
    series_key = models.UUIDField("reeks")
    definition_version = models.ForeignKey(
        IndicatorDefinitionVersion, models.PROTECT, related_name="+", verbose_name="definitie"
    )
    value = models.DecimalField("waarde", **FIGURE, null=True, blank=True)
    numerator = models.PositiveIntegerField("teller", null=True, blank=True)
    denominator = models.PositiveIntegerField("noemer", null=True, blank=True)
    level = models.PositiveSmallIntegerField("niveau", null=True, blank=True)
    reached_on = models.DateField("bereikt op", null=True, blank=True)
    missing_reason = models.CharField(
        "geen cijfer, omdat", max_length=20, choices=MissingReason, blank=True
    )
    coverage = models.DecimalField(
        "gemeten deel van het jaar", max_digits=3, decimal_places=2, default=Decimal(1)
    )
    reference_date = models.DateField("peildatum", null=True, blank=True)
    source = models.CharField("bron", max_length=200, blank=True)
    note = models.TextField("toelichting", blank=True)
    entered_at = models.DateTimeField("ingevoerd op")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ingevoerd door"
    )

    class Meta:
        verbose_name = "meting"
        verbose_name_plural = "metingen"
        constraints = [
            models.UniqueConstraint(
                fields=["of_return", "series_key"], name="measurement_once_per_series_and_year"
            ),
            models.CheckConstraint(
                name="measurement_figure_or_reason",
                condition=Q(NO_COUNTS, NO_STAGE, missing_reason="", value__isnull=False)
                | Q(
                    NO_STAGE,
                    missing_reason="",
                    value=None,
                    numerator__isnull=False,
                    denominator__isnull=False,
                )
                | Q(NO_COUNTS, missing_reason="", value=None, level__isnull=False, reached_on=None)
                | Q(NO_COUNTS, missing_reason="", value=None, level=None, reached_on__isnull=False)
                | (~Q(missing_reason="") & Q(NO_COUNTS, NO_STAGE, value=None)),
                violation_error_message="Vul een cijfer in, of kies waarom er geen cijfer is.",
            ),
            models.CheckConstraint(
                name="measurement_numerator_within_denominator",
                condition=Q(numerator=None) | Q(numerator__lte=F("denominator")),
                violation_error_message="De teller is niet groter dan de noemer.",
            ),
            models.CheckConstraint(
                name="measurement_coverage_is_a_part",
                condition=Q(coverage__gt=0, coverage__lte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.definition_version.definition} in {self.of_return}"


@pghistory.track()
class StatusResult(models.Model):
    """The judgement of one indicator in one year. Written by the engine only (`services.judging`)."""

    of_return = models.ForeignKey(
        Return,
        models.PROTECT,
        related_name="results",
        verbose_name="aanlevering",
    )
    indicator = models.ForeignKey(
        AgreedIndicator, models.PROTECT, related_name="results", verbose_name="indicator"
    )
    series_key = models.UUIDField("reeks")
    status = models.CharField(
        "status", max_length=20, choices=[(value.value, value.value) for value in status.Status]
    )
    reason = models.CharField("regel", max_length=30)
    value = models.DecimalField("beoordeelde waarde", **FIGURE, null=True, blank=True)
    gap = models.DecimalField("afstand tot het doel", **FIGURE, null=True, blank=True)
    share = models.DecimalField("deel van de verbetering", **FIGURE, null=True, blank=True)
    tolerance = models.DecimalField("toegepaste tolerantie", **FIGURE, null=True, blank=True)
    flags = models.JSONField("bijzonderheden", default=list)
    # The sentence for who entered the figure, and the one for others, without small groups.
    explanation = models.TextField("waarom deze kleur")
    public_explanation = models.TextField("waarom deze kleur, voor anderen")
    ruleset = models.ForeignKey(
        RuleSet, models.PROTECT, related_name="+", verbose_name="rekenregels"
    )
    judged_at = models.DateTimeField("beoordeeld op")

    class Meta:
        verbose_name = "oordeel"
        verbose_name_plural = "oordelen"
        constraints = [
            models.UniqueConstraint(
                fields=["of_return", "series_key"], name="status_once_per_series_and_year"
            ),
        ]
        indexes = [models.Index(fields=["series_key"], name="status_by_series")]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.status}"
