"""What the clock does with the status Plus: warnings 12, 6 and 3 months before its end,
the two-yearly review, and the end (domain reference 5.2)."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from ikc.models import AreaRecalibration, PlusReview, PlusStatus
from ikc.plus import REVIEW_EVERY, review_years
from ikc.services.plus_life import expire, take_into_recalibration
from ikc.services.plus_mail import tell_concerned
from ikc.services.plus_record import lock_status
from ikc.states import PlusState
from kvk2.core.deadlines import local_date

# In months, the first one first.
WARNINGS = (12, 6, 3)
LONGEST = timedelta(days=366)


def warning_due(valid_until: date, today: date) -> int | None:
    """The last of the warnings whose day has come; None before the first."""
    return next(
        (months for months in reversed(WARNINGS) if _months_before(valid_until, months) <= today),
        None,
    )


def _months_before(day: date, months: int) -> date:
    """The same day of the month, or the 28th where that month may lack it."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, 28))


def warn_ending(*, at: datetime) -> int:
    """Send each warning that is due and was not sent; the number of statuses."""
    today = local_date(at)
    ending = PlusStatus.objects.running().filter(
        valid_until__gte=today, valid_until__lte=today + LONGEST
    )
    return sum(_warn(status, at=at) for status in ending.order_by("pk"))


@transaction.atomic
def _warn(status: PlusStatus, *, at: datetime) -> bool:
    status = lock_status(status)
    if status.valid_until is None:
        return False
    months = warning_due(status.valid_until, local_date(at))
    if months is None or (status.warned_months or 13) <= months:
        return False
    status.warned_months = months
    status.save(update_fields=["warned_months"])
    tell_concerned(status, "ikc/mail/plus_ending", {"months": months}, at=at)
    return True


def expire_ended(*, at: datetime) -> int:
    """Let every status expire whose last day is over; the number."""
    ended = PlusStatus.objects.running().filter(valid_until__lt=local_date(at))
    return len([expire(status, at=at) for status in ended.order_by("pk")])


def review_due(*, at: datetime) -> int:
    """Take each status into its two-yearly review that nothing else took this year; the number (T-PL-01).

    A new list of areas that takes effect in the year does it before this sweep finds anything. A status of this very year
    stands on the facts of this year, and waits for the next review.
    """
    today = local_date(at)
    programme = AreaRecalibration.objects.filter(origin=AreaRecalibration.Origin.PROGRAMME)
    decided_in = programme.order_by("year").values_list("year", flat=True).first()
    if decided_in is None or (today.year - decided_in) % REVIEW_EVERY:
        return 0
    reviewed = PlusReview.objects.filter(status=OuterRef("pk"), opened_at__year=today.year)
    statuses = (
        PlusStatus.objects.running()
        .active_on(today)
        .filter(~Exists(reviewed), valid_from__year__lt=today.year, valid_until__isnull=False)
        .exclude(state=PlusState.UNDER_RECALIBRATION)
    )
    return sum(_review(status, decided_in, at=at) for status in statuses.order_by("pk"))


def _review(status: PlusStatus, decided_in: int, *, at: datetime) -> bool:
    year = local_date(at).year
    if status.valid_from is None or status.valid_until is None:
        return False
    if year not in review_years(status.valid_from, status.valid_until, areas_decided_in=decided_in):
        return False
    take_into_recalibration(status, reason=f"Tweejaarlijkse herijking van {year}.", by=None, at=at)
    return True
