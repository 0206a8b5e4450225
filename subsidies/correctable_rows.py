"""The activities, the sub-application and the answer about state aid of a correction: as JSON, and back.

A correction keeps each of the three as one value: what it was and what it is to be.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from subsidies.content import ApplicationContent
from subsidies.models import (
    Activity,
    Application,
    DeMinimisAid,
    StateAidStatement,
    SubApplication,
)
from subsidies.services.activities import ActivityContent

ACTIVITIES, SUB_APPLICATION, STATE_AID = "activities", "sub_application", "state_aid"
Changes = Mapping[str, Mapping[str, Any]]

_SUB = ("wanted", "title", "description", "amount", "young_child")
_AID = ("reaches_undertaking", "undertaking", "purpose", "received_before")
_ROW = tuple(part.name for part in fields(ActivityContent) if part.name not in ("key", "unparsed"))


def as_json(value: Any) -> Any:
    """A value of a column as JSON can hold it; an amount in euros with its cents."""
    if isinstance(value, Decimal):
        return format(value.quantize(Decimal("0.01")), "f")
    return value.isoformat() if isinstance(value, date) else value


def activity_as_json(row: Activity | ActivityContent) -> dict[str, Any]:
    return {"key": row.key} | {name: as_json(getattr(row, name)) for name in _ROW}


def sub_as_json(sub: Any) -> dict[str, Any]:
    """`sub`: the stored sub-application, or None when the question was never answered."""
    empty = SubApplication()
    return {name: as_json(getattr(sub or empty, name)) for name in _SUB}


def aid_as_json(statement: Any, amounts: Mapping[int, Decimal]) -> dict[str, Any]:
    """`amounts`: de-minimis aid in euros by year."""
    empty = StateAidStatement()
    values = {name: as_json(getattr(statement or empty, name)) for name in _AID}
    return values | {"amounts": {str(year): as_json(amounts[year]) for year in sorted(amounts)}}


def _activities(application: Application) -> list[dict[str, Any]]:
    return [activity_as_json(row) for row in application.activities.order_by("order", "pk")]


def _sub(application: Application) -> dict[str, Any]:
    return sub_as_json(getattr(application, "sub_application", None))


def _aid(application: Application) -> dict[str, Any]:
    amounts = {row.year: row.amount for row in application.de_minimis.all()}
    return aid_as_json(getattr(application, "state_aid_statement", None), amounts)


# How each group of rows reads now, by its name in a correction.
STORED: Mapping[str, Callable[[Application], Any]] = MappingProxyType(
    {ACTIVITIES: _activities, SUB_APPLICATION: _sub, STATE_AID: _aid}
)


def activity_content(row: Mapping[str, Any]) -> ActivityContent:
    """A row out of JSON, to be stored."""
    return ActivityContent(
        **{
            **row,
            "starts_on": _day(row["starts_on"]),
            "ends_on": _day(row["ends_on"]),
            "paid_amount": _amount(row["paid_amount"]),
        }
    )


def sub_values(value: Mapping[str, Any]) -> dict[str, Any]:
    return {**value, "amount": _amount(value["amount"])}


def aid_values(value: Mapping[str, Any]) -> tuple[dict[str, Any], dict[int, Decimal]]:
    """The answers, and the amounts by year."""
    amounts = {int(year): Decimal(amount) for year, amount in value["amounts"].items()}
    return {name: value[name] for name in _AID}, amounts


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def content_with(content: ApplicationContent, values: Mapping[str, Any]) -> ApplicationContent:
    """`content` with the groups of rows of `values` (name to JSON) in their place; in memory, never saved."""
    if ACTIVITIES in values:
        rows = (activity_content(row) for row in values[ACTIVITIES])
        content = replace(
            content,
            activities=tuple(
                Activity(order=order, key=row.key, **row.values())
                for order, row in enumerate(rows, 1)
            ),
        )
    if SUB_APPLICATION in values:
        content = replace(content, sub=SubApplication(**sub_values(values[SUB_APPLICATION])))
    if STATE_AID in values:
        answers, amounts = aid_values(values[STATE_AID])
        content = replace(
            content,
            state_aid=StateAidStatement(**answers),
            de_minimis=tuple(
                DeMinimisAid(year=year, amount=amount)
                for year, amount in sorted(amounts.items(), reverse=True)
            ),
        )
    return content
