"""Conflicts of interest, derived from data (domain reference 6.3, rules C1-C4). One place, used by every read."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Q
from django.utils import timezone

from subsidies.states import FILED

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import SubsidyRound

# C3: ties that ended less than three years ago still count.
LOOK_BACK = timedelta(days=3 * 365)


def tied_organisation_ids(user: "User") -> set[int]:
    """Organisations that `user` is or recently was tied to: seats, roles and declared interests."""
    since = timezone.localdate() - LOOK_BACK
    recent = Q(valid_until=None) | Q(valid_until__gte=since)
    declaration = apps.get_model("subsidies", "InterestDeclaration")
    seats = apps.get_model("subsidies", "CommissionMember").objects.filter(recent, user=user).values_list("organisation_id", flat=True)
    roles = user.assignments.filter(
        recent, organisation__kind__in=["school_board", "childcare"]
    ).values_list("organisation_id", flat=True)
    declared = declaration.organisations.through.objects.filter(
        interestdeclaration__member__user=user
    ).values_list("organisation_id", flat=True)
    return {*seats, *roles, *declared}


def interest_in_application(user: "User") -> Q:
    """The applications in which `user` has an interest: the board, a partner of the IKC, or the IKC itself (C1, C2)."""
    organisations = tied_organisation_ids(user)
    declaration = apps.get_model("subsidies", "InterestDeclaration")
    partnered = apps.get_model("ikc", "IkcPartner").objects.filter(organisation__in=organisations).values("ikc")
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
        round_.applications.filter(state__in=FILED)
        .filter(interest_in_application(user))
        .exists()
    )
