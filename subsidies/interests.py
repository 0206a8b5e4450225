"""Conflicts of interest, derived from data (domain reference 6.3, rules C1-C4). One place, used by every read."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import DateField, Func, Q, Value
from django.utils import timezone

from subsidies.states import FILED

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import SubsidyRound

KEPT = "_interest_ties"


class LookBack(Func):
    """C3: the first day whose ties still count on the given day, by the rule of the commission that is in force.

    Worked out inside the query that needs it, so that the rule is data and costs no query of its own.
    """

    template = (
        "(%(expressions)s - make_interval(years => COALESCE("
        "(SELECT look_back_years FROM subsidies_commissionsettings LIMIT 1), 3)))::date"
    )
    output_field = DateField()


def recent_ties(day: date) -> Q:
    """Periods that run on `day`, or that ended so short before it that they count (C3)."""
    return Q(valid_until=None) | Q(valid_until__gte=LookBack(Value(day, output_field=DateField())))


@dataclass(frozen=True, slots=True)
class Ties:
    """What somebody has an interest in: ids of organisations (C2, C3) and of IKCs (personal, C1)."""

    organisations: frozenset[int] = frozenset()
    ikcs: frozenset[int] = frozenset()


def ties_of(user: "User") -> Ties:
    """The ties of `user`, asked once per request, as the roles are: kept with the user who was loaded for it."""
    kept: Ties | None = getattr(user, KEPT, None)
    if kept is None:
        kept = _ties_of([user])[user.pk]
        setattr(user, KEPT, kept)
    return kept


def interest_in_application(user: "User", path: str = "") -> Q:
    """The applications in which `user` has an interest: the board, a partner of the IKC, or the IKC itself (C1, C2).

    `path` leads to the application, such as `application__`.
    """
    ties = ties_of(user)
    partnered = (
        apps.get_model("ikc", "IkcPartner")
        .objects.filter(organisation__in=ties.organisations)
        .values("ikc")
    )
    return (
        Q((f"{path}board__in", ties.organisations))
        | Q((f"{path}ikc__board__in", ties.organisations))
        | Q((f"{path}ikc__in", partnered))
        | Q((f"{path}ikc__in", ties.ikcs))
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
    ties = _ties_of(users)
    found: dict[int, dict[int, frozenset[str]]] = {user.pk: {} for user in users}
    for user in users:
        for application in applications:
            parties = {
                application.board_id: f"schoolbestuur {application.board.short_name}",
                application.ikc.board_id: f"schoolbestuur {application.ikc.board.short_name}",
                **partners.get(application.ikc_id, {}),
            }
            reasons = {parties[party] for party in parties.keys() & ties[user.pk].organisations}
            if application.ikc_id in ties[user.pk].ikcs:
                reasons.add(f"persoonlijk belang bij {application.ikc.name}")
            if reasons:
                found[user.pk][application.pk] = frozenset(reasons)
    return found


def _ties_of(users: Collection["User"]) -> dict[int, Ties]:
    """Per user id the seats, roles and declared interests, of now or recent (`recent_ties`). One query."""
    recent = recent_ties(timezone.localdate())
    declaration = apps.get_model("subsidies", "InterestDeclaration")
    member = "interestdeclaration__member__user"
    seats = apps.get_model("subsidies", "CommissionMember").objects.filter(recent, user__in=users)
    roles = apps.get_model("ikc", "RoleAssignment").objects.filter(
        recent, user__in=users, organisation__kind__in=["school_board", "childcare"]
    )
    declared = declaration.organisations.through.objects.filter(**{f"{member}__in": users})
    personal = declaration.ikcs.through.objects.filter(**{f"{member}__in": users})
    rows = seats.values_list("user_id", Value("organisation"), "organisation_id").union(
        roles.values_list("user_id", Value("organisation"), "organisation_id"),
        declared.values_list(f"{member}_id", Value("organisation"), "organisation_id"),
        personal.values_list(f"{member}_id", Value("ikc"), "ikc_id"),
    )
    found: dict[tuple[int, str], set[int]] = {}
    for user, kind, key in rows:
        found.setdefault((user, kind), set()).add(key)
    return {
        user.pk: Ties(
            organisations=frozenset(found.get((user.pk, "organisation"), ())),
            ikcs=frozenset(found.get((user.pk, "ikc"), ())),
        )
        for user in users
    }


def _partners_of(ikcs: Collection[int]) -> dict[int, dict[int, str]]:
    """Per IKC its childcare partners: id and how to name them."""
    rows = apps.get_model("ikc", "IkcPartner").objects.filter(ikc__in=ikcs)
    named: dict[int, dict[int, str]] = {}
    for ikc, organisation, name in rows.values_list(
        "ikc_id", "organisation_id", "organisation__short_name"
    ):
        named.setdefault(ikc, {})[organisation] = f"kinderopvang {name}"
    return named
