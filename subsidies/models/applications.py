from typing import Any

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from ikc.models import Ikc, Organisation
from kvk2.core.models import StoredFile
from subsidies.models.list_indexes import APPLICATION_INDEXES
from subsidies.models.rounds import SubsidyRound
from subsidies.models.sub_ceilings import SubCeiling
from subsidies.querysets import ApplicationQuerySet
from subsidies.states import (
    APPLICANT_LABELS,
    APPLICATION_BADGES,
    APPLICATION_WORKFLOW,
    FILED,
    LIVE,
    ApplicationState,
)

MONEY: dict[str, Any] = {"max_digits": 12, "decimal_places": 2}


@pghistory.track()
class Application(models.Model):
    """A request for a decision (Awb 1:3(3)), filed by the director of an IKC on behalf of its school board."""

    round = models.ForeignKey(
        SubsidyRound, models.PROTECT, related_name="applications", verbose_name="ronde"
    )
    ikc = models.ForeignKey(Ikc, models.PROTECT, related_name="applications", verbose_name="IKC")
    # The legal applicant and recipient, as it was when the draft was started.
    board = models.ForeignKey(
        Organisation, models.PROTECT, related_name="applications", verbose_name="aanvrager"
    )
    number = models.CharField("aanvraagnummer", max_length=14, blank=True)
    title = models.CharField("titel", max_length=120, blank=True)
    state = models.CharField(
        "status",
        max_length=15,
        choices=ApplicationState,
        default=ApplicationState.DRAFT,
        editable=False,
    )
    created_at = models.DateTimeField("begonnen op")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="begonnen door"
    )
    saved_at = models.DateTimeField("bewaard op")
    # Counts each save, so that an older tab cannot overwrite a newer one.
    version = models.PositiveIntegerField("versie", default=1)
    # Per step: the version of its last save, the page that made it, and what was typed but is no value yet.
    drafting = models.JSONField("stand van het invullen", default=dict, blank=True)

    contact_name = models.CharField("contactpersoon", max_length=120, blank=True)
    contact_email = models.EmailField("e-mailadres contactpersoon", blank=True)
    contact_phone = models.CharField("telefoonnummer", max_length=20, blank=True)
    mandate_reference = models.CharField("kenmerk van de machtiging", max_length=120, blank=True)

    children_0_1 = models.PositiveSmallIntegerField("0 en 1 jaar", null=True, blank=True)
    children_2_3 = models.PositiveSmallIntegerField("2 en 3 jaar", null=True, blank=True)
    children_4_12 = models.PositiveSmallIntegerField("4 tot en met 12 jaar", null=True, blank=True)

    requested_amount = models.DecimalField("gevraagd bedrag", null=True, blank=True, **MONEY)
    applied_elsewhere = models.BooleanField("ook elders subsidie gevraagd", null=True, blank=True)
    applied_elsewhere_note = models.TextField("toelichting subsidie elders", blank=True)

    # Facts at submission, frozen: the ranking stands on them.
    max_amount = models.DecimalField("maximum volgens de regeling", null=True, blank=True, **MONEY)
    eligible_amount = models.DecimalField("subsidiabel bedrag", null=True, blank=True, **MONEY)
    is_plus = models.BooleanField("Plus IKC bij indiening", default=False)
    in_attention_area = models.BooleanField("in aandachtsgebied bij indiening", default=False)
    extended_learning_time = models.BooleanField("verlengde leertijd bij indiening", default=False)
    special_education = models.BooleanField("speciaal onderwijs bij indiening", default=False)
    ikc_form = models.CharField("vorm bij indiening", max_length=10, choices=Ikc.Form, blank=True)
    tier = models.PositiveSmallIntegerField("voorrangsgroep", null=True, blank=True)
    # The part of the ceiling that it competes for; empty where the round has no parts.
    sub_ceiling = models.ForeignKey(
        SubCeiling,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name="deelplafond",
    )

    received_at = models.DateTimeField("ontvangen op", null=True, blank=True)
    complete_at = models.DateTimeField("volledig op", null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ondertekend door",
    )
    signed_name = models.CharField("naam ondertekenaar", max_length=120, blank=True)
    signed_job_title = models.CharField("functie ondertekenaar", max_length=120, blank=True)

    # The adopted total and the granted amount, kept here so that lists and rankings need no joins.
    score = models.DecimalField("score", max_digits=5, decimal_places=2, null=True, blank=True)
    granted_amount = models.DecimalField("verleend bedrag", null=True, blank=True, **MONEY)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = "aanvraag"
        verbose_name_plural = "aanvragen"
        constraints = [
            models.CheckConstraint(
                name="application_state_is_known", condition=Q(state__in=ApplicationState.values)
            ),
            models.UniqueConstraint(
                fields=["round", "ikc"],
                condition=Q(state__in=LIVE),
                name="application_one_live_per_ikc_and_round",
                violation_error_message="Dit IKC heeft al een aanvraag in deze ronde.",
            ),
            models.UniqueConstraint(
                fields=["number"],
                condition=~Q(number=""),
                name="application_number_is_unique",
            ),
            models.CheckConstraint(
                name="application_filed_is_numbered_signed_and_dated",
                condition=~Q(state__in=FILED)
                | (
                    Q(
                        received_at__isnull=False,
                        signed_by__isnull=False,
                        requested_amount__gt=0,
                        max_amount__isnull=False,
                        eligible_amount__isnull=False,
                        tier__isnull=False,
                        number__regex=r"^KVK2-[0-9]{4}-[0-9]{4}$",
                    )
                    & ~Q(signed_name="")
                ),
                violation_error_message="Een ingediende aanvraag heeft een nummer, een handtekening en een datum.",
            ),
            models.CheckConstraint(
                name="application_requested_is_an_amount",
                condition=Q(requested_amount=None)
                | Q(requested_amount__gte=0, requested_amount__lte=10_000_000),
            ),
            models.CheckConstraint(
                name="application_granted_not_above_requested",
                condition=Q(granted_amount=None)
                | Q(granted_amount__gte=0, granted_amount__lte=models.F("requested_amount")),
                violation_error_message="Er kan niet meer worden verleend dan gevraagd.",
            ),
            models.CheckConstraint(
                name="application_granted_only_when_decided",
                condition=Q(granted_amount=None) | Q(state=ApplicationState.DECIDED),
            ),
            models.CheckConstraint(
                name="application_score_is_a_total",
                condition=Q(score=None) | Q(score__gte=0, score__lte=100),
            ),
        ]
        indexes = APPLICATION_INDEXES

    def __str__(self) -> str:
        return f"{self.number or 'concept'} {self.title}".strip()

    def get_absolute_url(self) -> str:
        return reverse("subsidies:application_detail", args=[self.pk])

    def label_for(self, user) -> str:
        """The state in the words of who looks: the applicant does not see the inside of the assessment."""
        state = ApplicationState(self.state)
        return state.label if user.is_municipal else APPLICANT_LABELS.get(state, state.label)

    @property
    def badge(self) -> str:
        return APPLICATION_BADGES[ApplicationState(self.state)]

    @property
    def available_transitions(self):
        return APPLICATION_WORKFLOW.available_from(self.state)

    @property
    def children_counted(self) -> int | None:
        """Children of 2 and older, or None while one of the counts is missing."""
        if self.children_2_3 is None or self.children_4_12 is None:
            return None
        return self.children_2_3 + self.children_4_12


