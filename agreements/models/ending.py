"""How an agreement is looked back on each year, and how it ends."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from agreements.models.agreements import AgreementVersion, ResultAgreement
from agreements.models.parties import AgreementParty


class AnnualEvaluation(models.Model):
    """What the parties concluded about one calendar year. Kept as it is: the next year says more."""

    class Outcome(models.TextChoices):
        ON_TRACK = "on_track", "op koers"
        ADJUST = "adjust", "bijsturen of bijstellen"
        CONCERN = "concern", "zorgelijk"

    agreement = models.ForeignKey(
        ResultAgreement,
        models.PROTECT,
        related_name="evaluations",
        verbose_name="resultaatafspraak",
    )
    year = models.PositiveSmallIntegerField("kalenderjaar")
    outcome = models.CharField("uitkomst", max_length=8, choices=Outcome)
    text = models.TextField("wat de partijen vaststelden")
    held_on = models.DateField("besproken op")
    is_final = models.BooleanField("eindevaluatie", default=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="vastgelegd door"
    )
    written_at = models.DateTimeField("vastgelegd op")

    class Meta:
        verbose_name = "jaarlijkse evaluatie"
        verbose_name_plural = "jaarlijkse evaluaties"
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "year"],
                name="agreement_evaluation_once_a_year",
                violation_error_message="Over dit jaar is al een evaluatie vastgelegd.",
            ),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(is_final=True),
                name="agreement_evaluation_one_final",
                violation_error_message="Er is al een eindevaluatie.",
            ),
            models.CheckConstraint(
                name="agreement_evaluation_says_something",
                condition=Q(outcome__in=["on_track", "adjust", "concern"]) & ~Q(text=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Evaluatie {self.year}: {self.get_outcome_display()}"

    @property
    def badge(self) -> str:
        return {"on_track": "success", "adjust": "warning", "concern": "danger"}[self.outcome]


class Termination(models.Model):
    """That a party gave notice, why, and from which day the agreement no longer holds. Never changed."""

    version = models.OneToOneField(
        AgreementVersion, models.PROTECT, related_name="termination", verbose_name="versie"
    )
    party = models.OneToOneField(
        AgreementParty, models.PROTECT, related_name="termination", verbose_name="partij"
    )
    reason = models.TextField("reden")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="opgezegd door"
    )
    name = models.CharField("naam", max_length=160)
    given_at = models.DateTimeField("opgezegd op")
    ends_on = models.DateField("geldt niet meer vanaf")

    class Meta:
        verbose_name = "opzegging"
        verbose_name_plural = "opzeggingen"
        constraints = [
            models.CheckConstraint(
                name="agreement_termination_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message="Wie opzegt, schrijft op waarom.",
            ),
            models.CheckConstraint(
                name="agreement_termination_on_the_first_of_august",
                condition=Q(ends_on__month=8, ends_on__day=1),
                violation_error_message="Een afspraak eindigt bij opzegging op 1 augustus.",
            ),
        ]

    def __str__(self) -> str:
        return f"Opzegging door {self.party}"
