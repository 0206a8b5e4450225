"""What a reader may see of the grants, and how lists read them."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from ikc.roles import Role
from subsidies.states_grants import ENDED_GRANTS

if TYPE_CHECKING:
    from ikc.models import User


class GrantQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The municipality sees all; the director of the IKC and the board see what was given to them."""
        if user.is_municipal:
            return self.all()
        return self.filter(
            Q(application__ikc__in=user.ikc_ids(Role.IKC_DIRECTOR))
            | Q(application__board__in=user.organisation_ids(Role.SCHOOL_BOARD))
        )

    def open(self) -> Self:
        """Those of which something is still to come."""
        return self.exclude(state__in=ENDED_GRANTS)

    def for_page(self) -> Self:
        return self.select_related(
            "application__ikc",
            "application__board",
            "application__round__scheme_version",
            "decision",
            "report",
        )
