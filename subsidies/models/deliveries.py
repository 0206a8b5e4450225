"""The e-mail that tells somebody of a message: which mail it was, so that the proof says what became of it (Awb 2:10, 2:25)."""

from django.db import models

from kvk2.core.models import OutgoingMail
from subsidies.models.decisions import Message


class MessageNotice(models.Model):
    """One notice by e-mail of one message."""

    message = models.ForeignKey(
        Message, models.PROTECT, related_name="notices", verbose_name="bericht"
    )
    mail = models.OneToOneField(
        OutgoingMail, models.PROTECT, related_name="message_notice", verbose_name="e-mail"
    )

    class Meta:
        verbose_name = "melding van een bericht"
        verbose_name_plural = "meldingen van berichten"

    def __str__(self) -> str:
        return f"melding van {self.message}"
