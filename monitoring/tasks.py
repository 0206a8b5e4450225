from celery import shared_task
from django.utils import timezone

from monitoring.models import AnnualReport, ImportBatch
from monitoring.services import cycles, figure_files, reminding, reports, returns


@shared_task
def render_pending_reports() -> int:
    """Sweep: hands each report whose turn it is to a worker; the number handed out."""
    due = AnnualReport.objects.due(timezone.now()).order_by("pk").values_list("pk", flat=True)
    for report_id in due:
        render_report.delay(report_id)
    return len(due)


@shared_task
def order_yearly_reports() -> int:
    """Sweep: orders the reports of a year that has come to its concept report; makes none twice."""
    return reports.order_yearly_reports(at=timezone.now())


@shared_task
def render_report(report_id: int) -> bool:
    """Make one report, if nobody else has it: several workers share the work."""
    if not reports.claim_report(report_id, at=timezone.now()):
        return False
    return reports.make_report(report_id, at=timezone.now())


@shared_task
def keep_terms() -> tuple[int, int]:
    """Sweep: stops the entering of years after their last day, and locks what was reopened for too long."""
    now = timezone.now()
    return cycles.close_due_cycles(at=now), returns.lock_again(at=now)


@shared_task
def remind_of_actions() -> int:
    """Say which actions are almost due, late, or to be looked at; the number of reminders."""
    return reminding.remind(at=timezone.now())


# Returns that are read in before the next task goes on: a task has two minutes, a return takes tens of milliseconds.
RETURNS_PER_TASK = 500


@shared_task
def work_on_figure_files() -> int:
    """Sweep: hands each file with figures that waits to a worker; the number handed out."""
    due = ImportBatch.objects.due(timezone.now()).order_by("pk").values_list("pk", flat=True)
    for batch_id in due:
        work_on_figure_file.delay(batch_id)
    return len(due)


@shared_task
def work_on_figure_file(batch_id: int) -> bool:
    """Check one file, or read in a part of it, if nobody else has it; the rest follows by itself."""
    if not figure_files.claim(batch_id, at=timezone.now()):
        return False
    batch = ImportBatch.objects.for_list().select_related("file").get(pk=batch_id)
    finished = figure_files.work_on(batch, at=timezone.now(), most=RETURNS_PER_TASK)
    if not finished:
        work_on_figure_file.delay(batch_id)
    return finished
