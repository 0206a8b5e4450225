"""E-mail that a user may choose about: at once, once a day, or not at all.

What the law asks for never comes through here: that is queued at once (`subsidies.services.delivery`).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from ikc.models import NoticePreference, WaitingNotice
from ikc.notices import NoticeKind, NoticeWhen
from kvk2.core.audit import record
from kvk2.core.deadlines import AMSTERDAM
from kvk2.core.mail import mail_texts, queue_mail
from kvk2.core.models import OutgoingMail

if TYPE_CHECKING:
    from ikc.models import User

# The mail of the day goes at seven in the morning, Dutch time.
DAILY_AT = time(7)


def notify_users(
    users: Iterable["User"], kind: NoticeKind, template: str, context: dict, *, at: datetime
) -> dict[int, OutgoingMail | WaitingNotice]:
    """Order the e-mail for each of them, as each chose; `template` names a folder as for `queue_mail`.

    Gives by the key of the user what was ordered; who wants no such e-mail is not in it.
    """
    users = list(users)
    ordered: dict[int, OutgoingMail | WaitingNotice] = {}
    chosen = dict(
        NoticePreference.objects.filter(user__in=users, kind=kind).values_list("user", "choice")
    )
    for user in users:
        when = chosen.get(user.pk, NoticeWhen.AT_ONCE)
        if when == NoticeWhen.AT_ONCE:
            ordered[user.pk] = queue_mail(user.email, template, context, at=at)
        elif when == NoticeWhen.DAILY:
            subject, body = mail_texts(template, context)
            ordered[user.pk] = WaitingNotice.objects.create(
                user=user, subject=subject, body=body, created_at=at
            )
    return ordered


@transaction.atomic
def choose(user: "User", choices: Mapping[NoticeKind, str], *, at: datetime) -> None:
    """Keep what the user wants; who wants nothing special has no row."""
    for kind, choice in choices.items():
        NoticePreference.objects.update_or_create(
            user=user, kind=kind, defaults={"choice": NoticeWhen(choice)}
        )
    told: dict[str, Any] = {str(kind): str(choice) for kind, choice in choices.items()}
    record(user, "user.notices_chosen", actor=user, at=at, choices=told)


def send_daily(*, at: datetime) -> int:
    """Put what waits since before the last seven o'clock in one e-mail for each user; the number of e-mails."""
    local = at.astimezone(AMSTERDAM)
    if local.time() < DAILY_AT:
        return 0
    due = datetime.combine(local.date(), DAILY_AT, AMSTERDAM)
    with transaction.atomic():
        rows = (
            WaitingNotice.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(mail=None, created_at__lt=due)
            .select_related("user")
            .order_by("user", "created_at", "pk")
        )
        return sum(
            _send(user, list(notices), at) for user, notices in groupby(rows, lambda row: row.user)
        )


def _send(user: "User", notices: list[WaitingNotice], at: datetime) -> int:
    """One e-mail; none to somebody who may not come in any more."""
    if not user.is_active:
        return 0
    context = {
        "notices": notices,
        "municipality": settings.MUNICIPALITY["name"],
        "product": settings.MUNICIPALITY["product"],
        "url": f"{settings.SITE_URL}{reverse('ikc:notice_preferences')}",
    }
    mail = queue_mail(user.email, "ikc/mail/daily_notices", context, at=at)
    WaitingNotice.objects.filter(pk__in=[row.pk for row in notices]).update(mail=mail)
    return 1
