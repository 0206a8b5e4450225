"""Which saved lists somebody sees."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from ikc.models import User


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The own ones; for municipal eyes also what a colleague shares, as long as that is a colleague."""
        if not user.is_municipal:
            return self.filter(user=user)
        return self.filter(Q(user=user) | Q(is_shared=True, user__is_active=True))

    def of_list(self, key: str) -> Self:
        return self.filter(list_key=key)
