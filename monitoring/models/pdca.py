"""What people make of the figures of a year: review, conclusion, the words of the parties, and a change that follows."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from agreements.models import AgreedResult, AgreementVersion, Goal
from ikc.models import Organisation
from monitoring.models.measuring import Return
from monitoring.querysets_pdca import ConclusionQuerySet, OfReturnQuerySet
from monitoring.states_pdca import (
    REVIEW_BADGES,
    VERDICT_BADGES,
    ConclusionState,
    ReviewState,
    Verdict,
)

# Of each of the four answers; the report has room for so many.
MOST_WORDS = 120
TOO_LONG = rf"^\s*(\S+\s+){{{MOST_WORDS}}}\S"
QUESTIONS = ("recognise", "explain", "value", "improve")


@pghistory.track()
class GoalReview(models.Model):
    """The four questions about one goal in one year: herkennen, verklaren, waarderen, verbeteren."""

    of_return = models.ForeignKey(
        Return, models.PROTECT, related_name="reviews", verbose_name="aanlevering"
    )
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="reviews", verbose_name="doel")
    recognise = models.TextField("herkennen", blank=True)
    explain = models.TextField("verklaren", blank=True)
    value = models.TextField("waarderen", blank=True)
    improve = models.TextField("verbeteren", blank=True)
    state = models.CharField(
        "status", max_length=5, choices=ReviewState, default=ReviewState.DRAFT, editable=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="geschreven door"
    )
    written_at = models.DateTimeField("geschreven op")

    objects = OfReturnQuerySet.as_manager()

    class Meta:
        verbose_name = "terugblik op een doel"
        verbose_name_plural = "terugblikken op doelen"
        constraints = [
            models.UniqueConstraint(fields=["of_return", "goal"], name="goal_review_once"),
            models.CheckConstraint(
                name="goal_review_state_is_known", condition=Q(state__in=ReviewState.values)
            ),
            models.CheckConstraint(
                name="goal_review_done_answers_all",
                condition=Q(state="draft")
                | ~Q(recognise="") & ~Q(explain="") & ~Q(value="") & ~Q(improve=""),
                violation_error_message="Beantwoord eerst alle vier de vragen.",
            ),
            models.CheckConstraint(
                name="goal_review_answers_are_short",
                condition=~Q(recognise__regex=TOO_LONG)
                & ~Q(explain__regex=TOO_LONG)
                & ~Q(value__regex=TOO_LONG)
                & ~Q(improve__regex=TOO_LONG),
                violation_error_message=f"Een antwoord is hoogstens {MOST_WORDS} woorden.",
            ),
        ]

    def __str__(self) -> str:
        return f"terugblik op {self.goal}, {self.of_return}"

    @property
    def badge(self) -> str:
        return REVIEW_BADGES[ReviewState(self.state)]

    @property
    def is_done(self) -> bool:
        return self.state == ReviewState.DONE


@pghistory.track()
class Conclusion(models.Model):
    """What is concluded about one agreed result in one year, beside what the rules suggest."""

    of_return = models.ForeignKey(
        Return, models.PROTECT, related_name="conclusions", verbose_name="aanlevering"
    )
    result = models.ForeignKey(
        AgreedResult, models.PROTECT, related_name="conclusions", verbose_name="beoogd resultaat"
    )
    suggested = models.CharField("rekenoordeel", max_length=14, choices=Verdict)
    verdict = models.CharField("oordeel", max_length=14, choices=Verdict)
    override_reason = models.TextField("waarom anders dan de rekenregels", blank=True)
    # Invariant 15: a red or amber core indicator has an action, or this.
    no_action_reason = models.TextField("waarom geen actie", blank=True)
    state = models.CharField(
        "status",
        max_length=8,
        choices=ConclusionState,
        default=ConclusionState.PROPOSED,
        editable=False,
    )
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="voorgesteld door",
    )
    concluded_at = models.DateTimeField("voorgesteld op")

    objects = ConclusionQuerySet.as_manager()

    class Meta:
        verbose_name = "conclusie"
        verbose_name_plural = "conclusies"
        constraints = [
            models.UniqueConstraint(
                fields=["of_return", "result"], name="conclusion_once_per_result"
            ),
            models.CheckConstraint(
                name="conclusion_words_are_known",
                condition=Q(
                    suggested__in=Verdict.values,
                    verdict__in=Verdict.values,
                    state__in=ConclusionState.values,
                ),
            ),
            models.CheckConstraint(
                name="conclusion_other_verdict_has_a_reason",
                condition=Q(verdict=F("suggested")) | ~Q(override_reason=""),
                violation_error_message="Schrijf op waarom u anders oordeelt dan de rekenregels.",
            ),
        ]

    def __str__(self) -> str:
        return f"conclusie over {self.result}"

    def get_absolute_url(self) -> str:
        page = reverse("monitoring:goal_review", args=[self.of_return_id, self.result.goal_id])
        return f"{page}#resultaat-{self.result_id}"

    @property
    def badge(self) -> str:
        return VERDICT_BADGES[Verdict(self.verdict)]

    @property
    def is_adopted(self) -> bool:
        return self.state == ConclusionState.ADOPTED

    @property
    def differs(self) -> bool:
        """People judge otherwise than the rules."""
        return self.verdict != self.suggested

    @property
    def asks_amendment(self) -> bool:
        return self.verdict == Verdict.AMEND


class ConclusionReply(models.Model):
    """What a school board or childcare organisation says to a conclusion (hoor en wederhoor); it stays as it was written."""

    conclusion = models.ForeignKey(
        Conclusion, models.PROTECT, related_name="replies", verbose_name="conclusie"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="namens"
    )
    text = models.TextField("reactie")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="geschreven door"
    )
    written_at = models.DateTimeField("geschreven op")

    class Meta:
        verbose_name = "reactie op een conclusie"
        verbose_name_plural = "reacties op conclusies"
        constraints = [
            models.CheckConstraint(name="conclusion_reply_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"reactie van {self.organisation}"


class AmendmentTrigger(models.Model):
    """A conclusion that led to another text of the agreement (bijstellen)."""

    conclusion = models.OneToOneField(
        Conclusion, models.PROTECT, related_name="amendment", verbose_name="conclusie"
    )
    version = models.OneToOneField(
        AgreementVersion, models.PROTECT, related_name="trigger", verbose_name="versie"
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="gestart door"
    )
    started_at = models.DateTimeField("gestart op")

    class Meta:
        verbose_name = "aanleiding van een bijstelling"
        verbose_name_plural = "aanleidingen van bijstellingen"

    def __str__(self) -> str:
        return f"{self.conclusion} → {self.version}"
