"""Who may see the exercises of the commission, and the scores that members gave in them (domain reference 6.2)."""

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from ikc.roles import Role
from subsidies.interests import interest_in_application
from subsidies.states_calibration import RUNNING, CalibrationState

if TYPE_CHECKING:
    from ikc.models import User


class CalibrationQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The commission from the opening on, the municipality once it is over; who leads it also while it is made.

        The text in preparation may still tell whose application it was: not for who has an interest in that one.
        """
        if user.has_role(Role.COMMISSION_SECRETARY):
            tied = apps.get_model("subsidies", "Application").objects.filter(
                interest_in_application(user)
            )
            return self.exclude(state=CalibrationState.DRAFT, source__in=tied)
        seen: set[str] = set()
        if user.is_municipal:
            seen |= {CalibrationState.CLOSED, CalibrationState.SKIPPED}
        if user.has_role(Role.COMMISSION_MEMBER):
            seen |= set(CalibrationState.values) - {CalibrationState.DRAFT}
        return self.filter(state__in=seen)

    def running(self) -> Self:
        return self.filter(state__in=RUNNING)

    def holding_back(self) -> Self:
        """Those that have to be over before anybody submits a review in the round."""
        return self.running().filter(comes_first=True)


class CalibrationScoringQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The own one. Those of others when they are submitted: after the own, or when the exercise is closed.

        Who supports the commission without a say of its own sees them at once; a chair who scores waits as all do.
        """
        submitted = Q(submitted_at__isnull=False)
        closed = Q(calibration__state=CalibrationState.CLOSED)
        own = Q(member__user=user)
        if not user.has_role(Role.COMMISSION_MEMBER, Role.COMMISSION_SECRETARY):
            return self.filter(submitted & closed) if user.is_municipal else self.none()
        given = self.model.objects.filter(  # type: ignore[attr-defined]
            calibration=OuterRef("calibration"), member__user=user, submitted_at__isnull=False
        )
        unbound = closed | Q(Exists(given))
        if user.has_role(Role.COMMISSION_SECRETARY):
            seats = apps.get_model("subsidies", "CommissionMember").objects
            today = timezone.localdate()
            unbound |= Q(~Exists(seats.active_on(today).scoring().filter(user=user)))
        return self.filter(own | (submitted & unbound))

    def submitted(self) -> Self:
        return self.filter(submitted_at__isnull=False)
