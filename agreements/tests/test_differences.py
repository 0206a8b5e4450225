"""What two texts say otherwise: nothing that the parties sign may change unseen."""

from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from agreements.differences import NOT_COMPARED, compare
from kvk2.tests.paper import AGREEMENT

TEXT = AGREEMENT.text


def variants(value: Any, path: str = ""):
    """`value` with one leaf changed, for each leaf that is compared."""
    for field in fields(value):
        if field.name in NOT_COMPARED and not path:
            continue
        inner = getattr(value, field.name)
        name = f"{path}.{field.name}"
        for changed in changed_values(inner, name):
            yield changed[0], replace(value, **{field.name: changed[1]})


def changed_values(value: Any, name: str):
    if is_dataclass(value):
        yield from variants(value, name)
    elif isinstance(value, tuple):
        if value:
            yield f"{name} (weg)", value[1:]
            for where, item in changed_values(value[0], name):
                yield where, (item, *value[1:])
    elif value is not None:
        yield name, other_than(value, name)


def other_than(value: Any, name: str) -> Any:
    match value:
        case bool():
            return not value
        case date():
            return value + timedelta(days=1)
        case int():
            return value + 1
    if name == ".clauses.code":
        return "disputes"
    return OTHER.get(name.rsplit(".")[-1], f"{value}7" if value.isdigit() else f"{value} x")


# Values that come from a list: another of the same list.
OTHER = {
    "aim": "keep",
    "role": "childcare",
    "kind": "hours",
    "code": "steering",
    "change_kind": "how_much",
    "type": "number",
    "direction": "lower",
    "baseline_status": "provisional",
    "amount": "9.00",
    "tolerance": "9",
}


def test_every_change_of_the_text_is_seen():
    assert not compare(TEXT, TEXT)
    unseen = {where for where, changed in variants(TEXT) if not compare(TEXT, changed)}
    # the title says which goal it is; only a milestone has days of leeway
    assert unseen <= {".goals.code", ".goals.results.indicators.leeway_days"}


def test_targets_stand_as_old_and_new_beside_each_other():
    goal = TEXT.goals[0]
    row = goal.results[0].indicators[0]
    last = replace(row.targets[-1], value="99")
    changed = replace(row, targets=(*row.targets[:-1], last))
    result = replace(goal.results[0], indicators=(changed, *goal.results[0].indicators[1:]))
    goals = (replace(goal, results=(result, *goal.results[1:])), *TEXT.goals[1:])

    (part,) = compare(TEXT, replace(TEXT, goals=goals)).parts

    (target,) = part.targets
    ((year, was, becomes),) = target.changed
    assert (year, becomes) == (row.targets[-1].year, "99%" if row.type == "percentage" else "99,0")
    assert was != becomes
    assert len(target.years) == len(row.targets)


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ("Een twee drie vier vijf", "Een twee drie vier zes", ["same", "gone", "new"]),
        ("Helemaal iets anders", "Nieuw", ["gone", "new"]),
    ],
)
def test_words_that_go_and_come_are_marked(old, new, kinds):
    topics = [replace(TEXT.topics[0], text=text) for text in (old, new)]
    texts = [replace(TEXT, topics=(topic, *TEXT.topics[1:])) for topic in topics]

    ((change,),) = [part.changes for part in compare(*texts).parts]

    assert [piece.kind for piece in change.pieces if piece.text.strip()] == kinds
