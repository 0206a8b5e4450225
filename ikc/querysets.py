from datetime import date
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from ikc.roles import Role
from ikc.states import PlusState

if TYPE_CHECKING:
    from ikc.models import Ikc, User


class DatedQuerySet(models.QuerySet):
    """Rows with `valid_from` and `valid_until`, both days included."""

    def active_on(self, day: date) -> Self:
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day),
            Q(valid_until=None) | Q(valid_until__gte=day),
        )


class RoleAssignmentQuerySet(DatedQuerySet):
    def of_role(self, role: Role) -> Self:
        return self.filter(role=role)


class MandateQuerySet(DatedQuerySet):
    def covering(self, *, user: "User", ikc: "Ikc", day: date) -> Self:
        """The mandates with which `user` may act for the board of `ikc` on `day`."""
        return self.active_on(day).filter(
            Q(ikc=ikc) | Q(ikc=None), user=user, organisation_id=ikc.board_id
        )


class AttentionAreaQuerySet(DatedQuerySet):
    pass


class PlusStatusQuerySet(DatedQuerySet):
    def granted(self) -> Self:
        return self.filter(
            state__in=[PlusState.GRANTED, PlusState.UNDER_RECALIBRATION, PlusState.CONTINUED]
        )


class OrganisationQuerySet(models.QuerySet):
    def school_boards(self) -> Self:
        return self.filter(kind="school_board")

    def childcare(self) -> Self:
        return self.filter(kind="childcare")


class IkcQuerySet(models.QuerySet):
    def for_list(self) -> Self:
        return self.select_related("board", "attention_area__district")

    def open_on(self, day: date) -> Self:
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=day))

    def with_plus(self, day: date) -> Self:
        """Annotates `is_plus`: the status Plus is in force on `day`."""
        statuses = apps.get_model("ikc", "PlusStatus").objects.granted().active_on(day)
        return self.annotate(is_plus=Exists(statuses.filter(ikc=OuterRef("pk"))))

    def visible_to(self, user: "User") -> Self:
        """The public profile of an IKC may be seen by every role (domain reference 6.2, first row)."""
        return self.all() if user.active_roles else self.none()

    def of_user(self, user: "User") -> Self:
        """The IKCs that `user` acts for: as director, or for their board or childcare organisation."""
        boards = user.organisation_ids(Role.SCHOOL_BOARD)
        childcare = user.organisation_ids(Role.CHILDCARE_BOARD)
        return self.filter(
            Q(pk__in=user.ikc_ids(Role.IKC_DIRECTOR))
            | Q(board__in=boards)
            | Q(partners__organisation__in=childcare)
        ).distinct()
