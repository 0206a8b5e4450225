"""The rules of the kernel, as the vector files call them (`kvk2.core.replay`)."""

from collections.abc import Mapping
from typing import Any

from kvk2.core import deadlines, money, suppression
from kvk2.core.deadlines import ClockStop, Unit
from kvk2.core.identifiers import IdentifierKind, bsn_like, validate_identifier
from kvk2.core.replay import Adapter, Input, MalformedVectors

Output = Mapping[str, Any]


def _holidays(case: Input) -> Output:
    days = deadlines.holidays(case.integer("year"))
    return {"holidays": [{"date": day.date.isoformat(), "code": day.code.name} for day in days]}


def _is_working_day(case: Input) -> Output:
    extra = frozenset(case.days("extra_holidays"))
    return {"working_day": deadlines.is_working_day(case.day("date"), extra)}


def _term_end(case: Input) -> Output:
    end = deadlines.term_end(
        case.day("start"),
        case.integer("amount"),
        case.code("unit", Unit),
        atw_applies=case.boolean("atw_applies"),
        extra_holidays=frozenset(case.days("extra_holidays")),
    )
    return {"raw": end.raw.isoformat(), "last_day": end.last_day.isoformat()}


def _backward_term(case: Input) -> Output:
    day = deadlines.backward_term(
        case.day("anchor"), case.integer("amount"), case.code("unit", Unit)
    )
    return {"day": day.isoformat()}


def _deadline(case: Input) -> Output:
    result = deadlines.deadline(
        deadlines.deadline_kind(case.text("kind")),
        case.day("start"),
        amount=case.optional_integer("amount"),
        stops=[_clock_stop(stop) for stop in case.objects("stops")],
        extra_holidays=frozenset(case.days("extra_holidays")),
    )
    return {
        "base": result.base.isoformat(),
        "stopped_days": result.stopped_days,
        "last_day": result.last_day.isoformat(),
    }


def _clock_stop(stop: Input) -> ClockStop:
    match stop.text("kind"):
        case "COMPLETION":
            return ClockStop.completion(
                requested_on=stop.day("requested_on"),
                completed_on=stop.optional_day("completed_on"),
                term_ends_on=stop.day("term_ends_on"),
            )
        case "AGREED_DELAY" | "APPLICANT_DELAY" | "FORCE_MAJEURE":
            return ClockStop(stop.day("first_day"), stop.day("resumes_on"))
    raise MalformedVectors("input.stops has a kind that this portal does not know")


def _notice_due(case: Input) -> Output:
    return {"due_at": deadlines.notice_due(case.moment("posted_at")).isoformat()}


def _penalty(case: Input) -> Output:
    return {"amount": str(deadlines.penalty(case.integer("days")))}


def _local_date(case: Input) -> Output:
    return {"date": deadlines.local_date(case.moment("timestamp")).isoformat()}


def _parse_amount(case: Input) -> Output:
    return {"amount": str(money.parse_amount(case.text("text")))}


def _format_amount(case: Input) -> Output:
    return {"text": money.format_amount(case.decimal("amount"))}


def _validate_identifier(case: Input) -> Output:
    found = validate_identifier(
        case.code("kind", IdentifierKind),
        case.text("value"),
        municipality=case.optional_text("municipality"),
        district=case.optional_text("district"),
    )
    return {"value": found.value, "second_user_needed": found.second_user_needed}


def _bsn_like(case: Input) -> Output:
    return {"numbers": list(bsn_like(case.text("text")))}


def _suppress_row(case: Input) -> Output:
    row = suppression.suppress_row(
        case.integers("cells"), case.optional_integer("total"), k=case.integer("k")
    )
    return {"cells": list(row.cells), "total": row.total}


def _percentage_display(case: Input) -> Output:
    display = suppression.percentage_display(
        case.integer("numerator"),
        case.integer("denominator"),
        k=case.integer("k"),
        min_denominator=case.integer("min_denominator"),
    )
    return {"display": display}


def _difference_display(case: Input) -> Output:
    old, new = case.optional_text("old"), case.optional_text("new")
    return {"display": suppression.difference_display(old, new)}


FUNCTIONS: dict[str, Adapter] = {
    "holidays": _holidays,
    "is_working_day": _is_working_day,
    "term_end": _term_end,
    "backward_term": _backward_term,
    "deadline": _deadline,
    "notice_due": _notice_due,
    "penalty": _penalty,
    "local_date": _local_date,
    "parse_amount": _parse_amount,
    "format_amount": _format_amount,
    "validate_identifier": _validate_identifier,
    "bsn_like": _bsn_like,
    "suppress_row": _suppress_row,
    "percentage_display": _percentage_display,
    "difference_display": _difference_display,
}
