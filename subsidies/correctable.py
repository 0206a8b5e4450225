"""Which answers belong to what may be asked to complete, and when they may no longer change.

In a tender nothing may be added after closing that affects the assessment (domain reference 3.2): everybody
is compared on what they filed in time. Who the applicant is and proof of what was already said may follow.
"""

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from subsidies.closing import closing_moment
from subsidies.correctable_rows import ACTIVITIES, STATE_AID, STORED, SUB_APPLICATION
from subsidies.models import Application, BudgetLine, Subject, SubsidyRound

LINES = "lines"
# What a correction keeps as one value: rows, or the answers to one step.
GROUPS: Mapping[Subject, str] = MappingProxyType(
    {
        Subject.BUDGET: LINES,
        Subject.ACTIVITIES: ACTIVITIES,
        Subject.SUB_APPLICATION: SUB_APPLICATION,
        Subject.STATE_AID: STATE_AID,
    }
)
# The columns of the application itself, and those of its plan.
FIELDS: Mapping[Subject, tuple[str, ...]] = MappingProxyType(
    {
        Subject.CONTACT: ("contact_name", "contact_email", "contact_phone"),
        Subject.MANDATE: ("mandate_reference",),
        Subject.CHILDREN: ("children_0_1", "children_2_3", "children_4_12"),
        Subject.AMOUNT: ("requested_amount",),
        Subject.FUNDING: ("applied_elsewhere", "applied_elsewhere_note"),
    }
)
PLAN_FIELDS: Mapping[Subject, tuple[str, ...]] = MappingProxyType(
    {
        subject: (subject.value,)
        for subject in (
            Subject.SUMMARY,
            Subject.ANALYSIS,
            Subject.INTEGRATED_OFFER,
            Subject.PARENT_INVOLVEMENT,
            Subject.SUPPORT,
        )
    }
)
# What may be supplied after the closing of a tender: it cannot change a score or an amount.
OUTSIDE_ASSESSMENT = frozenset(
    {Subject.CONTACT, Subject.MANDATE, Subject.FUNDING, Subject.STATE_AID, Subject.PROOF}
)
# The norms and the maximum are worked out again when one of these changes.
MONEY_FIELDS = frozenset({LINES, "requested_amount", "children_2_3", "children_4_12"})


def fields_of(subject: Subject) -> tuple[str, ...]:
    """The names under which a correction keeps the answers of `subject`; none for a file or an explanation."""
    if subject in GROUPS:
        return (GROUPS[subject],)
    return FIELDS.get(subject) or PLAN_FIELDS.get(subject, ())


def is_of_plan(name: str) -> bool:
    """Whether the answer `name` stands in the plan and not on the application itself."""
    return any(name in names for names in PLAN_FIELDS.values())


def subjects_of(round_: SubsidyRound) -> list[Subject]:
    """What an application in `round_` consists of."""
    without = () if round_.sub_applications_allowed else (Subject.SUB_APPLICATION,)
    return [subject for subject in Subject if subject not in without]


def why_fixed(subject: Subject, round_: SubsidyRound, at: datetime) -> str:
    """Why `subject` cannot be completed at `at`, as a sentence; empty when it can."""
    if subject not in subjects_of(round_):
        return "In deze ronde is er geen deelaanvraag."
    if round_.allocation_method != SubsidyRound.Method.TENDER or at < closing_moment(round_):
        return ""
    if subject in OUTSIDE_ASSESSMENT:
        return ""
    return (
        f"‘{subject.label}’ kan niet meer worden aangevuld. Deze ronde is een tender: na de sluiting "
        "komt er niets bij dat de beoordeling beïnvloedt."
    )


def value_of(application: Application, name: str) -> Any:
    """The answer `name` as JSON can hold it."""
    if name == LINES:
        lines = application.budget_lines.order_by("side", "order", "pk")
        return [line_as_json(line) for line in lines]
    if name in STORED:
        return STORED[name](application)
    value = getattr(application.plan if is_of_plan(name) else application, name)
    return str(value) if isinstance(value, Decimal) else value


def line_as_json(line: Any) -> dict[str, Any]:
    """A budget line, stored or typed, as JSON can hold it."""
    return {
        "order": line.order,
        "side": str(line.side),
        "kind": str(line.kind),
        "description": line.description,
        "hours": _text(line.hours),
        "rate": _text(line.rate),
        "amount": _text(line.amount),
        "activity": line.activity_key or line.activity_id,
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value.quantize(Decimal("0.01")), "f")


def corrected(application: Application, changes: Mapping[str, Mapping[str, Any]]) -> Application:
    """A copy in memory of `application` with the answers of `changes`; never saved."""
    shown, plan = copy(application), copy(application.plan)
    for name, change in changes.items():
        if not is_group(name):
            target: Any = plan if is_of_plan(name) else shown
            setattr(target, name, from_json(target, name, change["after"]))
    shown.plan = plan
    return shown


def is_group(name: str) -> bool:
    """Whether a correction keeps rows or a whole step under `name`, and no single answer."""
    return name in GROUPS.values()


def from_json(target: Any, name: str, value: Any) -> Any:
    """The value of column `name` of `target`, out of JSON."""
    return target._meta.get_field(name).to_python(value)


def corrected_lines(
    application: Application, changes: Mapping[str, Mapping[str, Any]]
) -> list[BudgetLine]:
    """The budget lines with the correction in them; not saved when they come from the correction."""
    if LINES not in changes:
        return list(application.budget_lines.order_by("side", "order", "pk"))
    return [_line(application, row) for row in changes[LINES]["after"]]


def _line(application: Application, row: Mapping[str, Any]) -> BudgetLine:
    money = {
        name: None if row[name] is None else Decimal(row[name])
        for name in ("hours", "rate", "amount")
    }
    line = BudgetLine(
        application=application,
        order=row["order"],
        side=row["side"],
        kind=row["kind"],
        description=row["description"],
        **money,
    )
    if isinstance(activity := row.get("activity"), str):
        line.activity_key = activity
    else:
        line.activity_id = activity
    return line
