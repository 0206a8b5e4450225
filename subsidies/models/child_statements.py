"""What the applicant says about the numbers of children in the application: the source, and a dispute with DUO."""

from django.db import models
from django.db.models import Q

from ikc.models import CountSource
from subsidies.models.applications import Application

# The applicant's own sources; DUO's figures come out of its file.
OWN_SOURCES = [pair for pair in CountSource.choices if pair[0] != CountSource.DUO]


class ChildCountStatement(models.Model):
    """Beside the numbers in the columns of the application, and fixed with them at filing by the same trigger.

    What DUO counted is copied at filing, so that a later file of DUO does not change what was signed for.
    """

    application = models.OneToOneField(
        Application, models.CASCADE, related_name="child_statement", verbose_name="aanvraag"
    )
    young_source = models.CharField(
        "bron voor 0 tot en met 3 jaar",
        max_length=12,
        choices=OWN_SOURCES,
        default=CountSource.CHILDCARE,
    )
    pupil_source = models.CharField(
        "bron voor 4 tot en met 12 jaar",
        max_length=12,
        choices=OWN_SOURCES,
        default=CountSource.SCHOOL,
    )
    dispute_note = models.TextField("waarom anders dan DUO", blank=True)
    duo_pupils = models.PositiveSmallIntegerField("leerlingen volgens DUO", null=True, blank=True)
    duo_note = models.CharField("bestand van DUO", max_length=200, blank=True)
    # Who signed for the numbers, and when: at filing, or when a correction was filed.
    confirmed_at = models.DateTimeField("bevestigd op", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        "ikc.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="bevestigd door",
    )

    class Meta:
        verbose_name = "verklaring over de aantallen kinderen"
        verbose_name_plural = "verklaringen over de aantallen kinderen"
        constraints = [
            models.CheckConstraint(
                name="child_statement_source_is_own",
                condition=Q(
                    young_source__in=[value for value, _ in OWN_SOURCES],
                    pupil_source__in=[value for value, _ in OWN_SOURCES],
                ),
                violation_error_message="Kies waar het aantal vandaan komt.",
            ),
            models.CheckConstraint(
                name="child_statement_confirmed_by_somebody",
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                violation_error_message="Leg vast wie de aantallen bevestigde, en wanneer.",
            ),
        ]

    def __str__(self) -> str:
        return f"aantallen kinderen bij {self.application}"
