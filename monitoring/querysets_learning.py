"""Who may see practice cards and the meetings around them, and the reads that their pages need."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Q

from ikc.roles import Role
from monitoring.states_pdca import PracticeState

if TYPE_CHECKING:
    from ikc.models import User


class PracticeQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """A shared card is for every IKC; what is not shared yet for its own IKC and the municipality."""
        own = Q(ikc__in=user.ikc_ids(Role.IKC_DIRECTOR))
        if user.is_municipal:
            return self.all()
        return self.filter(Q(state=PracticeState.PUBLISHED) | own)

    def published(self) -> Self:
        return self.filter(state=PracticeState.PUBLISHED)

    def for_list(self) -> Self:
        """With how many IKCs do this too and how many questions were asked."""
        return self.select_related("ikc", "goal").annotate(
            adoption_count=Count("adoptions", distinct=True),
            question_count=Count("questions", distinct=True),
        )


class LearningMeetingQuerySet(models.QuerySet):
    def with_counts(self) -> Self:
        return self.annotate(signup_count=Count("signups", distinct=True))

    def coming(self, today: date) -> Self:
        return self.filter(takes_place_on__gte=today, cancel_reason="")
