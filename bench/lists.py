"""The list and the overview at 100,000 applications, and the list as an Excel file of 10,000 rows.

The database is that of the largest size, filled up with applications and nothing else: what a list and an overview read.
"""

import resource
import time
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bench import world
from ikc.models import User
from kvk2.nlds.list_export import as_workbook
from subsidies.application_list import application_list
from subsidies.models import SubsidyRound

EXPORTED = 10_000


def fill(size: int) -> int:
    """Applications in the round in assessment up to `size`, without plans, lines and reviews; gives how many there are."""
    round_ = SubsidyRound.objects.get(state="assessing", is_demo=True)
    present = round_.applications.count()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        world.applications(round_, size - present, start=present)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE subsidies_application")
        cursor.execute("VACUUM ANALYZE ikc_ikc")
    return round_.applications.count()


def round_in_assessment() -> int:
    return SubsidyRound.objects.get(state="assessing", is_demo=True).pk


def export() -> Mapping[str, Any]:
    """Seconds and megabytes of the Excel file of the list; call it in a process of its own."""
    leader = User.objects.get(email=world.LEADER)
    before = _peak_mb()
    began = time.perf_counter()
    list_ = application_list(leader, {})
    list_.queryset = list_.queryset.filter(
        pk__in=list_.queryset.order_by("pk").values("pk")[:EXPORTED]
    )
    file = as_workbook(list_, "Aanvragen", by="meting", at=timezone.now())
    size = file.seek(0, 2)
    file.close()
    return {
        "rows": EXPORTED,
        "seconds": time.perf_counter() - began,
        "more_mb": _peak_mb() - before,
        "bytes": size,
    }


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
