"""How many members of the commission can score a round without an interest (domain reference 6.3, C4)."""

from collections import Counter
from datetime import date
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from ikc.models import Ikc, Organisation, RoleAssignment
from subsidies.interests import recent_ties
from subsidies.models import (
    CommissionMember,
    ConflictException,
    InterestDeclaration,
    SubsidyRound,
)

# The organisations that may have an application in a round, now or later.
PARTIES = (Organisation.Kind.SCHOOL_BOARD, Organisation.Kind.CHILDCARE)
# In the order in which they count: a member with two of them is counted once.
REASONS = {
    "seat": (
        "lid zit er namens een schoolbestuur of kinderopvangorganisatie",
        "leden zitten er namens een schoolbestuur of kinderopvangorganisatie",
    ),
    "role": (
        "lid werkt bij een schoolbestuur of kinderopvangorganisatie, of deed dat kort geleden",
        "leden werken bij een schoolbestuur of kinderopvangorganisatie, of deden dat kort geleden",
    ),
    "declared": ("lid gaf zelf een belang op", "leden gaven zelf een belang op"),
}


class Scorers(NamedTuple):
    """`free` of `total` members may score; `why` tells of the others how many for which reason.

    No names: not everybody who reads this may see the register.
    """

    free: int
    total: int
    why: tuple[str, ...] = ()


def members_who_may_score(round_: SubsidyRound, day: date) -> Scorers:
    """Members in office on `day`; free are those tied to no possible applicant, or with a recorded exception.

    Before a round opens nobody knows who will apply, so a tie to any school board or childcare
    organisation counts. One query, whatever the number of members.
    """
    found = Counter(_why_not(row) for row in _members(round_, day))
    why = (
        f"{count} {one if count == 1 else more}"
        for reason, (one, more) in REASONS.items()
        if (count := found[reason])
    )
    return Scorers(free=found[""], total=found.total(), why=tuple(why))


def _why_not(row: dict[str, bool]) -> str:
    """The first reason that holds for a member, or empty."""
    if row["excepted"]:
        return ""
    return next((reason for reason in REASONS if row[reason]), "")


def _members(round_: SubsidyRound, day: date) -> QuerySet:
    """A row for each person with a say, with what is an interest and whether the college made an exception."""
    of_member = {"user": OuterRef("user")}
    recent = recent_ties(day)
    seats = CommissionMember.objects.filter(recent, organisation__kind__in=PARTIES, **of_member)
    roles = RoleAssignment.objects.filter(recent, organisation__kind__in=PARTIES, **of_member)
    declarations = InterestDeclaration.objects.filter(member__user=OuterRef("user"))
    return (
        CommissionMember.objects.active_on(day)
        .scoring()
        .values("user")
        .annotate(
            seat=Exists(seats),
            role=Exists(roles),
            declared=Exists(declarations.filter(organisations__kind__in=PARTIES))
            | Exists(declarations.filter(ikcs__in=Ikc.objects.open_on(day))),
            excepted=Exists(
                ConflictException.objects.filter(round=round_, member__user=OuterRef("user"))
            ),
        )
        .distinct()
    )
