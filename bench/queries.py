"""SQL statements of each page, exact, by Django's test client in the settings of the process."""

from collections import Counter

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def statements(path: str, session: str, fields: dict[str, str] | None) -> Counter[str]:
    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies["sessionid"] = session
    seen: Counter[str] = Counter()

    def note(execute, sql, params, many, context):
        seen[sql] += 1
        return execute(sql, params, many, context)

    with CaptureQueriesContext(connection) as captured, connection.execute_wrapper(note):
        if fields is None:
            client.get(path)
        else:
            client.post(path, fields)
    seen[""] = len(captured)  # savepoints and the like included
    return seen


def counted(path: str, session: str, fields: dict[str, str] | None) -> dict[str, int]:
    if fields is None:
        statements(path, session, fields)  # what is asked once per process is not the page's
    seen = statements(path, session, fields)
    total = seen.pop("")
    return {"queries": total, "repeated": sum(times - 1 for times in seen.values())}


def count_all(pages: list) -> dict[str, dict[str, int]]:
    """Of each (name, path, session, fields or None); `repeated` are statements that ran before, whatever their values."""
    return {name: counted(*rest) for name, *rest in pages}
