from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from subsidies.models.rounds import SubsidyRound


class BundleDeed(models.Model):
    """One deed on all decisions of a round at once; of a large round a worker carries it out.

    The row of taking them also holds their letters together: those are made one by one and sent at one moment.
    """

    class Deed(models.TextChoices):
        DRAFT = "draft", "conceptbesluiten maken"
        CHECK = "check", "voorleggen voor toets"
        APPROVE = "approve", "juridisch toetsen"
        TAKE = "take", "besluiten nemen"

    round = models.ForeignKey(
        SubsidyRound, models.PROTECT, related_name="bundle_deeds", verbose_name="ronde"
    )
    deed = models.CharField("handeling", max_length=8, choices=Deed)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="door"
    )
    ordered_at = models.DateTimeField("op")
    # What was ticked off, of the legal check.
    checklist = models.JSONField("gecontroleerd", default=list, blank=True)
    done_at = models.DateTimeField("uitgevoerd op", null=True, blank=True)
    refusal = models.CharField("waarom het niet kon", max_length=2000, blank=True)
    sent_at = models.DateTimeField("brieven verstuurd op", null=True, blank=True)

    class Meta:
        verbose_name = "handeling op alle besluiten"
        verbose_name_plural = "handelingen op alle besluiten"
        constraints = [
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(done_at__isnull=True, refusal=""),
                name="bundle_deed_one_at_a_time",
                violation_error_message="Er loopt al een handeling op de besluiten van deze ronde.",
            ),
            models.CheckConstraint(
                name="bundle_deed_ends_once", condition=Q(done_at__isnull=True) | Q(refusal="")
            ),
            models.CheckConstraint(
                name="bundle_deed_sends_what_was_taken",
                condition=Q(sent_at__isnull=True) | Q(deed="take", done_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_deed_display()}: {self.round}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:decision_bundle", args=[self.round_id])

    @property
    def is_waiting(self) -> bool:
        return self.done_at is None and not self.refusal
