"""Project-wide guards: what no view and no test may do, checked in every test for free."""

import gc
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import AppConfig, apps
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_migrate
from django.db.models.sql.compiler import SQLCompiler
from django.dispatch import receiver
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ikc.middleware import SECOND_FACTOR
from kvk2 import syslibs
from kvk2.embedded.clamd import Clamd

_WRITES = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "MERGE")
# A visit renews the session, and reading a sensitive file is recorded: bookkeeping, not deeds.
_BOOKKEEPING_TABLES = ('"django_session"', '"core_auditevent"')


def _refuse_writes(execute, sql, params, many, context):
    statement = sql.lstrip().upper()
    if statement.startswith(_WRITES) and not any(table in sql for table in _BOOKKEEPING_TABLES):
        pytest.fail(f"Een GET schreef naar de database: {sql[:160]}")
    return execute(sql, params, many, context)


class StrictClient(Client):
    """Django's test client, in which a GET may read and never write, and a file is received to its end."""

    def request(self, **request):
        response = super().request(**request)
        if response.streaming:  # as a browser does: a file that nobody reads on stays open
            response.streaming_content = [b"".join(response.streaming_content)]
        return response

    def get(self, *args, **kwargs):
        with connection.execute_wrapper(_refuse_writes):
            return super().get(*args, **kwargs)

    def force_login(self, user, backend=None):
        """Logged in as the portal wants it: with a second factor."""
        super().force_login(user, backend)
        session = self.session
        session[SECOND_FACTOR] = True
        session.save()


@receiver(post_migrate)
def _figures_of_the_law(sender: AppConfig, **_facts: object) -> None:
    """A test with real transactions empties every table; what migrations wrote as figures of the law comes back."""
    if sender.label != "subsidies" or apps.get_model("subsidies.LegalFigure").objects.exists():
        return
    import_module("subsidies.migrations.0006_first_legal_figures").add_figures(apps, None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take minutes go first: one that starts last keeps the other processors waiting."""
    long = {item.path for item in items if any(map(item.get_closest_marker, ("browser", "slow")))}
    items.sort(key=lambda item: item.path not in long)


def pytest_collection_finish() -> None:
    """As the server does: what lives as long as the process is left out of each collection (kvk2/gunicorn.py)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@pytest.fixture
def client() -> StrictClient:
    return StrictClient()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser for tests marked `browser`; without one they fail and name the package."""
    return syslibs.ensure_chromium()


@pytest.fixture(scope="session")
def clamd_server() -> Iterator[Clamd]:
    """A real clamd that knows one virus: EICAR. Without the package these tests fail and name it."""
    syslibs.ensure_clamd()
    with tempfile.TemporaryDirectory(prefix="clamd-") as home:  # short: a socket's path has a limit
        server = Clamd(Path(home), Path(home) / "s", dies_with_parent=True)
        server.start()
        yield server
        server.stop()


@pytest.fixture
def clamd(clamd_server: Clamd, settings) -> Clamd:
    """The scanner that the code under test talks to; started again when a test before killed it."""
    clamd_server.start()
    settings.CLAMD_URL = clamd_server.url
    return clamd_server


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """What one test remembers is no business of the next."""
    yield
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _unordered_querysets_come_in_random_order() -> Iterator[None]:
    """Code that relies on an order nobody asked for fails here, not in production."""
    original = SQLCompiler._order_by_pairs

    def random_when_unordered(self):
        query = self.query
        ordered = query.extra_order_by or query.order_by
        ordered = ordered or (query.default_ordering and query.model and query.get_meta().ordering)
        # these may not be ordered by something that they do not select
        settled = query.distinct or query.combinator or query.group_by
        if ordered or settled:
            yield from original(self)
            return
        query.order_by = ("?",)
        try:
            yield from original(self)
        finally:
            query.order_by = ()

    SQLCompiler._order_by_pairs = random_when_unordered
    yield
    SQLCompiler._order_by_pairs = original


@pytest.fixture
def no_repeated_sql() -> Callable:
    """``with no_repeated_sql(): client.get(…)`` fails when the same statement ran twice.

    Statements are compared without their parameters: one per row is what this is after.
    """

    @contextmanager
    def guard() -> Iterator[CaptureQueriesContext]:
        statements: Counter[str] = Counter()

        def count(execute, sql, params, many, context):
            statements[sql] += 1
            return execute(sql, params, many, context)

        with CaptureQueriesContext(connection) as queries, connection.execute_wrapper(count):
            yield queries
        repeated = {sql: times for sql, times in statements.items() if times > 1}
        assert not repeated, "\n".join(f"{times}×  {sql}" for sql, times in repeated.items())

    return guard
