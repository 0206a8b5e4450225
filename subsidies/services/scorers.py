"""How many members of the commission can score a round without an interest (domain reference 6.3, C4)."""

from datetime import date
from typing import NamedTuple

from django.db.models import Exists, OuterRef

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


class Scorers(NamedTuple):
    """`free` of `total` members may score."""

    free: int
    total: int


def members_who_may_score(round_: SubsidyRound, day: date) -> Scorers:
    """Members in office on `day`; free are those tied to no possible applicant, or with a recorded exception.

    Before a round opens nobody knows who will apply, so a tie to any school board or childcare
    organisation counts. Two queries, whatever the number of members.
    """
    of_member = {"user": OuterRef("user")}
    recent = recent_ties(day)
    declarations = InterestDeclaration.objects.filter(member__user=OuterRef("user"))
    tied = (
        Exists(CommissionMember.objects.filter(recent, organisation__kind__in=PARTIES, **of_member))
        | Exists(RoleAssignment.objects.filter(recent, organisation__kind__in=PARTIES, **of_member))
        | Exists(declarations.filter(organisations__kind__in=PARTIES))
        | Exists(declarations.filter(ikcs__in=Ikc.objects.open_on(day)))
    )
    excepted = Exists(ConflictException.objects.filter(round=round_, member__user=OuterRef("user")))
    seats = CommissionMember.objects.active_on(day).scoring()
    return Scorers(
        free=seats.filter(~tied | excepted).values("user").distinct().count(),
        total=seats.values("user").distinct().count(),
    )
