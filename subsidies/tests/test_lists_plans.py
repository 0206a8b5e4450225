"""How PostgreSQL reads a page of a list of 20,000: along an index, at any depth."""

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from ikc.tests.factories import UserFactory
from subsidies.application_list import application_list
from subsidies.models import Application
from subsidies.models.list_indexes import SORTED_ON
from subsidies.tests.factories import ApplicationFactory

pytestmark = pytest.mark.django_db
SIZE = 20_000
# Columns with a value of their own in each copy of the first row.
DIFFERENT = {
    "number": "'KVK2-20' || lpad((10 + n / 9000)::text, 2, '0') || '-' || lpad((n % 9000 + 1)::text, 4, '0')",
    "title": "'Plan ' || n",
    "score": "(CASE WHEN n % 3 > 0 THEN n % 100 END)",
    "requested_amount": "1000 + n % 977",
    "received_at": "received_at + n * interval '1 minute'",
    "is_plus": "n % 10 = 0",
    "tier": "n % 3 + 1",
}


@pytest.fixture(scope="module")
def twenty_thousand(django_db_setup, django_db_blocker):
    """One row and its copies, made in SQL past the triggers, in a transaction that is taken back."""
    with django_db_blocker.unblock(), transaction.atomic(), connection.cursor() as cursor:
        leader = UserFactory(project_leader=True)
        template = ApplicationFactory(withdrawn=True, lines=False)
        columns = [
            field.column for field in Application._meta.concrete_fields if field.column != "id"
        ]
        copied = ", ".join(DIFFERENT.get(name, name) for name in columns)
        names = ", ".join(columns)
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            f"INSERT INTO subsidies_application ({names}) SELECT {copied}"
            f" FROM subsidies_application, generate_series(1, {SIZE}) n WHERE id = {template.pk}"
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("ANALYZE subsidies_application")
        yield leader
        transaction.set_rollback(True)


def page_and_plans(leader, query, *, size=50):
    """The page, and what PostgreSQL does for the statements that read its rows."""
    list_ = application_list(leader, query)
    with CaptureQueriesContext(connection) as queries:
        assert len(list_.rows) == size
    plans = []
    with connection.cursor() as cursor:
        for captured in queries.captured_queries:
            cursor.execute(f"EXPLAIN {captured['sql']}")
            plans.append("\n".join(row[0] for row in cursor.fetchall()))
    return list_, plans


def asked(address):
    return QueryDict(address.removeprefix("?")).dict()


SORTS = (*SORTED_ON, "state")


@pytest.mark.parametrize("sort", ["", *SORTS, *(f"-{name}" for name in SORTS)])
def test_every_page_walks_an_index(sort, twenty_thousand):
    sort = sort.replace("is_plus", "plus")
    query = {} if sort.endswith("created_at") else {"sort": sort}
    for step in ("next", "last", "previous", ""):
        list_, plans = page_and_plans(twenty_thousand, query)
        for plan in plans:
            assert "Seq Scan on subsidies_application" not in plan, plan
            assert "Sort Key" not in plan, plan
        query = asked(list_.pages[step]) if step else {}
    assert list_.count == 10_001


@pytest.mark.parametrize(("text", "found"), [("pLan 19999", 1), ("12-0042", 1), ("nergens", 0)])
def test_searching_reads_no_more_than_what_it_finds(text, found, twenty_thousand):
    _, plans = page_and_plans(twenty_thousand, {"q": text}, size=found)
    for plan in plans:
        assert "Seq Scan on subsidies_application" not in plan, plan
        assert "application_search" in plan, plan
