"""An application that is being checked, and the request to complete it."""

import pytest

from ikc.tests.factories import IkcFactory, UserFactory
from subsidies.services.completions import request_completion
from subsidies.tests.completing import ASKED_AT, CONTACT, EVERYTHING
from subsidies.tests.factories import ApplicationFactory, SubsidyRoundFactory


@pytest.fixture
def ikc():
    return IkcFactory()


@pytest.fixture
def director(ikc):
    return UserFactory(director=True, ikc=ikc)


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def application(ikc, director):
    """Being checked, in a closed tender."""
    return ApplicationFactory(
        ikc=ikc, director=director, checking=True, round=SubsidyRoundFactory(closed=True)
    )


@pytest.fixture
def first_come(ikc, director):
    """Being checked, in a round in which everything may be completed."""
    round_ = SubsidyRoundFactory(closed=True, allocation_method="first_come")
    return ApplicationFactory(ikc=ikc, director=director, checking=True, round=round_)


@pytest.fixture
def asked(application, leader):
    return request_completion(application, items=CONTACT, by=leader, at=ASKED_AT)


@pytest.fixture
def asked_all(first_come, leader):
    return request_completion(first_come, items=EVERYTHING, by=leader, at=ASKED_AT)
