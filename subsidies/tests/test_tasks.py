"""The sweeps that beat starts."""

from datetime import timedelta

import pytest
import time_machine

from kvk2.core.middleware import LONGEST_WAIT
from subsidies import tasks
from subsidies.tests.factories import SubsidyRoundFactory

pytestmark = pytest.mark.django_db


def test_rounds_open_and_close_by_the_clock():
    round_ = SubsidyRoundFactory(published=True)

    with time_machine.travel(round_.opens_at - timedelta(seconds=1), tick=False):
        assert tasks.open_and_close_rounds() == 0
    with time_machine.travel(round_.opens_at, tick=False):
        assert tasks.open_and_close_rounds() == 1
    # Who filed in the last second may still be waiting for a free web worker.
    swept = round_.closes_at + LONGEST_WAIT
    with time_machine.travel(swept - timedelta(seconds=1), tick=False):
        assert tasks.open_and_close_rounds() == 0
    with time_machine.travel(swept, tick=False):
        assert tasks.open_and_close_rounds() == 1
        assert tasks.open_and_close_rounds() == 0

    round_.refresh_from_db()
    assert round_.state == "closed"


def test_a_sweep_without_letters_makes_none():
    assert tasks.render_pending_letters() == 0
