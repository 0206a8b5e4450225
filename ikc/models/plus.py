"""The status 'Plus IKC': its conditions with their evidence, its reviews, and what changed after it was given."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ikc.models.centres import Ikc
from ikc.models.organisations import Organisation
from ikc.plus_conditions import CONDITIONS, LOCATION, Condition, ConditionCode
from ikc.querysets import PlusConditionQuerySet, PlusStatusQuerySet
from ikc.states import (
    OUTCOME_BADGES,
    PLUS_GIVEN,
    PLUS_ON_THE_WAY,
    PLUS_RUNNING,
    PLUS_STATE_BADGES,
    ConditionOutcome,
    PlusState,
)
from kvk2.core.models import StoredFile
from kvk2.core.periods import one_at_a_time

USER = settings.AUTH_USER_MODEL
C = ConditionOutcome


def _by_whom(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label
    )


class PlusStatus(models.Model):
    """The dated status 'Plus IKC' (programme, annex 1: four years, within the programme).

    A trigger keeps every change of state to the table of `PLUS_WORKFLOW`, and lets nothing be granted that was
    nominated here while a condition is open (migration 0013). What came from the register has no `nominated_at`.
    """

    ikc = models.ForeignKey(Ikc, models.PROTECT, related_name="plus_statuses", verbose_name="IKC")
    state = models.CharField("status", max_length=30, choices=PlusState, editable=False)
    valid_from = models.DateField("vanaf", null=True, blank=True)
    valid_until = models.DateField("tot en met", null=True, blank=True)
    source = models.CharField("vindplaats", max_length=300)
    nominated_by = _by_whom("kandidaat gesteld door")
    nominated_at = models.DateTimeField("kandidaat gesteld op", null=True, blank=True)
    # The day of the meeting of the boards in which the proposal was discussed.
    discussed_on = models.DateField("besproken op", null=True, blank=True)
    proposed_by = _by_whom("voorgesteld door")
    proposed_at = models.DateTimeField("voorgesteld op", null=True, blank=True)
    decided_by = _by_whom("besloten door")
    decided_at = models.DateTimeField("besloten op", null=True, blank=True)
    refusal = models.TextField("waarom geweigerd", blank=True)
    # The last warning that went out before the period ends, in months: 12, 6 or 3.
    warned_months = models.PositiveSmallIntegerField("gewaarschuwd", null=True, blank=True)

    # What `with_progress` adds.
    met_count: int
    condition_count: int

    objects = PlusStatusQuerySet.as_manager()

    class Meta:
        verbose_name = "predicaat Plus"
        verbose_name_plural = "predicaten Plus"
        constraints = [
            models.CheckConstraint(
                name="plus_status_state_is_known", condition=Q(state__in=PlusState.values)
            ),
            models.CheckConstraint(
                name="plus_status_granted_has_period",
                condition=Q(valid_from__isnull=False, valid_until__isnull=False)
                | ~Q(state__in=PLUS_GIVEN),
                violation_error_message="Een toegekend predicaat heeft een begin en een einde.",
            ),
            models.CheckConstraint(
                name="plus_status_ends_after_it_starts",
                condition=Q(valid_from=None)
                | Q(valid_until=None)
                | Q(valid_until__gte=F("valid_from")),
                violation_error_message="De einddatum ligt vóór de begindatum.",
            ),
            models.CheckConstraint(
                name="plus_status_refused_with_reasons",
                condition=~Q(state=PlusState.REFUSED) | ~Q(refusal=""),
                violation_error_message="Een weigering heeft een reden.",
            ),
            models.CheckConstraint(
                name="plus_status_warned_in_months",
                condition=Q(warned_months=None) | Q(warned_months__in=[12, 6, 3]),
            ),
            one_at_a_time(
                "plus_status_granted_once_at_a_time",
                "ikc",
                condition=Q(state__in=PLUS_GIVEN),
                message="Dit IKC heeft in deze periode al een predicaat Plus.",
            ),
            models.UniqueConstraint(
                fields=["ikc"],
                condition=Q(state__in=PLUS_ON_THE_WAY),
                name="plus_status_one_on_the_way",
                violation_error_message="Dit IKC is al kandidaat.",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "valid_until"], name="plus_status_by_state"),
            models.Index(fields=["ikc", "-id"], name="plus_status_of_ikc"),
        ]

    def __str__(self) -> str:
        return f"{self.ikc}: {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse("ikc:plus_detail", args=[self.ikc_id])

    @property
    def badge(self) -> str:
        return PLUS_STATE_BADGES[PlusState(self.state)]

    @property
    def is_running(self) -> bool:
        return self.state in PLUS_RUNNING

    @property
    def is_on_the_way(self) -> bool:
        return self.state in PLUS_ON_THE_WAY

    @property
    def was_given(self) -> bool:
        return self.state in PLUS_GIVEN


class PlusCondition(models.Model):
    """One condition of one status: what was found, on what, and by whom. Frozen when the check is over (trigger)."""

    status = models.ForeignKey(
        PlusStatus, models.PROTECT, related_name="conditions", verbose_name="predicaat"
    )
    code = models.CharField("voorwaarde", max_length=3, choices=ConditionCode)
    outcome = models.CharField(
        "uitkomst", max_length=8, choices=ConditionOutcome, default=ConditionOutcome.UNKNOWN
    )
    note = models.TextField("toelichting", blank=True)
    assessed_by = _by_whom("beoordeeld door")
    assessed_at = models.DateTimeField("beoordeeld op", null=True, blank=True)
    # The college lets a condition that is partly met be enough (domain reference 5.1).
    exception_reason = models.TextField("waarom dit genoeg is", blank=True)
    exception_on = models.DateField("uitzondering besloten op", null=True, blank=True)
    exception_by = _by_whom("uitzondering vastgelegd door")

    # What the page adds.
    paper_count: int

    objects = PlusConditionQuerySet.as_manager()

    class Meta:
        verbose_name = "voorwaarde voor Plus"
        verbose_name_plural = "voorwaarden voor Plus"
        constraints = [
            models.UniqueConstraint(fields=["status", "code"], name="plus_condition_once"),
            models.CheckConstraint(
                name="plus_condition_is_known",
                condition=Q(code__in=ConditionCode.values, outcome__in=ConditionOutcome.values),
            ),
            models.CheckConstraint(
                name="plus_condition_assessed_by_somebody",
                condition=Q(outcome=C.UNKNOWN, assessed_at=None)
                | (~Q(outcome=C.UNKNOWN) & Q(assessed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="plus_condition_short_of_met_has_a_note",
                condition=~Q(outcome__in=[C.PARTLY, C.NOT_MET]) | ~Q(note=""),
                violation_error_message="Schrijf op wat er nog ontbreekt.",
            ),
            models.CheckConstraint(
                name="plus_condition_exception_is_whole",
                condition=Q(exception_reason="", exception_on=None, exception_by=None)
                | (
                    Q(
                        outcome=C.PARTLY,
                        exception_on__isnull=False,
                        exception_by__isnull=False,
                    )
                    & ~Q(exception_reason="")
                    & ~Q(code=LOCATION)
                ),
                violation_error_message="Een uitzondering kan alleen bij een voorwaarde die deels is voldaan.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.get_code_display()}"

    def get_absolute_url(self) -> str:
        return reverse("ikc:plus_condition", args=[self.pk])

    @property
    def words(self) -> Condition:
        return CONDITIONS[self.code]

    @property
    def badge(self) -> str:
        return OUTCOME_BADGES[ConditionOutcome(self.outcome)]

    @property
    def has_exception(self) -> bool:
        return self.exception_on is not None

    @property
    def suffices(self) -> bool:
        """Met, or partly met with an exception of the college."""
        return self.outcome == C.MET or (self.outcome == C.PARTLY and self.has_exception)


class PlusEvidence(models.Model):
    """What shows that a condition is met: a file, or where it can be found. Never changed; withdrawn it stays."""

    condition = models.ForeignKey(
        PlusCondition, models.PROTECT, related_name="evidence", verbose_name="voorwaarde"
    )
    text = models.CharField("waar het te vinden is", max_length=500, blank=True)
    stored = models.OneToOneField(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="plus_evidence",
        verbose_name="bestand",
    )
    supplied_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="aangeleverd door"
    )
    supplied_at = models.DateTimeField("aangeleverd op")

    class Meta:
        verbose_name = "bewijs bij een voorwaarde"
        verbose_name_plural = "bewijzen bij voorwaarden"
        constraints = [
            models.CheckConstraint(
                name="plus_evidence_shows_something",
                condition=~Q(text="") | Q(stored__isnull=False),
                violation_error_message="Voeg een bestand toe, of schrijf op waar het te vinden is.",
            ),
        ]

    def __str__(self) -> str:
        return self.text or str(self.stored)


class PlusConfirmation(models.Model):
    """That the board, or a childcare organisation, stands behind what was supplied."""

    status = models.ForeignKey(
        PlusStatus, models.PROTECT, related_name="confirmations", verbose_name="predicaat"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="organisatie"
    )
    confirmed_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="bevestigd door"
    )
    confirmed_at = models.DateTimeField("bevestigd op")

    class Meta:
        verbose_name = "bevestiging bij een predicaat Plus"
        verbose_name_plural = "bevestigingen bij predicaten Plus"
        constraints = [
            models.UniqueConstraint(
                fields=["status", "organisation"],
                name="plus_confirmation_once",
                violation_error_message="Deze organisatie bevestigde al.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.status}"


class PlusReview(models.Model):
    """The review (herijking) of one status: why it began, what is meant to happen, what the board said, what came of it."""

    class Intent(models.TextChoices):
        ADJUST = "adjust", "aanpassen"
        END = "end", "beëindigen"

    class Outcome(models.TextChoices):
        CONTINUED = "continued", "voortgezet"
        ADJUSTED = "adjusted", "aangepast"
        ENDED = "ended", "beëindigd"
        EXPIRED = "expired", "verlopen"

    status = models.ForeignKey(
        PlusStatus, models.PROTECT, related_name="reviews", verbose_name="predicaat"
    )
    reason = models.TextField("aanleiding")
    opened_at = models.DateTimeField("begonnen op")
    # Nobody: the portal, after a new list of areas.
    opened_by = _by_whom("begonnen door")
    intent = models.CharField("voornemen", max_length=6, choices=Intent, blank=True)
    intent_reason = models.TextField("waarom", blank=True)
    intent_by = _by_whom("voornemen van")
    intent_at = models.DateTimeField("voornemen verstuurd op", null=True, blank=True)
    respond_until = models.DateField("reageren tot en met", null=True, blank=True)
    view = models.TextField("reactie van het bestuur", blank=True)
    view_by = _by_whom("reactie van")
    view_at = models.DateTimeField("reactie op", null=True, blank=True)
    outcome = models.CharField("uitkomst", max_length=9, choices=Outcome, blank=True)
    outcome_reason = models.TextField("motivering", blank=True)
    run_out = models.TextField("afbouw", blank=True)
    closed_by = _by_whom("afgerond door")
    closed_at = models.DateTimeField("afgerond op", null=True, blank=True)

    class Meta:
        verbose_name = "herijking van een predicaat Plus"
        verbose_name_plural = "herijkingen van predicaten Plus"
        constraints = [
            models.UniqueConstraint(
                fields=["status"],
                condition=Q(closed_at=None),
                name="plus_review_one_at_a_time",
                violation_error_message="Dit predicaat is al in herijking.",
            ),
            models.CheckConstraint(
                name="plus_review_intent_is_whole",
                condition=Q(
                    intent="", intent_reason="", intent_by=None, intent_at=None, respond_until=None
                )
                | (
                    Q(
                        intent__in=["adjust", "end"],
                        intent_by__isnull=False,
                        intent_at__isnull=False,
                        respond_until__isnull=False,
                    )
                    & ~Q(intent_reason="")
                ),
            ),
            models.CheckConstraint(
                name="plus_review_view_is_whole",
                condition=Q(view="", view_by=None, view_at=None)
                | (
                    Q(view_by__isnull=False, view_at__isnull=False, intent_at__isnull=False)
                    & ~Q(view="")
                ),
            ),
            models.CheckConstraint(
                name="plus_review_burden_was_announced",
                condition=~Q(outcome__in=["adjusted", "ended"])
                | (Q(intent_at__isnull=False) & ~Q(run_out="") & ~Q(outcome_reason="")),
                violation_error_message="Een aanpassing of einde is eerst aangekondigd (artikel 4:8 Awb).",
            ),
            models.CheckConstraint(
                name="plus_review_closed_with_an_outcome",
                condition=Q(closed_at=None, outcome="")
                | (Q(closed_at__isnull=False) & ~Q(outcome="")),
            ),
        ]

    def __str__(self) -> str:
        return f"Herijking van {self.status}"

    def has_been_heard(self, today: date) -> bool:
        """The board answered, or had its time to (Awb 4:8)."""
        if self.respond_until is None:
            return False
        return self.view_at is not None or today > self.respond_until


class PlusLapse(models.Model):
    """A condition that is met no longer after the proposal went out; a task until somebody says what it means."""

    status = models.ForeignKey(
        PlusStatus, models.PROTECT, related_name="lapses", verbose_name="predicaat"
    )
    code = models.CharField("voorwaarde", max_length=3, choices=ConditionCode)
    note = models.TextField("wat er veranderde")
    at = models.DateTimeField("vastgelegd op")
    # Nobody: the portal, when an agreement ended.
    by = _by_whom("vastgelegd door")
    settled_at = models.DateTimeField("afgehandeld op", null=True, blank=True)
    settled_by = _by_whom("afgehandeld door")
    settlement = models.TextField("hoe het is afgehandeld", blank=True)

    class Meta:
        verbose_name = "vervallen voorwaarde"
        verbose_name_plural = "vervallen voorwaarden"
        constraints = [
            models.UniqueConstraint(
                fields=["status", "code"],
                condition=Q(settled_at=None),
                name="plus_lapse_once_at_a_time",
            ),
            models.CheckConstraint(
                name="plus_lapse_settled_is_whole",
                condition=Q(settled_at=None, settled_by=None, settlement="")
                | (Q(settled_at__isnull=False) & ~Q(settlement="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()}: {self.note}"
