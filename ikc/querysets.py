from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery
from django.utils import timezone

from ikc.roles import Role
from ikc.states import (
    OPEN_ACCOUNTS,
    PLUS_GIVEN,
    PLUS_ON_THE_WAY,
    PLUS_RUNNING,
    PLUS_UNDECIDED,
    AccountState,
    ConditionOutcome,
)

if TYPE_CHECKING:
    from ikc.models import District, Ikc, User


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


class ChildCountQuerySet(models.QuerySet):
    def in_force(self) -> Self:
        """Without the figures that another took the place of."""
        return self.filter(replaced_at=None)


class PlusStatusQuerySet(DatedQuerySet):
    def granted(self) -> Self:
        """What was given, also when it ended since: with `active_on`, who was a Plus IKC on that day."""
        return self.filter(state__in=PLUS_GIVEN)

    def running(self) -> Self:
        """What was given and has not ended."""
        return self.filter(state__in=PLUS_RUNNING)

    def on_the_way(self) -> Self:
        return self.filter(state__in=PLUS_ON_THE_WAY)

    def visible_to(self, user: "User") -> Self:
        """All of them for the municipality and the Ontwikkelgroep, else those of the own IKCs (domain reference 6.2).

        A childcare organisation sees them while it works there, as the permission `ikc.view_plus` has it.
        """
        if user.is_municipal or user.has_role(Role.DEVELOPMENT_GROUP):
            return self.all()
        here = apps.get_model("ikc", "IkcPartner").objects.active_on(timezone.localdate())
        childcare = here.filter(organisation__in=user.organisation_ids(Role.CHILDCARE_BOARD))
        return self.filter(
            Q(ikc__in=user.ikc_ids(Role.IKC_DIRECTOR))
            | Q(ikc__board__in=user.organisation_ids(Role.SCHOOL_BOARD))
            | Q(ikc__in=childcare.values("ikc"))
        )

    def search(self, text: str) -> Self:
        return self.filter(ikc__in=apps.get_model("ikc", "Ikc").objects.search(text))

    def with_confirmation_due(self, parties: Collection[int], *, day: date) -> Self:
        """Annotates `confirmation_due`: evidence is there, nothing is decided on it, and one of these organisations stands
        behind the IKC on `day` and did not confirm it yet.
        """
        organisation, partner, evidence, confirmation = (
            apps.get_model("ikc", name).objects
            for name in ("Organisation", "IkcPartner", "PlusEvidence", "PlusConfirmation")
        )
        here = partner.active_on(day).filter(ikc=OuterRef(OuterRef("ikc")))
        said = confirmation.filter(status=OuterRef(OuterRef("pk")))
        silent = organisation.filter(
            Q(pk=OuterRef("ikc__board")) | Q(pk__in=here.values("organisation")), pk__in=parties
        ).exclude(pk__in=said.values("organisation"))
        return self.annotate(
            confirmation_due=Q(state__in=PLUS_UNDECIDED)
            & Exists(evidence.filter(condition__status=OuterRef("pk")))
            & Exists(silent)
        )

    def with_progress(self) -> Self:
        """Annotates `met_count`: how many of the twelve conditions suffice; `condition_count`: 0 before the check."""
        enough = Q(conditions__outcome=ConditionOutcome.MET) | Q(
            conditions__outcome=ConditionOutcome.PARTLY, conditions__exception_on__isnull=False
        )
        return self.annotate(
            met_count=Count("conditions", filter=enough), condition_count=Count("conditions")
        )


class PlusConditionQuerySet(models.QuerySet):
    def with_papers(self) -> Self:
        """Annotates `paper_count`: how many pieces of evidence there are."""
        return self.annotate(paper_count=Count("evidence"))


class UserQuerySet(models.QuerySet):
    def search(self, text: str) -> Self:
        """Each word must occur in the name, the e-mail address, the job or an organisation of a role."""
        found = self
        for word in text.split():
            assignments = apps.get_model("ikc", "RoleAssignment").objects.filter(
                user=OuterRef("pk"), organisation__name__unaccent__icontains=word
            )
            found = found.filter(
                Q(first_name__unaccent__icontains=word)
                | Q(last_name__unaccent__icontains=word)
                | Q(email__icontains=word)
                | Q(job_title__unaccent__icontains=word)
                | Exists(assignments)
            )
        return found

    def holding(self, role: Role, day: date) -> Self:
        return self.filter(Exists(_assignments(day).filter(role=role)))

    def without_role(self, day: date) -> Self:
        return self.exclude(Exists(_assignments(day)))

    def with_role_ending(self, day: date, *, until: date) -> Self:
        """Those who hold a role on `day` that ends on or before `until`."""
        return self.filter(Exists(_assignments(day).filter(valid_until__lte=until)))

    def with_roles(self, day: date) -> Self:
        """Each user gets `roles_today`, with organisation and IKC: two queries for a whole list."""
        assignments = apps.get_model("ikc", "RoleAssignment").objects.active_on(day)
        return self.prefetch_related(
            Prefetch(
                "assignments",
                assignments.select_related("organisation", "ikc").order_by("role", "pk"),
                to_attr="roles_today",
            )
        )


