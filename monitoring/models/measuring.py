from datetime import date
from decimal import Decimal
from typing import Any

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from agreements.models import (
    AgreedIndicator,
    AgreementVersion,
    IndicatorDefinitionVersion,
    ProgrammeYear,
    ResultAgreement,
)
from ikc.models import AgendaItem
from monitoring import status
from monitoring.querysets import (
    CurrentMeasurements,
    MeasurementQuerySet,
    MonitoringCycleQuerySet,
    ReturnQuerySet,
)
from monitoring.states import (
    ADOPTED_STATES,
    ADOPTED_YEARS,
    CHECKED_STATES,
    CYCLE_BADGES,
    CYCLE_WORKFLOW,
    EDITABLE,
    FROZEN,
    RETURN_BADGES,
    RETURN_WORKFLOW,
    TAKES_FIGURES,
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
    # The parties look whether the facts are right, up to and including this day (domain reference 5.6).
    fact_check_until = models.DateField("feitencontrole tot en met", null=True, blank=True)
    # The point on the agenda of the Ontwikkelgroep at which the year was adopted.
    adopted_in = models.ForeignKey(
        AgendaItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="adopted_cycles",
        verbose_name="vastgesteld in",
    )

    objects = MonitoringCycleQuerySet.as_manager()

    class Meta:
        verbose_name = "monitoringcyclus"
        verbose_name_plural = "monitoringcycli"
        constraints = [
            models.CheckConstraint(
                name="cycle_state_is_known", condition=Q(state__in=CycleState.values)
            ),
            models.CheckConstraint(
                name="cycle_is_adopted_in_a_meeting",
                condition=~Q(state__in=ADOPTED_YEARS) | Q(adopted_in__isnull=False),
                violation_error_message="Het jaarrapport wordt vastgesteld in een vergadering.",
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

    @property
    def takes_recommendations(self) -> bool:
        """From the opening until the report of the year is adopted: from then on they are fixed."""
        return self.state != CycleState.PLANNED and self.state not in ADOPTED_YEARS

    @property
    def takes_figures(self) -> bool:
        """Figures are typed, or corrected after they were given back."""
        return self.state in TAKES_FIGURES

    @property
    def is_frozen(self) -> bool:
        """The figures are one dataset; what is locked changes only by way of an exception."""
        return self.state in FROZEN


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
    checked_at = models.DateTimeField("gecontroleerd op", null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="gecontroleerd door",
    )
    adopted_at = models.DateTimeField("vastgesteld op", null=True, blank=True)
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="vastgesteld door",
    )
    locked_at = models.DateTimeField("vergrendeld op", null=True, blank=True)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        verbose_name = "aanlevering"
        verbose_name_plural = "aanleveringen"
        constraints = [
            models.UniqueConstraint(fields=["cycle", "agreement"], name="return_once_per_cycle"),
            models.CheckConstraint(
                name="return_state_is_known", condition=Q(state__in=ReturnState.values)
            ),
            # Without a person the system submitted it, on the last day.
            models.CheckConstraint(
                name="return_was_submitted",
                condition=Q(state__in=[ReturnState.DRAFT, ReturnState.RETURNED])
                | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="return_checked_by_somebody",
                condition=~Q(state__in=CHECKED_STATES)
                | Q(checked_at__isnull=False, checked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="return_adopted_by_somebody",
                condition=~Q(state__in=ADOPTED_STATES)
                | Q(adopted_at__isnull=False, adopted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="return_locked_at_a_moment",
                condition=~Q(state=ReturnState.LOCKED) | Q(locked_at__isnull=False),
            ),
            # Three people (monitoring reference 3.4, invariant 10).
            models.CheckConstraint(
                name="return_checker_is_another",
                condition=~Q(checked_by=F("submitted_by")),
                violation_error_message="Wie de cijfers indiende, controleert ze niet.",
            ),
            models.CheckConstraint(
                name="return_adopter_is_another",
                condition=~Q(adopted_by=F("submitted_by")) & ~Q(adopted_by=F("checked_by")),
                violation_error_message="Wie indiende of controleerde, stelt niet vast.",
            ),
        ]
        indexes = [models.Index(fields=["cycle", "state"], name="return_by_state")]

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
        """Whether figures may be typed today."""
        return self.is_editable_on(timezone.localdate())

    def is_editable_on(self, day: date) -> bool:
        """While the cycle takes figures; after that only as long as an exception to the lock lasts."""
        if self.state not in EDITABLE:
            return False
        return self.cycle.takes_figures or self.exceptions.running(day).exists()

    @property
    def was_filed(self) -> bool:
        """Filed at least once: from then on a figure is not typed over but followed by the next revision."""
        return self.submitted_at is not None


@pghistory.track()
class Measurement(models.Model):
    """One figure of one series in one year, or the reason why there is none.

    Once the return was filed, a change is a new revision that supersedes the row; a trigger keeps the older ones as
    they are. `objects` (and `return_.measurements`) are the figures that count now; `revisions` are all of them.
    """

    class DataStatus(models.TextChoices):
        PROVISIONAL = "provisional", "voorlopig"
        DEFINITIVE = "definitive", "definitief"

    class Via(models.TextChoices):
        FORM = "form", "formulier"
        IMPORT = "import", "bestand"
        API = "api", "koppeling"
        SYSTEM = "system", "systeem"

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
    # On how many children, parents or employees the figure rests; of a percentage that is its denominator.
    n = models.PositiveIntegerField("aantal waarop het cijfer rust", null=True, blank=True)
    data_status = models.CharField(
        "voorlopig of definitief",
        max_length=11,
        choices=DataStatus,
        default=DataStatus.DEFINITIVE,
    )
    note = models.TextField("toelichting", blank=True)
    via = models.CharField("ingevoerd met", max_length=6, choices=Via, default=Via.FORM)
    revision = models.PositiveSmallIntegerField("herziening", default=1)
    supersedes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name="vervangt",
    )
    is_current = models.BooleanField("telt", default=True)
    # Typed after a lock was opened, and not adopted in time: the figure before it counts again.
    withdrawn_at = models.DateTimeField("vervallen op", null=True, blank=True)
    entered_at = models.DateTimeField("ingevoerd op")
    # Nobody: the system wrote on the last day that the figure was not delivered.
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ingevoerd door",
    )

    objects = CurrentMeasurements.from_queryset(MeasurementQuerySet)()
    revisions = MeasurementQuerySet.as_manager()

    class Meta:
        verbose_name = "meting"
        verbose_name_plural = "metingen"
        base_manager_name = "revisions"
        constraints = [
            # A series belongs to one agreement (trigger), and an agreement files once a year: so this is series and year.
            models.UniqueConstraint(
                fields=["of_return", "series_key"],
                condition=Q(is_current=True),
                name="measurement_once_per_series_and_year",
            ),
            models.UniqueConstraint(
                fields=["of_return", "series_key", "revision"], name="measurement_revision_once"
            ),
            models.CheckConstraint(
                name="measurement_revision_follows_another",
                condition=Q(revision=1, supersedes=None)
                | Q(revision__gt=1, supersedes__isnull=False),
            ),
            models.CheckConstraint(
                name="measurement_withdrawn_does_not_count",
                condition=Q(withdrawn_at=None) | Q(is_current=False),
            ),
            # Every figure carries where it is from, of which day it is and how many it is about (invariant 16).
            models.CheckConstraint(
                name="measurement_says_where_it_is_from",
                condition=~Q(missing_reason="") | (~Q(source="") & Q(reference_date__isnull=False)),
                violation_error_message="Vul de bron en de peildatum in.",
            ),
            models.CheckConstraint(
                name="measurement_of_a_percentage_says_of_how_many",
                condition=Q(denominator=None) | Q(n__isnull=False, n=F("denominator")),
            ),
            models.CheckConstraint(
                name="measurement_by_somebody_or_the_system",
                condition=Q(via="system", entered_by=None, missing_reason="NOT_DELIVERED")
                | (~Q(via="system") & Q(entered_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="measurement_choices_are_known",
                condition=Q(
                    via__in=["form", "import", "api", "system"],
                    data_status__in=["provisional", "definitive"],
                ),
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

    # Of a figure that is only tried out: whether what is kept has evidence.
    evidence_kept = False

    def __str__(self) -> str:
        return f"{self.definition_version.definition} in {self.of_return}"

    @property
    def has_evidence(self) -> bool:
        """Whether a file proves it; prefetch `evidence__stored` for more than one."""
        if self.pk is None:
            return self.evidence_kept
        return any(row.counts for row in self.evidence.all())


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
    # The same figure against the first version of the agreement; empty while that version still judges.
    original_status = models.CharField(
        "status ten opzichte van de eerste afspraak", max_length=20, blank=True
    )
    original_explanation = models.TextField("waarom, naar de eerste afspraak", blank=True)
    original_public_explanation = models.TextField(
        "waarom, naar de eerste afspraak, voor anderen", blank=True
    )
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
