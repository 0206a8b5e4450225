"""Who may see which support, and what a pool holds against what is used of it."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, F, Q, When

from ikc.querysets import DatedQuerySet
from ikc.roles import Role
from ikc.states_support import OPEN_REQUESTS, SupportRequestState

if TYPE_CHECKING:
    from ikc.models import User


def _own_ikcs(user: "User") -> Q:
    """IKCs that `user` directs, whose board `user` speaks for, or where the childcare works."""
    boards = user.organisation_ids(Role.SCHOOL_BOARD)
    childcare = user.organisation_ids(Role.CHILDCARE_BOARD)
    partners = (
        apps.get_model("ikc", "IkcPartner").objects.filter(organisation__in=childcare).values("ikc")
    )
    return (
        Q(ikc__in=user.ikc_ids(Role.IKC_DIRECTOR)) | Q(ikc__board__in=boards) | Q(ikc__in=partners)
    )


class AllocationQuerySet(DatedQuerySet):
    def visible_to(self, user: "User") -> Self:
        """The municipality sees all; a director and the boards those of their own IKCs (domain reference 6.2)."""
        if user.is_municipal:
            return self.all()
        return self.filter(_own_ikcs(user))

    def overlapping(self, first: date, last: date) -> Self:
        return self.filter(valid_from__lte=last, valid_until__gte=first)

    def for_list(self) -> Self:
        return self.select_related("ikc__board", "worker__employer")

    def search(self, text: str) -> Self:
        return self.filter(
            Q(ikc__name__unaccent__icontains=text)
            | Q(worker__name__unaccent__icontains=text)
            | Q(worker__employer__name__unaccent__icontains=text)
        )


class SupportRequestQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        if user.is_municipal:
            return self.all()
        return self.filter(_own_ikcs(user))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_REQUESTS)

    def requested(self) -> Self:
        return self.filter(state=SupportRequestState.REQUESTED)

    def by_urgency(self) -> Self:
        """What waits longest comes first; what is done, the latest first."""
        rank = Case(
            When(state=SupportRequestState.REQUESTED, then=0),
            When(state=SupportRequestState.ACCEPTED, then=1),
            default=2,
            output_field=models.SmallIntegerField(),
        )
        return self.order_by(rank, F("wanted_by").asc(nulls_last=True), "pk")

    def search(self, text: str) -> Self:
        return self.filter(
            Q(ikc__name__unaccent__icontains=text) | Q(question__unaccent__icontains=text)
        )
