"""What the database never lets happen to a request and a correction, and two deeds at the same moment."""

import threading
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from ikc.tests.factories import UserFactory
from kvk2.core.middleware import LONGEST_WAIT
from subsidies.models import (
    Application,
    BudgetLine,
    ClockStop,
    CompletionRequest,
    Correction,
)
from subsidies.services.completions import (
    expire_completions,
    request_completion,
)
from subsidies.services.corrections import (
    TermOver,
    save_correction,
    submit_correction,
)
from subsidies.tests.completing import (
    ASKED_AT,
    BEFORE_END,
    CONTACT,
    DUE_ON,
    ENDS_AT,
    state_of,
    supply,
)
from subsidies.tests.factories import (
    ApplicationFactory,
    SubsidyRoundFactory,
)

pytestmark = pytest.mark.django_db


# --- what the database refuses


def test_a_correction_that_was_filed_stays_as_it_is(asked, director):
    correction = supply(asked, director)

    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        Correction.objects.filter(pk=correction.pk).update(changes={})
    with pytest.raises(IntegrityError, match="cannot be deleted"), transaction.atomic():
        connection.cursor().execute(
            "DELETE FROM subsidies_correction WHERE id = %s", [correction.pk]
        )


def test_nothing_but_taking_over_writes_to_what_was_filed(first_come, asked_all, director):
    save_correction(asked_all, values={}, explanation="Zie brief.", by=director, at=BEFORE_END)
    correction = submit_correction(asked_all, by=director, at=BEFORE_END)
    other = ApplicationFactory(checking=True)
    change = Application.objects.filter(pk=first_come.pk)
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        change.update(contact_phone="1", requested_amount=1)

    with transaction.atomic():
        connection.cursor().execute(f"SET LOCAL kvk2.correction = '{correction.pk}'")
        change.update(contact_phone="058 1")
        with pytest.raises(IntegrityError, match="filing itself"), transaction.atomic():
            change.update(received_at=BEFORE_END)
        with pytest.raises(IntegrityError), transaction.atomic():
            Application.objects.filter(pk=other.pk).update(title="Ander")
        with pytest.raises(IntegrityError), transaction.atomic():
            BudgetLine.objects.filter(application=other).update(amount=1)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"closed_at": ASKED_AT}, "completion_closed_has_an_outcome"),
        ({"outcome": "completed"}, "completion_closed_has_an_outcome"),
        ({"due_on": date(2026, 4, 20)}, "completion_term_is_after_the_request"),
    ],
)
def test_what_a_request_can_never_be(values, name, asked):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        CompletionRequest.objects.filter(pk=asked.pk).update(**values)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"state": "submitted"}, "correction_submitted_is_dated"),
        ({"judged_at": ASKED_AT}, "correction_judged_is_dated"),
    ],
)
def test_what_a_correction_can_never_be(values, name, asked, director):
    correction = save_correction(asked, values={}, by=director, at=BEFORE_END)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Correction.objects.filter(pk=correction.pk).update(**values)


def test_a_rejected_correction_has_a_reason(asked, director, leader):
    correction = supply(asked, director)
    with (
        pytest.raises(IntegrityError, match="correction_rejected_with_a_reason"),
        transaction.atomic(),
    ):
        Correction.objects.filter(pk=correction.pk).update(
            state="rejected", judged_at=BEFORE_END, judged_by=leader
        )


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"reason": "agreed"}, "clock_stop_of_a_request_or_with_a_note"),
        ({"resumes_on": date(2026, 4, 1)}, "clock_stop_resumes_after_it_began"),
    ],
)
def test_what_a_stop_can_never_be(values, name, asked):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ClockStop.objects.filter(request=asked).update(**values)


# --- two at once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("submitted_at", [ENDS_AT - timedelta(seconds=1), ENDS_AT])
def test_submitting_and_the_sweep_at_the_same_moment(submitted_at):
    """Who is in time gets in, whoever comes first; who is not, does not. Never both, never neither."""
    director = UserFactory(director=True)
    ikc = director.assignments.get().ikc
    application = ApplicationFactory(
        ikc=ikc, director=director, checking=True, round=SubsidyRoundFactory(closed=True)
    )
    request = request_completion(
        application, items=CONTACT, by=UserFactory(project_leader=True), at=ASKED_AT
    )
    save_correction(request, values={"contact_phone": "1"}, by=director, at=BEFORE_END)
    barrier = threading.Barrier(2)
    outcomes = {}

    def run(name, deed):
        try:
            barrier.wait(timeout=10)
            outcomes[name] = deed()
        except (TermOver, DatabaseError) as error:
            outcomes[name] = error
        finally:
            connections.close_all()

    threads = [
        threading.Thread(
            target=run,
            args=("submit", lambda: submit_correction(request, by=director, at=submitted_at)),
        ),
        threading.Thread(
            target=run, args=("sweep", lambda: expire_completions(at=submitted_at + LONGEST_WAIT))
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    in_time = submitted_at < ENDS_AT
    request.refresh_from_db()
    assert request.outcome == ("completed" if in_time else "expired")
    assert isinstance(outcomes["submit"], Correction) is in_time
    assert outcomes["sweep"] == (0 if in_time else 1)
    assert state_of(application) == "checking"
    assert ClockStop.objects.get(request=request).resumes_on == DUE_ON
