"""Who may read what the bureau recommends."""

from typing import TYPE_CHECKING, Self

from django.db import models

from monitoring.querysets import sees_every_ikc

if TYPE_CHECKING:
    from ikc.models import User


class RecommendationQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Who reads the summary in which they stand: they may be about one IKC, and no other IKC reads that."""
        return self.all() if sees_every_ikc(user) else self.none()

    def in_order(self) -> Self:
        """First those to the Ontwikkelgroep, as they were written."""
        return self.order_by("-addressee", "pk")
