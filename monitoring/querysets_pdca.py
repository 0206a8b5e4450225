"""Who may see reviews, conclusions, actions and year plans: whoever sees the figures that they are about."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, Q, Value, When

from ikc.roles import Role
from monitoring.querysets import sees_every_ikc
from monitoring.states_pdca import AGREED_ACTIONS, OPEN_ACTIONS, ActionState, Effect

if TYPE_CHECKING:
    from ikc.models import User


class OfReturnQuerySet(models.QuerySet):
    """Rows that hang on a return in a column `of_return`."""

    def visible_to(self, user: "User") -> Self:
        if sees_every_ikc(user):
            return self.all()
        returns = apps.get_model("monitoring", "Return").objects.visible_to(user)
        return self.filter(of_return__in=returns)


class ConclusionQuerySet(OfReturnQuerySet):
    def for_page(self) -> Self:
        return self.select_related(
            "result__goal",
            "of_return__cycle__year",
            "of_return__version",
            "of_return__agreement__ikc",
        ).defer("of_return__version__content")

    def in_order(self) -> Self:
        """As the agreement lists its results."""
        return self.order_by("result__goal__order", "result__number", "pk")


class ActionQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Those of the returns that one sees, and what one promised oneself."""
        if sees_every_ikc(user):
            return self.all()
        returns = apps.get_model("monitoring", "Return").objects.visible_to(user)
        return self.filter(Q(conclusion__of_return__in=returns) | Q(owner=user))

    def for_list(self) -> Self:
        return self.select_related(
            "owner",
            "effect_by",
            "conclusion__result__goal",
            "conclusion__of_return__version",
            "conclusion__of_return__agreement__ikc",
            "conclusion__of_return__cycle__year",
        ).defer("conclusion__of_return__version__content")

    def open(self) -> Self:
        return self.filter(state__in=OPEN_ACTIONS)

    def overdue(self, today: date) -> Self:
        return self.filter(state__in=AGREED_ACTIONS, due_on__lt=today)

    def due_within(self, today: date, days: int) -> Self:
        return self.filter(
            state__in=AGREED_ACTIONS, due_on__range=(today, today + timedelta(days=days))
        )

    def to_judge(self, today: date) -> Self:
        """Done, the day of the check has come, and nobody said yet whether it works."""
        return self.filter(
            state=ActionState.DONE,
            effect__in=("", Effect.TOO_EARLY),
            effect_check_on__lte=today,
        )

    def by_urgency(self) -> Self:
        """What is open first, the earliest day on top; then what is done and what lapsed."""
        rank = Case(
            When(state__in=OPEN_ACTIONS, then=Value(0)),
            When(state=ActionState.DONE, then=Value(1)),
            default=Value(2),
        )
        return self.order_by(rank, "due_on", "pk")


class YearPlanQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """All for who sees every IKC; else the plans of the own IKC, or of IKCs whose agreement one is a party to."""
        if sees_every_ikc(user):
            return self.all()
        agreements = apps.get_model("agreements", "ResultAgreement").objects.visible_to(user)
        return self.filter(
            Q(ikc__in=user.ikc_ids(Role.IKC_DIRECTOR)) | Q(ikc__in=agreements.values("ikc"))
        )

    def for_list(self) -> Self:
        return self.select_related("ikc__board", "year")
