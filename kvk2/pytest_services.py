"""pytest plugin (see pytest.ini): the tests get throw-away servers of their own and a current style sheet.

A plugin and not a conftest.py, because pytest-django reads the settings before any conftest.py is loaded.
The processes of pytest-xdist share one pair of servers; each has Redis databases of its own here, and a test
database of its own from pytest-django.
"""

import contextlib
import os
import tempfile

import pytest

_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
_DATABASES_PER_WORKER = 2  # the cache's and the queue's
_leave = contextlib.ExitStack()


def _prepare_environment() -> None:
    """Before kvk2.settings or kvk2.embedded is imported anywhere."""
    os.environ["KVK2_EPHEMERAL"] = "1"
    if not _worker:
        # never the state directory of a demo: its data would be thrown away at the end
        state = _leave.enter_context(
            tempfile.TemporaryDirectory(prefix="kvk2-test-", ignore_cleanup_errors=True)
        )
        os.environ["KVK2_STATE"] = state
    elif "REDIS_URL" in os.environ:
        from kvk2 import embedded  # noqa: PLC0415 - only now is its environment ready

        step = _DATABASES_PER_WORKER * int(_worker.removeprefix("gw"))
        os.environ["REDIS_URL"] = embedded.next_database(os.environ["REDIS_URL"], step)


_prepare_environment()


def pytest_configure(config: pytest.Config) -> None:
    if _worker or config.option.collectonly or config.option.help:
        return
    from kvk2 import embedded, stylesheet  # noqa: PLC0415 - only now is its environment ready

    # WhiteNoise warns when the folder of `collectstatic` is not there, and warnings are errors
    (embedded.STATE / "static").mkdir(exist_ok=True)
    try:
        stylesheet.ensure_current(for_tests=True)
        _leave.enter_context(embedded.services())
    except SystemExit as refusal:
        pytest.exit(str(refusal), returncode=3)
    # Spelled out, so that neither a .env file nor a process of pytest-xdist thinks otherwise.
    os.environ.setdefault("DATABASE_URL", embedded.database_url())
    os.environ.setdefault("REDIS_URL", embedded.redis_url())


def pytest_unconfigure(config: pytest.Config) -> None:
    _leave.close()
