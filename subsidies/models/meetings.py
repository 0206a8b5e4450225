"""The meetings of the commission: agenda, who was there, who left, what was asked, changed and voted (domain 3.4, 6.3)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThanOrEqual
from django.urls import reverse

from subsidies.models.applications import Application
from subsidies.models.commission import CommissionAdvice, CommissionMember, Review
from subsidies.models.rounds import Criterion, SubsidyRound
from subsidies.querysets_meetings import AgendaItemQuerySet, MeetingQuerySet
from subsidies.scoring import MOTIVATION_LENGTH
from subsidies.states_meetings import MEETING_WORKFLOW, MeetingState

USER = settings.AUTH_USER_MODEL


class CommissionMeeting(models.Model):
    """One meeting of the commission in a round. Its minutes are kept for ever (domain reference 8.4)."""

    round = models.ForeignKey(
        SubsidyRound, models.PROTECT, related_name="meetings", verbose_name="ronde"
    )
    state = models.CharField(
        "status",
        max_length=10,
        choices=MeetingState,
        default=MeetingState.PLANNED,
        editable=False,
    )
    starts_at = models.DateTimeField("begint op")
    place = models.CharField("plaats", max_length=200, blank=True)
    video_url = models.URLField("adres van de videovergadering", max_length=300, blank=True)
    # Until then the applicants may answer the questions that were sent to them.
    answers_until = models.DateTimeField("antwoorden tot", null=True, blank=True)
    adopted_at = models.DateTimeField("verslag vastgesteld op", null=True, blank=True)
    adopted_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="verslag vastgesteld door",
    )
    cancelled_at = models.DateTimeField("afgezegd op", null=True, blank=True)
    cancel_reason = models.TextField("waarom de vergadering niet doorgaat", blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "vergadering"
        verbose_name_plural = "vergaderingen"
        constraints = [
            models.CheckConstraint(
                name="meeting_state_is_known",
                condition=Q(state__in=MeetingState.values),
                violation_error_message="Deze status van een vergadering bestaat niet.",
            ),
            models.CheckConstraint(
                name="meeting_is_somewhere",
                condition=~Q(place="", video_url=""),
                violation_error_message="Een vergadering heeft een plaats of een adres voor video.",
            ),
            models.CheckConstraint(
                name="meeting_minutes_are_signed",
                condition=Q(state=MeetingState.ADOPTED, adopted_at__isnull=False)
                & Q(adopted_by__isnull=False)
                | ~Q(state=MeetingState.ADOPTED) & Q(adopted_at=None, adopted_by=None),
                violation_error_message="Bij een vastgesteld verslag staat door wie en wanneer.",
            ),
            models.CheckConstraint(
                name="meeting_cancelled_says_why",
                condition=Q(state=MeetingState.CANCELLED, cancelled_at__isnull=False)
                & ~Q(cancel_reason="")
                | ~Q(state=MeetingState.CANCELLED) & Q(cancelled_at=None, cancel_reason=""),
                violation_error_message="Bij een afgezegde vergadering staat wanneer en waarom.",
            ),
        ]

    def __str__(self) -> str:
        return f"vergadering van {self.round}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:meeting_detail", args=[self.pk])

    @property
    def available_transitions(self):
        return MEETING_WORKFLOW.available_from(self.state)


class AgendaItem(models.Model):
    """The slot of one application: the conversation with the applicant, and what the commission does with it."""

    meeting = models.ForeignKey(
        CommissionMeeting, models.PROTECT, related_name="items", verbose_name="vergadering"
    )
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="agenda_items", verbose_name="aanvraag"
    )
    starts_at = models.DateTimeField("begint op")
    minutes = models.PositiveSmallIntegerField("duur in minuten")
    invited_at = models.DateTimeField("uitgenodigd op", null=True, blank=True)
    # How often the invitation changed: the SEQUENCE of the calendar file (RFC 5545 3.8.7.4).
    sequence = models.PositiveSmallIntegerField("volgnummer van de uitnodiging", default=0)
    # The questions of the members, put together by the secretary, without names.
    questions = models.TextField("vragen", blank=True)
    questions_sent_at = models.DateTimeField("vragen verstuurd op", null=True, blank=True)
    answer = models.TextField("antwoord", blank=True)
    answered_at = models.DateTimeField("beantwoord op", null=True, blank=True)
    answered_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="beantwoord door",
    )

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = "agendapunt"
        verbose_name_plural = "agendapunten"
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "application"],
                name="agenda_item_once_per_meeting",
                violation_error_message="Deze aanvraag staat al op de agenda.",
            ),
            models.CheckConstraint(
                name="agenda_item_lasts_5_to_240_minutes",
                condition=Q(minutes__gte=5, minutes__lte=240),
                violation_error_message="Een agendapunt duurt 5 tot 240 minuten.",
            ),
            models.CheckConstraint(
                name="agenda_item_answer_follows_questions",
                condition=Q(answer="", answered_at=None, answered_by=None)
                | ~Q(answer="")
                & ~Q(questions="")
                & Q(questions_sent_at__isnull=False, answered_at__isnull=False)
                & Q(answered_by__isnull=False),
                violation_error_message="Een antwoord hoort bij vragen die zijn verstuurd.",
            ),
        ]

    def __str__(self) -> str:
        return f"agendapunt over {self.application}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:agenda_item", args=[self.pk])

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


class MeetingAttendance(models.Model):
    """Whether a member was at a meeting."""

    meeting = models.ForeignKey(
        CommissionMeeting, models.PROTECT, related_name="attendance", verbose_name="vergadering"
    )
    member = models.ForeignKey(
        CommissionMember, models.PROTECT, related_name="attendance", verbose_name="lid"
    )
    present = models.BooleanField("aanwezig")

    class Meta:
        verbose_name = "aanwezigheid"
        verbose_name_plural = "aanwezigheid"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "member"], name="attendance_once_per_member"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {'aanwezig' if self.present else 'afwezig'}"


class ItemRecusal(models.Model):
    """A member who was at the meeting and left at an item, because of an interest (Awb 2:4; rule C7)."""

    class Reason(models.TextChoices):
        INTEREST = "interest", "belang bij deze aanvraag"
        COMPETING = "competing", "belang bij een concurrerende aanvraag"
        UNDECLARED = "undeclared", "geen belangenverklaring voor deze ronde"

    item = models.ForeignKey(
        AgendaItem, models.PROTECT, related_name="recusals", verbose_name="agendapunt"
    )
    member = models.ForeignKey(
        CommissionMember, models.PROTECT, related_name="recusals", verbose_name="lid"
    )
    reason = models.CharField("reden", max_length=12, choices=Reason)
    minuted_at = models.DateTimeField("genotuleerd op")

    class Meta:
        verbose_name = "onthouding bij een agendapunt"
        verbose_name_plural = "onthoudingen bij agendapunten"
        constraints = [
            models.UniqueConstraint(fields=["item", "member"], name="item_recusal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member} verliet {self.item}"


class MemberQuestion(models.Model):
    """What a member would like to ask the applicant; read by the secretary, who makes one text of all."""

    item = models.ForeignKey(
        AgendaItem, models.PROTECT, related_name="member_questions", verbose_name="agendapunt"
    )
    member = models.ForeignKey(
        CommissionMember, models.PROTECT, related_name="questions", verbose_name="lid"
    )
    text = models.TextField("vraag")
    asked_at = models.DateTimeField("gesteld op")

    class Meta:
        verbose_name = "vraag van een lid"
        verbose_name_plural = "vragen van leden"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="member_question_has_a_text",
                condition=~Q(text=""),
                violation_error_message="Een vraag heeft een tekst.",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class ItemVote(models.Model):
    """What one member voted on the advice. The database refuses who has an interest or was not there."""

    class Vote(models.TextChoices):
        FOR = "for", "voor"
        AGAINST = "against", "tegen"
        ABSTAINED = "abstained", "onthouden"

    item = models.ForeignKey(
        AgendaItem, models.PROTECT, related_name="votes", verbose_name="agendapunt"
    )
    member = models.ForeignKey(
        CommissionMember, models.PROTECT, related_name="votes", verbose_name="lid"
    )
    vote = models.CharField("stem", max_length=10, choices=Vote)

    class Meta:
        verbose_name = "stem"
        verbose_name_plural = "stemmen"
        constraints = [
            models.UniqueConstraint(fields=["item", "member"], name="item_vote_once_per_member"),
            models.CheckConstraint(
                name="item_vote_is_known",
                condition=Q(vote__in=["for", "against", "abstained"]),
                violation_error_message="Een stem is voor, tegen of onthouden.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.get_vote_display()}"


class ScoreChange(models.Model):
    """A score changed after the conversation, with why; the row never changes (domain reference 4.2).

    Of a member's own score (`review`), or of the final score of a criterion by the commission (no `review`).
    """

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="score_changes", verbose_name="aanvraag"
    )
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, related_name="score_changes", verbose_name="criterium"
    )
    review = models.ForeignKey(
        Review,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="score_changes",
        verbose_name="beoordeling",
    )
    before = models.DecimalField("was", max_digits=3, decimal_places=2)
    after = models.DecimalField("wordt", max_digits=3, decimal_places=2)
    reason = models.TextField("motivering")
    changed_at = models.DateTimeField("veranderd op")
    changed_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="veranderd door"
    )

    class Meta:
        verbose_name = "veranderde score"
        verbose_name_plural = "veranderde scores"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="score_change_is_from_1_to_5",
                condition=Q(before__gte=1, before__lte=5, after__gte=1, after__lte=5),
                violation_error_message="Een score is 1 tot en met 5.",
            ),
            models.CheckConstraint(
                name="score_change_is_a_change",
                condition=~Q(before=models.F("after")),
                violation_error_message="De nieuwe score is dezelfde als de oude.",
            ),
            models.CheckConstraint(
                name="score_change_says_why",
                condition=GreaterThanOrEqual(Length(Trim("reason")), MOTIVATION_LENGTH),
                violation_error_message="Leg in ten minste 30 tekens uit waarom de score verandert.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: van {self.before} naar {self.after}"


class AdviceResponse(models.Model):
    """What a member who was there says of the text of an advice: agrees (no comment), or comments.

    It is about the text as it stood (`digest`); when the text changes, everybody is asked anew.
    """

    advice = models.ForeignKey(
        CommissionAdvice, models.PROTECT, related_name="responses", verbose_name="advies"
    )
    member = models.ForeignKey(
        CommissionMember, models.PROTECT, related_name="advice_responses", verbose_name="lid"
    )
    digest = models.CharField("vingerafdruk van de tekst", max_length=64)
    comment = models.TextField("opmerking", blank=True)
    given_at = models.DateTimeField("gegeven op")
    answer = models.TextField("antwoord van de secretaris", blank=True)
    answered_at = models.DateTimeField("beantwoord op", null=True, blank=True)

    class Meta:
        verbose_name = "reactie op een advies"
        verbose_name_plural = "reacties op een advies"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["advice", "member", "digest"],
                name="advice_response_once_per_text",
                violation_error_message="U hebt al op deze tekst gereageerd.",
            ),
            models.CheckConstraint(
                name="advice_response_answer_is_dated",
                condition=Q(answer="", answered_at=None)
                | ~Q(answer="") & ~Q(comment="") & Q(answered_at__isnull=False),
                violation_error_message="Een antwoord hoort bij een opmerking en heeft een moment.",
            ),
        ]

    def __str__(self) -> str:
        return f"reactie van {self.member}"

    @property
    def is_open(self) -> bool:
        """A comment that nobody answered yet."""
        return bool(self.comment) and not self.answer
