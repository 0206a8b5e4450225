"""That a ground to refuse applies to one application, and the view of the applicant on it (Awb 4:7-4:12; reference 3.14)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from subsidies.models.applications import Application
from subsidies.models.scheme_rows import RefusalCode
from subsidies.states import ViewState

USER = settings.AUTH_USER_MODEL


class RefusalFinding(models.Model):
    """Somebody found that a ground of the scheme applies; the application then takes no part in the division (rule R1)."""

    # What the division itself finds is never found by a person.
    COMPUTED = (RefusalCode.CEILING, RefusalCode.ELIGIBILITY)

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="refusal_findings", verbose_name="aanvraag"
    )
    code = models.CharField("grond", max_length=20, choices=RefusalCode)
    motivation = models.TextField("waarom")
    # Awb 4:7: facts about the applicant that differ from what the applicant supplied.
    on_other_data = models.BooleanField("rust op andere gegevens dan de aanvrager gaf")
    found_at = models.DateTimeField("vastgelegd op")
    found_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="vastgelegd door"
    )
    withdrawn_at = models.DateTimeField("vervallen op", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="vervallen door",
    )

    class Meta:
        verbose_name = "vastgestelde weigeringsgrond"
        verbose_name_plural = "vastgestelde weigeringsgronden"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "code"],
                condition=Q(withdrawn_at=None),
                name="refusal_finding_once",
                violation_error_message="Deze weigeringsgrond is al vastgelegd.",
            ),
            models.CheckConstraint(
                name="refusal_finding_is_of_a_person",
                condition=Q(code__in=RefusalCode.values)
                & ~Q(code__in=["ceiling", "eligibility"])
                & ~Q(motivation=""),
                violation_error_message="Een weigeringsgrond heeft een reden.",
            ),
            models.CheckConstraint(
                name="refusal_finding_withdrawn_by_somebody",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.get_code_display()


class ViewRequest(models.Model):
    """The opportunity to give a view before an adverse decision (Awb 4:7, 4:8); written or oral, as the applicant likes (4:9)."""

    class Manner(models.TextChoices):
        WRITTEN = "written", "schriftelijk"
        ORAL = "oral", "mondeling"

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="views", verbose_name="aanvraag"
    )
    # The grounds that the applicant could react to.
    grounds = ArrayField(
        models.CharField(max_length=20, choices=RefusalCode), verbose_name="gronden"
    )
    intention = models.CharField("voorgenomen besluit", max_length=200)
    reason = models.TextField("reden")
    state = models.CharField(
        "status", max_length=8, choices=ViewState, default=ViewState.ASKED, editable=False
    )
    asked_at = models.DateTimeField("gevraagd op")
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="door")
    due_on = models.DateField("tot en met")
    manner = models.CharField("wijze", max_length=8, choices=Manner, blank=True)
    text = models.TextField("zienswijze", blank=True)
    received_on = models.DateField("ontvangen op", null=True, blank=True)
    recorded_at = models.DateTimeField("vastgelegd op", null=True, blank=True)
    recorded_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="vastgelegd door",
    )

    class Meta:
        verbose_name = "zienswijze"
        verbose_name_plural = "zienswijzen"
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(state="asked"),
                name="view_one_open_per_application",
                violation_error_message="De aanvrager is al om een zienswijze gevraagd.",
            ),
            models.CheckConstraint(
                name="view_is_about_grounds",
                condition=Q(grounds__len__gte=1) & ~Q(reason="") & ~Q(intention=""),
            ),
            models.CheckConstraint(
                name="view_received_is_there",
                condition=(
                    Q(state="received", received_on__isnull=False, recorded_at__isnull=False)
                    & Q(recorded_by__isnull=False)
                    & ~Q(text="")
                    & ~Q(manner="")
                )
                | (
                    Q(state__in=["asked", "lapsed"], text="", manner="", received_on=None)
                    & Q(recorded_at=None, recorded_by=None)
                ),
                violation_error_message="Een zienswijze heeft een tekst, een dag en een wijze.",
            ),
            models.CheckConstraint(
                name="view_gives_a_term",
                condition=Q(due_on__gt=F("asked_at__date")),
                violation_error_message="De aanvrager krijgt een termijn.",
            ),
        ]

    def __str__(self) -> str:
        return f"zienswijze bij {self.application}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:view_give", args=[self.application_id])
