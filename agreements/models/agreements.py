from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from agreements.models.programme import Programme, ProgrammeYear
from agreements.querysets import AgreementVersionQuerySet, ResultAgreementQuerySet
from agreements.states import (
    AGREEMENT_BADGES,
    AGREEMENT_WORKFLOW,
    CONCLUDED,
    EDITABLE,
    OFFERED,
    OPEN,
    AgreementState,
)
from ikc.models import AreaRecalibration, Ikc
from kvk2.core.workflow import Transition


class ResultAgreement(models.Model):
    """What municipality, school board and childcare agree for one IKC; the text itself is in its versions."""

    ikc = models.ForeignKey(Ikc, models.PROTECT, related_name="agreements", verbose_name="IKC")
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="agreements", verbose_name="programma"
    )
    reference = models.CharField("kenmerk", max_length=30, unique=True)
    is_demo = models.BooleanField("demonstratiegegeven", default=False)

    objects = ResultAgreementQuerySet.as_manager()

    class Meta:
        verbose_name = "resultaatafspraak"
        verbose_name_plural = "resultaatafspraken"
        constraints = [
            models.UniqueConstraint(
                fields=["ikc", "programme"],
                name="agreement_once_per_ikc",
                violation_error_message="Dit IKC heeft al een resultaatafspraak.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("agreements:agreement_detail", args=[self.pk])


class AgreementVersion(models.Model):
    """One text of an agreement. From the moment that all parties agree, it and all that hangs on it is fixed by triggers."""

    class Kind(models.TextChoices):
        INITIAL = "initial", "eerste afspraak"
        AMENDMENT = "amendment", "bijstelling"
        RECALIBRATION = "recalibration", "herijking"
        CORRECTION = "correction", "correctie"

    agreement = models.ForeignKey(
        ResultAgreement, models.PROTECT, related_name="versions", verbose_name="resultaatafspraak"
    )
    number = models.PositiveSmallIntegerField("versie")
    kind = models.CharField("soort", max_length=13, choices=Kind, default=Kind.INITIAL)
    state = models.CharField(
        "status",
        max_length=12,
        choices=AgreementState,
        default=AgreementState.DRAFT,
        editable=False,
    )
    # The name of the IKC in this text; the IKC itself may be renamed later.
    ikc_name = models.CharField("naam van het IKC", max_length=120)
    period_start = models.DateField("looptijd van")
    period_end = models.DateField("looptijd tot en met")
    effective_year = models.ForeignKey(
        ProgrammeYear,
        models.PROTECT,
        related_name="+",
        verbose_name="geldt voor het eerst in",
    )
    reason = models.TextField("reden van de wijziging", blank=True)
    # Which recalibration of the attention areas a change follows from, and how the text names it.
    area_recalibration = models.ForeignKey(
        AreaRecalibration,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agreement_versions",
        verbose_name="herijking",
    )
    recalibration = models.CharField("herijking in de tekst", max_length=400, blank=True)
    notice_months = models.PositiveSmallIntegerField("opzegtermijn in maanden", default=6)
    supersedes = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="successors",
        verbose_name="komt in plaats van",
    )
    # Canonical JSON of what is signed and its SHA-256; both empty while somebody may still edit.
    content = models.JSONField("inhoud", null=True, blank=True, encoder=DjangoJSONEncoder)
    content_hash = models.CharField("vingerafdruk", max_length=64, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="opgesteld door",
    )
    drafted_at = models.DateTimeField("opgesteld op")
    offered_at = models.DateTimeField("aangeboden op", null=True, blank=True)
    in_force_from = models.DateField("in werking vanaf", null=True, blank=True)

    objects = AgreementVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "versie van een resultaatafspraak"
        verbose_name_plural = "versies van resultaatafspraken"
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "number"], name="agreement_version_number"
            ),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(state__in=["draft", "negotiation", "agreed", "signing"]),
                name="agreement_version_one_open",
                violation_error_message="Er is al een versie in bewerking.",
            ),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(state="in_force"),
                name="agreement_version_one_in_force",
            ),
            models.CheckConstraint(
                name="agreement_version_state_is_known",
                condition=Q(state__in=AgreementState.values),
            ),
            models.CheckConstraint(
                name="agreement_version_first_or_a_change",
                condition=Q(number=1, kind="initial", supersedes=None)
                | (
                    Q(
                        number__gt=1,
                        kind__in=["amendment", "recalibration", "correction"],
                        supersedes__isnull=False,
                    )
                    & ~Q(reason="")
                ),
                violation_error_message="Een volgende versie heeft een reden en een versie die zij vervangt.",
            ),
            models.CheckConstraint(
                name="agreement_version_recalibration_is_named",
                condition=Q(kind="recalibration", area_recalibration__isnull=False)
                & ~Q(recalibration="")
                | ~Q(kind="recalibration") & Q(area_recalibration=None, recalibration=""),
                violation_error_message="Kies bij een herijking, en alleen dan, uit welke herijking de wijziging volgt.",
            ),
            models.CheckConstraint(
                name="agreement_version_notice_is_reasonable",
                condition=Q(notice_months__gte=1, notice_months__lte=24),
                violation_error_message="De opzegtermijn is 1 tot en met 24 maanden.",
            ),
            models.CheckConstraint(
                name="agreement_version_period_ends_after_it_starts",
                condition=Q(period_start__lt=F("period_end")),
                violation_error_message="De looptijd eindigt vóór de begindatum.",
            ),
            models.CheckConstraint(
                name="agreement_version_fixed_is_hashed",
                condition=Q(
                    state__in=["draft", "negotiation", "withdrawn"],
                    content__isnull=True,
                    content_hash="",
                    offered_at=None,
                )
                | Q(
                    ~Q(state__in=["draft", "negotiation", "withdrawn"]),
                    content__isnull=False,
                    content_hash__regex=r"^[0-9a-f]{64}$",
                ),
            ),
            models.CheckConstraint(
                name="agreement_version_offered_has_a_moment",
                condition=Q(
                    state__in=["draft", "negotiation", "agreed", "withdrawn"], offered_at=None
                )
                | Q(
                    ~Q(state__in=["draft", "negotiation", "agreed", "withdrawn"]),
                    offered_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="agreement_version_concluded_has_a_day",
                condition=Q(
                    state__in=["in_force", "replaced", "terminated", "completed"],
                    in_force_from__isnull=False,
                )
                | Q(
                    ~Q(state__in=["in_force", "replaced", "terminated", "completed"]),
                    in_force_from=None,
                ),
            ),
        ]
        indexes = [models.Index(fields=["state", "agreement"], name="agreement_version_by_state")]

    def __str__(self) -> str:
        return f"{self.agreement} versie {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("agreements:version_detail", args=[self.pk])

    @property
    def badge(self) -> str:
        return AGREEMENT_BADGES[AgreementState(self.state)]

    @property
    def is_draft(self) -> bool:
        return self.state == AgreementState.DRAFT

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE

    @property
    def is_negotiated(self) -> bool:
        return self.state == AgreementState.NEGOTIATION

    @property
    def is_offered(self) -> bool:
        return self.state in OFFERED

    @property
    def is_concluded(self) -> bool:
        """Whether this is, or at some day was, the agreement between the parties."""
        return self.state in CONCLUDED

    def covers(self, year: ProgrammeYear) -> bool:
        """Whether this version sets a target for `year`: from its first year on, while the agreement runs."""
        return self.effective_year.index <= year.index and year.start <= self.period_end

    @property
    def available_transitions(self) -> list[Transition]:
        return AGREEMENT_WORKFLOW.available_from(self.state)
