"""The account of a grant (Awb 4:44, 4:45): the same activities and the same budget, with what became of them."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from kvk2.core.models import StoredFile
from subsidies.models.activities import Activity
from subsidies.models.applications import MONEY, BudgetLine
from subsidies.models.decisions import Letter
from subsidies.models.grants import Grant
from subsidies.models.obligations import Obligation
from subsidies.models.scheme_rows import AccountabilityRule
from subsidies.querysets_accountability import ReportQuerySet
from subsidies.states_accountability import ACCOUNT_BADGES, ACCOUNT_WORKFLOW, AccountState

USER = settings.AUTH_USER_MODEL
HANDED_IN = (
    AccountState.SUBMITTED,
    AccountState.CHECKING,
    AccountState.INCOMPLETE,
    AccountState.ACCEPTED,
)


class Done(models.TextChoices):
    """What became of something that was promised."""

    DONE = "done", "uitgevoerd"
    PARTLY = "partly", "deels uitgevoerd"
    NOT_DONE = "not_done", "niet uitgevoerd"


class AccountabilityReport(models.Model):
    """What the recipient shows after the subsidy period; with it the board asks for the determination (Awb 4:44)."""

    Document = AccountabilityRule.Document

    grant = models.OneToOneField(
        Grant, models.PROTECT, related_name="report", verbose_name="verlening"
    )
    state = models.CharField(
        "status",
        max_length=10,
        choices=AccountState,
        default=AccountState.NOT_DUE,
        editable=False,
    )
    due_on = models.DateField("uiterlijk")
    # The term that the college sets when nothing came in (Awb 4:44(3)).
    extra_due_on = models.DateField("nieuwe termijn", null=True, blank=True)
    documents = ArrayField(
        models.CharField(max_length=20, choices=Document), verbose_name="stukken", default=list
    )
    # Percent of what was planned; a difference above it is explained. Empty: any difference is.
    explain_above = models.DecimalField(
        "toelichten boven", max_digits=5, decimal_places=2, null=True, blank=True
    )
    summary = models.TextField("wat is bereikt", blank=True)
    version = models.PositiveIntegerField("versie", default=1)
    saved_at = models.DateTimeField("bewaard op", null=True, blank=True)
    saved_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="bewaard door"
    )
    submitted_at = models.DateTimeField("ingediend op", null=True, blank=True)
    signed_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ondertekend door",
    )
    signed_name = models.CharField("naam ondertekenaar", max_length=120, blank=True)
    signed_job_title = models.CharField("functie ondertekenaar", max_length=120, blank=True)
    declarations = models.JSONField("verklaringen", default=list, blank=True)
    assessment = models.TextField("oordeel van de gemeente", blank=True)
    accepted_at = models.DateTimeField("akkoord op", null=True, blank=True)
    accepted_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="akkoord door"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "verantwoording"
        verbose_name_plural = "verantwoordingen"
        constraints = [
            models.CheckConstraint(
                name="account_state_is_known", condition=Q(state__in=AccountState.values)
            ),
            models.CheckConstraint(
                name="account_extra_term_is_later",
                condition=Q(extra_due_on=None) | Q(extra_due_on__gt=F("due_on")),
                violation_error_message="Een nieuwe termijn eindigt na de eerste.",
            ),
            models.CheckConstraint(
                name="account_handed_in_is_signed",
                condition=~Q(state__in=HANDED_IN)
                | (
                    Q(submitted_at__isnull=False, signed_by__isnull=False)
                    & ~Q(signed_name="")
                    & ~Q(signed_job_title="")
                    & ~Q(declarations=[])
                ),
                violation_error_message="Een ingediende verantwoording is ondertekend.",
            ),
            models.CheckConstraint(
                name="account_accepted_by_somebody",
                condition=Q(state=AccountState.ACCEPTED, accepted_at__isnull=False)
                & Q(accepted_by__isnull=False)
                & ~Q(assessment="")
                | ~Q(state=AccountState.ACCEPTED) & Q(accepted_at=None, accepted_by=None),
                violation_error_message="Akkoord heeft een oordeel, een moment en wie het gaf.",
            ),
            models.CheckConstraint(
                name="account_threshold_is_a_share",
                condition=Q(explain_above=None) | Q(explain_above__gte=0, explain_above__lte=100),
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="account_by_state_and_term")]

    def __str__(self) -> str:
        return f"verantwoording {self.grant.application.number}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:account_detail", args=[self.pk])

    @property
    def badge(self) -> str:
        return ACCOUNT_BADGES[AccountState(self.state)]

    @property
    def available_transitions(self) -> list[Any]:
        return ACCOUNT_WORKFLOW.available_from(self.state)

    @property
    def last_day(self) -> Any:
        """The last day that counts now."""
        return self.extra_due_on or self.due_on


class ActivityResult(models.Model):
    """What became of one activity of the plan: in the words of the recipient, and what the municipality finds."""

    report = models.ForeignKey(
        AccountabilityReport, models.PROTECT, related_name="results", verbose_name="verantwoording"
    )
    activity = models.ForeignKey(
        Activity, models.PROTECT, related_name="results", verbose_name="activiteit"
    )
    order = models.PositiveSmallIntegerField("volgorde")
    outcome = models.CharField("uitgevoerd", max_length=8, choices=Done, blank=True)
    reach = models.PositiveSmallIntegerField("bereik", null=True, blank=True)
    explanation = models.TextField("toelichting", blank=True)
    verdict = models.CharField("oordeel", max_length=8, choices=Done, blank=True)
    verdict_note = models.TextField("motivering van het oordeel", blank=True)

    class Meta:
        verbose_name = "uitkomst van een activiteit"
        verbose_name_plural = "uitkomsten van activiteiten"
        constraints = [
            models.UniqueConstraint(fields=["report", "activity"], name="account_activity_once"),
            models.CheckConstraint(
                name="account_activity_outcome_is_known",
                condition=Q(outcome__in=["", *Done.values], verdict__in=["", *Done.values]),
            ),
            models.CheckConstraint(
                name="account_adverse_verdict_has_a_reason",
                condition=Q(verdict__in=["", "done"]) | ~Q(verdict_note=""),
                violation_error_message="Een oordeel dat de activiteit niet af is, heeft een reden.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.activity)


class ActualLine(models.Model):
    """One line of the budget with what it came to in the end; begins as it was planned."""

    report = models.ForeignKey(
        AccountabilityReport, models.PROTECT, related_name="lines", verbose_name="verantwoording"
    )
    budget_line = models.ForeignKey(
        BudgetLine, models.PROTECT, related_name="actuals", verbose_name="begrotingsregel"
    )
    order = models.PositiveSmallIntegerField("volgorde")
    planned = models.DecimalField("begroot", **MONEY)
    actual = models.DecimalField("werkelijk", **MONEY)
    explanation = models.TextField("toelichting", blank=True)
    # What the municipality finds not reasonably necessary (Awb 4:46(3)).
    unnecessary = models.DecimalField("niet noodzakelijk", default=0, **MONEY)
    unnecessary_reason = models.TextField("waarom niet noodzakelijk", blank=True)

    class Meta:
        verbose_name = "werkelijk bedrag"
        verbose_name_plural = "werkelijke bedragen"
        constraints = [
            models.UniqueConstraint(fields=["report", "budget_line"], name="account_line_once"),
            models.CheckConstraint(
                name="account_line_amount_is_in_range",
                condition=Q(actual__gte=0, actual__lte=10_000_000, planned__gte=0),
                violation_error_message="Een bedrag ligt tussen 0 en 10.000.000 euro.",
            ),
            models.CheckConstraint(
                name="account_unnecessary_within_actual",
                condition=Q(unnecessary__gte=0, unnecessary__lte=F("actual")),
                violation_error_message="Er kan niet meer onnodig zijn dan er is uitgegeven.",
            ),
            models.CheckConstraint(
                name="account_unnecessary_has_a_reason",
                condition=Q(unnecessary=0) | ~Q(unnecessary_reason=""),
                violation_error_message="Schrijf op waarom deze kosten niet nodig waren.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget_line.get_kind_display()} {self.actual}"


class ReportFile(models.Model):
    """A document with an account; scanned like every upload."""

    report = models.ForeignKey(
        AccountabilityReport, models.PROTECT, related_name="files", verbose_name="verantwoording"
    )
    document = models.CharField(
        "stuk",
        max_length=20,
        choices=[*AccountabilityRule.Document.choices, ("other", "ander stuk")],
    )
    stored = models.OneToOneField(
        StoredFile, models.PROTECT, related_name="report_file", verbose_name="bestand"
    )

    class Meta:
        verbose_name = "stuk bij een verantwoording"
        verbose_name_plural = "stukken bij een verantwoording"

    def __str__(self) -> str:
        return self.stored.name


class DutyVerdict(models.Model):
    """What the municipality finds of one duty of the grant; it lowers nothing by itself (Awb 4:46(2)b)."""

    class Verdict(models.TextChoices):
        MET = "met", "nagekomen"
        PARTLY_MET = "partly_met", "deels nagekomen"
        NOT_MET = "not_met", "niet nagekomen"

    report = models.ForeignKey(
        AccountabilityReport, models.PROTECT, related_name="duties", verbose_name="verantwoording"
    )
    obligation = models.ForeignKey(
        Obligation, models.PROTECT, related_name="verdicts", verbose_name="verplichting"
    )
    verdict = models.CharField("oordeel", max_length=10, choices=Verdict)
    note = models.TextField("motivering van het oordeel", blank=True)

    class Meta:
        verbose_name = "oordeel over een verplichting"
        verbose_name_plural = "oordelen over verplichtingen"
        constraints = [
            models.UniqueConstraint(fields=["report", "obligation"], name="account_duty_once"),
            models.CheckConstraint(
                name="account_adverse_duty_has_a_reason",
                condition=Q(verdict="met")
                | (Q(verdict__in=["partly_met", "not_met"]) & ~Q(note="")),
                violation_error_message="Een oordeel dat een plicht niet is nagekomen, heeft een reden.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation} {self.get_verdict_display()}"


class ReportCompletion(models.Model):
    """The opportunity to complete an account (Awb 4:5, 4:45), with its term."""

    class Outcome(models.TextChoices):
        COMPLETED = "completed", "aangevuld"
        EXPIRED = "expired", "termijn verlopen"

    report = models.ForeignKey(
        AccountabilityReport,
        models.PROTECT,
        related_name="completions",
        verbose_name="verantwoording",
    )
    asked = models.TextField("wat er ontbreekt")
    asked_at = models.DateTimeField("gevraagd op")
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="door")
    due_on = models.DateField("uiterlijk")
    closed_at = models.DateTimeField("afgesloten op", null=True, blank=True)
    outcome = models.CharField("uitkomst", max_length=10, choices=Outcome, blank=True)

    class Meta:
        verbose_name = "verzoek om een verantwoording aan te vullen"
        verbose_name_plural = "verzoeken om een verantwoording aan te vullen"
        constraints = [
            models.UniqueConstraint(
                fields=["report"],
                condition=Q(closed_at=None),
                name="account_completion_one_open",
                violation_error_message="Er loopt al een verzoek om aanvulling.",
            ),
            models.CheckConstraint(
                name="account_completion_gives_a_term",
                condition=Q(due_on__gt=F("asked_at__date")) & ~Q(asked=""),
                violation_error_message="De termijn eindigt na de dag van het verzoek.",
            ),
            models.CheckConstraint(
                name="account_completion_closed_has_an_outcome",
                condition=Q(closed_at=None, outcome="")
                | Q(closed_at__isnull=False, outcome__in=["completed", "expired"]),
            ),
        ]

    def __str__(self) -> str:
        return f"aanvulling gevraagd op {self.asked_at:%d-%m-%Y}"


class AccountReminder(models.Model):
    """A reminder of an account (L12); each kind goes out once."""

    class Kind(models.TextChoices):
        BEFORE = "before", "herinnering vooraf"
        AFTER = "after", "herinnering met nieuwe termijn"

    report = models.ForeignKey(
        AccountabilityReport,
        models.PROTECT,
        related_name="reminders",
        verbose_name="verantwoording",
    )
    kind = models.CharField("soort", max_length=8, choices=Kind)
    letter = models.OneToOneField(
        Letter, models.PROTECT, related_name="account_reminder", verbose_name="brief"
    )
    sent_at = models.DateTimeField("verstuurd op")

    class Meta:
        verbose_name = "herinnering aan een verantwoording"
        verbose_name_plural = "herinneringen aan verantwoordingen"
        constraints = [
            models.UniqueConstraint(fields=["report", "kind"], name="account_reminder_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.report}"
