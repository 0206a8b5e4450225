from django.db import models
from django.db.models import F, Q

from subsidies.models.rounds import SubsidyRound


class SubCeiling(models.Model):
    """Part of the ceiling of a round, for one group of IKCs (domain reference 4.1, R3).

    The parts are divided in their order; what one leaves over flows to a later one where the round says so.
    An application belongs to the first part whose rule fits its IKC.
    """

    class Rule(models.TextChoices):
        PLUS = "plus", "Plus IKC's"
        NOT_PLUS = "not_plus", "IKC's zonder predicaat Plus"
        ATTENTION_AREA = "attention_area", "IKC's in een aandachtsgebied"
        VILLAGE = "village", "IKC's in een dorp"
        SPECIAL_EDUCATION = "special_education", "IKC's speciaal onderwijs"
        OTHERS = "others", "alle andere IKC's"

    round = models.ForeignKey(
        SubsidyRound, models.CASCADE, related_name="sub_ceilings", verbose_name="ronde"
    )
    order = models.PositiveSmallIntegerField("volgorde")
    code = models.SlugField("code", max_length=30)
    name = models.CharField("naam", max_length=100)
    rule = models.CharField("voor", max_length=20, choices=Rule)
    amount = models.DecimalField("bedrag", max_digits=12, decimal_places=2)
    overflow_to = models.ForeignKey(
        "self",
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="overflow_from",
        verbose_name="wat overblijft gaat naar",
    )

    class Meta:
        verbose_name = "deelplafond"
        verbose_name_plural = "deelplafonds"
        ordering = ["round", "order"]
        constraints = [
            models.UniqueConstraint(fields=["round", "order"], name="sub_ceiling_order_once"),
            models.UniqueConstraint(fields=["round", "code"], name="sub_ceiling_code_once"),
            models.UniqueConstraint(fields=["round", "rule"], name="sub_ceiling_rule_once"),
            models.CheckConstraint(
                name="sub_ceiling_is_positive",
                condition=Q(amount__gt=0),
                violation_error_message="Een deelplafond is hoger dan nul.",
            ),
            models.CheckConstraint(
                name="sub_ceiling_does_not_flow_into_itself",
                condition=Q(overflow_to=None) | ~Q(overflow_to=F("id")),
                violation_error_message="Wat overblijft kan niet naar hetzelfde deelplafond gaan.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
