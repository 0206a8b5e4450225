"""Who may see accounts and recoveries: the municipality all, a recipient the own (domain reference 6.2)."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from ikc.roles import Role
from subsidies.states_accountability import AccountState, RecoveryState

if TYPE_CHECKING:
    from ikc.models import User


class OfGrantQuerySet(models.QuerySet):
    """Rows with a `grant`."""

    def visible_to(self, user: "User") -> Self:
        if user.is_municipal:
            return self.all()
        return self.filter(
            Q(grant__application__ikc__in=user.ikc_ids(Role.IKC_DIRECTOR))
            | Q(grant__application__board__in=user.organisation_ids(Role.SCHOOL_BOARD))
        )


class ReportQuerySet(OfGrantQuerySet):
    def visible_to(self, user: "User") -> Self:
        """Before the end of the period there is nothing to account for, and nothing to see."""
        return super().visible_to(user).exclude(state=AccountState.NOT_DUE)

    def undetermined(self) -> Self:
        """Without an amount, and without a decision on it under way."""
        preparing = apps.get_model("subsidies", "Decision").objects.filter(
            grant=OuterRef("grant"), kind="determination"
        )
        return self.filter(
            ~Exists(preparing.exclude(state__in=["discarded", "replaced"])),
            grant__determined_amount=None,
        )

    def to_open(self, today: date) -> Self:
        return self.filter(state=AccountState.NOT_DUE, grant__period_end__lt=today)

    def overdue(self, today: date) -> Self:
        return self.filter(state=AccountState.DUE, due_on__lt=today)


class RecoveryQuerySet(OfGrantQuerySet):
    def visible_to(self, user: "User") -> Self:
        """What was only proposed is for municipal eyes."""
        found = super().visible_to(user)
        if user.is_municipal:
            return found
        return found.exclude(state__in=[RecoveryState.PROPOSED, RecoveryState.DECIDED])