def _assignments(day: date) -> models.QuerySet:
    """The roles held on `day` by the user of the outer query."""
    return (
        apps.get_model("ikc", "RoleAssignment").objects.active_on(day).filter(user=OuterRef("pk"))
    )


class BankAccountQuerySet(models.QuerySet):
    def in_force(self) -> Self:
        return self.filter(state=AccountState.VERIFIED)

    def waiting(self) -> Self:
        """Proposed, and not yet looked at by two."""
        return self.filter(state__in=OPEN_ACCOUNTS)


class OrganisationQuerySet(models.QuerySet):
    def school_boards(self) -> Self:
        return self.filter(kind="school_board")

    def childcare(self) -> Self:
        return self.filter(kind="childcare")

    def payable(self) -> Self:
        """With an account in force and none that waits for a check: only these are paid (domain reference 3.7)."""
        accounts = apps.get_model("ikc", "BankAccount").objects.filter(organisation=OuterRef("pk"))
        return self.filter(Exists(accounts.in_force()), ~Exists(accounts.waiting()))

    def search(self, text: str) -> Self:
        """By name, place or school board number; accents do not matter."""
        return self.filter(
            Q(name__unaccent__icontains=text)
            | Q(short_name__unaccent__icontains=text)
            | Q(city__unaccent__icontains=text)
            | Q(board_number=text)
        )

    def with_ikc_counts(self, day: date) -> Self:
        """Annotates board_count and partner_count: the IKCs of a board, and those where it is a partner on `day`."""
        running = Q(partnerships__valid_from=None) | Q(partnerships__valid_from__lte=day)
        running &= Q(partnerships__valid_until=None) | Q(partnerships__valid_until__gte=day)
        return self.annotate(
            board_count=Count("ikcs", distinct=True),
            partner_count=Count("partnerships__ikc", filter=running, distinct=True),
        )


class IkcQuerySet(models.QuerySet):
    def for_list(self) -> Self:
        return self.select_related("board", "attention_area__district")

    def open_on(self, day: date) -> Self:
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=day))

    def without_director(self, day: date) -> Self:
        """Open IKCs that had a director, and have none on `day`: nobody followed who left."""
        directors = apps.get_model("ikc", "RoleAssignment").objects.filter(
            ikc=OuterRef("pk"), role=Role.IKC_DIRECTOR
        )
        return self.open_on(day).filter(
            Exists(directors.filter(valid_until__lt=day)), ~Exists(directors.active_on(day))
        )

    def in_district(self, district: "District") -> Self:
        """By the district itself, or by an attention area that it is or was."""
        return self.filter(
            Q(district=district) | Q(district=None, attention_area__district=district)
        )

    def with_plus(self, day: date) -> Self:
        """Annotates `is_plus`: the status Plus is in force on `day`."""
        statuses = apps.get_model("ikc", "PlusStatus").objects.granted().active_on(day)
        return self.annotate(is_plus=Exists(statuses.filter(ikc=OuterRef("pk"))))

    def with_plus_state(self) -> Self:
        """Annotates `plus_state`: where the IKC stands on its way to the status Plus, None when it never set out."""
        statuses = apps.get_model("ikc", "PlusStatus").objects.filter(ikc=OuterRef("pk"))
        return self.annotate(plus_state=Subquery(statuses.order_by("-pk").values("state")[:1]))

    def with_latest_pupils(self) -> Self:
        """Annotates `pupils_year` and `pupils`: the latest year with a figure (None: fewer than 5)."""
        counts = apps.get_model("ikc", "PupilCount").objects.filter(ikc=OuterRef("pk"))
        latest = counts.order_by("-year")
        return self.annotate(
            pupils=Subquery(latest.values("pupils")[:1]),
            pupils_year=Subquery(latest.values("year")[:1]),
        )

    def with_pupil_history(self, *, since: int) -> Self:
        """Each IKC gets `pupil_history`: its figures from the year `since` on, oldest first."""
        counts = apps.get_model("ikc", "PupilCount").objects.filter(year__gte=since)
        return self.prefetch_related(
            Prefetch("pupil_counts", counts.order_by("year"), to_attr="pupil_history")
        )

    def with_child_counts(self, day: date) -> Self:
        """Each IKC gets `counted`: its figures in force on the reference date `day`."""
        counts = apps.get_model("ikc", "ChildCount").objects.in_force().filter(reference_date=day)
        return self.prefetch_related(
            Prefetch(
                "child_counts",
                counts.select_related("confirmed_by", "disputed_by").order_by("band"),
                to_attr="counted",
            )
        )

    def search(self, text: str) -> Self:
        """By name, also a former one, by place or by location code; accents do not matter."""
        former = apps.get_model("ikc", "IkcName").objects.filter(
            ikc=OuterRef("pk"), name__unaccent__icontains=text
        )
        return self.filter(
            Q(name__unaccent__icontains=text)
            | Q(city__unaccent__icontains=text)
            | Q(brin_location__iexact=text)
            | Exists(former)
        )

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
