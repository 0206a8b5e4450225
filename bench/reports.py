"""Yearly reports: how many a minute with one and with two workers, with what memory, and what one costs.

`by_workers` has real Celery workers make those of the demonstration world; `in_this_process` makes them one by one.
"""

import time
from pathlib import Path

from kvk2.throwaway import Portal

PATIENCE = 240.0  # seconds
UNFINISHED = "SELECT count(*) FROM monitoring_annualreport WHERE state NOT IN ('done', 'failed')"
COUNTS = "SELECT count(*), count(*) FILTER (WHERE state = 'failed') FROM monitoring_annualreport"


def by_workers(portal: Portal, database: str, workers: int) -> dict[str, float]:
    """The ordered reports by `workers` processes: seconds from the first message to the last report, peak memory."""
    portal.empty_redis()  # of the nudges of the pages that were measured before
    worker = portal.worker(concurrency=workers, database=database)
    peaks: dict[int, int] = {}

    def finished() -> bool:
        peaks.update({pid: peak for pid in worker.pids if (peak := peak_memory(pid))})
        return portal.sql(UNFINISHED, database=database)[0][0] == 0

    begun = time.monotonic()
    portal.send_task("monitoring.tasks.render_pending_reports")
    _until(finished, "de rapporten komen niet klaar")
    seconds = time.monotonic() - begun
    total, failed = portal.sql(COUNTS, database=database)[0]
    return {
        "workers": workers,
        "reports": total,
        "failed": failed,
        "seconds": seconds,
        "per_minute": 60 * total / seconds,
        "peak_mb_per_process": max(peaks.values()) / 1024,
    }


def peak_memory(pid: int) -> int:
    """Kilobytes; 0 when the process is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def _until(condition, complaint: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(complaint)
        time.sleep(0.05)


def in_this_process() -> dict[str, object]:
    """CPU seconds of each report: the first one loads code, fonts and templates, the others find them."""
    begun = time.process_time()
    from django.utils import timezone  # noqa: PLC0415 - loading is part of what is measured

    from monitoring.models import AnnualReport  # noqa: PLC0415
    from monitoring.services import reports  # noqa: PLC0415

    seconds = []
    for report in AnnualReport.objects.due(timezone.now()).order_by("agreement", "pk"):
        now = timezone.now()
        if not (reports.claim_report(report.pk, at=now) and reports.make_report(report.pk, at=now)):
            raise RuntimeError(f"rapport {report.pk} is mislukt")
        seconds.append(time.process_time() - begun)
        begun = time.process_time()
    return {"cold": seconds[0], "warm": seconds[1:]}
