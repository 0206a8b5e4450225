"""What the database refuses of a status Plus, whoever writes it: a period outside the programme."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from agreements.tests.factories import ProgrammeFactory
from ikc.tests.factories import PlusStatusFactory, UserFactory
from ikc.tests.plus_cases import granted

pytestmark = pytest.mark.django_db


def write(status, valid_from, valid_until):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ikc_plusstatus SET valid_from = %s, valid_until = %s WHERE id = %s",
            [valid_from, valid_until, status.pk],
        )


@pytest.fixture
def decided():
    ProgrammeFactory()
    return granted(UserFactory(project_leader=True))


@pytest.mark.parametrize(
    ("valid_from", "valid_until"),
    [
        (date(2020, 12, 31), date(2024, 12, 30)),
        (date(2025, 1, 2), date(2029, 1, 1)),
    ],
    ids=["before the programme", "after the programme"],
)
def test_the_database_refuses(decided, valid_from, valid_until):
    with pytest.raises(IntegrityError, match="within the programme"):
        write(decided, valid_from, valid_until)


def test_the_first_and_the_last_day_count():
    ProgrammeFactory()
    leader = UserFactory(project_leader=True)
    assert granted(leader, valid_from=date(2021, 1, 1)).valid_until == date(2024, 12, 31)
    assert granted(leader, valid_from=date(2028, 12, 31)).valid_until == date(2028, 12, 31)


def test_what_was_granted_before_the_portal_stays_as_it_was():
    ProgrammeFactory()
    status = PlusStatusFactory(valid_from=date(2019, 1, 1), valid_until=date(2022, 12, 31))
    assert status.decided_at is None
    status.refresh_from_db()
    assert status.valid_from == date(2019, 1, 1)
