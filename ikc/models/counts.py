"""How many children an IKC has on a reference date, per age band: who says so, who confirmed it and who disputes it."""

from django.db import models
from django.db.models import F, Q

from ikc.models.centres import Ikc
from ikc.querysets import ChildCountQuerySet


class AgeBand(models.TextChoices):
    """The bands of the programme (domain reference 7.2), youngest first."""

    ZERO_ONE = "0_1", "0 en 1 jaar"
    TWO_THREE = "2_3", "2 en 3 jaar"
    FOUR_TWELVE = "4_12", "4 tot en met 12 jaar"


class CountSource(models.TextChoices):
    """Where a figure comes from. DUO counts the pupils of a school, on 1 October."""

    DUO = "duo", "DUO, telling van 1 oktober"
    SCHOOL = "school", "administratie van de school"
    CHILDCARE = "childcare", "administratie van de kinderopvang"
    MUNICIPALITY = "municipality", "opgave van de gemeente"


_UNDISPUTED = Q(disputed_at=None, disputed_by=None, dispute_note="", claimed=None)
_DISPUTED = Q(disputed_at__isnull=False, disputed_by__isnull=False, claimed__isnull=False) & ~Q(
    dispute_note=""
)
_UNRESOLVED = Q(resolved_at=None, resolved_by=None, resolution="")
_RESOLVED = Q(resolved_at__isnull=False, resolved_by__isnull=False) & ~Q(resolution="")


class ChildCount(models.Model):
    """Children of one IKC in one age band on one reference date.

    A figure is never changed: a newer one takes its place (`replaced_at`) and the former stays as history.
    A trigger keeps it so (migration 0004).
    """

    ikc = models.ForeignKey(Ikc, models.PROTECT, related_name="child_counts", verbose_name="IKC")
    reference_date = models.DateField("peildatum")
    band = models.CharField("leeftijd", max_length=4, choices=AgeBand)
    children = models.PositiveSmallIntegerField("aantal kinderen")
    source = models.CharField("bron", max_length=12, choices=CountSource)
    # The file or the register that the figure stands in, and its date.
    source_note = models.CharField("toelichting bij de bron", max_length=200, blank=True)
    entered_at = models.DateTimeField("vastgelegd op")
    # None: the portal, out of a file of DUO.
    entered_by = models.ForeignKey(
        "ikc.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="vastgelegd door",
    )
    confirmed_at = models.DateTimeField("bevestigd op", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        "ikc.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="bevestigd door",
    )
    disputed_at = models.DateTimeField("betwist op", null=True, blank=True)
    disputed_by = models.ForeignKey(
        "ikc.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="betwist door",
    )
    dispute_note = models.TextField("waarom betwist", blank=True)
    # What the board says that it is.
    claimed = models.PositiveSmallIntegerField("aantal volgens het bestuur", null=True, blank=True)
    resolved_at = models.DateTimeField("beslist op", null=True, blank=True)
    resolved_by = models.ForeignKey(
        "ikc.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="beslist door",
    )
    resolution = models.TextField("reden van de beslissing", blank=True)
    replaced_at = models.DateTimeField("vervangen op", null=True, blank=True)

    objects = ChildCountQuerySet.as_manager()

    class Meta:
        verbose_name = "kindertelling"
        verbose_name_plural = "kindertellingen"
        constraints = [
            models.UniqueConstraint(
                fields=["ikc", "reference_date", "band"],
                condition=Q(replaced_at=None),
                name="child_count_one_in_force",
                violation_error_message="Er is al een telling van dit IKC op deze dag voor deze leeftijd.",
            ),
            models.CheckConstraint(
                name="child_count_band_is_known",
                condition=Q(band__in=AgeBand.values),
                violation_error_message="Kies een leeftijdsgroep.",
            ),
            models.CheckConstraint(
                name="child_count_source_is_known",
                condition=Q(source__in=CountSource.values),
                violation_error_message="Kies waar het aantal vandaan komt.",
            ),
            models.CheckConstraint(
                name="child_count_duo_counts_pupils_on_1_october",
                condition=~Q(source=CountSource.DUO)
                | Q(band=AgeBand.FOUR_TWELVE, reference_date__month=10, reference_date__day=1),
                violation_error_message="DUO telt alleen leerlingen, en alleen op 1 oktober.",
            ),
            models.CheckConstraint(
                name="child_count_confirmed_by_somebody",
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                violation_error_message="Leg vast wie de telling bevestigde, en wanneer.",
            ),
            models.CheckConstraint(
                name="child_count_dispute_is_whole",
                condition=_UNDISPUTED | _DISPUTED,
                violation_error_message="Leg vast wie de telling betwist, waarom, en welk aantal het zou moeten zijn.",
            ),
            models.CheckConstraint(
                name="child_count_disputes_another_figure",
                condition=Q(claimed=None) | ~Q(claimed=F("children")),
                violation_error_message="Het aantal volgens het bestuur is gelijk aan de telling.",
            ),
            models.CheckConstraint(
                name="child_count_resolution_is_whole",
                condition=_UNRESOLVED | (_RESOLVED & _DISPUTED),
                violation_error_message="Leg vast wie over de telling besliste, en waarom.",
            ),
        ]
        indexes = [
            models.Index(fields=["reference_date", "ikc"], name="child_count_by_date"),
        ]

    def __str__(self) -> str:
        return f"{self.ikc} op {self.reference_date}, {self.get_band_display()}"

    @property
    def is_disputed(self) -> bool:
        """The board said that the figure is wrong, and the municipality has not decided yet."""
        return self.disputed_at is not None and self.resolved_at is None

    @property
    def origin(self) -> str:
        """The source with its file and date, as a sentence part."""
        if self.source == CountSource.DUO:
            return f"{self.source_note}, telling van 1 oktober {self.reference_date.year}"
        source = self.get_source_display()
        return f"{source} ({self.source_note})" if self.source_note else source
