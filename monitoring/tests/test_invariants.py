"""The laws of measuring, tried with SQL past every service (monitoring reference 3.4, invariants 8, 10, 11, 12, 13 and 16)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from ikc.tests.factories import UserFactory
from kvk2.core.deadlines import local_date
from monitoring.models import CycleDataset, Measurement, Return, ReturnTransition
from monitoring.services import measuring, returns
from monitoring.tests.factories import (
    AT,
    adopted,
    analysed,
    filled,
    indicators,
    on_target,
    open_cycle,
    planned_cycle,
    return_of,
    submitted,
)

pytestmark = pytest.mark.django_db
SOON = local_date(AT) + timedelta(days=10)


@pytest.fixture
def return_():
    return return_of(open_cycle())


def refused(name: str, statement: str, *values: object) -> None:
    with (
        pytest.raises(DatabaseError, match=name),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)


def sql(statement: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


@pytest.fixture
def locked():
    """The return of a year that is frozen."""
    return return_of(analysed(open_cycle()))


def reopened(return_: Return) -> Return:
    return returns.reopen_return(
        return_,
        reason="De noemer klopt niet.",
        until=SOON,
        by=UserFactory(development_group=True),
        at=AT,
    )


# --- 8: at most one current measurement per series and year; older revisions stay readable


def test_invariant_8_one_figure_counts_per_series_and_year(return_):
    filled(return_)
    columns = ", ".join(
        field.column
        for field in Measurement._meta.fields
        if field.name not in ("id", "revision", "supersedes")
    )
    copy = f"INSERT INTO monitoring_measurement ({columns}, revision, supersedes_id) SELECT {columns}, %s, %s FROM monitoring_measurement WHERE id = %s"
    row = return_.measurements.order_by("pk")[0]
    refused("measurement_once_per_series_and_year", copy, 2, row.pk, row.pk)
    refused("measurement_revision_follows_another", copy, 2, None, row.pk)
    refused(
        "belongs to an indicator of the agreement",
        copy.replace("SELECT of_return_id, series_key", "SELECT of_return_id, gen_random_uuid()"),
        1,
        None,
        row.pk,
    )


def test_invariant_8_a_filed_figure_is_followed_by_a_revision_and_stays_readable(return_):
    by = UserFactory(researcher=True)
    submitted(return_)
    first = return_.measurements.order_by("pk")[0]
    returns.send_back(return_, reason="Kijk nog eens.", by=by, at=AT)
    indicator = next(row for row in indicators(return_) if row.series_key == first.series_key)
    measuring.enter_figure(
        return_, indicator, on_target(return_, indicator, note="geteld"), by=by, at=AT
    )
    second = Measurement.objects.get(of_return=return_, series_key=first.series_key)
    assert (second.revision, second.supersedes, second.note) == (2, first, "geteld")
    assert Measurement.revisions.get(pk=first.pk).note == first.note
    refused(
        "followed by a revision",
        "UPDATE monitoring_measurement SET note = 'x' WHERE id = %s",
        first.pk,
    )
    refused("followed by a revision", "DELETE FROM monitoring_measurement WHERE id = %s", first.pk)


# --- 10: submitter, checker and adopter are three people


def test_invariant_10_three_people(return_):
    adopted(return_)
    for column, other in (
        ("checked_by_id", "submitted_by_id"),
        ("adopted_by_id", "submitted_by_id"),
        ("adopted_by_id", "checked_by_id"),
    ):
        refused(
            "return_(checker|adopter)_is_another",
            f"UPDATE monitoring_return SET {column} = {other}",
        )


@pytest.mark.parametrize("role", ["submitter", "typist"])
def test_invariant_10_who_had_a_hand_in_it_does_not_check(return_, role):
    typist, submitter = UserFactory(researcher=True), UserFactory(researcher=True)
    filled(return_, typist)
    returns.submit_return(return_, by=submitter, at=AT)
    with pytest.raises(returns.NotYourself):
        returns.check_return(return_, by={"submitter": submitter, "typist": typist}[role], at=AT)


def test_invariant_10_who_checked_does_not_adopt(return_):
    submitted(return_)
    both = UserFactory(researcher=True, development_group=True)
    returns.check_return(return_, by=both, at=AT)
    with pytest.raises(returns.NotYourself):
        returns.adopt_return(return_, by=both, at=AT)


@pytest.mark.parametrize("state", ["checked", "adopted", "locked"])
def test_invariant_10_a_state_without_its_people_is_refused(return_, state):
    submitted(return_)
    refused(
        "return_(checked_by_somebody|adopted_by_somebody|locked_at_a_moment)",
        "UPDATE monitoring_return SET state = %s",
        state,
    )


# --- 11: unlocking is a transition with reason, actor and end time


def test_invariant_11_a_lock_does_not_open_by_an_update(locked):
    for state in ("draft", "returned", "submitted", "adopted"):
        refused("reopened by a step", "UPDATE monitoring_return SET state = %s", state)
    refused("reopened by a step", "DELETE FROM monitoring_return WHERE id = %s", locked.pk)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("return_transition_says_why", {"comment": ""}),
        ("return_transition_reopens_until_a_day", {"until": None}),
        ("return_transition_reopens_until_a_day", {"actor": None}),
    ],
)
def test_invariant_11_a_reopening_says_why_who_and_until_when(locked, name, changes):
    facts = {
        "of_return": locked,
        "step": "reopen",
        "source": "locked",
        "target": "returned",
        "actor": UserFactory(),
        "at": AT,
        "comment": "Noemer klopt niet.",
        "until": SOON,
    }
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        ReturnTransition.objects.create(**{**facts, **changes})


def test_invariant_11_a_reopening_opens_once(locked):
    reopened(locked)
    returns.lock_again(at=AT + timedelta(days=20))
    refused("reopened by a step", "UPDATE monitoring_return SET state = 'returned'")


def test_invariant_11_steps_and_exceptions_stay_as_they_are(locked):
    reopened(locked)
    refused("only ever added", "UPDATE monitoring_returntransition SET comment = 'x'")
    refused("only ever added", "DELETE FROM monitoring_returntransition")
    refused(
        "lock_exception_is_short|stays as it was given",
        "UPDATE monitoring_lockexception SET until = until + 60",
    )
    refused("stays as it was given", "DELETE FROM monitoring_lockexception")


def test_invariant_11_a_lock_opens_for_thirty_days_at_most(locked):
    values = (
        locked.pk,
        UserFactory().pk,
        "reden",
        local_date(AT),
        local_date(AT) + timedelta(days=31),
    )
    refused(
        "lock_exception_is_short",
        "INSERT INTO monitoring_lockexception (of_return_id, granted_by_id, reason, granted_on, until) VALUES (%s, %s, %s, %s, %s)",
        *values,
    )


# --- 12: missing is a reason, never 0 or nothing


@pytest.mark.parametrize(
    "change",
    [
        "value = NULL",
        "missing_reason = 'OTHER'",
        "value = NULL, numerator = 3",
        "numerator = 1, denominator = 2, n = 2",
    ],
)
def test_invariant_12_a_figure_or_a_reason(return_, change):
    filled(return_)
    refused(
        "measurement_figure_or_reason|columns of another type",
        f"UPDATE monitoring_measurement SET {change} WHERE value IS NOT NULL",
    )


def test_invariant_12_a_figure_has_the_columns_of_its_type(return_):
    filled(return_)
    for change in (
        "level = 2",
        "reached_on = '2025-01-01'",
        "numerator = 1, denominator = 2, n = 2",
    ):
        refused(
            "columns of another type",
            f"UPDATE monitoring_measurement SET value = NULL, {change} WHERE value IS NOT NULL",
        )


def test_invariant_12_on_the_last_day_the_system_writes_why_there_is_no_figure(return_):
    from monitoring.services.cycles import close_due_cycles  # noqa: PLC0415

    assert close_due_cycles(at=AT) == 0
    assert close_due_cycles(at=AT + timedelta(days=60)) == 1
    assert sql(
        "SELECT DISTINCT missing_reason, via, entered_by_id, value FROM monitoring_measurement"
    ) == [("NOT_DELIVERED", "system", None, None)]
    return_.refresh_from_db()
    assert (return_.state, return_.submitted_by) == ("submitted", None)
    refused(
        "measurement_by_somebody_or_the_system|filed",
        "UPDATE monitoring_measurement SET via = 'form'",
    )


# --- 13: what is frozen stays


def test_invariant_13_a_year_is_frozen_before_it_is_analysed():
    planned_cycle()
    refused(
        "frozen before it is analysed", "UPDATE monitoring_monitoringcycle SET state = 'analysing'"
    )


def test_invariant_13_a_dataset_stays_as_it_is(locked):
    dataset = CycleDataset.objects.get()
    refused("only ever added", "UPDATE monitoring_cycledataset SET content = '{}'")
    refused("only ever added", "DELETE FROM monitoring_cycledataset")
    refused(
        "cycle_is_adopted_in_a_meeting", "UPDATE monitoring_monitoringcycle SET state = 'adopted'"
    )
    assert len(dataset.sha256) == 64
    assert len(dataset.content["returns"][0]["figures"]) == len(indicators(locked))


# --- 16: every number carries source, reference date and n


@pytest.mark.parametrize("change", ["source = ''", "reference_date = NULL"])
def test_invariant_16_a_figure_says_where_it_is_from(return_, change):
    filled(return_)
    refused("measurement_says_where_it_is_from", f"UPDATE monitoring_measurement SET {change}")


def test_invariant_16_a_percentage_says_of_how_many(return_):
    filled(return_)
    refused(
        "measurement_of_a_percentage_says_of_how_many",
        "UPDATE monitoring_measurement SET n = NULL WHERE denominator IS NOT NULL",
    )


def test_invariant_16_what_was_not_said_is_what_the_definition_says(return_):
    filled(return_)
    for row in return_.measurements.all():
        assert row.source == row.definition_version.source
        assert row.reference_date == return_.cycle.year.end
        assert row.n == row.denominator
