from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from subsidies.models.applications import Application
from subsidies.states_retention import DESTRUCTION_BADGES, DestructionState


class RetentionRule(models.Model):
    """How long one kind of record is kept (Selectielijst gemeenten); data of the municipality, not code."""

    class RecordKind(models.TextChoices):
        GRANTED = "granted", "verleende subsidie"
        DIRECT = "direct", "subsidie zonder verantwoording"
        REFUSED = "refused", "geweigerde subsidie"
        ABORTED = "aborted", "ingetrokken of niet behandelde aanvraag"
        OBJECTION = "objection", "bezwaar, beroep of klacht"
        PAYMENT = "payment", "betaling of terugvordering"
        COMMISSION = "commission", "instelling van de commissie"
        MINUTES = "minutes", "agenda, verslag en advies van de commissie"
        CONSULTATION = "consultation", "bestuurlijk overleg"
        ADVICE = "advice", "los advies"
        AGREEMENT = "agreement", "resultaatafspraak"
        REPORT = "report", "jaarrapport van de monitoring"
        LOGIN = "login", "inloggegevens"
        DRAFT = "draft", "concept dat niet is ingediend"
        INCIDENT = "incident", "beveiligingsincident"
        RECIPIENT = "recipient", "administratie van de ontvanger"
        DESTRUCTION = "destruction", "verklaring van vernietiging"

    record_kind = models.CharField("soort", max_length=14, choices=RecordKind, unique=True)
    result = models.CharField("resultaat selectielijst", max_length=20, blank=True)
    title = models.CharField("omschrijving", max_length=120)
    # Empty: kept for ever.
    term_months = models.PositiveSmallIntegerField("termijn in maanden", null=True, blank=True)
    trigger = models.CharField("gaat in na", max_length=120, blank=True)
    source = models.CharField("vindplaats", max_length=200)

    class Meta:
        verbose_name = "bewaartermijn"
        verbose_name_plural = "bewaartermijnen"
        constraints = [
            models.CheckConstraint(
                name="retention_term_has_a_start",
                condition=Q(term_months=None, trigger="")
                | Q(term_months__isnull=False, term_months__gt=0) & ~Q(trigger=""),
                violation_error_message="Een termijn heeft een begin; wat blijvend is, heeft geen termijn.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.term_in_words})"

    @property
    def is_permanent(self) -> bool:
        return self.term_months is None

    @property
    def term_in_words(self) -> str:
        if self.term_months is None:
            return "blijvend"
        years, months = divmod(self.term_months, 12)
        return f"{years} jaar" if not months else f"{self.term_months} maanden"


class LegalHold(models.Model):
    """A reason to keep a case after its term: a court case, an inquiry (domain reference 8.4)."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="legal_holds", verbose_name="aanvraag"
    )
    reason = models.TextField("reden")
    until = models.DateField("tot en met", null=True, blank=True)
    placed_at = models.DateTimeField("vastgelegd op")
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="vastgelegd door"
    )
    lifted_at = models.DateTimeField("opgeheven op", null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="opgeheven door",
    )

    class Meta:
        verbose_name = "bewaarplicht"
        verbose_name_plural = "bewaarplichten"
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(lifted_at=None),
                name="legal_hold_one_per_case",
                violation_error_message="Voor deze aanvraag geldt al een bewaarplicht.",
            ),
            models.CheckConstraint(
                name="legal_hold_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message="Een bewaarplicht heeft een reden.",
            ),
            models.CheckConstraint(
                name="legal_hold_lifted_by_somebody",
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                violation_error_message="Wie een bewaarplicht opheft, staat erbij.",
            ),
        ]

    def __str__(self) -> str:
        return f"bewaarplicht {self.application.number}"

    def holds_on(self, day: date) -> bool:
        return self.lifted_at is None and (self.until is None or self.until >= day)


class DestructionListQuerySet(models.QuerySet):
    def to_execute(self) -> Self:
        """Signed by two people, and not finished."""
        return self.filter(state=DestructionState.SIGNED)


class DestructionList(models.Model):
    """The cases of which the term is over, proposed once a year; signed by two people before anything goes."""

    year = models.PositiveSmallIntegerField("jaar")
    state = models.CharField(
        "status",
        max_length=12,
        choices=DestructionState,
        default=DestructionState.PROPOSED,
        editable=False,
    )
    proposed_at = models.DateTimeField("voorgesteld op")
    first_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="eerste ondertekenaar",
    )
    first_signed_at = models.DateTimeField("eerste handtekening", null=True, blank=True)
    second_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="tweede ondertekenaar",
    )
    second_signed_at = models.DateTimeField("tweede handtekening", null=True, blank=True)
    finished_at = models.DateTimeField("klaar op", null=True, blank=True)

    objects = DestructionListQuerySet.as_manager()

    class Meta:
        verbose_name = "vernietigingslijst"
        verbose_name_plural = "vernietigingslijsten"
        constraints = [
            models.CheckConstraint(
                name="destruction_list_state_is_known",
                condition=Q(state__in=DestructionState.values),
            ),
            models.UniqueConstraint(
                fields=["year"],
                condition=Q(state__in=["proposed", "first_signed", "signed"]),
                name="destruction_list_one_open_per_year",
            ),
            models.CheckConstraint(
                name="destruction_list_signed_by_two",
                condition=Q(second_signed_by=None) | ~Q(second_signed_by=F("first_signed_by")),
                violation_error_message="Twee verschillende mensen ondertekenen een vernietigingslijst.",
            ),
            models.CheckConstraint(
                name="destruction_list_signatures_are_there",
                condition=Q(state__in=["proposed", "discarded"])
                | Q(
                    state="first_signed",
                    first_signed_by__isnull=False,
                    first_signed_at__isnull=False,
                )
                | Q(
                    state__in=["signed", "done"],
                    first_signed_by__isnull=False,
                    first_signed_at__isnull=False,
                    second_signed_by__isnull=False,
                    second_signed_at__isnull=False,
                ),
                violation_error_message="Een vernietigingslijst geldt met twee handtekeningen.",
            ),
        ]

    def __str__(self) -> str:
        return f"vernietigingslijst {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:destruction_list", args=[self.pk])

    @property
    def badge(self) -> str:
        return DESTRUCTION_BADGES[DestructionState(self.state)]


class DestructionLine(models.Model):
    """One case on the list; after the destruction it is the permanent record of it: what, when, why, no content."""

    class Verdict(models.TextChoices):
        OPEN = "open", "nog niet beoordeeld"
        DESTROY = "destroy", "vernietigen"
        KEEP = "keep", "bewaren"

    list = models.ForeignKey(
        DestructionList, models.PROTECT, related_name="lines", verbose_name="lijst"
    )
    # Emptied when the case is gone.
    application = models.ForeignKey(
        Application,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="destruction_lines",
        verbose_name="aanvraag",
    )
    case = models.CharField("aanvraagnummer", max_length=14)
    ikc = models.CharField("IKC", max_length=200)
    rule = models.CharField("grond", max_length=200)
    ended_on = models.DateField("termijn begon op")
    retention_until = models.DateField("bewaard tot en met")
    verdict = models.CharField(
        "oordeel", max_length=8, choices=Verdict, default=Verdict.OPEN, editable=False
    )
    reason = models.TextField("reden om te bewaren", blank=True)
    judged_at = models.DateTimeField("beoordeeld op", null=True, blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="beoordeeld door",
    )
    done_at = models.DateTimeField("vernietigd op", null=True, blank=True)
    # Per table how many rows, and of each file its SHA-256; nothing of what they said.
    record = models.JSONField("wat is vernietigd", default=dict, blank=True)
    error = models.CharField("waarom niet gelukt", max_length=300, blank=True)

    class Meta:
        verbose_name = "regel van een vernietigingslijst"
        verbose_name_plural = "regels van vernietigingslijsten"
        constraints = [
            models.UniqueConstraint(fields=["list", "case"], name="destruction_line_once"),
            models.CheckConstraint(
                name="destruction_line_verdict_is_whole",
                condition=Q(verdict="open", judged_at=None, judged_by=None, reason="")
                | Q(verdict="destroy", judged_at__isnull=False, judged_by__isnull=False, reason="")
                | Q(verdict="keep", judged_at__isnull=False, judged_by__isnull=False)
                & ~Q(reason=""),
                violation_error_message="Bewaren heeft een reden, en elk oordeel is van iemand.",
            ),
            models.CheckConstraint(
                name="destruction_line_done_was_judged",
                condition=Q(done_at=None) | Q(verdict="destroy", application=None),
                violation_error_message="Alleen wat beoordeeld is, wordt vernietigd.",
            ),
        ]

    def __str__(self) -> str:
        return self.case
