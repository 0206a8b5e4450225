"""The wording of a standard letter, in versions: what the municipality puts in the place of the portal's own text.

A version never changes and never goes (a trigger refuses it); another wording is the next version.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from subsidies.models.decisions import Letter


class LetterTemplate(models.Model):
    """Version `number` of the text of letter `code`. Empty subject and body: back to the portal's own text."""

    code = models.CharField("brief", max_length=4, choices=Letter.Code)
    number = models.PositiveSmallIntegerField("versie")
    subject = models.CharField("onderwerp", max_length=200, blank=True)
    body = models.TextField("tekst", blank=True)
    reason = models.CharField("reden", max_length=300)
    valid_from = models.DateField("geldt vanaf")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="geschreven door"
    )
    written_at = models.DateTimeField("geschreven op")

    class Meta:
        verbose_name = "brieftekst"
        verbose_name_plural = "briefteksten"
        constraints = [
            models.UniqueConstraint(
                fields=["code", "number"],
                name="letter_template_number_once",
                violation_error_message="Iemand anders bewaarde net een nieuwe versie van deze tekst.",
            ),
            models.CheckConstraint(
                name="letter_template_is_whole",
                condition=Q(subject="", body="") | (~Q(subject="") & ~Q(body="")),
                violation_error_message="Een eigen tekst heeft een onderwerp en een inhoud.",
            ),
            models.CheckConstraint(
                name="letter_template_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message="Schrijf op waarom de tekst verandert.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()}, versie {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:letter_text", args=[self.code])

    @property
    def is_standard(self) -> bool:
        return not self.body
