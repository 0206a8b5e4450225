"""What keeps the workflow honest: each step of a return, each exception to a lock, each frozen dataset of a year."""

from datetime import timedelta

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from kvk2.core.dates import in_figures
from monitoring.models.measuring import MonitoringCycle, Return
from monitoring.querysets import LockExceptionQuerySet
from monitoring.states import EXPLAINED_STEPS, ReturnState

# An exception to a lock lasts at most this many days (monitoring reference 3.3).
LONGEST_EXCEPTION = timedelta(days=30)


class ReturnTransition(models.Model):
    """One step of one return: from where to where, by whom, when and why. Only ever added (trigger)."""

    of_return = models.ForeignKey(
        Return, models.PROTECT, related_name="transitions", verbose_name="aanlevering"
    )
    step = models.CharField("stap", max_length=10)
    source = models.CharField("van", max_length=10, choices=ReturnState)
    target = models.CharField("naar", max_length=10, choices=ReturnState)
    # Nobody: the system, on the last day or at night.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="door",
    )
    at = models.DateTimeField("op")
    comment = models.TextField("toelichting", blank=True)
    # Of a reopening: the last day on which figures may be typed.
    until = models.DateField("tot en met", null=True, blank=True)

    class Meta:
        verbose_name = "stap van een aanlevering"
        verbose_name_plural = "stappen van aanleveringen"
        constraints = [
            models.CheckConstraint(
                name="return_transition_says_why",
                condition=~Q(step__in=EXPLAINED_STEPS) | ~Q(comment=""),
                violation_error_message="Schrijf op waarom.",
            ),
            models.CheckConstraint(
                name="return_transition_reopens_until_a_day",
                condition=Q(step="reopen", until__isnull=False, actor__isnull=False)
                | (~Q(step="reopen") & Q(until=None)),
            ),
        ]
        indexes = [models.Index(fields=["of_return", "-id"], name="transition_by_return")]

    def __str__(self) -> str:
        return f"{self.of_return}: {self.step}"


class LockException(models.Model):
    """Leave to change locked figures of one return, for a reason and until a day."""

    of_return = models.ForeignKey(
        Return, models.PROTECT, related_name="exceptions", verbose_name="aanlevering"
    )
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="gegeven door"
    )
    granted_on = models.DateField("gegeven op")
    reason = models.TextField("reden")
    until = models.DateField("tot en met")
    ended_at = models.DateTimeField("voorbij sinds", null=True, blank=True)

    objects = LockExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = "uitzondering op een vergrendeling"
        verbose_name_plural = "uitzonderingen op vergrendelingen"
        constraints = [
            models.UniqueConstraint(
                fields=["of_return"],
                condition=Q(ended_at=None),
                name="lock_exception_one_at_a_time",
            ),
            models.CheckConstraint(
                name="lock_exception_is_short",
                condition=Q(
                    until__gte=F("granted_on"), until__lte=F("granted_on") + LONGEST_EXCEPTION
                ),
                violation_error_message="Heropenen kan voor hoogstens 30 dagen.",
            ),
            models.CheckConstraint(
                name="lock_exception_says_why",
                condition=~Q(reason=""),
                violation_error_message="Schrijf op waarom.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.of_return}, tot en met {in_figures(self.until)}"

    @property
    def words(self) -> str:
        """For on the page of the return."""
        return f"Wijzigen en opnieuw indienen kan tot en met {in_figures(self.until)}. Reden: {self.reason}"


class CycleDataset(models.Model):
    """All figures of one year as they were frozen: what the analysis and the reports stand on. Never changed (trigger)."""

    cycle = models.ForeignKey(
        MonitoringCycle, models.PROTECT, related_name="datasets", verbose_name="cyclus"
    )
    number = models.PositiveSmallIntegerField("nummer")
    content = models.JSONField("gegevens", encoder=DjangoJSONEncoder)
    sha256 = models.CharField("vingerafdruk", max_length=64)
    note = models.CharField("wat is anders dan in het vorige nummer", max_length=300, blank=True)
    frozen_at = models.DateTimeField("vastgezet op")
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="vastgezet door",
    )

    class Meta:
        verbose_name = "vastgezette gegevens"
        verbose_name_plural = "vastgezette gegevens"
        constraints = [
            models.UniqueConstraint(fields=["cycle", "number"], name="cycle_dataset_number"),
            models.CheckConstraint(
                name="cycle_dataset_correction_has_a_note",
                condition=Q(number=1) | ~Q(note=""),
            ),
        ]

    def __str__(self) -> str:
        return f"gegevens van {self.cycle}, nummer {self.number}"
