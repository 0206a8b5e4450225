"""What was delivered of the functions in an agreement: hours and weeks of vacancy, per year (monitoring reference 3.3)."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from agreements.models import (
    ProgrammeYear,
    ResultAgreement,
    StaffingCommitment,
    StaffingRealisation,
)
from agreements.services.saving import save_checked
from agreements.staffing import FunctionYear, function_year
from agreements.states import AgreementState
from kvk2.core.audit import record
from kvk2.core.errors import DomainError

if TYPE_CHECKING:
    from ikc.models import User


class HoursRefused(DomainError):
    """A function that does not run, a year for which it was not agreed, or hours that cannot be."""


@transaction.atomic
def record_hours(
    commitment: StaffingCommitment,
    *,
    year: ProgrammeYear,
    hours: Decimal,
    vacancy_weeks: int | None = None,
    reason: str = "",
    by: "User | None",
    at: datetime,
) -> StaffingRealisation:
    """Hours that were delivered in `year`; a second row adds to the first, a negative one corrects it.

    `vacancy_weeks` are those of the year so far (0-52), None when not known. Refusal: `HoursRefused`.
    """
    _lock(commitment)
    reason = reason.strip()
    own = _runs_in(commitment, year, timezone.localdate(at))
    refusal = own.why_not(hours)
    if not refusal and not reason:
        refusal = own.wants_reason(hours, vacancy_weeks, timezone.localdate(at))
    if refusal:
        raise HoursRefused(refusal)
    row = StaffingRealisation(
        commitment=commitment,
        year=year,
        hours=hours,
        vacancy_weeks=vacancy_weeks,
        reason=reason,
        recorded_at=at,
        recorded_by=by,
    )
    save_checked(row, HoursRefused)
    record(
        commitment.version,
        "staffing.recorded",
        actor=by,
        at=at,
        what=str(commitment),
        year=str(year),
        amount=hours,
        reason=reason,
    )
    return row


def _lock(commitment: StaffingCommitment) -> None:
    """Two people who take hours back at once wait for each other: also under two versions of one agreement."""
    ResultAgreement.objects.select_for_update(no_key=True).get(pk=commitment.version.agreement_id)
    commitment.version.refresh_from_db(fields=["state"])
    if commitment.version.state != AgreementState.IN_FORCE:
        raise HoursRefused("Deze afspraak is niet in werking: er zijn geen uren vast te leggen.")


def _runs_in(commitment: StaffingCommitment, year: ProgrammeYear, today: date) -> FunctionYear:
    own = function_year(commitment, year)
    if own is None:
        raise HoursRefused(f"Deze functie is niet afgesproken voor {year.full_label}.")
    if not own.has_begun(today):
        raise HoursRefused(f"Het {year.full_label} is nog niet begonnen.")
    return own
