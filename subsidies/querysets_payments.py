"""What a reader may see of the payments, and the reads that lists need."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Sum

from ikc.roles import Role
from subsidies.states_payments import OPEN_PAYMENTS, PaymentState

if TYPE_CHECKING:
    from ikc.models import User


class PaymentQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The municipality sees all; the director of the IKC and the board what is theirs (domain reference 6.2)."""
        if user.is_municipal:
            return self.all()
        return self.filter(
            Q(grant__application__ikc__in=user.ikc_ids(Role.IKC_DIRECTOR))
            | Q(grant__application__board__in=user.organisation_ids(Role.SCHOOL_BOARD))
        )

    def standing(self) -> Self:
        """Without what was cancelled: what counts against the grant."""
        return self.exclude(state=PaymentState.CANCELLED)

    def late(self, today: date) -> Self:
        return self.filter(state__in=OPEN_PAYMENTS, due_on__lt=today).exclude(
            state=PaymentState.SUSPENDED
        )

    def payable(self) -> Self:
        """Of a board whose account is in force and not being changed."""
        boards = apps.get_model("ikc", "Organisation").objects.payable()
        return self.filter(Exists(boards.filter(pk=OuterRef("grant__application__board"))))

    def frozen(self) -> Self:
        boards = apps.get_model("ikc", "Organisation").objects.payable()
        return self.filter(~Exists(boards.filter(pk=OuterRef("grant__application__board"))))

    def to_order(self) -> Self:
        return self.payable().filter(state=PaymentState.APPROVED, order=None)

    def for_page(self) -> Self:
        return self.select_related(
            "grant__application__ikc",
            "grant__application__board",
            "grant__application__round",
            "order",
            "account",
        )


class PaymentOrderQuerySet(models.QuerySet):
    def for_list(self) -> Self:
        """With `count` and `total` of what goes to the bank."""
        return self.annotate(
            count=models.Count("payments"),
            total=Sum(F("payments__amount") - F("payments__set_off_amount"), default=0),
        ).select_related("made_by", "released_by")
