from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from subsidies.models.applications import MONEY
from subsidies.models.decisions import Decision
from subsidies.states_subsidy_register import REGISTER_BADGES, RegisterState


class RegisterEntryQuerySet(models.QuerySet):
    def public(self) -> Self:
        """What anybody may read, without logging in."""
        return self.filter(state=RegisterState.PUBLISHED)


class RegisterEntry(models.Model):
    """One decision in the public subsidy register (Woo 3.3a): facts copied from it, and texts that a person checked.

    It holds no personal data and stands apart from the case, so that it outlives the case's destruction.
    """

    class Kind(models.TextChoices):
        GRANT = "grant", "verlening"
        PARTIAL_GRANT = "partial_grant", "gedeeltelijke verlening"
        AMENDMENT = "amendment", "wijziging"
        REVOCATION = "revocation", "intrekking"
        DETERMINATION = "determination", "vaststelling"

    class Verdict(models.TextChoices):
        UPHELD = "upheld", "gegrond: niet openbaar maken"
        REJECTED = "rejected", "ongegrond: wel openbaar maken"

    # Stable and public: the reference of the decision.
    code = models.CharField("kenmerk", max_length=40, unique=True)
    decision = models.OneToOneField(
        Decision,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="register_entry",
        verbose_name="besluit",
    )
    state = models.CharField(
        "status",
        max_length=10,
        choices=RegisterState,
        default=RegisterState.PREPARED,
        editable=False,
    )
    prepared_at = models.DateTimeField("klaargezet op")
    case = models.CharField("aanvraagnummer", max_length=14)
    kind = models.CharField("soort besluit", max_length=16, choices=Kind)
    decided_on = models.DateField("datum van het besluit")
    year = models.PositiveSmallIntegerField("jaar")
    round_name = models.CharField("ronde", max_length=120)
    basis = models.CharField("grondslag", max_length=300)
    recipient = models.CharField("ontvanger", max_length=200)
    recipient_number = models.CharField("KvK-nummer", max_length=8, blank=True)
    ikc = models.CharField("IKC", max_length=200)
    area = models.CharField("gebied", max_length=200)
    period_start = models.DateField("begin van de subsidieperiode", null=True, blank=True)
    period_end = models.DateField("einde van de subsidieperiode", null=True, blank=True)
    requested_amount = models.DecimalField("gevraagd bedrag", **MONEY)
    amount = models.DecimalField("bedrag volgens het besluit", **MONEY)
    activities = models.TextField("activiteiten", blank=True)
    provisions = models.TextField("waarvoor de subsidie is", blank=True)
    published_at = models.DateTimeField("openbaar sinds", null=True, blank=True)
    changed_at = models.DateTimeField("laatst gewijzigd", null=True, blank=True)
    reason = models.TextField("waarom niet openbaar", blank=True)
    # Woo 3.1(3): who has an interest may object to publication.
    objected_on = models.DateField("bedenking ontvangen op", null=True, blank=True)
    objection = models.TextField("bedenking", blank=True)
    objection_verdict = models.CharField(
        "oordeel over de bedenking", max_length=8, choices=Verdict, blank=True
    )
    objection_reason = models.TextField("motivering van het oordeel", blank=True)

    objects = RegisterEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "regel van het subsidieregister"
        verbose_name_plural = "regels van het subsidieregister"
        constraints = [
            models.CheckConstraint(
                name="register_entry_state_is_known",
                condition=Q(state__in=RegisterState.values),
                violation_error_message="Deze status van een registerregel bestaat niet.",
            ),
            models.CheckConstraint(
                name="register_entry_public_has_a_moment",
                condition=~Q(state__in=["published", "withdrawn"])
                | Q(published_at__isnull=False, changed_at__isnull=False),
                violation_error_message="Wat openbaar is of was, heeft een moment waarop dat begon.",
            ),
            models.CheckConstraint(
                name="register_entry_kept_back_has_a_reason",
                condition=~Q(state__in=["left_out", "withdrawn"]) | ~Q(reason=""),
                violation_error_message="Wat niet openbaar is, heeft een reden.",
            ),
            models.CheckConstraint(
                name="register_entry_objection_is_whole",
                condition=Q(
                    objected_on=None, objection="", objection_verdict="", objection_reason=""
                )
                | Q(objected_on__isnull=False, objection_verdict="", objection_reason="")
                & ~Q(objection="")
                | Q(objected_on__isnull=False, objection_verdict__in=["upheld", "rejected"])
                & ~Q(objection="")
                & ~Q(objection_reason=""),
                violation_error_message="Een bedenking heeft een datum en een tekst, en een oordeel heeft een motivering.",
            ),
            models.CheckConstraint(
                name="register_entry_upheld_is_not_public",
                condition=~Q(objection_verdict="upheld") | ~Q(state="published"),
                violation_error_message="Na een gegronde bedenking is de regel niet openbaar.",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-decided_on", "-id"], name="register_by_day"),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("subsidies:subsidy_register_entry", args=[self.pk])

    @property
    def public_url(self) -> str:
        return reverse("subsidies:public_register_entry", args=[self.code])

    @property
    def badge(self) -> str:
        return REGISTER_BADGES[RegisterState(self.state)]

    @property
    def objection_is_open(self) -> bool:
        return self.objected_on is not None and not self.objection_verdict


class RegisterVersion(models.Model):
    """What the register said of one decision from a moment on. Append-only: a database trigger refuses the rest."""

    class Kind(models.TextChoices):
        PUBLISHED = "published", "openbaar gemaakt"
        CORRECTED = "corrected", "verbeterd"
        WITHDRAWN = "withdrawn", "teruggetrokken"

    entry = models.ForeignKey(
        RegisterEntry, models.PROTECT, related_name="versions", verbose_name="registerregel"
    )
    number = models.PositiveSmallIntegerField("versie")
    kind = models.CharField("wat er gebeurde", max_length=10, choices=Kind)
    at = models.DateTimeField("op")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="door"
    )
    content = models.JSONField("wat er stond")
    reason = models.TextField("reden", blank=True)
    # What the automatic check found and a person let stand, and why.
    findings = models.JSONField("bevindingen", default=list, blank=True)
    accepted_because = models.TextField("waarom dat mag blijven staan", blank=True)

    class Meta:
        verbose_name = "versie van een registerregel"
        verbose_name_plural = "versies van registerregels"
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="register_version_once"),
            models.CheckConstraint(
                name="register_version_findings_are_judged",
                condition=Q(findings=[]) | ~Q(accepted_because=""),
                violation_error_message="Wat de controle vond, is beoordeeld met een reden.",
            ),
            models.CheckConstraint(
                name="register_version_change_has_a_reason",
                condition=Q(kind="published") | ~Q(reason=""),
                violation_error_message="Verbeteren of terugtrekken heeft een reden.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} versie {self.number}"
