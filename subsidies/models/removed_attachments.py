"""A file that was taken away from a draft, and can be put back as long as it is one."""

from django.conf import settings
from django.db import models

from kvk2.core.models import StoredFile
from subsidies.models.applications import Application, Attachment


class RemovedAttachment(models.Model):
    """No attachment any more: it counts nowhere and nobody opens it. A sweep takes it away after the draft ended."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="removed_attachments", verbose_name="aanvraag"
    )
    kind = models.CharField("soort", max_length=12, choices=Attachment.Kind)
    stored = models.OneToOneField(
        StoredFile, models.PROTECT, related_name="removed_attachment", verbose_name="bestand"
    )
    removed_at = models.DateTimeField("verwijderd op")
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="verwijderd door"
    )

    class Meta:
        verbose_name = "verwijderde bijlage"
        verbose_name_plural = "verwijderde bijlagen"

    def __str__(self) -> str:
        return self.stored.name
