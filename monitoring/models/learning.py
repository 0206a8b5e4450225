"""What IKCs learn from one another: cards of what works, who does it too, questions, and meetings around them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from agreements.models import Goal
from ikc.models import Ikc
from monitoring.models.acting import Action
from monitoring.querysets_learning import LearningMeetingQuerySet, PracticeQuerySet
from monitoring.states_pdca import PRACTICE_BADGES, AgeGroup, MeetingKind, PracticeState


class Practice(models.Model):
    """What an IKC did, for whom, what it took and what was seen; shared when the IKC agrees to be named."""

    # A card follows from an action whose effect somebody judged; a trigger knows the effect.
    action = models.OneToOneField(
        Action, models.PROTECT, related_name="practice", verbose_name="actie"
    )
    ikc = models.ForeignKey(Ikc, models.PROTECT, related_name="practices", verbose_name="IKC")
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="practices", verbose_name="doel")
    title = models.CharField("titel", max_length=120)
    what = models.TextField("wat u deed")
    for_whom = models.CharField("voor wie", max_length=200)
    age_group = models.CharField("leeftijd", max_length=6, choices=AgeGroup)
    took = models.TextField("wat het vroeg")
    seen = models.TextField("wat er te zien was")
    state = models.CharField(
        "status", max_length=9, choices=PracticeState, default=PracticeState.DRAFT, editable=False
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="geschreven door"
    )
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="akkoord van",
    )
    agreed_at = models.DateTimeField("akkoord op", null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="gedeeld door",
    )
    published_at = models.DateTimeField("gedeeld op", null=True, blank=True)

    objects = PracticeQuerySet.as_manager()

    class Meta:
        verbose_name = "praktijkkaart"
        verbose_name_plural = "praktijkkaarten"
        constraints = [
            models.CheckConstraint(
                name="practice_words_are_known",
                condition=Q(state__in=PracticeState.values, age_group__in=AgeGroup.values),
            ),
            models.CheckConstraint(
                name="practice_shared_with_consent",
                condition=~Q(state__in=["agreed", "published"])
                | Q(agreed_by__isnull=False, agreed_at__isnull=False),
                violation_error_message="Het IKC gaat eerst akkoord met het noemen van zijn naam.",
            ),
            models.CheckConstraint(
                name="practice_published_by_somebody",
                condition=~Q(state="published")
                | Q(published_by__isnull=False, published_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "goal"], name="practice_by_goal"),
            models.Index(fields=["state", "age_group"], name="practice_by_age"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("monitoring:practice_detail", args=[self.pk])

    @property
    def badge(self) -> str:
        return PRACTICE_BADGES[PracticeState(self.state)]

    @property
    def is_published(self) -> bool:
        return self.state == PracticeState.PUBLISHED

    @property
    def is_draft(self) -> bool:
        return self.state == PracticeState.DRAFT


class PracticeAdoption(models.Model):
    """Another IKC does this too."""

    practice = models.ForeignKey(
        Practice, models.PROTECT, related_name="adoptions", verbose_name="praktijkkaart"
    )
    ikc = models.ForeignKey(Ikc, models.PROTECT, related_name="+", verbose_name="IKC")
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="gezegd door"
    )
    said_at = models.DateTimeField("gezegd op")

    class Meta:
        verbose_name = "navolging van een praktijkkaart"
        verbose_name_plural = "navolgingen van praktijkkaarten"
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "ikc"],
                name="practice_adoption_once",
                violation_error_message="Uw IKC staat er al bij.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ikc} doet dit ook"


class PracticeQuestion(models.Model):
    """A question about a card, and the answer of the IKC."""

    practice = models.ForeignKey(
        Practice, models.PROTECT, related_name="questions", verbose_name="praktijkkaart"
    )
    text = models.TextField("vraag")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="gevraagd door"
    )
    asked_at = models.DateTimeField("gevraagd op")
    answer = models.TextField("antwoord", blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="beantwoord door",
    )
    answered_at = models.DateTimeField("beantwoord op", null=True, blank=True)

    class Meta:
        verbose_name = "vraag bij een praktijkkaart"
        verbose_name_plural = "vragen bij praktijkkaarten"
        constraints = [
            models.CheckConstraint(name="practice_question_asks", condition=~Q(text="")),
            models.CheckConstraint(
                name="practice_answer_is_whole",
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class LearningMeeting(models.Model):
    """A training or a meeting around what works, with room for so many."""

    title = models.CharField("titel", max_length=120)
    kind = models.CharField("soort", max_length=8, choices=MeetingKind)
    takes_place_on = models.DateField("datum")
    starts_at = models.TimeField("begin")
    location = models.CharField("plaats", max_length=120)
    about = models.TextField("waarover")
    places = models.PositiveSmallIntegerField("aantal plaatsen")
    practices = models.ManyToManyField(
        Practice, blank=True, related_name="meetings", verbose_name="praktijkkaarten"
    )
    cancel_reason = models.CharField("reden van afzeggen", max_length=300, blank=True)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="gepland door"
    )

    objects = LearningMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "leerbijeenkomst"
        verbose_name_plural = "leerbijeenkomsten"
        constraints = [
            models.CheckConstraint(
                name="learning_meeting_kind_is_known", condition=Q(kind__in=MeetingKind.values)
            ),
            models.CheckConstraint(
                name="learning_meeting_has_places",
                condition=Q(places__gte=1, places__lte=500),
                violation_error_message="Er zijn 1 tot en met 500 plaatsen.",
            ),
        ]
        indexes = [models.Index(fields=["takes_place_on"], name="learning_meeting_by_day")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("monitoring:meeting_detail", args=[self.pk])

    @property
    def is_cancelled(self) -> bool:
        return bool(self.cancel_reason)


class LearningSignup(models.Model):
    """Somebody comes to a meeting; a trigger keeps it from getting too full."""

    meeting = models.ForeignKey(
        LearningMeeting, models.PROTECT, related_name="signups", verbose_name="leerbijeenkomst"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="wie"
    )
    signed_up_at = models.DateTimeField("aangemeld op")

    class Meta:
        verbose_name = "aanmelding"
        verbose_name_plural = "aanmeldingen"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "user"],
                name="learning_signup_once",
                violation_error_message="U bent al aangemeld.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} bij {self.meeting}"
