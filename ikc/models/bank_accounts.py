from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ikc.models.organisations import Organisation
from ikc.querysets import BankAccountQuerySet
from ikc.states import AccountState
from kvk2.core.identifiers import IdentifierKind, display_identifier
from kvk2.core.models import StoredFile

if TYPE_CHECKING:
    from ikc.models.users import User

USER = settings.AUTH_USER_MODEL
S = AccountState
# What SEPA has room for.
LONGEST_HOLDER = 70
_WHOLE_CHECKS = Q(
    checked_by__isnull=False,
    checked_at__isnull=False,
    verified_by__isnull=False,
    verified_at__isnull=False,
)
_ENDED = Q(ended_at__isnull=False) & ~Q(end_reason="")


def _by_whom(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label
    )


class BankAccount(models.Model):
    """An account that an organisation designates for payment (Awb 4:89). A change is a new row: number and holder never change.

    In force after two officials looked at it, neither of whom proposed it.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="bank_accounts", verbose_name="organisatie"
    )
    iban = models.CharField("IBAN", max_length=34)
    holder = models.CharField("op naam van", max_length=LONGEST_HOLDER)
    source = models.CharField("waar dit uit blijkt", max_length=200)
    proof = models.OneToOneField(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bank_account",
        verbose_name="bewijsstuk",
    )
    state = models.CharField(
        "status", max_length=10, choices=AccountState, default=AccountState.PROPOSED
    )
    # Nobody: taken over from the time before accounts were checked here.
    proposed_by = _by_whom("doorgegeven door")
    proposed_at = models.DateTimeField("doorgegeven op")
    checked_by = _by_whom("eerste controle door")
    checked_at = models.DateTimeField("eerste controle op", null=True, blank=True)
    verified_by = _by_whom("tweede controle door")
    verified_at = models.DateTimeField("tweede controle op", null=True, blank=True)
    ended_at = models.DateTimeField("niet meer in gebruik sinds", null=True, blank=True)
    end_reason = models.CharField("waarom niet in gebruik", max_length=1000, blank=True)

    objects = BankAccountQuerySet.as_manager()

    class Meta:
        verbose_name = "bankrekening"
        verbose_name_plural = "bankrekeningen"
        constraints = [
            models.CheckConstraint(
                name="bank_account_number_is_an_iban",
                condition=Q(iban__regex=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"),
                violation_error_message="Een IBAN ziet eruit als NL91 ABNA 0417 1643 00.",
            ),
            models.CheckConstraint(
                name="bank_account_has_a_holder",
                condition=~Q(holder="") & ~Q(source=""),
                violation_error_message="Een rekening heeft een naam en een bron.",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(state=S.VERIFIED),
                name="bank_account_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(state__in=[S.PROPOSED, S.CHECKED]),
                name="bank_account_one_change_at_a_time",
                violation_error_message="Er wacht al een andere rekening op controle.",
            ),
            models.CheckConstraint(
                name="bank_account_checked_by_another",
                condition=Q(checked_by=None) | ~Q(checked_by=F("proposed_by")),
                violation_error_message="Wie de rekening doorgeeft, controleert haar niet.",
            ),
            models.CheckConstraint(
                name="bank_account_verified_by_a_third",
                condition=Q(verified_by=None)
                | (~Q(verified_by=F("proposed_by")) & ~Q(verified_by=F("checked_by"))),
                violation_error_message="De tweede controle is door iemand anders.",
            ),
            models.CheckConstraint(
                name="bank_account_in_force_was_checked_twice",
                condition=~Q(state__in=[S.VERIFIED, S.REPLACED]) | _WHOLE_CHECKS,
                violation_error_message="Een rekening in gebruik is twee keer gecontroleerd.",
            ),
            models.CheckConstraint(
                name="bank_account_checked_once_first",
                condition=~Q(state=S.CHECKED)
                | Q(checked_by__isnull=False, checked_at__isnull=False, verified_by=None),
            ),
            models.CheckConstraint(
                name="bank_account_ended_with_a_reason",
                condition=Q(
                    state__in=[S.PROPOSED, S.CHECKED, S.VERIFIED], ended_at=None, end_reason=""
                )
                | Q(state__in=[S.REPLACED, S.REJECTED]) & _ENDED,
                violation_error_message="Een rekening die niet meer geldt heeft een reden.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.masked}"

    def get_absolute_url(self) -> str:
        return reverse("ikc:bank_account_detail", args=[self.organisation_id])

    @property
    def masked(self) -> str:
        """The last four characters: what everybody else than the two who check it may see (domain reference 9.2)."""
        return f"•••• {self.iban[-4:]}"

    @property
    def last4(self) -> str:
        return self.iban[-4:]

    @property
    def written(self) -> str:
        """The whole number in groups of four, for who has to check it."""
        return display_identifier(IdentifierKind.IBAN, self.iban)

    @property
    def is_foreign(self) -> bool:
        return not self.iban.startswith("NL")

    @property
    def is_open(self) -> bool:
        """Waits for a check; nothing is paid to the organisation meanwhile."""
        return self.state in (S.PROPOSED, S.CHECKED)

    def involves(self, user: "User") -> bool:
        """Proposed it or checked it already."""
        return user.pk in (self.proposed_by_id, self.checked_by_id)
