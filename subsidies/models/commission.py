import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ikc.models import Organisation, RoleAssignment
from kvk2.core.periods import one_at_a_time
from subsidies.models.applications import MONEY, Application
from subsidies.models.rounds import Criterion, SubsidyRound
from subsidies.querysets import CommissionMemberQuerySet, ReviewQuerySet
from subsidies.states import REVIEW_WORKFLOW, AdviceState, ReviewState


class CommissionMember(models.Model):
    """A seat in the IKC-commissie in a period; the organisation is the tie that may be an interest.

    The seat is what the college decides on; the role in the portal follows from it (`assignment`).
    """

    class Function(models.TextChoices):
        MEMBER = "member", "lid"
        CHAIR = "chair", "voorzitter"
        DEPUTY_CHAIR = "deputy_chair", "plaatsvervangend voorzitter"
        SECRETARY = "secretary", "secretaris"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="seats", verbose_name="lid"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="seats", verbose_name="organisatie van het lid"
    )
    function = models.CharField("functie", max_length=12, choices=Function, default=Function.MEMBER)
    valid_from = models.DateField("vanaf")
    valid_until = models.DateField("tot en met", null=True, blank=True)
    # The decision of the college of the appointment, or of the last renewal; the trail keeps the earlier ones.
    decision_number = models.CharField("nummer benoemingsbesluit", max_length=60, blank=True)
    decided_on = models.DateField("datum benoemingsbesluit", null=True, blank=True)
    # The role that the seat brought, with the same period; None for a seat from before this was kept.
    assignment = models.OneToOneField(
        RoleAssignment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="seat",
        verbose_name="rol bij de zetel",
    )

    objects = CommissionMemberQuerySet.as_manager()

    class Meta:
        verbose_name = "commissielid"
        verbose_name_plural = "commissieleden"
        constraints = [
            models.CheckConstraint(
                name="member_ends_after_it_starts",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="member_function_is_known",
                condition=Q(function__in=["member", "chair", "deputy_chair", "secretary"]),
            ),
            one_at_a_time(
                "member_one_seat_at_a_time",
                "user",
                message="Deze persoon zit in deze periode al in de commissie.",
            ),
            one_at_a_time(
                "member_one_chair_at_a_time",
                condition=Q(function="chair"),
                message="Er is in deze periode al een voorzitter.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.organisation.short_name})"

    def get_absolute_url(self) -> str:
        """The page of the commission, on which every seat is."""
        return reverse("subsidies:commission_seats")


class InterestDeclaration(models.Model):
    """What a member declares before a round opens for assessment (rule C1): ties to organisations, or none."""

    member = models.ForeignKey(
        CommissionMember, models.PROTECT, related_name="declarations", verbose_name="lid"
    )
    round = models.ForeignKey(
        SubsidyRound, models.PROTECT, related_name="declarations", verbose_name="ronde"
    )
    organisations = models.ManyToManyField(
        Organisation, blank=True, related_name="+", verbose_name="organisaties met een belang"
    )
    ikcs = models.ManyToManyField(
        "ikc.Ikc", blank=True, related_name="+", verbose_name="IKC's met een persoonlijk belang"
    )
    note = models.TextField("toelichting", blank=True)
    declared_at = models.DateTimeField("verklaard op")

    class Meta:
        verbose_name = "belangenverklaring"
        verbose_name_plural = "belangenverklaringen"
        constraints = [
            models.UniqueConstraint(fields=["member", "round"], name="declaration_once_per_round"),
        ]

    def __str__(self) -> str:
        return f"{self.member}, {self.round}"


class ConflictException(models.Model):
    """The college lets a member with an interest in a competing application score all the same (rule C4)."""

    member = models.ForeignKey(
        CommissionMember, models.PROTECT, related_name="exceptions", verbose_name="lid"
    )
    round = models.ForeignKey(
        SubsidyRound, models.PROTECT, related_name="exceptions", verbose_name="ronde"
    )
    reason = models.TextField("motivering van het college")
    decided_on = models.DateField("datum besluit")
    decision_number = models.CharField("nummer besluit", max_length=60)

    class Meta:
        verbose_name = "uitzondering bij belang"
        verbose_name_plural = "uitzonderingen bij belang"
        constraints = [
            models.UniqueConstraint(fields=["member", "round"], name="exception_once_per_round"),
            models.CheckConstraint(name="exception_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.member}, {self.round}"


@pghistory.track()
class Review(models.Model):
    """One member's scoring of one application."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="reviews", verbose_name="aanvraag"
    )
    member = models.ForeignKey(
        CommissionMember, models.PROTECT, related_name="reviews", verbose_name="lid"
    )
    state = models.CharField(
        "status", max_length=12, choices=ReviewState, default=ReviewState.ASSIGNED, editable=False
    )
    recusal_reason = models.CharField("reden van onthouding", max_length=200, blank=True)
    note_to_self = models.TextField("notitie voor uzelf", blank=True)
    saved_at = models.DateTimeField("bewaard op", null=True, blank=True)
    # Which open page of the form saved last, so that an older one does not overwrite it.
    saved_page = models.CharField("bewaard door pagina", max_length=40, blank=True)
    submitted_at = models.DateTimeField("ingediend op", null=True, blank=True)
    # Weighted total of this member, 0-100, written at submission.
    total = models.DecimalField("totaal", max_digits=5, decimal_places=2, null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = "beoordeling"
        verbose_name_plural = "beoordelingen"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "member"], name="review_once_per_member"
            ),
            models.CheckConstraint(
                name="review_state_is_known", condition=Q(state__in=ReviewState.values)
            ),
            models.CheckConstraint(
                name="review_submitted_is_dated_and_totalled",
                condition=~Q(state__in=[ReviewState.SUBMITTED, ReviewState.LOCKED])
                | Q(submitted_at__isnull=False, total__isnull=False),
            ),
            models.CheckConstraint(
                name="review_recused_has_a_reason",
                condition=~Q(state=ReviewState.RECUSED) | ~Q(recusal_reason=""),
            ),
        ]
        indexes = [models.Index(fields=["member", "state"], name="review_by_member")]

    def __str__(self) -> str:
        return f"{self.member}: {self.application}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:review_edit", args=[self.pk])

    @property
    def available_transitions(self):
        return REVIEW_WORKFLOW.available_from(self.state)


@pghistory.track()
class ReviewScore(models.Model):
    """The score of one member on one criterion, 1 to 5, with the reasons."""

    review = models.ForeignKey(
        Review, models.CASCADE, related_name="scores", verbose_name="beoordeling"
    )
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, related_name="scores", verbose_name="criterium"
    )
    score = models.PositiveSmallIntegerField("score", null=True, blank=True)
    motivation = models.TextField("toelichting", blank=True)

    class Meta:
        verbose_name = "score"
        verbose_name_plural = "scores"
        constraints = [
            models.UniqueConstraint(
                fields=["review", "criterion"], name="score_once_per_criterion"
            ),
            models.CheckConstraint(
                name="score_from_1_to_5", condition=Q(score=None) | Q(score__gte=1, score__lte=5)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.score}"


@pghistory.track()
class CommissionAdvice(models.Model):
    """The advice of the commission on one application (Awb 3:5; Gemeentewet 84)."""

    class Conclusion(models.TextChoices):
        POSITIVE = "positive", "positief"
        POSITIVE_WITH_EFFORT = "positive_with_effort", "positief, met inspanningsverplichting"
        PARTIAL = "partial", "gedeeltelijk positief"
        NEGATIVE = "negative", "negatief"

    application = models.OneToOneField(
        Application, models.PROTECT, related_name="advice", verbose_name="aanvraag"
    )
    state = models.CharField(
        "status", max_length=12, choices=AdviceState, default=AdviceState.DRAFT, editable=False
    )
    conclusion = models.CharField("conclusie", max_length=24, choices=Conclusion, blank=True)
    text = models.TextField("advies", blank=True)
    # The reasons per criterion code, in the words of the commission; the letter prints them beside the scores.
    criterion_texts = models.JSONField("toelichting per criterium", default=dict, blank=True)
    # An effort obligation in four parts, each of which completes a sentence of the letter: what the
    # commission sees, what has to get better (`effort_text`), before when, and what shows it.
    effort_finding = models.TextField("wat de commissie ziet", blank=True)
    effort_text = models.TextField("voorgestelde inspanningsverplichting", blank=True)
    effort_evidence = models.TextField("waaruit dat blijkt", blank=True)
    effort_due_on = models.DateField("te laten zien vóór", null=True, blank=True)
    proposed_amount = models.DecimalField("voorgesteld bedrag", null=True, blank=True, **MONEY)
    # Frozen at adoption: total, final score per criterion code, reviews counted, spread in points.
    score = models.DecimalField("score", max_digits=5, decimal_places=2, null=True, blank=True)
    criterion_scores = models.JSONField("score per criterium", default=dict, blank=True)
    reviews_counted = models.PositiveSmallIntegerField(
        "getelde beoordelingen", null=True, blank=True
    )
    spread = models.DecimalField("spreiding", max_digits=5, decimal_places=2, null=True, blank=True)
    meeting_on = models.DateField("datum vergadering", null=True, blank=True)
    adopted_at = models.DateTimeField("vastgesteld op", null=True, blank=True)
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="vastgesteld door",
    )

    class Meta:
        verbose_name = "advies"
        verbose_name_plural = "adviezen"
        constraints = [
            models.CheckConstraint(
                name="advice_state_is_known", condition=Q(state__in=AdviceState.values)
            ),
            models.CheckConstraint(
                name="advice_adopted_is_complete",
                condition=Q(state__in=[AdviceState.DRAFT, AdviceState.DISCUSSED])
                | (
                    ~Q(conclusion="")
                    & ~Q(text="")
                    & Q(
                        score__isnull=False,
                        reviews_counted__gte=1,
                        adopted_at__isnull=False,
                        adopted_by__isnull=False,
                        meeting_on__isnull=False,
                    )
                ),
                violation_error_message="Een vastgesteld advies heeft een conclusie, een tekst, een score en een vergaderdatum.",
            ),
            models.CheckConstraint(
                name="advice_effort_has_text_and_term",
                condition=~Q(conclusion="positive_with_effort")
                | (~Q(effort_text="") & Q(effort_due_on__isnull=False)),
                violation_error_message="Een inspanningsverplichting heeft een tekst en een datum.",
            ),
        ]

    def __str__(self) -> str:
        return f"advies over {self.application}"
