"""Support staff: who works how many hours in which IKC, out of which pool, and requests (domain reference 5.5)."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ikc.models.centres import Ikc
from ikc.models.organisations import Organisation
from ikc.querysets_support import AllocationQuerySet, SupportRequestQuerySet
from ikc.states_support import (
    OPEN_REQUESTS,
    SHORT_KINDS,
    SUPPORT_REQUEST_BADGES,
    SupportKind,
    SupportRequestKind,
    SupportRequestState,
)

MOST_HOURS = 40


class SupportPool(models.Model):
    """How many hours a week there are of one kind of support in one calendar year: people times their hours."""

    kind = models.CharField("soort", max_length=15, choices=SupportKind)
    year = models.PositiveSmallIntegerField("jaar")
    workers = models.PositiveSmallIntegerField("aantal mensen")
    hours_each = models.DecimalField("uren per week per persoon", max_digits=4, decimal_places=1)
    source = models.CharField("vindplaats", max_length=200)

    class Meta:
        verbose_name = "beschikbare ondersteuning"
        verbose_name_plural = "beschikbare ondersteuning"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "year"],
                name="support_pool_once_a_year",
                violation_error_message="Voor dit jaar is dit al vastgelegd.",
            ),
            models.CheckConstraint(
                name="support_pool_kind_is_known", condition=Q(kind__in=SupportKind.values)
            ),
            models.CheckConstraint(
                name="support_pool_hours_are_a_week",
                condition=Q(hours_each__gt=0, hours_each__lte=MOST_HOURS),
                violation_error_message="Uren per week liggen tussen 0 en 40.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year}"

    @property
    def hours(self) -> Decimal:
        """Hours a week of all together."""
        return self.workers * self.hours_each


class SupportWorker(models.Model):
    """Somebody who supports IKCs: the function and the employer; a name only when that helps, and no personnel file."""

    label = models.CharField("aanduiding", max_length=80, unique=True)
    name = models.CharField("naam", max_length=120, blank=True)
    employer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="support_workers", verbose_name="werkgever"
    )
    # A success factor of the programme (004, 3.3): the worker belongs to none of the parties of an IKC.
    left_on = models.DateField("laatste werkdag", null=True, blank=True)

    class Meta:
        verbose_name = "medewerker ondersteuning"
        verbose_name_plural = "medewerkers ondersteuning"

    def __str__(self) -> str:
        return self.label

    def is_independent_of(self, ikc: Ikc) -> bool:
        """Employed by neither the board nor a childcare partner of `ikc`; partners may be prefetched."""
        return self.employer_id != ikc.board_id and all(
            partner.organisation_id != self.employer_id for partner in ikc.partners.all()
        )


class SupportWorkerAllocation(models.Model):
    """Hours a week of one kind of support in one IKC, in a period.

    The database refuses more than 40 hours for one person over all IKCs, and more than the pool of a year holds.
    Somebody who does the work of both kinds of jeugdondersteuner in one IKC has two rows there: a merged function.
    """

    ikc = models.ForeignKey(Ikc, models.PROTECT, related_name="allocations", verbose_name="IKC")
    kind = models.CharField("soort", max_length=15, choices=SupportKind)
    worker = models.ForeignKey(
        SupportWorker,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="allocations",
        verbose_name="wie",
    )
    hours_per_week = models.DecimalField("uren per week", max_digits=4, decimal_places=1)
    valid_from = models.DateField("vanaf")
    valid_until = models.DateField("tot en met")
    source = models.CharField("vindplaats", max_length=200)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = "inzet van ondersteuning"
        verbose_name_plural = "inzet van ondersteuning"
        constraints = [
            models.CheckConstraint(
                name="allocation_kind_is_known", condition=Q(kind__in=SupportKind.values)
            ),
            models.CheckConstraint(
                name="allocation_hours_are_a_week",
                condition=Q(hours_per_week__gt=0, hours_per_week__lte=MOST_HOURS),
                violation_error_message="Uren per week zijn meer dan 0 en hoogstens 40.",
            ),
            models.CheckConstraint(
                name="allocation_ends_after_it_starts",
                condition=Q(valid_until__gte=F("valid_from")),
                violation_error_message="De einddatum ligt vóór de begindatum.",
            ),
        ]
        indexes = [
            models.Index(fields=["ikc", "valid_from"], name="allocation_by_ikc"),
            models.Index(fields=["kind", "valid_from"], name="allocation_by_kind"),
            models.Index(fields=["worker", "valid_from"], name="allocation_by_worker"),
        ]

    def __str__(self) -> str:
        return f"{self.short_kind} in {self.ikc}"

    def get_absolute_url(self) -> str:
        return reverse("ikc:support_ikc", args=[self.ikc_id])

    @property
    def short_kind(self) -> str:
        return SHORT_KINDS[SupportKind(self.kind)]


class SupportRequest(models.Model):
    """An IKC asks for advice on call, or for a process coach; what was done with it is kept (004, 2.2B and 2.2C)."""

    ikc = models.ForeignKey(
        Ikc, models.PROTECT, related_name="support_requests", verbose_name="IKC"
    )
    kind = models.CharField("soort verzoek", max_length=15, choices=SupportRequestKind)
    wanted_kind = models.CharField("wie", max_length=15, choices=SupportKind)
    question = models.TextField("vraag")
    wanted_by = models.DateField("graag vóór", null=True, blank=True)
    # A village gets a coach when school and childcare both want it (004, 2.2C).
    both_motivated = models.BooleanField("school en opvang willen dit allebei", default=False)
    state = models.CharField(
        "status",
        max_length=10,
        choices=SupportRequestState,
        default=SupportRequestState.REQUESTED,
        editable=False,
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="gevraagd door"
    )
    requested_at = models.DateTimeField("gevraagd op")
    answer = models.TextField("antwoord", blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="beantwoord door",
    )
    answered_at = models.DateTimeField("beantwoord op", null=True, blank=True)
    hours_spent = models.DecimalField(
        "bestede uren", max_digits=5, decimal_places=1, null=True, blank=True
    )
    outcome = models.TextField("wat het opleverde", blank=True)
    closed_on = models.DateField("afgerond op", null=True, blank=True)

    objects = SupportRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "verzoek om ondersteuning"
        verbose_name_plural = "verzoeken om ondersteuning"
        constraints = [
            models.CheckConstraint(
                name="support_request_is_known",
                condition=Q(
                    kind__in=SupportRequestKind.values,
                    wanted_kind__in=SupportKind.values,
                    state__in=SupportRequestState.values,
                ),
            ),
            models.CheckConstraint(
                name="support_request_coach_is_a_coach",
                condition=~Q(kind="process_coach") | Q(wanted_kind="process_coach"),
            ),
            models.CheckConstraint(
                name="support_request_answer_has_a_sender",
                condition=Q(state__in=["requested", "withdrawn"])
                | (Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer="")),
            ),
            models.CheckConstraint(
                name="support_request_done_says_what",
                condition=Q(state="done", hours_spent__gt=0, closed_on__isnull=False)
                & ~Q(outcome="")
                | (~Q(state="done") & Q(hours_spent=None)),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "wanted_by"], name="support_request_by_state"),
            models.Index(fields=["ikc", "-requested_at"], name="support_request_by_ikc"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} voor {self.ikc}"

    def get_absolute_url(self) -> str:
        return reverse("ikc:support_request_detail", args=[self.pk])

    @property
    def badge(self) -> str:
        return SUPPORT_REQUEST_BADGES[SupportRequestState(self.state)]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_REQUESTS
