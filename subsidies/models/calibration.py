"""What a score means, and the case that everybody scores before scoring opens.

What is scored here never counts: it has tables of its own, which no mean, ranking or advice reads.
"""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from subsidies.models.applications import Application
from subsidies.models.commission import CommissionMember
from subsidies.models.rounds import Criterion, SubsidyRound
from subsidies.querysets_calibration import CalibrationQuerySet, CalibrationScoringQuerySet
from subsidies.states_calibration import (
    CALIBRATION_BADGES,
    CALIBRATION_WORKFLOW,
    RUNNING,
    CalibrationState,
)

USER = settings.AUTH_USER_MODEL


@pghistory.track()
class ScoreAnchor(models.Model):
    """What one score on one criterion means. It explains the criterion, which itself is fixed at adoption.

    Fixed from the first review that is submitted in the round: all applications are judged in the same way.
    """

    criterion = models.ForeignKey(
        Criterion, models.CASCADE, related_name="anchors", verbose_name="criterium"
    )
    score = models.PositiveSmallIntegerField("score")
    text = models.CharField("wat deze score betekent", max_length=240)

    class Meta:
        verbose_name = "uitleg bij een score"
        verbose_name_plural = "uitleg bij scores"
        ordering = ["criterion", "score"]
        constraints = [
            models.UniqueConstraint(fields=["criterion", "score"], name="anchor_once_per_score"),
            models.CheckConstraint(
                name="anchor_score_from_1_to_5",
                condition=Q(score__gte=1, score__lte=5),
                violation_error_message="Een score is 1 tot en met 5.",
            ),
            models.CheckConstraint(
                name="anchor_has_a_text",
                condition=~Q(text=""),
                violation_error_message="Uitleg bij een score heeft een tekst.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.score}: {self.text}"


class Calibration(models.Model):
    """An exercise: the members score one anonymous or made-up case and talk about the differences."""

    round = models.ForeignKey(
        SubsidyRound, models.PROTECT, related_name="calibrations", verbose_name="ronde"
    )
    state = models.CharField(
        "status",
        max_length=10,
        choices=CalibrationState,
        default=CalibrationState.DRAFT,
        editable=False,
    )
    title = models.CharField("naam", max_length=120)
    # Where the text came from; no page of the members, and no export, tells it. Empty: a made-up case.
    source = models.ForeignKey(
        Application,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="gemaakt van aanvraag",
    )
    # Nobody submits a review in the round before this exercise is closed or skipped.
    comes_first = models.BooleanField("eerst oefenen, dan beoordelen", default=False)
    opened_at = models.DateTimeField("geopend op", null=True, blank=True)
    # Read the text and found nothing by which somebody knows the applicant.
    opened_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="gecontroleerd en geopend door",
    )
    closed_at = models.DateTimeField("afgesloten op", null=True, blank=True)
    conclusion = models.TextField("conclusie", blank=True)
    skip_reason = models.TextField("waarom overgeslagen", blank=True)

    objects = CalibrationQuerySet.as_manager()

    class Meta:
        verbose_name = "oefening"
        verbose_name_plural = "oefeningen"
        constraints = [
            models.CheckConstraint(
                name="calibration_state_is_known",
                condition=Q(state__in=CalibrationState.values),
                violation_error_message="Deze status van een oefening bestaat niet.",
            ),
            models.CheckConstraint(
                name="calibration_open_is_checked",
                condition=~Q(state__in=[CalibrationState.OPEN, CalibrationState.CLOSED])
                | Q(opened_at__isnull=False, opened_by__isnull=False),
                violation_error_message="Een open oefening is door iemand gecontroleerd.",
            ),
            models.CheckConstraint(
                name="calibration_closed_has_a_conclusion",
                condition=~Q(state=CalibrationState.CLOSED)
                | (Q(closed_at__isnull=False) & ~Q(conclusion="")),
                violation_error_message="Een afgesloten oefening heeft een conclusie.",
            ),
            models.CheckConstraint(
                name="calibration_skipped_says_why",
                condition=~Q(state=CalibrationState.SKIPPED) | ~Q(skip_reason=""),
                violation_error_message="Een overgeslagen oefening heeft een reden.",
            ),
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(state__in=RUNNING),
                name="calibration_one_at_a_time",
                violation_error_message="Er loopt al een oefening in deze ronde.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("subsidies:calibration_detail", args=[self.pk])

    @property
    def badge(self) -> str:
        return CALIBRATION_BADGES[CalibrationState(self.state)]

    @property
    def holds_back(self) -> bool:
        """Reviews of the round wait for it."""
        return self.comes_first and self.state in RUNNING

    @property
    def available_transitions(self):
        return CALIBRATION_WORKFLOW.available_from(self.state)


class CaseSection(models.Model):
    """One part of the case, as a copy of its own: it changes with the secretary only, and not after the opening."""

    calibration = models.ForeignKey(
        Calibration, models.CASCADE, related_name="sections", verbose_name="oefening"
    )
    order = models.PositiveSmallIntegerField("volgorde")
    heading = models.CharField("kop", max_length=120)
    text = models.TextField("tekst", blank=True)

    class Meta:
        verbose_name = "deel van een oefenaanvraag"
        verbose_name_plural = "delen van een oefenaanvraag"
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                name="case_section_has_a_heading",
                condition=~Q(heading=""),
                violation_error_message="Een deel van de oefenaanvraag heeft een kop.",
            ),
        ]

    def __str__(self) -> str:
        return self.heading


class CalibrationScoring(models.Model):
    """What one member makes of the case; once submitted it stays as it is."""

    calibration = models.ForeignKey(
        Calibration, models.PROTECT, related_name="scorings", verbose_name="oefening"
    )
    member = models.ForeignKey(
        CommissionMember, models.PROTECT, related_name="calibrations", verbose_name="lid"
    )
    saved_at = models.DateTimeField("bewaard op")
    submitted_at = models.DateTimeField("ingediend op", null=True, blank=True)

    objects = CalibrationScoringQuerySet.as_manager()

    class Meta:
        verbose_name = "oefenbeoordeling"
        verbose_name_plural = "oefenbeoordelingen"
        constraints = [
            models.UniqueConstraint(
                fields=["calibration", "member"],
                name="calibration_scoring_once_per_member",
                violation_error_message="Dit lid heeft de oefenaanvraag al beoordeeld.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.calibration}"


class CalibrationScore(models.Model):
    """The score of one member on one criterion of the case, 1 to 5, with the reasons."""

    scoring = models.ForeignKey(
        CalibrationScoring, models.CASCADE, related_name="scores", verbose_name="oefenbeoordeling"
    )
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, related_name="+", verbose_name="criterium"
    )
    score = models.PositiveSmallIntegerField("score", null=True, blank=True)
    motivation = models.TextField("toelichting", blank=True)

    class Meta:
        verbose_name = "oefenscore"
        verbose_name_plural = "oefenscores"
        constraints = [
            models.UniqueConstraint(
                fields=["scoring", "criterion"], name="calibration_score_once_per_criterion"
            ),
            models.CheckConstraint(
                name="calibration_score_from_1_to_5",
                condition=Q(score=None) | Q(score__gte=1, score__lte=5),
                violation_error_message="Een score is 1 tot en met 5.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.score}"
