"""What hangs on a figure: the questions it raised, the groups it consists of, and what proves it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from agreements.models import IndicatorDefinition
from kvk2.core.models import StoredFile
from monitoring.models.measuring import FIGURE, Measurement

USER = settings.AUTH_USER_MODEL


class Check(models.Model):
    """Something remarkable about a figure (monitoring reference 4, 'Entry checks').

    An error blocks submitting until it is mended; a warning until somebody explains it. A trigger keeps both laws.
    """

    class Rule(models.TextChoices):
        EVIDENCE_MISSING = "evidence_missing", "mijlpaal zonder bewijs"
        JUMP = "jump", "groot verschil met vorig jaar"
        GROUP_CHANGE = "group_change", "andere groep dan vorig jaar"
        SAME_AS_LAST_YEAR = "same_as_last_year", "precies gelijk aan vorig jaar"
        BELOW_ONE_PERCENT = "below_one_percent", "percentage tussen 0 en 1"
        UNLIKE_OTHERS = "unlike_others", "anders dan bij andere IKC's"
        PARTS_DIFFER = "parts_differ", "delen tellen niet op tot het geheel"

    class Severity(models.TextChoices):
        ERROR = "error", "fout"
        WARNING = "warning", "vraag"

    measurement = models.ForeignKey(
        Measurement, models.CASCADE, related_name="checks", verbose_name="meting"
    )
    rule = models.CharField("regel", max_length=20, choices=Rule)
    severity = models.CharField("soort", max_length=7, choices=Severity)
    message = models.CharField("melding", max_length=300)
    explanation = models.TextField("toelichting", blank=True)
    acknowledged_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="toegelicht door",
    )

    class Meta:
        verbose_name = "controle van een cijfer"
        verbose_name_plural = "controles van cijfers"
        constraints = [
            models.UniqueConstraint(fields=["measurement", "rule"], name="check_once_per_rule"),
            models.CheckConstraint(
                name="check_choices_are_known",
                condition=Q(severity__in=["error", "warning"]),
            ),
            models.CheckConstraint(
                name="check_explained_by_somebody",
                condition=Q(explanation="", acknowledged_by=None)
                | (~Q(explanation="") & Q(severity="warning", acknowledged_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.message


class Dimension(models.Model):
    """Along what a figure may be broken down, such as age; `is_exhaustive` says that the categories are the whole."""

    code = models.SlugField("code", max_length=30, unique=True)
    name = models.CharField("naam", max_length=100)
    is_exhaustive = models.BooleanField("samen het geheel", default=True)
    definitions = models.ManyToManyField(
        IndicatorDefinition, related_name="dimensions", verbose_name="indicatoren", blank=True
    )

    # What `services.checking.categories_for` adds.
    definition_ids: set[int]

    class Meta:
        verbose_name = "uitsplitsing"
        verbose_name_plural = "uitsplitsingen"

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """One group of a dimension."""

    dimension = models.ForeignKey(
        Dimension, models.PROTECT, related_name="categories", verbose_name="uitsplitsing"
    )
    code = models.SlugField("code", max_length=30)
    name = models.CharField("naam", max_length=100)
    order = models.PositiveSmallIntegerField("volgorde", default=0)

    class Meta:
        verbose_name = "groep"
        verbose_name_plural = "groepen"
        constraints = [
            models.UniqueConstraint(fields=["dimension", "code"], name="category_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Breakdown(models.Model):
    """The figure of one category. Together never more than the whole (trigger)."""

    measurement = models.ForeignKey(
        Measurement, models.CASCADE, related_name="parts", verbose_name="meting"
    )
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name="groep")
    value = models.DecimalField("waarde", **FIGURE, null=True, blank=True)
    numerator = models.PositiveIntegerField("teller", null=True, blank=True)
    denominator = models.PositiveIntegerField("noemer", null=True, blank=True)

    class Meta:
        verbose_name = "deel van een cijfer"
        verbose_name_plural = "delen van cijfers"
        constraints = [
            models.UniqueConstraint(fields=["measurement", "category"], name="breakdown_once"),
            models.CheckConstraint(
                name="breakdown_value_or_counts",
                condition=Q(value__isnull=False, numerator=None, denominator=None)
                | Q(value=None, numerator__isnull=False, denominator__isnull=False),
            ),
            models.CheckConstraint(
                name="breakdown_numerator_within_denominator",
                condition=Q(numerator=None) | Q(numerator__lte=F("denominator")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.measurement}"


class Evidence(models.Model):
    """A file that proves a figure; never changed, and it stays once the figures were filed (trigger)."""

    class Confidentiality(models.TextChoices):
        INTERNAL = "internal", "voor iedereen die deze aanlevering ziet"
        CONFIDENTIAL = "confidential", "alleen voor het IKC, zijn besturen en het onderzoeksbureau"

    measurement = models.ForeignKey(
        Measurement, models.PROTECT, related_name="evidence", verbose_name="meting"
    )
    stored = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="measurement_evidence", verbose_name="bestand"
    )
    title = models.CharField("wat het is", max_length=150)
    confidentiality = models.CharField(
        "wie het mag zien",
        max_length=12,
        choices=Confidentiality,
        default=Confidentiality.INTERNAL,
    )
    added_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="toegevoegd door"
    )
    added_at = models.DateTimeField("toegevoegd op")

    class Meta:
        verbose_name = "bewijs bij een cijfer"
        verbose_name_plural = "bewijzen bij cijfers"
        constraints = [
            models.UniqueConstraint(
                fields=["measurement", "stored"], name="evidence_once_per_figure"
            ),
            models.CheckConstraint(
                name="evidence_confidentiality_is_known",
                condition=Q(confidentiality__in=["internal", "confidential"]),
            ),
            models.CheckConstraint(name="evidence_says_what_it_is", condition=~Q(title="")),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def counts(self) -> bool:
        """A file with a virus in it proves nothing."""
        return self.stored.scan_state != StoredFile.ScanState.INFECTED
