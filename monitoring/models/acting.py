"""What is done because of a conclusion, and the plan of the IKC in which it has its place."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from agreements.models import Measure, ProgrammeYear
from ikc.models import Ikc
from monitoring.models.pdca import Conclusion
from monitoring.querysets_pdca import ActionQuerySet, YearPlanQuerySet
from monitoring.states_pdca import (
    ACTION_BADGES,
    AGREED_ACTIONS,
    EFFECT_BADGES,
    OPEN_ACTIONS,
    SETTLED_EFFECTS,
    ActionState,
    Effect,
)


class YearPlan(models.Model):
    """The yearly plan of an IKC (IKC-jaarplan), with which the cycle of measuring coincides."""

    ikc = models.ForeignKey(Ikc, models.PROTECT, related_name="year_plans", verbose_name="IKC")
    year = models.ForeignKey(
        ProgrammeYear, models.PROTECT, related_name="year_plans", verbose_name="schooljaar"
    )
    focus = models.TextField("waar het dit jaar om gaat", blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="gemaakt door"
    )
    written_at = models.DateTimeField("gemaakt op")

    objects = YearPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "jaarplan"
        verbose_name_plural = "jaarplannen"
        constraints = [
            models.UniqueConstraint(
                fields=["ikc", "year"],
                name="year_plan_once",
                violation_error_message="Voor dit schooljaar is er al een jaarplan.",
            ),
        ]

    def __str__(self) -> str:
        return f"jaarplan {self.ikc} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("monitoring:year_plan_detail", args=[self.pk])


class YearPlanItem(models.Model):
    """One subject of a yearly plan; it may carry out a measure of the agreement, and actions have their place in it."""

    plan = models.ForeignKey(
        YearPlan, models.PROTECT, related_name="items", verbose_name="jaarplan"
    )
    title = models.CharField("onderwerp", max_length=200)
    measure = models.ForeignKey(
        Measure,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="plan_items",
        verbose_name="maatregel",
    )

    class Meta:
        verbose_name = "onderwerp van een jaarplan"
        verbose_name_plural = "onderwerpen van een jaarplan"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "title"],
                name="year_plan_item_once",
                violation_error_message="Dit onderwerp staat al in het jaarplan.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Action(models.Model):
    """What somebody does because of a conclusion, until when, and whether it works: judged by somebody else."""

    conclusion = models.ForeignKey(
        Conclusion, models.PROTECT, related_name="actions", verbose_name="conclusie"
    )
    title = models.CharField("actie", max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="improvement_actions",
        verbose_name="wie",
    )
    created_on = models.DateField("afgesproken op")
    due_on = models.DateField("klaar op")
    state = models.CharField(
        "status", max_length=8, choices=ActionState, default=ActionState.PLANNED, editable=False
    )
    result = models.TextField("wat er is gedaan, of waarom niet", blank=True)
    closed_on = models.DateField("afgerond op", null=True, blank=True)
    plan_item = models.ForeignKey(
        YearPlanItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name="plek in het jaarplan",
    )
    effect_check_on = models.DateField("effect bekijken op")
    effect = models.CharField("effect", max_length=9, choices=Effect, blank=True)
    effect_note = models.TextField("wat er te zien is", blank=True)
    effect_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="effect beoordeeld door",
    )
    effect_on = models.DateField("effect beoordeeld op", null=True, blank=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = "verbeteractie"
        verbose_name_plural = "verbeteracties"
        constraints = [
            models.CheckConstraint(
                name="action_words_are_known",
                condition=Q(state__in=ActionState.values, effect__in=["", *Effect.values]),
            ),
            models.CheckConstraint(
                name="action_due_after_it_was_agreed",
                condition=Q(due_on__gte=F("created_on")),
                violation_error_message="De actie is klaar vóór zij is afgesproken. Kies een latere dag.",
            ),
            models.CheckConstraint(
                name="action_effect_after_it_is_due",
                condition=Q(effect_check_on__gte=F("due_on")),
                violation_error_message="Bekijk het effect niet eerder dan de dag waarop de actie klaar is.",
            ),
            models.CheckConstraint(
                name="action_closed_says_how",
                condition=Q(state__in=OPEN_ACTIONS, closed_on=None)
                | (Q(state__in=["done", "dropped"], closed_on__isnull=False) & ~Q(result="")),
                violation_error_message="Schrijf op wat er is gedaan, of waarom de actie vervalt.",
            ),
            models.CheckConstraint(
                name="action_effect_is_whole",
                condition=Q(effect="", effect_note="", effect_by=None, effect_on=None)
                | (
                    ~Q(effect="")
                    & ~Q(effect_note="")
                    & Q(state="done", effect_by__isnull=False, effect_on__isnull=False)
                ),
                violation_error_message="Een oordeel over het effect zegt ook wat er te zien is.",
            ),
            models.CheckConstraint(
                name="action_effect_by_another",
                condition=Q(effect_by=None) | ~Q(effect_by=F("owner")),
                violation_error_message="Iemand anders dan de eigenaar beoordeelt het effect.",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_on"], name="action_by_state"),
            models.Index(fields=["owner", "state"], name="action_by_owner"),
            models.Index(
                fields=["effect_check_on"],
                name="action_to_judge",
                condition=Q(state="done", effect__in=["", "too_early"]),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("monitoring:action_detail", args=[self.pk])

    @property
    def badge(self) -> str:
        return ACTION_BADGES[ActionState(self.state)]

    @property
    def effect_badge(self) -> str:
        return EFFECT_BADGES[Effect(self.effect)] if self.effect else "inactive"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_ACTIONS

    @property
    def waits_for_judgement(self) -> bool:
        return self.state == ActionState.DONE and self.effect not in SETTLED_EFFECTS

    def is_late(self, today: date) -> bool:
        return self.state in AGREED_ACTIONS and self.due_on < today


class ActionReminder(models.Model):
    """An e-mail about an action that went out; this row keeps the sweep from sending it twice."""

    class Kind(models.TextChoices):
        SOON = "soon", "bijna klaar"
        LATE = "late", "te laat"
        EFFECT = "effect", "effect bekijken"

    action = models.ForeignKey(
        Action, models.PROTECT, related_name="reminders", verbose_name="actie"
    )
    kind = models.CharField("waarover", max_length=6, choices=Kind)
    # The day that it is about: when that is moved, the reminder comes again.
    about_on = models.DateField("gaat over")
    sent_at = models.DateTimeField("verstuurd op")

    class Meta:
        verbose_name = "herinnering aan een actie"
        verbose_name_plural = "herinneringen aan acties"
        constraints = [
            models.UniqueConstraint(
                fields=["action", "kind", "about_on"], name="action_reminder_once"
            ),
            models.CheckConstraint(
                name="action_reminder_kind_is_known",
                condition=Q(kind__in=["soon", "late", "effect"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.action}"
