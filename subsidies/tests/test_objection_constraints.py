"""What the database refuses of objections, whoever asks."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from subsidies.models import (
    Decision,
    Objection,
    ObjectionDelay,
    ObjectionHearing,
    ObjectionRepair,
)
from subsidies.tests.factories_objections import (
    LAST_DAY,
    LATER,
    handler,
    judged,
    objected,
    sent_decisions,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def decision() -> Decision:
    return sent_decisions()[0]


@pytest.fixture
def leader():
    return handler()


def refused(name: str):
    return pytest.raises(IntegrityError, match=name)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("objection_state_is_known", {"state": "nonsense"}),
        ("objection_of_the_addressee_is_their_own", {"own_application": None}),
        ("objection_judged_is_whole", {"state": "admissibility"}),
        ("objection_excused_was_late", {"excused": True}),
        ("objection_no_hearing_has_a_reason", {"no_hearing": "waived"}),
        ("objection_costs_were_requested", {"costs_awarded": 100}),
        ("objection_withdrawn_has_a_day", {"state": "withdrawn"}),
        ("objection_appeal_is_whole", {"appealed_on": LAST_DAY}),
        ("objection_decided_has_an_answer", {"outcome": "unfounded"}),
        ("objection_stays", {"name": "Iemand anders"}),
        ("objection_stays", {"received_at": LATER}),
    ],
)
def test_what_the_database_refuses_of_an_objection(decision, name, values):
    objection = objected(decision)
    with refused(name), transaction.atomic():
        Objection.objects.filter(pk=objection.pk).update(**values)
    with refused("objection_stays"), transaction.atomic():
        objection.delete()


def test_what_the_database_refuses_when_one_is_made(decision, leader):
    objection = objected(decision, by=leader)
    for name, values in (
        ("objection_is_by_somebody", {"name": ""}),
        ("objection_postmark_is_of_post", {"postmark_on": LAST_DAY}),
        (
            "objection_advice_is_whole",
            {
                "state": "advised",
                "judged_at": LATER,
                "judged_by": leader,
                "interested": True,
                "timeliness": "late",
                "judgement": "Goed.",
            },
        ),
    ):
        row = Objection.objects.get(pk=objection.pk)
        row.pk, row.reference = None, f"{name}"
        for field, value in values.items():
            setattr(row, field, value)
        with refused(name), transaction.atomic():
            row.save(force_insert=True)


def test_what_the_database_refuses_of_repairs_delays_and_hearings(decision, leader):
    objection = judged(objected(decision, by=leader), by=leader)
    repair = {"objection": objection, "asked_at": LATER, "asked_by": leader}
    for name, model, values in (
        (
            "objection_repair_gives_a_term",
            ObjectionRepair,
            {**repair, "missing": "Alles.", "due_on": LATER.date()},
        ),
        (
            "objection_repaired_says_what",
            ObjectionRepair,
            {**repair, "missing": "X", "due_on": date(2026, 8, 1), "repaired_on": LATER.date()},
        ),
    ):
        with refused(name), transaction.atomic():
            model.objects.create(**values)
    delay = {
        "objection": objection,
        "old_day": date(2026, 8, 12),
        "new_day": date(2026, 9, 23),
        "reason": "Drukte.",
        "delayed_at": LATER,
        "delayed_by": leader,
    }
    for name, values in (
        ("objection_delay_is_within_the_law", {"kind": "extended", "weeks": 7}),
        ("objection_delay_is_within_the_law", {"kind": "agreed"}),
        ("objection_delay_is_later", {"kind": "extended", "weeks": 6, "new_day": LAST_DAY}),
    ):
        with refused(name), transaction.atomic():
            ObjectionDelay.objects.create(**{**delay, **values})
    row = ObjectionDelay.objects.create(**delay, kind="extended", weeks=6)
    with refused("objection_extended_once"), transaction.atomic():
        ObjectionDelay.objects.create(**delay, kind="extended", weeks=1)
    with refused("objection_delay_stays"), transaction.atomic():
        row.delete()
    hearing = {
        "objection": objection,
        "starts_at": LATER + timedelta(days=10),
        "place": "Hier",
        "chair": "mr. A. Visser",
        "file_open_from": LATER.date(),
        "planned_at": LATER,
        "planned_by": leader,
    }
    for name, values in (
        ("objection_hearing_has_one_leader", {"led_by": leader}),
        ("objection_hearing_file_is_open_a_week", {"starts_at": LATER + timedelta(days=6)}),
        ("objection_hearing_held_has_a_report", {"held_at": LATER}),
        ("objection_leader_not_involved", {"led_by": decision.taken_by, "chair": ""}),
    ):
        with refused(name), transaction.atomic():
            ObjectionHearing.objects.create(**{**hearing, **values})
    held = ObjectionHearing.objects.create(**hearing, held_at=LATER, report="Gezegd.")
    with refused("objection_report_stays"), transaction.atomic():
        ObjectionHearing.objects.filter(pk=held.pk).update(report="Anders.")
