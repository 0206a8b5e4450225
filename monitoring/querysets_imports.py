"""Files with figures and links for machines: the business of the research bureau (monitoring reference 3.5)."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Q

from ikc.roles import Role
from monitoring.states_imports import BUSY

if TYPE_CHECKING:
    from ikc.models import User


class ImportBatchQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The bureau's: a file shows figures of small groups, which nobody else sees in one list."""
        return self.all() if user.has_role(Role.RESEARCHER) else self.none()

    def for_list(self) -> Self:
        return self.select_related("cycle__year__programme", "uploaded_by", "confirmed_by")

    def with_counts(self) -> Self:
        """Annotates new_count, changed_count, same_count, error_count, applied_count and refused_count."""
        outcomes = ("new", "changed", "same", "error", "applied", "refused")
        return self.annotate(
            **{f"{name}_count": Count("rows", filter=Q(rows__outcome=name)) for name in outcomes}
        )

    def due(self, now: datetime) -> Self:
        """Whose turn it is: waiting, or left by a worker that died (its claim has run out)."""
        return self.filter(state__in=BUSY, due_at__lte=now)


class ImportRowQuerySet(models.QuerySet):
    def in_order(self) -> Self:
        return self.order_by("line", "pk")

    def to_apply(self) -> Self:
        """What the file changes and is not written yet."""
        return self.filter(outcome__in=["new", "changed"])


class ApiTokenQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Who gives them out, and the researcher for whom one is."""
        if user.has_role(Role.PROJECT_LEADER):
            return self.all()
        return self.filter(holder=user) if user.has_role(Role.RESEARCHER) else self.none()

    def running(self, day: date) -> Self:
        """Those that still open the door on `day`."""
        return self.filter(revoked_at=None, expires_on__gte=day)
