"""Proof of the sending and reading of a letter about the status Plus, as other letters have it (Awb 2:25)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kvk2.core.models import OutgoingMail
from subsidies.models.decisions import MessageEvent
from subsidies.models.plus_letters import PlusLetter


class PlusLetterEvent(models.Model):
    """Posted, told of, opened, come back, or sent on paper. Append-only: a database trigger refuses the rest."""

    Kind = MessageEvent.Kind

    letter = models.ForeignKey(
        PlusLetter, models.PROTECT, related_name="events", verbose_name="brief"
    )
    kind = models.CharField("gebeurtenis", max_length=12, choices=MessageEvent.Kind)
    at = models.DateTimeField("op")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="door",
    )
    recipient = models.EmailField("aan", blank=True)
    note = models.CharField("toelichting", max_length=300, blank=True)
    day = models.DateField("dag op de post", null=True, blank=True)
    # The notice itself: what became of it is known there.
    mail = models.OneToOneField(
        OutgoingMail,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="plus_letter_event",
        verbose_name="e-mail",
    )

    class Meta:
        verbose_name = "gebeurtenis bij een brief over het predicaat Plus"
        verbose_name_plural = "gebeurtenissen bij brieven over het predicaat Plus"
        constraints = [
            models.CheckConstraint(
                name="plus_letter_event_paper_has_a_day",
                condition=Q(kind="paper", day__isnull=False) | (~Q(kind="paper") & Q(day=None)),
                violation_error_message="Verzending op papier heeft een dag, de rest niet.",
            ),
            models.CheckConstraint(
                name="plus_letter_event_notice_has_a_mail",
                condition=Q(kind="notified", mail__isnull=False)
                | (~Q(kind="notified") & Q(mail=None)),
            ),
        ]
        indexes = [models.Index(fields=["letter", "at"], name="plus_letter_event_at")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at}"
