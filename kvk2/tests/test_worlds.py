"""What is remembered of a world holds in the database in which it is put back."""

import pytest
from django.core.management import call_command

from kvk2.core.audit import events_of
from subsidies.tests.factories_payments import granted


@pytest.mark.django_db
@pytest.mark.parametrize("time", [1, 2])
def test_the_second_time_it_is_the_same_world(time):
    verbs = {event.verb for event in events_of(granted())}

    assert verbs == {"grant_opened", "payment_planned"}, f"time {time}"


@pytest.mark.django_db(transaction=True)
def test_a_world_outlives_a_database_that_was_emptied():
    """Content types get other keys then, and what happened is found by them."""
    verbs = {event.verb for event in events_of(granted())}
    assert verbs == {"grant_opened", "payment_planned"}
    call_command("flush", interactive=False, verbosity=0)

    assert {event.verb for event in events_of(granted())} == verbs
