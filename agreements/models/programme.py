from django.db import models
from django.db.models import F, Q

from agreements.querysets import ProgrammeYearQuerySet
from kvk2.core.periods import one_at_a_time

YEARS = 8


class Programme(models.Model):
    """The frame in which agreements are made: Kansen voor Kinderen 2, 2021 up to and including 2028."""

    code = models.SlugField("code", max_length=20, unique=True)
    name = models.CharField("naam", max_length=120)
    start = models.DateField("van")
    end = models.DateField("tot en met")
    owner_group = models.CharField("opdrachtgever", max_length=120, default="Ontwikkelgroep")

    class Meta:
        verbose_name = "programma"
        verbose_name_plural = "programma's"
        constraints = [
            models.CheckConstraint(
                name="programme_ends_after_it_starts", condition=Q(start__lt=F("end"))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProgrammeYear(models.Model):
    """One of the eight years that targets are set for. A row, not arithmetic: a school year is no calendar year."""

    class Kind(models.TextChoices):
        SCHOOL_YEAR = "school_year", "schooljaar"
        CALENDAR_YEAR = "calendar_year", "kalenderjaar"

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="years", verbose_name="programma"
    )
    index = models.PositiveSmallIntegerField("volgnummer")
    label = models.CharField("naam", max_length=12)
    start = models.DateField("van")
    end = models.DateField("tot en met")
    kind = models.CharField("soort jaar", max_length=15, choices=Kind)

    objects = ProgrammeYearQuerySet.as_manager()

    class Meta:
        verbose_name = "programmajaar"
        verbose_name_plural = "programmajaren"
        constraints = [
            models.UniqueConstraint(fields=["programme", "index"], name="programme_year_index"),
            models.UniqueConstraint(fields=["programme", "label"], name="programme_year_label"),
            models.CheckConstraint(
                name="programme_year_is_one_of_eight", condition=Q(index__range=(1, YEARS))
            ),
            models.CheckConstraint(
                name="programme_year_kind_is_known",
                condition=Q(kind__in=["school_year", "calendar_year"]),
            ),
            models.CheckConstraint(
                name="programme_year_ends_after_it_starts", condition=Q(start__lt=F("end"))
            ),
            one_at_a_time("programme_year_does_not_overlap", "programme", days=("start", "end")),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def full_label(self) -> str:
        """'schooljaar 2024/25 (jaar 4 van 8)', as reports print it."""
        return f"{self.get_kind_display()} {self.label} (jaar {self.index} van {YEARS})"


class Goal(models.Model):
    """One of the three goals of the programme: the top of every goal tree (domain reference 1.2)."""

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="goals", verbose_name="programma"
    )
    code = models.SlugField("code", max_length=30)
    title = models.CharField("titel", max_length=200)
    explanation = models.TextField("uitleg", blank=True)
    order = models.PositiveSmallIntegerField("volgorde")

    class Meta:
        verbose_name = "programmadoel"
        verbose_name_plural = "programmadoelen"
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="goal_code_per_programme"),
            models.UniqueConstraint(fields=["programme", "order"], name="goal_order_per_programme"),
        ]

    def __str__(self) -> str:
        return self.title
