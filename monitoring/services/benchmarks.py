"""Keep figures of elsewhere: added and corrected by the bureau or the project leader, with their source."""

from datetime import datetime

from django.db import transaction

from ikc.models import User
from kvk2.core.audit import record
from monitoring.models import Benchmark


@transaction.atomic
def keep_benchmark(benchmark: Benchmark, *, by: User, at: datetime) -> Benchmark:
    """Add a figure, or correct one; the trail says which."""
    verb = "benchmark_added" if benchmark.pk is None else "benchmark_changed"
    benchmark.save()
    record(
        benchmark,
        verb,
        actor=by,
        at=at,
        value=str(benchmark.value),
        source=benchmark.source,
        licence=benchmark.licence,
    )
    return benchmark
