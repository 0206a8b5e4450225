"""Who may see which objections. The commission never does: an objection is between the objector and the college."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from ikc.roles import Role
from subsidies.states_objections import OPEN_OBJECTIONS

if TYPE_CHECKING:
    from ikc.models import User


class ObjectionQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The municipality sees all; an objector sees what was filed for the own IKC or board, and nothing else."""
        if user.is_municipal:
            return self.all()
        return self.filter(
            Q(own_application__ikc__in=user.ikc_ids(Role.IKC_DIRECTOR))
            | Q(own_application__board__in=user.organisation_ids(Role.SCHOOL_BOARD))
        )

    def running(self) -> Self:
        """Neither decided nor withdrawn."""
        return self.filter(state__in=OPEN_OBJECTIONS)
