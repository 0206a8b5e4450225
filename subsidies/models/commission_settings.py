from django.db import models
from django.db.models import Q


class CommissionSettings(models.Model):
    """What the college settled about the commission (Gemeentewet 84); one row, or the defaults when there is none."""

    LOOK_BACK_YEARS = 3

    quorum = models.PositiveSmallIntegerField("quorum van een vergadering", default=3)
    public_meetings = models.BooleanField("vergaderingen zijn openbaar", default=False)
    # C3: so many years after it ended a tie still counts as an interest.
    look_back_years = models.PositiveSmallIntegerField(
        "jaren waarin een oud belang nog telt", default=LOOK_BACK_YEARS
    )
    # Domain reference 8.1: what a member declared goes away so many years after the membership.
    keep_interests_years = models.PositiveSmallIntegerField(
        "jaren dat opgegeven belangen blijven bewaard", default=3
    )
    # With a meeting in a round, an advice is given in a meeting: on its agenda, with a quorum of votes.
    advice_in_meeting = models.BooleanField("advies in vergadering", default=True)
    decision_number = models.CharField("nummer collegebesluit", max_length=60, blank=True)
    decided_on = models.DateField("datum collegebesluit", null=True, blank=True)

    class Meta:
        verbose_name = "regels van de commissie"
        verbose_name_plural = "regels van de commissie"
        constraints = [
            models.CheckConstraint(
                name="commission_settings_one_row",
                condition=Q(pk=1),
                violation_error_message="Er is één stel regels voor de commissie.",
            ),
            models.CheckConstraint(
                name="commission_settings_in_reach",
                condition=Q(
                    quorum__range=(1, 50),
                    look_back_years__range=(0, 20),
                    keep_interests_years__range=(0, 20),
                ),
                violation_error_message="Het quorum is 1 tot en met 50; een aantal jaren is hoogstens 20.",
            ),
        ]

    def __str__(self) -> str:
        return "Regels van de commissie"

    @classmethod
    def current(cls) -> "CommissionSettings":
        """The row, or the defaults, not saved."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
