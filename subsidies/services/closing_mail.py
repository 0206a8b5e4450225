"""Who may still apply hears that a round closes later: with a draft, or of the target group without any application."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from ikc.models import Ikc, RoleAssignment
from ikc.roles import Role
from kvk2.core.deadlines import local_date
from kvk2.core.mail import queue_mail
from subsidies.services.notices import written
from subsidies.services.standing import standing_of, why_not_eligible
from subsidies.states import FILED, ApplicationState

if TYPE_CHECKING:
    from subsidies.models import ClosingExtension, SubsidyRound


def tell_later_closing(
    round_: "SubsidyRound", extension: "ClosingExtension", *, at: datetime
) -> int:
    """Order a mail to the directors of the IKCs that can still apply, and the contacts of drafts; the number ordered."""
    context = {
        "round": str(round_),
        "old_closing": _moment(extension.old_closing),
        "new_closing": _moment(extension.new_closing),
        "reason": extension.reason,
        "municipality": settings.MUNICIPALITY["name"],
        "product": settings.MUNICIPALITY["product"],
        "phone": settings.MUNICIPALITY["phone"],
        "url": f"{settings.SITE_URL}{round_.get_absolute_url()}",
    }
    addresses = _addresses(round_, at)
    for address in addresses:
        queue_mail(address, "subsidies/mail/closing_extended", context, at=at)
    return len(addresses)


def _addresses(round_: "SubsidyRound", at: datetime) -> list[str]:
    today = local_date(at)
    drafts = round_.applications.filter(state=ApplicationState.DRAFT)
    started = set(drafts.values_list("ikc", flat=True))
    done = round_.applications.filter(state__in=FILED).values("ikc")
    possible = Ikc.objects.open_on(today).exclude(pk__in=done).select_related("attention_area")
    wanted = started | {
        ikc.pk
        for ikc in possible.order_by("pk")
        if not why_not_eligible(round_, ikc, standing_of(ikc, local_date(round_.opens_at)))
    }
    directors = RoleAssignment.objects.active_on(today).filter(
        role=Role.IKC_DIRECTOR, ikc__in=wanted, user__is_active=True
    )
    found = set(directors.values_list("user__email", flat=True))
    found |= {email.lower() for email in drafts.values_list("contact_email", flat=True) if email}
    return sorted(found)


def _moment(at: datetime) -> str:
    """`15 april 2026, 17.00 uur`, on the Amsterdam clock."""
    return f"{written(local_date(at))}, {timezone.localtime(at):%H.%M} uur"
