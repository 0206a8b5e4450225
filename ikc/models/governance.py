"""Where parties meet about the programme: bodies, meetings, agenda, decisions and actions (domain reference 1.7)."""

from datetime import date

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ikc.models.organisations import Organisation
from ikc.querysets_governance import (
    ActionItemQuerySet,
    BodyMemberQuerySet,
    BodyQuerySet,
    ConsultationItemQuerySet,
    ConsultationQuerySet,
)
from ikc.states_governance import (
    ACTION_BADGES,
    CONSULTATION_BADGES,
    TOOK_PLACE,
    ActionState,
    BodyKind,
    ConsultationState,
    ItemOutcome,
    ItemPurpose,
)
from kvk2.core.periods import one_at_a_time


class Body(models.Model):
    """A group that meets: the bestuurlijk overleg, the Ontwikkelgroep, or a working group for one subject."""

    kind = models.CharField("soort", max_length=20, choices=BodyKind)
    name = models.CharField("naam", max_length=120, unique=True)
    purpose = models.TextField("waarvoor", blank=True)
    started_on = models.DateField("begonnen op")
    ended_on = models.DateField("laatste dag", null=True, blank=True)
    is_demo = models.BooleanField("demonstratiegegeven", default=False)

    # What `with_counts` adds.
    member_count: int
    meeting_count: int
    open_actions: int
    next_on: date | None

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = "overleggroep"
        verbose_name_plural = "overleggroepen"
        constraints = [
            models.CheckConstraint(
                name="body_kind_is_known", condition=Q(kind__in=BodyKind.values)
            ),
            models.CheckConstraint(
                name="body_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                violation_error_message="De laatste dag ligt vóór het begin.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("ikc:body_detail", args=[self.pk])


class BodyMember(models.Model):
    """Somebody who takes part in a body for an organisation, in a period; with an account they see its meetings."""

    body = models.ForeignKey(
        Body, models.PROTECT, related_name="members", verbose_name="overleggroep"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships", verbose_name="lid"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="namens"
    )
    function = models.CharField("functie in de groep", max_length=60, default="lid")
    valid_from = models.DateField("vanaf")
    valid_until = models.DateField("tot en met", null=True, blank=True)

    objects = BodyMemberQuerySet.as_manager()

    class Meta:
        verbose_name = "lid van een overleggroep"
        verbose_name_plural = "leden van overleggroepen"
        constraints = [
            one_at_a_time(
                "body_member_not_twice_at_once",
                "body",
                "user",
                message="Deze persoon is in deze periode al lid.",
            ),
            models.CheckConstraint(
                name="body_member_ends_after_start",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                violation_error_message="De laatste dag ligt vóór het begin.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.body}"


class Consultation(models.Model):
    """One meeting of a body. What happened in it is fixed when its minutes are adopted (trigger)."""

    body = models.ForeignKey(
        Body, models.PROTECT, related_name="meetings", verbose_name="overleggroep"
    )
    takes_place_on = models.DateField("datum")
    starts_at = models.TimeField("begin", null=True, blank=True)
    location = models.CharField("plaats", max_length=120, blank=True)
    state = models.CharField(
        "status",
        max_length=10,
        choices=ConsultationState,
        default=ConsultationState.PLANNED,
        editable=False,
    )
    attendance = models.TextField("aanwezig", blank=True)
    cancel_reason = models.CharField("reden van afzeggen", max_length=300, blank=True)
    adopted_on = models.DateField("verslag vastgesteld op", null=True, blank=True)

    # What `with_counts` adds.
    item_count: int
    decision_count: int

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = "overleg"
        verbose_name_plural = "overleggen"
        constraints = [
            models.UniqueConstraint(
                fields=["body", "takes_place_on"],
                condition=~Q(state="cancelled"),
                name="consultation_once_a_day",
                violation_error_message="Op deze dag komt deze groep al bijeen.",
            ),
            models.CheckConstraint(
                name="consultation_state_is_known", condition=Q(state__in=ConsultationState.values)
            ),
            models.CheckConstraint(
                name="consultation_adopted_has_a_day",
                condition=Q(state="adopted", adopted_on__isnull=False)
                | (~Q(state="adopted") & Q(adopted_on=None)),
            ),
            models.CheckConstraint(
                name="consultation_cancelled_has_a_reason",
                condition=~Q(state="cancelled") | ~Q(cancel_reason=""),
                violation_error_message="Schrijf op waarom het overleg niet doorgaat.",
            ),
        ]
        indexes = [models.Index(fields=["-takes_place_on", "-id"], name="consultation_by_day")]

    def __str__(self) -> str:
        return f"{self.body} van {self.takes_place_on:%-d-%-m-%Y}"

    def get_absolute_url(self) -> str:
        return reverse("ikc:consultation_detail", args=[self.pk])

    @property
    def badge(self) -> str:
        return CONSULTATION_BADGES[ConsultationState(self.state)]

    @property
    def is_planned(self) -> bool:
        return self.state == ConsultationState.PLANNED

    @property
    def took_place(self) -> bool:
        return self.state in TOOK_PLACE

    @property
    def is_open(self) -> bool:
        """Whether agenda and minutes may still be written."""
        return self.state in (ConsultationState.PLANNED, ConsultationState.HELD)


class AgendaItem(models.Model):
    """One point of a meeting, and what it is about: an area review, a status Plus, an agreement, an IKC."""

    meeting = models.ForeignKey(
        Consultation, models.PROTECT, related_name="items", verbose_name="overleg"
    )
    number = models.PositiveSmallIntegerField("nummer")
    title = models.CharField("onderwerp", max_length=160)
    purpose = models.CharField("waarvoor", max_length=10, choices=ItemPurpose)
    explanation = models.TextField("toelichting", blank=True)
    subject_type = models.ForeignKey(
        ContentType, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    subject_id = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    subject = GenericForeignKey("subject_type", "subject_id")
    outcome = models.CharField("uitkomst", max_length=10, choices=ItemOutcome, blank=True)
    minutes = models.TextField("verslag", blank=True)

    objects = ConsultationItemQuerySet.as_manager()

    class Meta:
        verbose_name = "agendapunt"
        verbose_name_plural = "agendapunten"
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="agenda_item_number"),
            models.CheckConstraint(
                name="agenda_item_purpose_is_known", condition=Q(purpose__in=ItemPurpose.values)
            ),
            models.CheckConstraint(
                name="agenda_item_outcome_is_known",
                condition=Q(outcome__in=["", *ItemOutcome.values]),
            ),
            models.CheckConstraint(
                name="agenda_item_subject_is_whole",
                condition=Q(subject_type=None, subject_id=None)
                | Q(subject_type__isnull=False, subject_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="agenda_item_by_subject")
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('ikc:consultation_detail', args=[self.meeting_id])}#punt-{self.pk}"


class ConsultationDecision(models.Model):
    """What a body decided on a point. It is no decision in the sense of the law: the college takes those."""

    item = models.ForeignKey(
        AgendaItem, models.PROTECT, related_name="decisions", verbose_name="agendapunt"
    )
    reference = models.CharField("kenmerk", max_length=30, unique=True)
    text = models.TextField("besluit")

    class Meta:
        verbose_name = "besluit van een overleg"
        verbose_name_plural = "besluiten van overleggen"
        constraints = [
            models.CheckConstraint(
                name="consultation_decision_says_something", condition=~Q(text="")
            )
        ]

    def __str__(self) -> str:
        return self.reference


class ActionItem(models.Model):
    """What somebody will do before a day, as agreed in a body."""

    body = models.ForeignKey(
        Body, models.PROTECT, related_name="actions", verbose_name="overleggroep"
    )
    item = models.ForeignKey(
        AgendaItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name="agendapunt",
    )
    title = models.CharField("actie", max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="actions", verbose_name="wie"
    )
    agreed_on = models.DateField("afgesproken op")
    due_on = models.DateField("uiterlijk")
    state = models.CharField(
        "status", max_length=8, choices=ActionState, default=ActionState.OPEN, editable=False
    )
    result = models.CharField("wat het opleverde", max_length=300, blank=True)
    closed_on = models.DateField("afgerond op", null=True, blank=True)

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        verbose_name = "actie uit een overleg"
        verbose_name_plural = "acties uit overleggen"
        constraints = [
            models.CheckConstraint(
                name="action_item_state_is_known", condition=Q(state__in=ActionState.values)
            ),
            models.CheckConstraint(
                name="action_item_due_after_it_was_agreed",
                condition=Q(due_on__gte=F("agreed_on")),
                violation_error_message="De uiterste dag ligt vóór de dag waarop de actie is afgesproken.",
            ),
            models.CheckConstraint(
                name="action_item_closed_says_how",
                condition=Q(state="open", closed_on=None, result="")
                | (~Q(state="open") & Q(closed_on__isnull=False) & ~Q(result="")),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_on"], name="action_item_by_state"),
            models.Index(fields=["owner", "state"], name="action_item_by_owner"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("ikc:action_detail", args=[self.pk])

    @property
    def badge(self) -> str:
        return ACTION_BADGES[ActionState(self.state)]

    @property
    def is_open(self) -> bool:
        return self.state == ActionState.OPEN
