"""Where the content of an application comes from: figures of the area, an earlier application, another hand."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from subsidies.models.applications import Application


class AnalysisFigure(models.Model):
    """A figure that the applicant took into the analysis, frozen as the portal showed it at that moment."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="figures", verbose_name="aanvraag"
    )
    code = models.CharField("code", max_length=40)
    label = models.CharField("gegeven", max_length=120)
    # As it may be shown: a small number is already hidden (domain reference 8.2).
    value = models.CharField("waarde", max_length=40)
    period = models.CharField("jaar", max_length=20)
    source = models.CharField("bron", max_length=200)
    taken_at = models.DateTimeField("overgenomen op")

    class Meta:
        verbose_name = "gegeven bij de analyse"
        verbose_name_plural = "gegevens bij de analyse"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "code"], name="figure_once_per_application"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.value}"


class ApplicationCopy(models.Model):
    """That a draft began as a copy of an earlier application of the same IKC."""

    application = models.OneToOneField(
        Application, models.CASCADE, related_name="copy", verbose_name="aanvraag"
    )
    source = models.ForeignKey(
        Application, models.PROTECT, related_name="copies", verbose_name="eerdere aanvraag"
    )
    copied_at = models.DateTimeField("overgenomen op")
    copied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="overgenomen door"
    )

    class Meta:
        verbose_name = "kopie van een aanvraag"
        verbose_name_plural = "kopieën van aanvragen"
        constraints = [
            models.CheckConstraint(
                name="copy_is_of_another", condition=~Q(application=F("source"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} naar {self.source}"


class HandOver(models.Model):
    """That a draft went from one colleague to another; the last one says who works on it."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="hand_overs", verbose_name="aanvraag"
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="overgedragen door"
    )
    given_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="overgedragen aan"
    )
    given_at = models.DateTimeField("overgedragen op")
    note = models.TextField("bericht", blank=True)

    class Meta:
        verbose_name = "overdracht van een aanvraag"
        verbose_name_plural = "overdrachten van aanvragen"
        constraints = [
            models.CheckConstraint(
                name="hand_over_to_another",
                condition=~Q(given_by=F("given_to")),
                violation_error_message="U draagt de aanvraag over aan iemand anders.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} aan {self.given_to}"
