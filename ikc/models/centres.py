from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from ikc.models.organisations import Organisation
from ikc.querysets import DatedQuerySet, IkcQuerySet
from kvk2.core.periods import one_at_a_time

if TYPE_CHECKING:
    from ikc.models.counts import ChildCount


class Ikc(models.Model):
    """One location where school and childcare work under one roof, or mean to (`founding`)."""

    class Form(models.TextChoices):
        AREA = "area", "IKC in een aandachtsgebied"
        REGULAR = "regular", "regulier IKC"
        VILLAGE = "village", "IKC in een dorp"

    brin_location = models.CharField(
        "vestigingscode",
        max_length=6,
        null=True,
        blank=True,
        unique=True,
    )
    name = models.CharField("naam", max_length=120)
    form = models.CharField("vorm", max_length=10, choices=Form)
    special_education = models.BooleanField("speciaal onderwijs", default=False)
    founding = models.BooleanField("in oprichting", default=False)
    board = models.ForeignKey(
        Organisation, models.PROTECT, related_name="ikcs", verbose_name="schoolbestuur"
    )
    attention_area = models.ForeignKey(
        "ikc.AttentionArea",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ikcs",
        verbose_name="aandachtsgebied",
    )
    # Where it stands: what decides whether it lies in an attention area, each time that the list changes.
    district = models.ForeignKey(
        "ikc.District",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ikcs",
        verbose_name="wijk",
    )
    street = models.CharField("straat en huisnummer", max_length=120, blank=True)
    postcode = models.CharField("postcode", max_length=7, blank=True)
    city = models.CharField("plaats", max_length=80, blank=True)
    latitude = models.DecimalField(
        "breedtegraad", max_digits=8, decimal_places=5, null=True, blank=True
    )
    longitude = models.DecimalField(
        "lengtegraad", max_digits=8, decimal_places=5, null=True, blank=True
    )
    plus_candidate = models.BooleanField("kandidaat voor Plus", default=False)
    extended_learning_time = models.BooleanField("verplichte verlengde leertijd", default=False)
    opened_on = models.DateField("geopend op", null=True, blank=True)
    closed_on = models.DateField("gesloten op", null=True, blank=True)
    note = models.TextField("opmerking over de gegevens", blank=True)
    source = models.CharField("bron", max_length=200, blank=True)
    source_on = models.DateField("stand van de bron op", null=True, blank=True)

    # What methods of IkcQuerySet add.
    is_plus: bool
    plus_state: str | None
    pupils: int | None
    pupils_year: int | None
    pupil_history: list["PupilCount"]
    counted: list["ChildCount"]

    objects = IkcQuerySet.as_manager()

    class Meta:
        verbose_name = "IKC"
        verbose_name_plural = "IKC's"
        constraints = [
            models.CheckConstraint(
                name="ikc_form_is_known", condition=Q(form__in=["area", "regular", "village"])
            ),
            models.CheckConstraint(
                name="ikc_brin_location_has_its_form",
                condition=Q(brin_location=None)
                | Q(brin_location__regex=r"^[0-9]{2}[A-Z]{2}[0-9]{2}$"),
                violation_error_message="Een vestigingscode bestaat uit 2 cijfers, 2 letters en 2 cijfers.",
            ),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="ikc_by_name"),
            models.Index(fields=["board", "name"], name="ikc_by_board"),
            models.Index(fields=["form"], name="ikc_by_form"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("ikc:ikc_detail", args=[self.pk])

    @property
    def form_words(self) -> str:
        return form_words(self.form, special=self.special_education)

    @cached_property
    def partner_ids_today(self) -> frozenset[int]:
        """The childcare organisations that work here today; several permissions of one page ask for them."""
        partners = self.partners.active_on(timezone.localdate())
        return frozenset(partners.values_list("organisation", flat=True))


class IkcName(models.Model):
    """A name that an IKC had; the running one has no end."""

    ikc = models.ForeignKey(Ikc, models.PROTECT, related_name="names", verbose_name="IKC")
    name = models.CharField("naam", max_length=120)
    valid_from = models.DateField("vanaf", null=True, blank=True)
    valid_until = models.DateField("tot en met", null=True, blank=True)
    source = models.CharField("bron", max_length=200)

    class Meta:
        verbose_name = "naam van een IKC"
        verbose_name_plural = "namen van IKC's"
        constraints = [
            one_at_a_time("ikc_name_one_at_a_time", "ikc"),
        ]

    def __str__(self) -> str:
        return self.name


class IkcBoard(models.Model):
    """A school board that ran an IKC in a period; without rows it was always `Ikc.board`, and the running row is that one."""

    ikc = models.ForeignKey(Ikc, models.PROTECT, related_name="boards", verbose_name="IKC")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="boarded", verbose_name="schoolbestuur"
    )
    valid_from = models.DateField("vanaf", null=True, blank=True)
    valid_until = models.DateField("tot en met", null=True, blank=True)
    source = models.CharField("bron", max_length=200)

    class Meta:
        verbose_name = "schoolbestuur van een IKC"
        verbose_name_plural = "schoolbesturen van IKC’s"
        constraints = [
            one_at_a_time(
                "ikc_board_one_at_a_time",
                "ikc",
                message="In deze periode had het IKC al een schoolbestuur.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.ikc}"


class IkcFormPeriod(models.Model):
    """The form that an IKC had in a period, and whether it was special education (domain reference 1.3).

    Without rows it was always what `Ikc` says, and the running row says the same as `Ikc`.
    """

    ikc = models.ForeignKey(Ikc, models.PROTECT, related_name="forms", verbose_name="IKC")
    form = models.CharField("vorm", max_length=10, choices=Ikc.Form)
    special_education = models.BooleanField("speciaal onderwijs", default=False)
    valid_from = models.DateField("vanaf", null=True, blank=True)
    valid_until = models.DateField("tot en met", null=True, blank=True)
    source = models.CharField("bron", max_length=200)

    class Meta:
        verbose_name = "vorm van een IKC"
        verbose_name_plural = "vormen van IKC’s"
        constraints = [
            models.CheckConstraint(
                name="ikc_form_period_is_known",
                condition=Q(form__in=["area", "regular", "village"]),
            ),
            one_at_a_time(
                "ikc_form_one_at_a_time", "ikc", message="In deze periode had het IKC al een vorm."
            ),
        ]

    def __str__(self) -> str:
        return form_words(self.form, special=self.special_education)


def form_words(form: str, *, special: bool) -> str:
    """'regulier IKC, speciaal onderwijs'."""
    label = str(Ikc.Form(form).label)
    return f"{label}, speciaal onderwijs" if special else label


class IkcSuccession(models.Model):
    """That one IKC went on in another; `confirmed` is false while only figures suggest it."""

    predecessor = models.ForeignKey(
        Ikc, models.PROTECT, related_name="successions", verbose_name="voorganger"
    )
    successor = models.ForeignKey(
        Ikc, models.PROTECT, related_name="origins", verbose_name="opvolger"
    )
    happened_on = models.DateField("per", null=True, blank=True)
    confirmed = models.BooleanField("bevestigd", default=False)
    source = models.CharField("bron", max_length=300)

    class Meta:
        verbose_name = "opvolging"
        verbose_name_plural = "opvolgingen"
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor"], name="ikc_succession_once"
            ),
            models.CheckConstraint(
                name="ikc_succession_not_itself", condition=~Q(predecessor=F("successor"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class IkcPartner(models.Model):
    """A childcare organisation that works in an IKC in a period."""

    ikc = models.ForeignKey(Ikc, models.PROTECT, related_name="partners", verbose_name="IKC")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="partnerships", verbose_name="kinderopvang"
    )
    valid_from = models.DateField("vanaf", null=True, blank=True)
    valid_until = models.DateField("tot en met", null=True, blank=True)
    source = models.CharField("bron", max_length=200, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "partner kinderopvang"
        verbose_name_plural = "partners kinderopvang"
        constraints = [
            one_at_a_time("ikc_partner_not_twice_at_once", "ikc", "organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} in {self.ikc}"


class PupilCount(models.Model):
    """Pupils of the school in one year, as DUO published it; `fewer_than_5` is its '<5'."""

    ikc = models.ForeignKey(Ikc, models.PROTECT, related_name="pupil_counts", verbose_name="IKC")
    year = models.PositiveSmallIntegerField("jaar")
    pupils = models.PositiveSmallIntegerField("leerlingen", null=True, blank=True)
    fewer_than_5 = models.BooleanField("minder dan 5", default=False)
    source = models.CharField("bron", max_length=200)

    class Meta:
        verbose_name = "leerlingental"
        verbose_name_plural = "leerlingentallen"
        constraints = [
            models.UniqueConstraint(fields=["ikc", "year"], name="pupil_count_once_per_year"),
            models.CheckConstraint(
                name="pupil_count_number_or_fewer_than_5",
                condition=Q(pupils__isnull=False, fewer_than_5=False)
                | Q(pupils=None, fewer_than_5=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ikc} {self.year}"
