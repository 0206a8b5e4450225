from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F, Q, Value
from django.urls import reverse

from ikc.models import BankAccount
from kvk2.core.models import StoredFile
from subsidies.models.applications import MONEY
from subsidies.models.decisions import AdvancePayment, Decision, Letter
from subsidies.models.grants import Grant
from subsidies.querysets_payments import PaymentOrderQuerySet, PaymentQuerySet
from subsidies.states_payments import PaymentOrderState, PaymentState

USER = settings.AUTH_USER_MODEL
S = PaymentState
# Awb 4:56: payment is suspended for at most thirteen weeks.
LONGEST_SUSPENSION = timedelta(weeks=13)
_ORDERED = Q(
    order__isnull=False,
    account__isnull=False,
    ordered_by__isnull=False,
    ordered_at__isnull=False,
)
_NOTHING_LEFT = Q(set_off_amount=F("amount"))


def _by_whom(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label
    )


class PaymentOrder(models.Model):
    """Payments that go to the bank together: made by one, released by another, and then a file that never changes."""

    reference = models.CharField("kenmerk", max_length=20, unique=True)
    state = models.CharField(
        "status", max_length=10, choices=PaymentOrderState, default=PaymentOrderState.DRAFT
    )
    execute_on = models.DateField("uitvoeren op")
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="gemaakt door")
    made_at = models.DateTimeField("gemaakt op")
    released_by = _by_whom("vrijgegeven door")
    released_at = models.DateTimeField("vrijgegeven op", null=True, blank=True)
    sepa_file = models.OneToOneField(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="payment_order_sepa",
        verbose_name="SEPA-bestand",
    )
    csv_file = models.OneToOneField(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="payment_order_csv",
        verbose_name="CSV-bestand",
    )

    # What `for_list` adds.
    count: int
    total: Decimal

    objects = PaymentOrderQuerySet.as_manager()

    class Meta:
        verbose_name = "betaalopdracht"
        verbose_name_plural = "betaalopdrachten"
        constraints = [
            models.CheckConstraint(
                name="payment_order_released_by_another",
                condition=Q(released_by=None) | ~Q(released_by=F("made_by")),
                violation_error_message="Wie de opdracht maakt, geeft haar niet vrij.",
            ),
            models.CheckConstraint(
                name="payment_order_released_with_files",
                condition=Q(
                    state__in=["draft", "discarded"],
                    released_by=None,
                    released_at=None,
                    sepa_file=None,
                    csv_file=None,
                )
                | Q(
                    state="released",
                    released_by__isnull=False,
                    released_at__isnull=False,
                    sepa_file__isnull=False,
                    csv_file__isnull=False,
                ),
                violation_error_message="Een vrijgegeven opdracht heeft een bestand.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("subsidies:payment_order_detail", args=[self.pk])


class PaymentOrderExport(models.Model):
    """Somebody took the file of an order to the bank: once, and again only with the reason. Append-only."""

    class Kind(models.TextChoices):
        SEPA = "sepa", "SEPA-bestand"
        CSV = "csv", "CSV-bestand"

    order = models.ForeignKey(
        PaymentOrder, models.PROTECT, related_name="exports", verbose_name="betaalopdracht"
    )
    kind = models.CharField("bestand", max_length=4, choices=Kind)
    exported_at = models.DateTimeField("gedownload op")
    exported_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="gedownload door"
    )
    reason = models.CharField("waarom nog een keer", max_length=500, blank=True)

    class Meta:
        verbose_name = "download van een betaalopdracht"
        verbose_name_plural = "downloads van betaalopdrachten"
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(reason=""),
                name="payment_order_exported_once",
                violation_error_message="Deze opdracht is al gedownload. Schrijf op waarom het nog een keer moet.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order}, {self.get_kind_display()}"


class Payment(models.Model):
    """Money that a grant gives to its board, on its way: planned, approved, ordered and paid by different people (rule G2).

    What stands in `due_on` is the last day: six weeks after the announcement, or the later day that the decision names
    (Awb 4:87). Amounts are euros; together they never exceed the grant, which a trigger guards.
    """

    class Kind(models.TextChoices):
        ADVANCE = "advance", "voorschot"
        BALANCE = "balance", "slotbetaling"

    grant = models.ForeignKey(
        Grant, models.PROTECT, related_name="payments", verbose_name="verlening"
    )
    kind = models.CharField("soort", max_length=8, choices=Kind)
    number = models.PositiveSmallIntegerField("nummer")
    reference = models.CharField("kenmerk", max_length=35, unique=True)
    # What says that it is owed: the grant, a later advance, the determination.
    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="payments", verbose_name="besluit"
    )
    advance = models.OneToOneField(
        AdvancePayment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="payment",
        verbose_name="termijn",
    )
    amount = models.DecimalField("bedrag", **MONEY)
    set_off_amount = models.DecimalField("verrekend", default=Decimal(0), **MONEY)
    due_on = models.DateField("uiterlijk op")
    state = models.CharField(
        "status", max_length=10, choices=PaymentState, default=PaymentState.PLANNED, editable=False
    )
    planned_at = models.DateTimeField("gepland op")
    approved_by = _by_whom("goedgekeurd door")
    approved_at = models.DateTimeField("goedgekeurd op", null=True, blank=True)
    order = models.ForeignKey(
        PaymentOrder,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="payments",
        verbose_name="betaalopdracht",
    )
    # The account as it was when the order went out.
    account = models.ForeignKey(
        BankAccount,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="payments",
        verbose_name="bankrekening",
    )
    ordered_by = _by_whom("opdracht gemaakt door")
    ordered_at = models.DateTimeField("opdracht gegeven op", null=True, blank=True)
    confirmed_by = _by_whom("bevestigd door")
    confirmed_at = models.DateTimeField("bevestigd op", null=True, blank=True)
    paid_on = models.DateField("betaald op", null=True, blank=True)
    failure = models.CharField("teruggemeld", max_length=300, blank=True)
    # Awb 4:98, when it was paid after its last day; nought when it is too little to owe.
    interest_amount = models.DecimalField("wettelijke rente", null=True, blank=True, **MONEY)
    end_reason = models.CharField("waarom vervallen", max_length=1000, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = "betaling"
        verbose_name_plural = "betalingen"
        constraints = [
            models.UniqueConstraint(fields=["grant", "number"], name="payment_number_once"),
            models.CheckConstraint(
                name="payment_amount_is_positive",
                condition=Q(amount__gt=0),
                violation_error_message="Een betaling is meer dan nul euro.",
            ),
            models.CheckConstraint(
                name="payment_set_off_within_amount",
                condition=Q(set_off_amount__gte=0, set_off_amount__lte=F("amount")),
                violation_error_message="Verrekenen kan niet met meer dan de betaling.",
            ),
            models.CheckConstraint(
                name="payment_state_is_known", condition=Q(state__in=PaymentState.values)
            ),
            models.CheckConstraint(
                name="payment_approved_by_somebody",
                condition=~Q(state__in=[S.APPROVED, S.ORDERED, S.PAID, S.SETTLED])
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                violation_error_message="Een betaling is eerst goedgekeurd.",
            ),
            models.CheckConstraint(
                name="payment_ordered_is_whole",
                condition=~Q(state__in=[S.ORDERED, S.PAID, S.SETTLED]) | _ORDERED | _NOTHING_LEFT,
                violation_error_message="Een betaling hoort bij een opdracht en een rekening.",
            ),
            models.CheckConstraint(
                name="payment_in_an_order_is_approved",
                condition=Q(order=None) | Q(state__in=[S.APPROVED, S.ORDERED, S.PAID, S.SETTLED]),
                violation_error_message="Alleen een goedgekeurde betaling gaat in een opdracht.",
            ),
            models.CheckConstraint(
                name="payment_ordered_by_another",
                condition=Q(ordered_by=None) | ~Q(ordered_by=F("approved_by")),
                violation_error_message="Wie een betaling goedkeurt, maakt de opdracht niet.",
            ),
            models.CheckConstraint(
                name="payment_confirmed_by_another",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("ordered_by")),
                violation_error_message="Wie de opdracht maakt, bevestigt de betaling niet.",
            ),
            models.CheckConstraint(
                name="payment_paid_is_confirmed",
                condition=~Q(state__in=[S.PAID, S.SETTLED])
                | Q(paid_on__isnull=False, confirmed_by__isnull=False, confirmed_at__isnull=False),
                violation_error_message="Een betaling is bevestigd, met haar dag.",
            ),
            models.CheckConstraint(
                name="payment_cancelled_with_a_reason",
                condition=(Q(state=S.CANCELLED) & ~Q(end_reason=""))
                | (~Q(state=S.CANCELLED) & Q(end_reason="")),
                violation_error_message="Een betaling vervalt met een reden.",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_on"], name="payment_by_state_and_day"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("subsidies:payment_detail", args=[self.pk])

    @property
    def to_pay(self) -> Decimal:
        """What goes to the bank: the amount without what was set off."""
        return self.amount - self.set_off_amount


class PaymentSetoff(models.Model):
    """A claim on the board that is paid by paying less (Awb 4:93, 4:57(3)); both claims and the amount are stated. Append-only."""

    payment = models.ForeignKey(
        Payment, models.PROTECT, related_name="setoffs", verbose_name="betaling"
    )
    amount = models.DecimalField("verrekend bedrag", **MONEY)
    claim_reference = models.CharField("kenmerk van de vordering", max_length=60)
    # The claim itself, when it is one of the portal and not of other books.
    recovery = models.ForeignKey(
        "subsidies.Recovery",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="setoffs",
        verbose_name="terugvordering",
    )
    claim_amount = models.DecimalField("vordering", **MONEY)
    reason = models.TextField("waarom verrekenen mag")
    set_off_at = models.DateTimeField("verrekend op")
    set_off_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="verrekend door"
    )

    class Meta:
        verbose_name = "verrekening"
        verbose_name_plural = "verrekeningen"
        constraints = [
            models.CheckConstraint(
                name="setoff_within_the_claim",
                condition=Q(amount__gt=0, amount__lte=F("claim_amount")),
                violation_error_message="Verrekenen kan niet met meer dan de vordering.",
            ),
            models.CheckConstraint(
                name="setoff_states_the_claim",
                condition=~Q(claim_reference="") & ~Q(reason=""),
                violation_error_message="Een verrekening noemt de vordering en de reden (Awb 4:93).",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment}: verrekend met {self.claim_reference}"


class PaymentSuspension(models.Model):
    """Nothing is paid on a grant because of a serious suspicion (Awb 4:56): from the written notice, for thirteen weeks at most."""

    class Outcome(models.TextChoices):
        RESUMED = "resumed", "betaling hervat"
        CANCELLED = "cancelled", "betalingen vervallen"
        EXPIRED = "expired", "na dertien weken vanzelf afgelopen"

    grant = models.ForeignKey(
        Grant, models.PROTECT, related_name="suspensions", verbose_name="verlening"
    )
    suspicion = models.TextField("ernstig vermoeden")
    started_on = models.DateField("vanaf")
    until = models.DateField("tot en met")
    suspended_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="opgeschort door"
    )
    suspended_at = models.DateTimeField("opgeschort op")
    letter = models.OneToOneField(
        Letter, models.PROTECT, related_name="suspension", verbose_name="kennisgeving"
    )
    ended_on = models.DateField("afgelopen op", null=True, blank=True)
    ended_by = _by_whom("beëindigd door")
    outcome = models.CharField("uitkomst", max_length=10, choices=Outcome, blank=True)
    end_reason = models.TextField("waarom beëindigd", blank=True)

    class Meta:
        verbose_name = "opschorting van de betaling"
        verbose_name_plural = "opschortingen van de betaling"
        constraints = [
            models.UniqueConstraint(
                fields=["grant"],
                condition=Q(ended_on=None),
                name="suspension_one_at_a_time",
                violation_error_message="De betalingen van deze verlening zijn al opgeschort.",
            ),
            models.CheckConstraint(
                name="suspension_at_most_thirteen_weeks",
                condition=Q(until__gte=F("started_on"))
                & Q(
                    until__lte=ExpressionWrapper(
                        F("started_on") + Value(LONGEST_SUSPENSION), models.DateTimeField()
                    )
                ),
                violation_error_message="Opschorten kan hoogstens dertien weken (Awb 4:56).",
            ),
            models.CheckConstraint(name="suspension_has_a_suspicion", condition=~Q(suspicion="")),
            models.CheckConstraint(
                name="suspension_ended_with_a_reason",
                condition=Q(ended_on=None, outcome="", end_reason="")
                | (Q(ended_on__isnull=False) & ~Q(outcome="") & ~Q(end_reason="")),
                violation_error_message="Een opschorting eindigt met een reden.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant}: opgeschort van {self.started_on} tot en met {self.until}"


class PaymentFeedback(models.Model):
    """A file from the bank or the financial system, as it came in; what it says counts only after somebody applied it."""

    name = models.CharField("bestand", max_length=200)
    content = models.TextField("inhoud")
    sha256 = models.CharField("SHA-256", max_length=64)
    uploaded_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="ingelezen door"
    )
    uploaded_at = models.DateTimeField("ingelezen op")
    applied_by = _by_whom("verwerkt door")
    applied_at = models.DateTimeField("verwerkt op", null=True, blank=True)

    class Meta:
        verbose_name = "terugmelding van betalingen"
        verbose_name_plural = "terugmeldingen van betalingen"
        constraints = [
            models.CheckConstraint(
                name="payment_feedback_applied_by_somebody",
                condition=Q(applied_by=None, applied_at=None)
                | Q(applied_by__isnull=False, applied_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("subsidies:payment_feedback_detail", args=[self.pk])
