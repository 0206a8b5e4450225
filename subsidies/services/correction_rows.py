"""The rows that a correction changes: what they still lack, and writing them when it is taken over."""

from collections.abc import Iterable
from datetime import date

from subsidies.correctable import corrected
from subsidies.correctable_rows import (
    ACTIVITIES,
    STATE_AID,
    SUB_APPLICATION,
    Changes,
    activity_content,
    aid_values,
    content_with,
    sub_values,
)
from subsidies.models import Activity, Application, BudgetLine
from subsidies.services import activities, state_aid_statements, sub_applications
from subsidies.services.contents import content_of
from subsidies.services.standing import Standing


def gaps_with(application: Application, changes: Changes, day: date) -> Iterable[str]:
    """What the rows of `changes` lack, as sentences; `day` is the one on which the application was filed."""
    values = {name: change["after"] for name, change in changes.items()}
    if not values.keys() & {ACTIVITIES, SUB_APPLICATION, STATE_AID, "requested_amount"}:
        return
    content = content_with(content_of(application, day), values)
    if ACTIVITIES in values:
        yield from activities.gaps(content.activities, application.round)
    if values.keys() & {SUB_APPLICATION, "requested_amount"}:
        yield from sub_applications.gaps(corrected(application, changes), content)
    if SUB_APPLICATION in values:
        yield from sub_applications.priority_gaps(application, content)
    if STATE_AID in values:
        yield from state_aid_statements.gaps(content, day)


def write_rows(application: Application, changes: Changes, standing: Standing, day: date) -> None:
    """Write the rows of `changes`; the priority of the sub-application again, by the facts of the day of filing."""
    if ACTIVITIES in changes:
        rows = [activity_content(row) for row in changes[ACTIVITIES]["after"]]
        activities.write_activities(application, rows)
    if SUB_APPLICATION in changes:
        values = sub_values(changes[SUB_APPLICATION]["after"])
        sub = sub_applications.write_sub_application(application, values)
        application.sub_application = sub
        sub_applications.freeze(application, content_of(application, day), standing)
    if STATE_AID in changes:
        answers, amounts = aid_values(changes[STATE_AID]["after"])
        state_aid_statements.write_state_aid(application, answers, amounts)


def write_lines(application: Application, lines: list[BudgetLine]) -> None:
    """Write the budget of a correction, after its activities: a line finds one that is new by its key.

    A line of an activity that went with the correction is a line of the plan as a whole.
    """
    keys = dict(Activity.objects.filter(application=application).values_list("key", "pk"))
    for line in lines:
        if line.activity_key:
            line.activity_id = keys.get(line.activity_key)
        elif line.activity_id not in keys.values():
            line.activity_id = None
    BudgetLine.objects.filter(application=application).delete()
    BudgetLine.objects.bulk_create(lines)
