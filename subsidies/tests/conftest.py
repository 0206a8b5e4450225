"""Who and what the tests of these pages have in common."""

from datetime import UTC, datetime

import pytest
import time_machine

from ikc.tests.factories import IkcFactory, UserFactory
from subsidies.tests.factories import ApplicationFactory, open_round


@pytest.fixture
def director():
    return UserFactory(director=True, ikc=IkcFactory(name="IKC De Weide"))


@pytest.fixture
def draft(director):
    """Complete, and its round is open now."""
    ikc = director.assignments.get().ikc
    return ApplicationFactory(ikc=ikc, director=director, round=open_round())


@pytest.fixture
def director_client(client, director):
    client.force_login(director)
    return client


@pytest.fixture
def leader_client(client):
    client.force_login(UserFactory(project_leader=True))
    return client


@pytest.fixture
def spring():
    """In the spring in which the rounds of factories_assessment are decided."""
    with time_machine.travel(datetime(2026, 5, 21, 9, 0, tzinfo=UTC), tick=False):
        yield
