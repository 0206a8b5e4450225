"""Who hears by e-mail that something happened to an agreement."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from agreements.models import AgreementParty, AgreementVersion
from agreements.states import SIGNING_ROLE, PartyRole
from ikc.models import RoleAssignment
from ikc.notices import NoticeKind
from ikc.roles import Role
from ikc.services.notices import notify_users

if TYPE_CHECKING:
    from ikc.models import User


def signers_of(parties: Iterable[AgreementParty], *, at: datetime) -> list["User"]:
    """Who may agree and sign for one of `parties` today."""
    wanted = Q(pk__in=[])
    for party in parties:
        wanted |= Q(role=SIGNING_ROLE[PartyRole(party.role)], organisation_id=party.organisation_id)
    return _holders(wanted, at=at)


def table_of(version: AgreementVersion, *, at: datetime) -> list["User"]:
    """Everybody at the table: who signs for a party, the directors of the IKC and the project leaders."""
    wanted = Q(role=Role.PROJECT_LEADER) | Q(
        role=Role.IKC_DIRECTOR, ikc_id=version.agreement.ikc_id
    )
    people = [*signers_of(version.parties.in_order(), at=at), *_holders(wanted, at=at)]
    return list(dict.fromkeys(people))


def tell_table(
    version: AgreementVersion, template: str, *, by: "User | None", at: datetime, **context: Any
) -> None:
    """An e-mail to everybody at the table but the one who did it."""
    notify_users(
        [user for user in table_of(version, at=at) if user != by],
        NoticeKind.AGREEMENT,
        f"agreements/mail/{template}",
        {"version": version, "by": by, **context},
        at=at,
    )


def _holders(wanted: Q, *, at: datetime) -> list["User"]:
    rows = (
        RoleAssignment.objects.active_on(timezone.localdate(at))
        .filter(wanted)
        .select_related("user")
        .order_by("pk")
    )
    return list(dict.fromkeys(row.user for row in rows if row.user.is_active))
