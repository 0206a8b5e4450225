"""Rows that hold for a time: a first and a last day that both belong to it, and no two of them at once."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db.models import Func, Q


class Period(Func):
    """daterange(valid_from, valid_until, '[]'): both days belong to it, an empty end is 'for now'."""

    function = "DATERANGE"
    output_field = DateRangeField()


def one_at_a_time(
    name: str,
    *same: Any,
    days: tuple[str, str] = ("valid_from", "valid_until"),
    condition: Q | None = None,
    message: str | None = None,
) -> ExclusionConstraint:
    """Of rows in which `same` (fields or expressions) are equal, no two hold on one day; `message` is for the form."""
    period = Period(*days, RangeBoundary(inclusive_upper=True))
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((field, RangeOperators.EQUAL) for field in same),
            (period, RangeOperators.OVERLAPS),
        ],
        condition=condition,
        violation_error_message=message,
    )
