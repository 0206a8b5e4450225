"""The intention to change or take back a grant, and the view of the recipient on it (Awb 4:7-4:9, 4:48-4:50; L07R)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from subsidies.models.applications import MONEY
from subsidies.models.grants import Grant
from subsidies.models.refusals import ViewRequest
from subsidies.states import ViewState

USER = settings.AUTH_USER_MODEL


class ChangeGround(models.TextChoices):
    """Why a grant changes or ends (domain reference 3.6, 3.12)."""

    NOT_DONE = "not_done", "de activiteiten zijn niet of niet helemaal gedaan"
    DUTIES = "duties", "verplichtingen zijn niet nagekomen"
    WRONG_DATA = "wrong_data", "er zijn onjuiste of onvolledige gegevens gegeven"
    KNEW = "knew", "de verlening was onjuist en de ontvanger wist dat"
    BUDGET = "budget", "er is een beroep gedaan op het begrotingsvoorbehoud"
    FACTS = "facts", "feiten die bij de vaststelling niet bekend konden zijn"
    KNEW_DETERMINATION = (
        "knew_determination",
        "de vaststelling was onjuist en de ontvanger wist dat",
    )
    DUTIES_AFTER = "duties_after", "na de vaststelling zijn verplichtingen niet nagekomen"
    INCORRECT = "incorrect", "de verlening is onjuist"
    CIRCUMSTANCES = "circumstances", "veranderde omstandigheden of gewijzigde inzichten"
    RULE = "rule", "een wettelijk voorschrift noemt dit geval"
    REQUEST = "request", "de ontvanger vraagt hier zelf om"


class GrantIntent(models.Model):
    """One opportunity to react before the college changes or revokes a grant; what was said stays."""

    grant = models.ForeignKey(
        Grant, models.PROTECT, related_name="intents", verbose_name="verlening"
    )
    ground = models.CharField("grond", max_length=20, choices=ChangeGround)
    # What would be left of the grant, in euros; nothing is a revocation.
    new_amount = models.DecimalField("bedrag dat overblijft", **MONEY)
    reason = models.TextField("reden")
    state = models.CharField(
        "status", max_length=8, choices=ViewState, default=ViewState.ASKED, editable=False
    )
    asked_at = models.DateTimeField("verstuurd op")
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="door")
    due_on = models.DateField("reageren tot en met")
    manner = models.CharField("wijze", max_length=8, choices=ViewRequest.Manner.choices, blank=True)
    text = models.TextField("reactie", blank=True)
    received_on = models.DateField("ontvangen op", null=True, blank=True)

    class Meta:
        verbose_name = "voornemen over een verlening"
        verbose_name_plural = "voornemens over verleningen"
        constraints = [
            models.UniqueConstraint(
                fields=["grant"],
                condition=Q(state="asked"),
                name="grant_intent_one_open",
                violation_error_message="Over deze verlening loopt al een voornemen.",
            ),
            models.CheckConstraint(
                name="grant_intent_is_whole",
                condition=Q(ground__in=ChangeGround.values, new_amount__gte=0)
                & ~Q(ground="request")
                & ~Q(reason=""),
                violation_error_message="Een voornemen heeft een grond en een reden.",
            ),
            models.CheckConstraint(
                name="grant_intent_gives_a_term",
                condition=Q(due_on__gt=F("asked_at__date")),
                violation_error_message="De ontvanger krijgt tijd om te reageren.",
            ),
            models.CheckConstraint(
                name="grant_intent_reaction_is_whole",
                condition=Q(state="received", received_on__isnull=False)
                & ~Q(text="")
                & ~Q(manner="")
                | Q(state__in=["asked", "lapsed"], text="", manner="", received_on=None),
                violation_error_message="Een reactie heeft een tekst, een dag en een wijze.",
            ),
        ]

    def __str__(self) -> str:
        return f"voornemen over {self.grant}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:grant_intent", args=[self.pk])

    @property
    def ends(self) -> bool:
        return not self.new_amount
