"""How the results are to be reached: what the figures said, measures, staffing and steering (monitoring reference 3.2)."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from agreements.models.agreements import AgreementVersion
from agreements.models.content import AgreedResult
from agreements.models.programme import ProgrammeYear
from agreements.querysets import StaffingRealisationQuerySet
from kvk2.core.models import StoredFile

MOST_HOURS = 40
DEFAULT_WEEKS = 40
WEEKS_IN_A_YEAR = 52
# What one person can work in a year at most, in hours.
MOST_HOURS_IN_A_YEAR = MOST_HOURS * WEEKS_IN_A_YEAR


class DataAnalysis(models.Model):
    """What the figures of the IKC said before anything was agreed: the first step from data to an offer."""

    version = models.ForeignKey(
        AgreementVersion, models.PROTECT, related_name="analyses", verbose_name="versie"
    )
    title = models.CharField("titel", max_length=150)
    period = models.CharField("periode", max_length=60)
    sources = models.CharField("bronnen", max_length=300)
    findings = models.TextField("belangrijkste bevindingen")
    # The analysis itself, beside the text; a next version refers to the same file.
    stored = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="data_analyses",
        verbose_name="bestand",
    )

    class Meta:
        verbose_name = "data-analyse"
        verbose_name_plural = "data-analyses"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "title"],
                name="data_analysis_title_once",
                violation_error_message="Er is al een analyse met deze titel.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Measure(models.Model):
    """What the parties do for one result (maatregel, aanbod), for whom, upon which finding, and who sees to it."""

    version = models.ForeignKey(
        AgreementVersion, models.PROTECT, related_name="measures", verbose_name="versie"
    )
    result = models.ForeignKey(
        AgreedResult, models.PROTECT, related_name="measures", verbose_name="beoogd resultaat"
    )
    title = models.CharField("maatregel", max_length=200)
    development_area = models.CharField("ontwikkelgebied", max_length=120, blank=True)
    target_group = models.CharField("doelgroep", max_length=200)
    finding = models.CharField("gebaseerd op", max_length=300, blank=True)
    planned_from = models.DateField("begint op")
    planned_until = models.DateField("loopt tot en met", null=True, blank=True)
    owner = models.CharField("verantwoordelijk", max_length=120)

    class Meta:
        verbose_name = "maatregel"
        verbose_name_plural = "maatregelen"
        constraints = [
            models.UniqueConstraint(
                fields=["result", "title"],
                name="measure_once_per_result",
                violation_error_message="Deze maatregel staat al bij dit resultaat.",
            ),
            models.CheckConstraint(
                name="measure_ends_after_it_starts",
                condition=Q(planned_until=None) | Q(planned_until__gte=F("planned_from")),
                violation_error_message="De maatregel eindigt vóór de begindatum.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class StaffingCommitment(models.Model):
    """One function of the new job framework (functiehuis): hours a week, weeks a year, and for which years."""

    class Function(models.TextChoices):
        YOUTH = "youth", "jeugdondersteuner"
        YOUTH_VVE = "youth_vve", "jeugdondersteuner VVE"
        PEDAGOGUE = "pedagogue", "pedagoog (GGD)"
        PROCESS_COACH = "process_coach", "procesbegeleider"
        PROJECT_LEADER = "project_leader", "projectleider"
        OTHER = "other", "andere functie"

    version = models.ForeignKey(
        AgreementVersion, models.PROTECT, related_name="staffing", verbose_name="versie"
    )
    function = models.CharField("functie", max_length=15, choices=Function)
    description = models.CharField("omschrijving", max_length=120, blank=True)
    hours_per_week = models.DecimalField("uren per week", max_digits=4, decimal_places=1)
    weeks_per_year = models.PositiveSmallIntegerField("weken per jaar", default=DEFAULT_WEEKS)
    employer = models.CharField("werkgever", max_length=120)
    from_year = models.ForeignKey(
        ProgrammeYear, models.PROTECT, related_name="+", verbose_name="vanaf"
    )
    until_year = models.ForeignKey(
        ProgrammeYear, models.PROTECT, related_name="+", verbose_name="tot en met"
    )

    class Meta:
        verbose_name = "functie in het functiehuis"
        verbose_name_plural = "functies in het functiehuis"
        constraints = [
            models.CheckConstraint(
                name="staffing_hours_within_a_week",
                condition=Q(hours_per_week__gt=0, hours_per_week__lte=MOST_HOURS),
                violation_error_message="Een functie is meer dan 0 en hoogstens 40 uur per week.",
            ),
            models.CheckConstraint(
                name="staffing_weeks_within_a_year",
                condition=Q(weeks_per_year__range=(1, 52)),
                violation_error_message="Een jaar heeft 1 tot en met 52 weken.",
            ),
            models.CheckConstraint(
                name="staffing_function_is_known",
                condition=Q(
                    function__in=[
                        "youth",
                        "youth_vve",
                        "pedagogue",
                        "process_coach",
                        "project_leader",
                        "other",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="staffing_other_is_described",
                condition=~Q(function="other") | ~Q(description=""),
                violation_error_message="Omschrijf welke andere functie het is.",
            ),
        ]

    def __str__(self) -> str:
        return self.description or self.get_function_display()

    @property
    def hours_per_year(self) -> Decimal:
        return self.hours_per_week * self.weeks_per_year

    def covers(self, year: ProgrammeYear) -> bool:
        return self.from_year.index <= year.index <= self.until_year.index


class StaffingRealisation(models.Model):
    """What was delivered of a function in one year, in hours. Never changed; a mistake is a next row (monitoring reference 3.3)."""

    commitment = models.ForeignKey(
        StaffingCommitment, models.PROTECT, related_name="realisations", verbose_name="functie"
    )
    year = models.ForeignKey(ProgrammeYear, models.PROTECT, related_name="+", verbose_name="jaar")
    # Rows of one year add up; a correction downwards is negative.
    hours = models.DecimalField("geleverde uren", max_digits=6, decimal_places=1)
    # In the whole year so far, so that the newest row that says it counts; empty when not known.
    vacancy_weeks = models.PositiveSmallIntegerField("weken vacature", null=True, blank=True)
    reason = models.CharField("reden", max_length=200, blank=True)
    recorded_at = models.DateTimeField("vastgelegd op")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="vastgelegd door",
    )

    objects = StaffingRealisationQuerySet.as_manager()

    class Meta:
        verbose_name = "geleverde uren van een functie"
        verbose_name_plural = "geleverde uren van functies"
        constraints = [
            models.CheckConstraint(
                name="staffing_realisation_within_a_year",
                condition=Q(hours__range=(-MOST_HOURS_IN_A_YEAR, MOST_HOURS_IN_A_YEAR)),
                violation_error_message="Een functie is hoogstens 2.080 uur in een jaar: 40 uur in 52 weken.",
            ),
            models.CheckConstraint(
                name="staffing_vacancy_within_a_year",
                condition=Q(vacancy_weeks=None) | Q(vacancy_weeks__range=(0, WEEKS_IN_A_YEAR)),
                violation_error_message="Een jaar heeft 52 weken: vul 0 tot en met 52 weken vacature in.",
            ),
            models.CheckConstraint(
                name="staffing_realisation_is_explained",
                condition=~Q(reason="")
                | Q(hours__gt=0) & (Q(vacancy_weeks=None) | Q(vacancy_weeks=0)),
                violation_error_message="Schrijf op waarom: bij 0 uur, bij een correctie en bij een vacature.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment}, {self.year}"


class SteeringArrangement(models.Model):
    """Who steers the IKC together: a body, its role, how often it meets, and what it may decide."""

    version = models.ForeignKey(
        AgreementVersion, models.PROTECT, related_name="steering", verbose_name="versie"
    )
    body = models.CharField("overleg", max_length=120)
    role = models.CharField("rol", max_length=200)
    frequency = models.CharField("hoe vaak", max_length=80)
    decision_rights = models.CharField("waarover beslist het", max_length=300)

    class Meta:
        verbose_name = "overleg in de aansturing"
        verbose_name_plural = "overleggen in de aansturing"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "body"],
                name="steering_body_once",
                violation_error_message="Dit overleg staat er al.",
            ),
        ]

    def __str__(self) -> str:
        return self.body
