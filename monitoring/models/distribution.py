"""Who a published report was sent to, and whether they opened it and confirmed that they have it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from agreements.states import PartyRole
from ikc.models import WaitingNotice
from kvk2.core.models import OutgoingMail
from monitoring.models.reports import AnnualReport
from monitoring.querysets_distribution import ReportRecipientQuerySet


class ReportRecipient(models.Model):
    """One person, or one address outside the portal, to whom one report is sent.

    When it was first opened stands in the trail (`with_receipts`): reading a page writes nothing else. A trigger lets
    nothing be sent of a report that is not published, and keeps what was sent and confirmed as it is.
    """

    class Capacity(models.TextChoices):
        MUNICIPALITY = PartyRole.MUNICIPALITY.value, "gemeente"
        SCHOOL_BOARD = PartyRole.SCHOOL_BOARD.value, "schoolbestuur"
        CHILDCARE = PartyRole.CHILDCARE.value, "kinderopvang"
        DIRECTOR = "director", "directeur"
        GROUP = "group", "Ontwikkelgroep"
        OUTSIDE = "outside", "ander adres"

    report = models.ForeignKey(
        AnnualReport, models.PROTECT, related_name="recipients", verbose_name="jaarrapport"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="gebruiker",
    )
    capacity = models.CharField("ontvangt het als", max_length=12, choices=Capacity)
    # As they were called on the day itself.
    name = models.CharField("naam", max_length=160)
    organisation = models.CharField("organisatie", max_length=200, blank=True)
    email = models.EmailField("e-mailadres")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="toegevoegd door",
    )
    added_at = models.DateTimeField("toegevoegd op")
    sent_at = models.DateTimeField("verstuurd op", null=True, blank=True)
    last_sent_at = models.DateTimeField("laatst verstuurd op", null=True, blank=True)
    times_sent = models.PositiveSmallIntegerField("keren verstuurd", default=0)
    # The last e-mail; none of both: somebody who wants no e-mail about reports.
    mail = models.ForeignKey(
        OutgoingMail,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="e-mail",
    )
    notice = models.ForeignKey(
        WaitingNotice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="wachtende melding",
    )
    confirmed_at = models.DateTimeField("ontvangst bevestigd op", null=True, blank=True)
    withdrawn_at = models.DateTimeField("ingetrokken op", null=True, blank=True)

    objects = ReportRecipientQuerySet.as_manager()

    class Meta:
        verbose_name = "ontvanger van een jaarrapport"
        verbose_name_plural = "ontvangers van jaarrapporten"
        constraints = [
            models.UniqueConstraint(
                fields=["report", "user"],
                name="recipient_once_per_user",
                violation_error_message="Deze persoon krijgt het rapport al.",
            ),
            models.UniqueConstraint(
                "report",
                Lower("email"),
                name="recipient_once_per_address",
                condition=Q(user=None, withdrawn_at=None),
                violation_error_message="Dit adres krijgt het rapport al.",
            ),
            models.CheckConstraint(
                name="recipient_is_a_user_or_outside",
                condition=Q(
                    user__isnull=False,
                    withdrawn_at=None,
                    capacity__in=["municipality", "school_board", "childcare", "director", "group"],
                )
                | Q(user=None, capacity="outside", added_by__isnull=False, notice=None),
            ),
            models.CheckConstraint(
                name="recipient_was_sent_what_it_confirms",
                condition=Q(sent_at=None, last_sent_at=None, times_sent=0, confirmed_at=None)
                | Q(sent_at__isnull=False, last_sent_at__gte=models.F("sent_at"), times_sent__gte=1)
                & (Q(confirmed_at=None) | Q(confirmed_at__gte=models.F("sent_at"))),
            ),
            models.CheckConstraint(
                name="recipient_has_one_kind_of_mail", condition=Q(mail=None) | Q(notice=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.report})"
