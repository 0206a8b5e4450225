"""Money that comes back (Awb 4:57, 4:95(4)): the claim, and what was received on it."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from kvk2.core.deadlines import AMSTERDAM, DeadlineKind, deadline
from subsidies.models.applications import MONEY
from subsidies.models.decisions import Decision, Letter
from subsidies.models.grants import Grant
from subsidies.querysets_accountability import RecoveryQuerySet
from subsidies.states_accountability import RECOVERY_BADGES, RecoveryState

USER = settings.AUTH_USER_MODEL
CLAIMED = [
    state.value
    for state in RecoveryState
    if state
    not in (
        RecoveryState.PROPOSED,
        RecoveryState.DECIDED,
        RecoveryState.WAIVED,
        RecoveryState.TIME_BARRED,
    )
]


class Recovery(models.Model):
    """One claim on a recipient; amounts in euros. It follows from a determination below what was advanced."""

    grant = models.ForeignKey(
        Grant, models.PROTECT, related_name="recoveries", verbose_name="verlening"
    )
    determination = models.ForeignKey(
        Decision, models.PROTECT, related_name="claims", verbose_name="vaststelling"
    )
    # The decision that claims it (L17); a discarded draft leaves the proposal as it was.
    decision = models.OneToOneField(
        Decision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recovery",
        verbose_name="besluit tot terugvordering",
    )
    state = models.CharField(
        "status",
        max_length=12,
        choices=RecoveryState,
        default=RecoveryState.PROPOSED,
        editable=False,
    )
    amount = models.DecimalField("bedrag", **MONEY)
    advanced = models.DecimalField("betaalde voorschotten", **MONEY)
    proposed_at = models.DateTimeField("voorgesteld op")
    due_on = models.DateField("te betalen uiterlijk", null=True, blank=True)
    # Of the reminder (Awb 4:112, 4:113): its fee goes on top of what is owed.
    fee = models.DecimalField("vergoeding voor de aanmaning", default=0, **MONEY)
    reminded_on = models.DateField("aangemaand op", null=True, blank=True)
    reminder_due_on = models.DateField("termijn van de aanmaning", null=True, blank=True)
    reminder = models.OneToOneField(
        Letter,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recovery",
        verbose_name="aanmaning",
    )
    enforced_on = models.DateField("dwangbevel op", null=True, blank=True)
    deferred_on = models.DateField("uitstel gegeven op", null=True, blank=True)
    deferred_until = models.DateField("uitstel tot en met", null=True, blank=True)
    # Why it was put off, set off or let go; of a set-off both claims and the amount (Awb 4:93(2)).
    reason = models.TextField("reden", blank=True)
    ended_at = models.DateTimeField("beëindigd op", null=True, blank=True)

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        verbose_name = "terugvordering"
        verbose_name_plural = "terugvorderingen"
        constraints = [
            models.CheckConstraint(
                name="recovery_state_is_known", condition=Q(state__in=RecoveryState.values)
            ),
            models.CheckConstraint(
                name="recovery_is_an_amount",
                condition=Q(amount__gt=0, amount__lte=F("advanced"), fee__gte=0),
                violation_error_message="Terugvorderen kan tot wat is uitbetaald.",
            ),
            models.UniqueConstraint(
                fields=["determination"],
                name="recovery_once_per_determination",
                violation_error_message="Bij deze vaststelling is er al een terugvordering.",
            ),
            models.CheckConstraint(
                name="recovery_claimed_by_a_decision",
                condition=Q(state="proposed", decision=None)
                | Q(state="decided", decision__isnull=False)
                | Q(state__in=CLAIMED, decision__isnull=False, due_on__isnull=False)
                | Q(state__in=["waived", "time_barred"]),
                violation_error_message="Een terugvordering heeft een besluit en een betaaltermijn.",
            ),
            models.CheckConstraint(
                name="recovery_reminder_is_whole",
                condition=Q(reminded_on=None, reminder_due_on=None, fee=0)
                | Q(reminded_on__isnull=False, fee__gt=0, reminder_due_on__isnull=False)
                & Q(reminder_due_on__gt=F("reminded_on")),
                violation_error_message="Een aanmaning heeft een dag, een termijn en een vergoeding.",
            ),
            models.CheckConstraint(
                name="recovery_reminded_before_enforced",
                condition=~Q(state__in=["reminded", "enforced"]) | Q(reminded_on__isnull=False),
                violation_error_message="Een dwangbevel volgt op een aanmaning.",
            ),
            models.CheckConstraint(
                name="recovery_let_go_with_a_reason",
                condition=~Q(state__in=["set_off", "waived", "deferred"]) | ~Q(reason=""),
                violation_error_message="Schrijf op waarom.",
            ),
            models.CheckConstraint(
                name="recovery_deferred_until_a_day",
                condition=Q(deferred_on=None, deferred_until=None)
                | Q(deferred_on__isnull=False, deferred_until__isnull=False)
                & Q(deferred_until__gt=F("deferred_on")),
                violation_error_message="Uitstel heeft een laatste dag.",
            ),
            models.CheckConstraint(
                name="recovery_ended_is_dated",
                condition=Q(state__in=["paid", "set_off", "waived", "time_barred"])
                & Q(ended_at__isnull=False)
                | ~Q(state__in=["paid", "set_off", "waived", "time_barred"]) & Q(ended_at=None),
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="recovery_by_state_and_term")]

    def __str__(self) -> str:
        return f"terugvordering {self.grant.application.number}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:recovery_detail", args=[self.pk])

    @property
    def badge(self) -> str:
        return RECOVERY_BADGES[RecoveryState(self.state)]

    @property
    def owed(self) -> Decimal:
        """What the claim comes to with the fee of the reminder."""
        return self.amount + self.fee

    @property
    def lapses_on(self) -> date | None:
        """The last day on which it can be claimed in court: five years after the term, or after what interrupted it.

        A reminder and a writ begin it anew (Awb 4:105, 4:106, 4:110); deferral comes on top (4:111).
        """
        if self.due_on is None:
            return None
        begin = max(
            day for day in (self.due_on, self.reminded_on, self.enforced_on) if day is not None
        )
        last = deadline(DeadlineKind.RECOVER_LIMIT, begin).last_day
        if self.deferred_on and self.deferred_until:
            last += self.deferred_until - self.deferred_on
        return last

    @property
    def decide_before(self) -> date | None:
        """The last day to decide on it: five years after the determination (Awb 4:57(4))."""
        announced = self.determination.announced_at
        if announced is None:
            return None
        day = announced.astimezone(AMSTERDAM).date()
        return deadline(DeadlineKind.RECOVER_LIMIT, day).last_day


class RecoveryReceipt(models.Model):
    """Money that came in on a claim. Append-only; together never more than is owed (a trigger)."""

    recovery = models.ForeignKey(
        Recovery, models.PROTECT, related_name="receipts", verbose_name="terugvordering"
    )
    amount = models.DecimalField("bedrag", **MONEY)
    received_on = models.DateField("ontvangen op")
    reference = models.CharField("kenmerk van de betaling", max_length=140, blank=True)
    recorded_at = models.DateTimeField("vastgelegd op")
    recorded_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="vastgelegd door"
    )

    class Meta:
        verbose_name = "ontvangst"
        verbose_name_plural = "ontvangsten"
        constraints = [
            models.CheckConstraint(
                name="recovery_receipt_is_an_amount",
                condition=Q(amount__gt=0),
                violation_error_message="Een ontvangst is meer dan nul euro.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} op {self.received_on}"
