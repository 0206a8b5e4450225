"""Yearly reports: how many a minute with one and with two workers, with what memory, and what one costs.

`by_workers` has real Celery workers make those of the demonstration world; `in_this_process` makes them one by one.
"""

import os
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


def against_plain(repeats: int) -> dict[str, object]:
    """CPU seconds of one report of the real size, ours and as the manual of WeasyPrint does it, in turn; and memory.

    The same HTML, style sheet, fonts and attachments; plain is a font configuration and parsed styles for each report,
    the HTML5 parser, and compression at level 9.
    """
    from monitoring.report_pdf import render_ikc_report  # noqa: PLC0415 - loading is part of a worker's life
    from monitoring.tests.report_samples import ikc_report  # noqa: PLC0415

    data = ikc_report()
    ways = {"ours": lambda: render_ikc_report(data), "plain": lambda: _plain(data)}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for make in ways.values():  # once to load
        make()
    for _ in range(repeats):
        for name, make in ways.items():
            begun = time.process_time()
            make()
            seconds[name].append(time.process_time() - begun)
    return {name: sorted(found)[len(found) // 2] for name, found in seconds.items()}


def _plain(data) -> bytes:
    import weasyprint  # noqa: PLC0415

    from kvk2.core.pdf.assets import STYLE_FOLDER  # noqa: PLC0415
    from kvk2.core.pdf.engine import PackagedFetcher  # noqa: PLC0415

    document = weasyprint.HTML(
        string=html_of_a_report(data),
        base_url=f"{STYLE_FOLDER.as_uri()}/",
        url_fetcher=PackagedFetcher(),
    )
    return document.write_pdf(pdf_variant="pdf/ua-1")


def html_of_a_report(data) -> str:
    from django.template.loader import render_to_string  # noqa: PLC0415

    from monitoring.printing.ikc import ikc_context  # noqa: PLC0415

    return render_to_string(
        "monitoring/pdf/ikc_report.html", {**ikc_context(data), "created": "2025-12-08T11:00:00Z"}
    )


def memory_over(reports: int) -> dict[str, float]:
    """Megabytes of one process after so many reports in a row."""
    from monitoring.report_pdf import render_ikc_report  # noqa: PLC0415
    from monitoring.tests.report_samples import ikc_report  # noqa: PLC0415

    data = ikc_report()
    for _ in range(reports):
        render_ikc_report(data)
    return {"reports": reports, "peak_mb": peak_memory(os.getpid()) / 1024}
