"""Conflicts of interest, derived from data (domain reference 6.3, rules C1-C4). One place, used by every read."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from subsidies.states import FILED

if TYPE_CHECKING:
    from ikc.models import Organisation, User
    from subsidies.models import SubsidyRound

# C3: ties that ended less than three years ago still count.
LOOK_BACK = timedelta(days=3 * 365)


def tied_organisations(user: "User") -> "QuerySet[Organisation]":
    """Organisations that `user` is or recently was tied to: seats, roles and declared interests. No query by itself."""
    since = timezone.localdate() - LOOK_BACK
    recent = Q(valid_until=None) | Q(valid_until__gte=since)
    of_user = {"user": user, "organisation": OuterRef("pk")}
    declaration = apps.get_model("subsidies", "InterestDeclaration")
    seats = apps.get_model("subsidies", "CommissionMember").objects.filter(recent, **of_user)
    roles = apps.get_model("ikc", "RoleAssignment").objects.filter(
        recent, organisation__kind__in=["school_board", "childcare"], **of_user
    )
    declared = declaration.organisations.through.objects.filter(
        interestdeclaration__member__user=user, organisation=OuterRef("pk")
    )
    return apps.get_model("ikc", "Organisation").objects.filter(
        Exists(seats) | Exists(roles) | Exists(declared)
    )


def interest_in_application(user: "User") -> Q:
    """The applications in which `user` has an interest: the board, a partner of the IKC, or the IKC itself (C1, C2)."""
    organisations = tied_organisations(user).values("pk")
    declaration = apps.get_model("subsidies", "InterestDeclaration")
    partnered = (
        apps.get_model("ikc", "IkcPartner")
        .objects.filter(organisation__in=organisations)
        .values("ikc")
    )
    personal = declaration.ikcs.through.objects.filter(
        interestdeclaration__member__user=user
    ).values("ikc_id")
    return (
        Q(board__in=organisations)
        | Q(ikc__board__in=organisations)
        | Q(ikc__in=partnered)
        | Q(ikc__in=personal)
    )


def conflicted_in_round(user: "User", round_: "SubsidyRound") -> bool:
    """C4: in a ranked round an interest in any competing application bars a member, unless the college made an exception."""
    if round_.allocation_method != round_.Method.TENDER:
        return False
    exceptions = apps.get_model("subsidies", "ConflictException").objects
    if exceptions.filter(member__user=user, round=round_).exists():
        return False
    return (
        round_.applications.filter(state__in=FILED).filter(interest_in_application(user)).exists()
    )


def interests_in_round(
    users: Collection["User"], round_: "SubsidyRound"
) -> dict[int, dict[int, frozenset[str]]]:
    """Per user id and application id why there is an interest, in words; the same rules C1-C3 for many users at once.

    A constant number of queries. A test holds it against `interest_in_application`.
    """
    applications = list(
        round_.applications.filter(state__in=FILED).select_related("board", "ikc__board")
    )
    partners = _partners_of({application.ikc_id for application in applications})
    ties, personal = _ties_of(users), _personal_ties_of(users)
    found: dict[int, dict[int, frozenset[str]]] = {user.pk: {} for user in users}
    for user in users:
        for application in applications:
            parties = {
                application.board_id: f"schoolbestuur {application.board.short_name}",
                application.ikc.board_id: f"schoolbestuur {application.ikc.board.short_name}",
                **partners.get(application.ikc_id, {}),
            }
            reasons = {parties[party] for party in parties.keys() & ties.get(user.pk, set())}
            if application.ikc_id in personal.get(user.pk, set()):
                reasons.add(f"persoonlijk belang bij {application.ikc.name}")
            if reasons:
                found[user.pk][application.pk] = frozenset(reasons)
    return found


def _ties_of(users: Collection["User"]) -> dict[int, set[int]]:
    """The organisations that each of `users` is or recently was tied to, as in `tied_organisations`."""
    since = timezone.localdate() - LOOK_BACK
    recent = Q(valid_until=None) | Q(valid_until__gte=since)
    declaration = apps.get_model("subsidies", "InterestDeclaration")
    seats = apps.get_model("subsidies", "CommissionMember").objects.filter(recent, user__in=users)
    roles = apps.get_model("ikc", "RoleAssignment").objects.filter(
        recent, user__in=users, organisation__kind__in=["school_board", "childcare"]
    )
    declared = declaration.organisations.through.objects.filter(
        interestdeclaration__member__user__in=users
    )
    pairs = [
        *seats.values_list("user_id", "organisation_id"),
        *roles.values_list("user_id", "organisation_id"),
        *declared.values_list("interestdeclaration__member__user_id", "organisation_id"),
    ]
    return _grouped(pairs)


def _personal_ties_of(users: Collection["User"]) -> dict[int, set[int]]:
    declaration = apps.get_model("subsidies", "InterestDeclaration")
    return _grouped(
        declaration.ikcs.through.objects.filter(
            interestdeclaration__member__user__in=users
        ).values_list("interestdeclaration__member__user_id", "ikc_id")
    )


def _partners_of(ikcs: Collection[int]) -> dict[int, dict[int, str]]:
    """Per IKC its childcare partners: id and how to name them."""
    rows = apps.get_model("ikc", "IkcPartner").objects.filter(ikc__in=ikcs)
    named: dict[int, dict[int, str]] = {}
    for ikc, organisation, name in rows.values_list(
        "ikc_id", "organisation_id", "organisation__short_name"
    ):
        named.setdefault(ikc, {})[organisation] = f"kinderopvang {name}"
    return named


def _grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    groups: dict[int, set[int]] = {}
    for key, value in pairs:
        groups.setdefault(key, set()).add(value)
    return groups
