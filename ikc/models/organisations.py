from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from ikc.querysets import OrganisationQuerySet

if TYPE_CHECKING:
    from ikc.models.bank_accounts import BankAccount


class Organisation(models.Model):
    """A legal person that takes part: the municipality, a school board, a childcare organisation, a bureau."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", "gemeente"
        SCHOOL_BOARD = "school_board", "schoolbestuur"
        CHILDCARE = "childcare", "kinderopvangorganisatie"
        RESEARCH = "research", "onderzoeksbureau"
        OTHER = "other", "overig"

    kind = models.CharField("soort", max_length=20, choices=Kind)
    name = models.CharField("naam", max_length=200)
    short_name = models.CharField("korte naam", max_length=60)
    board_number = models.CharField("bevoegd-gezagnummer", max_length=5, blank=True)
    kvk_number = models.CharField("KvK-nummer", max_length=8, blank=True)
    street = models.CharField("straat en huisnummer", max_length=120, blank=True)
    postcode = models.CharField("postcode", max_length=7, blank=True)
    city = models.CharField("plaats", max_length=80, blank=True)
    # Awb 2:8: the addressee must have said that he can be reached electronically.
    electronic_consent_at = models.DateTimeField("instemming digitale post", null=True, blank=True)
    is_demo = models.BooleanField("demonstratiegegeven", default=False)

    # What `with_ikc_counts` adds.
    board_count: int
    partner_count: int

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "organisatie"
        verbose_name_plural = "organisaties"
        constraints = [
            models.UniqueConstraint("kind", Lower("name"), name="organisation_name_is_unique"),
            models.UniqueConstraint(
                fields=["board_number"],
                condition=~Q(board_number=""),
                name="organisation_board_number_is_unique",
            ),
            models.CheckConstraint(
                name="organisation_kind_is_known",
                condition=Q(
                    kind__in=["municipality", "school_board", "childcare", "research", "other"]
                ),
            ),
            models.CheckConstraint(
                name="organisation_board_number_has_5_digits",
                condition=Q(board_number="") | Q(board_number__regex=r"^[0-9]{5}$"),
                violation_error_message="Een bevoegd-gezagnummer heeft 5 cijfers.",
            ),
            models.CheckConstraint(
                name="organisation_kvk_number_has_8_digits",
                condition=Q(kvk_number="") | Q(kvk_number__regex=r"^[0-9]{8}$"),
                violation_error_message="Een KvK-nummer heeft 8 cijfers.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("ikc:organisation_detail", args=[self.pk])

    @property
    def known_account(self) -> "BankAccount | None":
        """The account in force, or the one that still has to be checked: what letters name by its last four characters.

        Reads the prefetched `bank_accounts` where there are any.
        """
        by_state = {account.state: account for account in self.bank_accounts.all()}
        for state in ("verified", "checked", "proposed"):
            if state in by_state:
                return by_state[state]
        return None
