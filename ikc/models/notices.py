"""What a user chose about e-mail, and what waits for the one mail of the day."""

from django.db import models
from django.db.models import Q

from ikc.models.users import User
from ikc.notices import NoticeKind, NoticeWhen
from kvk2.core.models import OutgoingMail


class NoticePreference(models.Model):
    """When a user gets one kind of e-mail; without a row it comes at once. What the law asks for is no kind here."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="notice_preferences", verbose_name="gebruiker"
    )
    kind = models.CharField("soort", max_length=9, choices=NoticeKind)
    choice = models.CharField("wanneer", max_length=7, choices=NoticeWhen)

    class Meta:
        verbose_name = "keuze voor e-mail"
        verbose_name_plural = "keuzes voor e-mail"
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notice_preference_once"),
            models.CheckConstraint(
                name="notice_preference_may_be_chosen",
                condition=Q(kind__in=NoticeKind.values, choice__in=NoticeWhen.values),
                violation_error_message="Deze e-mail komt altijd: daar is geen keuze voor.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_choice_display()}"


class WaitingNotice(models.Model):
    """An e-mail that goes along with the one of the day; `mail` is that one."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="waiting_notices", verbose_name="gebruiker"
    )
    subject = models.CharField("onderwerp", max_length=200)
    body = models.TextField("tekst")
    created_at = models.DateTimeField("gemaakt op")
    mail = models.ForeignKey(
        OutgoingMail,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="verzonden met",
    )

    class Meta:
        verbose_name = "wachtende melding"
        verbose_name_plural = "wachtende meldingen"
        indexes = [
            models.Index(
                fields=["user", "created_at"], name="notice_waits", condition=Q(mail=None)
            ),
        ]

    def __str__(self) -> str:
        return self.subject
