"""Who may see the meetings of the commission and what is on their agenda (domain reference 6.3: no trace of an item)."""

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef

from ikc.roles import Role
from subsidies.interests import interest_in_application
from subsidies.states import FILED, ReviewState
from subsidies.states_meetings import MeetingState

if TYPE_CHECKING:
    from ikc.models import User


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The commission and the municipality; applicants see the slot of their own application only."""
        if user.is_municipal or user.has_role(Role.COMMISSION_MEMBER, Role.COMMISSION_SECRETARY):
            return self.all()
        return self.none()


class AgendaItemQuerySet(models.QuerySet):
    def standing(self) -> Self:
        """Those of a meeting that goes on, or went on."""
        return self.exclude(meeting__state=MeetingState.CANCELLED)

    def visible_to(self, user: "User") -> Self:
        """The commission: what its member has no interest in (C1-C3), nor in a competing application (C4)."""
        if user.is_municipal:
            return self.all()
        if not user.has_role(Role.COMMISSION_MEMBER, Role.COMMISSION_SECRETARY):
            return self.none()
        free = apps.get_model("subsidies", "Application").objects.without_interest_of(user)
        recused = apps.get_model("subsidies", "Review").objects.filter(
            application=OuterRef("application"), member__user=user, state=ReviewState.RECUSED
        )
        seen = self.filter(~Exists(recused), application__in=free.values("pk"))
        if user.has_role(Role.COMMISSION_SECRETARY):
            return seen
        return seen.exclude(Exists(_competing(user)))

    def of_applicant(self, user: "User") -> Self:
        """The slots to which the IKC or the board of `user` was invited."""
        own = apps.get_model("subsidies", "Application").objects.filter(
            models.Q(ikc__in=user.ikc_ids(Role.IKC_DIRECTOR))
            | models.Q(board__in=user.organisation_ids(Role.SCHOOL_BOARD))
        )
        return self.filter(application__in=own.values("pk"), invited_at__isnull=False)


def _competing(user: "User") -> models.QuerySet:
    """Applications in the ranked round of the item in which `user` has an interest without an exception (C4)."""
    exceptions = apps.get_model("subsidies", "ConflictException").objects.filter(
        member__user=user, round=OuterRef("round")
    )
    return apps.get_model("subsidies", "Application").objects.filter(
        interest_in_application(user),
        ~Exists(exceptions),
        round=OuterRef("meeting__round"),
        round__allocation_method="tender",
        state__in=FILED,
    )
