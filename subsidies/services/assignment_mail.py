"""A member hears that there is more or less to review: how many, and never of whom (domain reference 6.3)."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from ikc.notices import NoticeKind
from ikc.services.notices import notify_users
from subsidies.models import CommissionMember, SubsidyRound


def tell_members(
    round_: SubsidyRound, *, gets: Iterable[int], loses: Iterable[int], at: datetime
) -> int:
    """Order a mail to every member whose work changed; the number of mails.

    `gets` and `loses` name a member (by id) once for each review.
    """
    more, less = Counter(gets), Counter(loses)
    members = CommissionMember.objects.filter(pk__in={*more, *less}).select_related("user")
    for member in members.order_by("pk"):
        context = {
            "round": str(round_),
            "gets": more[member.pk],
            "loses": less[member.pk],
            "municipality": settings.MUNICIPALITY["name"],
            "product": settings.MUNICIPALITY["product"],
            "url": f"{settings.SITE_URL}{reverse('subsidies:review_list')}",
        }
        template = "subsidies/mail/reviews_assigned"
        notify_users([member.user], NoticeKind.REVIEWS, template, context, at=at)
    return len({*more, *less})
