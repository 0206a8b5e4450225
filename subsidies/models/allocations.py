from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from kvk2.core.models import StoredFile
from subsidies.models.applications import MONEY, Application
from subsidies.models.rounds import SubsidyRound
from subsidies.states import AllocationRunState, PartialOfferState


class AllocationRun(models.Model):
    """One division of the ceiling: its input, its outcome and a hash; only a locked run feeds decisions (rule R6)."""

    round = models.ForeignKey(
        SubsidyRound, models.PROTECT, related_name="runs", verbose_name="ronde"
    )
    state = models.CharField(
        "status",
        max_length=10,
        choices=AllocationRunState,
        default=AllocationRunState.DRAFT,
        editable=False,
    )
    # A scenario has a name, and says in what it departs from the published rules; then it can never be locked.
    name = models.CharField("naam", max_length=60, blank=True)
    hypothetical = models.BooleanField("denkbeeldig", default=False)
    deviations = models.JSONField("wijkt af op", default=dict, blank=True)
    algorithm = models.CharField("rekenregels", max_length=20)
    input = models.JSONField("invoer")
    output = models.JSONField("uitkomst")
    sha256 = models.CharField("SHA-256 van invoer en uitkomst", max_length=64)
    run_at = models.DateTimeField("berekend op")
    run_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="berekend door"
    )
    # Why it was locked while somebody had not answered on a lower amount (rule R5).
    without_answer = models.TextField("vastgelegd zonder antwoord, omdat", blank=True)
    locked_at = models.DateTimeField("vastgelegd op", null=True, blank=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="vastgelegd door",
    )

    class Meta:
        verbose_name = "verdeling"
        verbose_name_plural = "verdelingen"
        constraints = [
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(state=AllocationRunState.LOCKED),
                name="run_one_locked_per_round",
            ),
            models.CheckConstraint(
                name="run_locked_is_signed_off",
                condition=~Q(state=AllocationRunState.LOCKED)
                | Q(locked_at__isnull=False, locked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="run_locked_follows_the_published_rules",
                condition=~Q(state=AllocationRunState.LOCKED) | Q(hypothetical=False),
                violation_error_message="Een denkbeeldige verdeling kan niet worden vastgelegd.",
            ),
            models.CheckConstraint(
                name="run_hypothetical_has_a_name",
                condition=Q(hypothetical=False) | ~Q(name=""),
                violation_error_message="Een scenario heeft een naam.",
            ),
            models.UniqueConstraint(
                fields=["round", "name"],
                condition=Q(state=AllocationRunState.DRAFT, hypothetical=True),
                name="run_scenario_name_once",
                violation_error_message="Er is al een scenario met deze naam.",
            ),
        ]

    def __str__(self) -> str:
        return f"verdeling {self.pk} van {self.round}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:allocation_detail", args=[self.round_id, self.pk])


class AllocationResult(models.Model):
    """What one application got in a run, and why."""

    class Outcome(models.TextChoices):
        GRANT = "grant", "verlenen"
        PARTIAL_GRANT = "partial_grant", "gedeeltelijk verlenen"
        REFUSAL = "refusal", "weigeren"

    run = models.ForeignKey(
        AllocationRun, models.CASCADE, related_name="results", verbose_name="verdeling"
    )
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="allocation_results", verbose_name="aanvraag"
    )
    # Place in the ranking; those who did not take part have none.
    rank = models.PositiveIntegerField("plaats", null=True, blank=True)
    eligible = models.DecimalField("subsidiabel", **MONEY)
    granted = models.DecimalField("te verlenen", **MONEY)
    outcome = models.CharField("uitkomst", max_length=14, choices=Outcome)
    reasons = models.JSONField("redenen", default=list)

    class Meta:
        verbose_name = "uitkomst van de verdeling"
        verbose_name_plural = "uitkomsten van de verdeling"
        constraints = [
            models.UniqueConstraint(fields=["run", "application"], name="result_once_per_run"),
            models.CheckConstraint(
                name="result_granted_not_above_eligible",
                condition=Q(granted__gte=0, granted__lte=F("eligible")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.granted}"


class LotteryRecord(models.Model):
    """The record of one draw (L31, proces-verbaal van loting). Append-only: a correction is a new record."""

    class Mode(models.TextChoices):
        SEEDED = "seeded", "door het portaal, narekenbaar"
        MANUAL = "manual", "met de hand"

    round = models.ForeignKey(
        SubsidyRound, models.PROTECT, related_name="lottery_records", verbose_name="ronde"
    )
    mode = models.CharField("wijze van loten", max_length=6, choices=Mode)
    # The locked run that a draw by the portal belongs to; a draw by hand comes before its run.
    run = models.ForeignKey(
        AllocationRun,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lottery_records",
        verbose_name="verdeling",
    )
    participants = models.JSONField("deelnemers")
    order = models.JSONField("getrokken volgorde")
    seed = models.CharField("tekst voor de loting", max_length=120, blank=True)
    drawn_on = models.DateField("datum van de loting")
    place = models.CharField("plaats", max_length=120, blank=True)
    drawn_by = models.CharField("wie trok", max_length=200)
    witnesses = models.TextField("getuigen", blank=True)
    document = models.OneToOneField(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lottery_record",
        verbose_name="ondertekend proces-verbaal",
    )
    recorded_at = models.DateTimeField("vastgelegd op")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="vastgelegd door"
    )

    class Meta:
        verbose_name = "proces-verbaal van loting"
        verbose_name_plural = "processen-verbaal van loting"
        constraints = [
            models.CheckConstraint(
                name="lottery_by_hand_is_witnessed_and_signed",
                condition=~Q(mode="manual")
                | (~Q(place="") & ~Q(drawn_by="") & ~Q(witnesses="") & Q(document__isnull=False)),
                violation_error_message=(
                    "Een loting met de hand heeft een plaats, getuigen en een ondertekend proces-verbaal."
                ),
            ),
            models.CheckConstraint(
                name="lottery_by_the_portal_can_be_repeated",
                condition=~Q(mode="seeded") | (~Q(seed="") & Q(run__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"loting van {self.drawn_on} bij {self.round}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:lottery_record", args=[self.round_id, self.pk])


class PartialAcceptance(models.Model):
    """The question whether a reduced plan can be carried out, before a partial grant (rule R5)."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="partial_offers", verbose_name="aanvraag"
    )
    run = models.ForeignKey(
        AllocationRun, models.PROTECT, related_name="partial_offers", verbose_name="verdeling"
    )
    offered = models.DecimalField("bedrag", **MONEY)
    state = models.CharField(
        "status",
        max_length=10,
        choices=PartialOfferState,
        default=PartialOfferState.ASKED,
        editable=False,
    )
    asked_at = models.DateTimeField("gevraagd op")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="gevraagd door"
    )
    answer_until = models.DateField("antwoord tot en met")
    answered_at = models.DateTimeField("beantwoord op", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="beantwoord door",
    )
    note = models.TextField("toelichting", blank=True)

    class Meta:
        verbose_name = "vraag over een lager bedrag"
        verbose_name_plural = "vragen over een lager bedrag"
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(state=PartialOfferState.ASKED),
                name="partial_offer_one_open_per_application",
            ),
            models.CheckConstraint(name="partial_offer_is_an_amount", condition=Q(offered__gt=0)),
            models.CheckConstraint(
                name="partial_offer_answer_has_its_giver",
                condition=~Q(state__in=["accepted", "declined"])
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.offered}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:partial_offer", args=[self.application_id])
