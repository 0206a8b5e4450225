"""The register of interests: taken out with a trace, and wiped when its term is over (domain reference 8.1 and 8.4)."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from subsidies.models import (
    CommissionMember,
    CommissionSettings,
    DeclarationVersion,
    InterestDeclaration,
    SubsidyRound,
)

if TYPE_CHECKING:
    from ikc.models import User


def note_download(round_: SubsidyRound, *, whole: bool, by: "User", at: datetime) -> None:
    """Write down that somebody took the register of a round, or the own part of it."""
    record(round_, "interests_downloaded", actor=by, at=at, whole=whole)


def delete_old_interests(*, at: datetime) -> int:
    """Wipe the declarations of members whose last seat ended long enough ago; how many members were wiped."""
    before = _last_day_kept(local_date(at))
    declared = InterestDeclaration.objects.filter(member__user=OuterRef("user"))
    kept = DeclarationVersion.objects.filter(member__user=OuterRef("user"))
    running = CommissionMember.objects.filter(user=OuterRef("user")).filter(
        Q(valid_until=None) | Q(valid_until__gte=before)
    )
    over = (
        CommissionMember.objects.filter(Exists(declared) | Exists(kept))
        .exclude(Exists(running))
        .values("user")
        .annotate(seat=Max("pk"))
        .order_by("user")
    )
    return sum(_wipe(row["user"], row["seat"], at) for row in over)


@transaction.atomic
def _wipe(user_id: int, seat_id: int, at: datetime) -> int:
    """What this person declared goes, in all versions; the event says nothing of what it was."""
    seat = CommissionMember.objects.select_for_update(of=("self",)).get(pk=seat_id)
    DeclarationVersion.objects.filter(member__user=user_id).delete()
    InterestDeclaration.objects.filter(member__user=user_id).delete()
    record(seat, "interests_deleted", actor=None, at=at)
    return 1


def _last_day_kept(today: date) -> date:
    """A membership that ended before this day is over for long enough."""
    year = today.year - CommissionSettings.current().keep_interests_years
    try:
        return today.replace(year=year)
    except ValueError:  # 29 February
        return date(year, 3, 1)
