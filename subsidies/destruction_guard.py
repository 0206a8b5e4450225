"""The one way past the guards that refuse to delete (rule G1): a line of a list that two people signed.

Every guard asks `subsidies_destruction_runs()` first. That is put into the triggers after each `migrate`, so that a guard
of tomorrow knows it by itself; a guard that does not know it would keep a case from ever being destroyed.
"""

import re
from typing import Any

from django.db import connections

from kvk2.core.models import AuditEvent
from subsidies.case_rows import case_models

FUNCTION = "subsidies_destruction_runs()"
_GUARDS = """
SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND (t.tgtype & 8) <> 0 AND (t.tgtype & 1) <> 0 AND c.relname = ANY(%s)
  AND pg_get_triggerdef(t.oid) LIKE 'CREATE TRIGGER %%'
  AND pg_get_triggerdef(t.oid) NOT LIKE '%%subsidies_destruction_runs%%'
"""
_EXISTS = "SELECT 1 FROM pg_proc WHERE proname = 'subsidies_destruction_runs'"
_WHEN = re.compile(r" WHEN \((.*)\) EXECUTE FUNCTION ")


def open_guards(using: str = "default", **_facts: Any) -> None:
    """Let every guard on a table of a case know the exception."""
    tables = [AuditEvent._meta.db_table, *(model._meta.db_table for model in case_models())]
    with connections[using].cursor() as cursor:
        cursor.execute(_EXISTS)
        if cursor.fetchone() is None:  # migrated back to before there was such a thing
            return
        cursor.execute(_GUARDS, [sorted(tables)])
        for (definition,) in cursor.fetchall():
            cursor.execute(with_exception(definition))


def with_exception(definition: str) -> str:
    """The same trigger, quiet while a signed line is being destroyed."""
    definition = definition.replace("CREATE TRIGGER", "CREATE OR REPLACE TRIGGER", 1)
    if _WHEN.search(definition):
        return _WHEN.sub(rf" WHEN ((\1) AND NOT {FUNCTION}) EXECUTE FUNCTION ", definition)
    return definition.replace(" EXECUTE FUNCTION ", f" WHEN (NOT {FUNCTION}) EXECUTE FUNCTION ", 1)