class ActivityPlan(models.Model):
    """What the IKC will do and why (Awb 4:62), in the words of the five characteristics of an IKC."""

    application = models.OneToOneField(
        Application, models.CASCADE, related_name="plan", verbose_name="aanvraag"
    )
    summary = models.TextField("samenvatting", blank=True)
    analysis = models.TextField("wat blijkt uit de gegevens", blank=True)
    integrated_offer = models.TextField("samenwerking onderwijs en opvang", blank=True)
    parent_involvement = models.TextField("betrokkenheid van ouders", blank=True)
    support = models.TextField("draagvlak bij team, ouders en raad", blank=True)

    class Meta:
        verbose_name = "activiteitenplan"
        verbose_name_plural = "activiteitenplannen"

    def __str__(self) -> str:
        return f"plan bij {self.application}"


@pghistory.track()
class BudgetLine(models.Model):
    """One line of the budget (Awb 4:63): expenditure, or an income other than this subsidy."""

    class Side(models.TextChoices):
        EXPENDITURE = "expenditure", "uitgave"
        INCOME = "income", "inkomst"

    class Kind(models.TextChoices):
        PROFESSIONAL = "professional", "uren met kinderen of ouders"
        PREPARATION = "preparation", "voorbereidingsuren"
        MATERIAL = "material", "materiaal"
        LOCATION = "location", "locatie en vervoer"
        OVERHEAD = "overhead", "overhead"
        OTHER = "other", "overige kosten"
        OWN_BOARD = "own_board", "bijdrage schoolbestuur"
        OWN_CHILDCARE = "own_childcare", "bijdrage kinderopvang"
        OTHER_FUNDING = "other_funding", "andere subsidie of fonds"

    EXPENDITURE_KINDS = (
        Kind.PROFESSIONAL,
        Kind.PREPARATION,
        Kind.MATERIAL,
        Kind.LOCATION,
        Kind.OVERHEAD,
        Kind.OTHER,
    )
    INCOME_KINDS = (Kind.OWN_BOARD, Kind.OWN_CHILDCARE, Kind.OTHER_FUNDING)

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="budget_lines", verbose_name="aanvraag"
    )
    order = models.PositiveSmallIntegerField("volgorde")
    side = models.CharField("kant", max_length=12, choices=Side)
    kind = models.CharField("soort", max_length=20, choices=Kind)
    description = models.CharField("omschrijving en toelichting", max_length=200, blank=True)
    hours = models.DecimalField("uren", max_digits=8, decimal_places=2, null=True, blank=True)
    rate = models.DecimalField("uurtarief", max_digits=8, decimal_places=2, null=True, blank=True)
    amount = models.DecimalField("bedrag", **MONEY)
    activity = models.ForeignKey(
        "subsidies.Activity",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="budget_lines",
        verbose_name="activiteit",
    )
    # No column: a line of a correction names an activity that is new in it, and not stored yet, by its key.
    activity_key = ""

    class Meta:
        verbose_name = "begrotingsregel"
        verbose_name_plural = "begrotingsregels"
        constraints = [
            models.CheckConstraint(
                name="budget_line_amount_is_in_range",
                condition=Q(amount__gte=0, amount__lte=10_000_000),
                violation_error_message="Een bedrag ligt tussen 0 en 10.000.000 euro.",
            ),
            models.CheckConstraint(
                name="budget_line_side_is_known", condition=Q(side__in=["expenditure", "income"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"


class Attachment(models.Model):
    """A file that belongs to an application."""

    class Kind(models.TextChoices):
        SUPPORT = "support", "bewijs van draagvlak (team, ouders, MR of IKC-raad)"
        ANALYSIS = "analysis", "analyse van doelgroep en wijk"
        PARTNER = "partner", "verklaring van de kinderopvang"
        QUOTE = "quote", "offerte of onderbouwing"
        # Of a subsidy per financial year (Awb 4:63, 4:64).
        COMPARISON = (
            "comparison",
            "vergelijking met de begroting van dit jaar en de uitkomst van vorig jaar",
        )
        STATUTES = "statutes", "oprichtingsakte of statuten"
        ACCOUNTS = "accounts", "laatste jaarrekening met controleverklaring"
        OTHER = "other", "ander stuk"

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="attachments", verbose_name="aanvraag"
    )
    kind = models.CharField("soort", max_length=12, choices=Kind)
    stored = models.OneToOneField(
        StoredFile, models.PROTECT, related_name="attachment", verbose_name="bestand"
    )

    class Meta:
        verbose_name = "bijlage"
        verbose_name_plural = "bijlagen"

    def __str__(self) -> str:
        return self.stored.name
