from time import monotonic

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from kvk2.core import antivirus, mail, orphans, scanning, signatures
from kvk2.core.health import HEARTBEAT_KEY, HEARTBEAT_SECONDS
from kvk2.core.models import OutgoingMail, StoredFile

# A sweep ends well before the time limit of a task; beat starts the next within seconds.
SECONDS_PER_SWEEP = 45
# So many files without a verdict: then it is the scanner, and not the file.
FAILURES_PER_SWEEP = 3


@shared_task
def heartbeat() -> None:
    """Tell `/readyz` that a worker takes work from the queue."""
    cache.set(HEARTBEAT_KEY, timezone.now().timestamp(), HEARTBEAT_SECONDS)


@shared_task
def send_pending_mail() -> int:
    """Sweep: sends every mail whose turn it is; the number sent."""
    now = timezone.now()
    waiting = OutgoingMail.objects.filter(sent_at=None, next_attempt_at__lte=now).order_by("pk")
    return sum(mail.send_one(pk, at=now) for pk in waiting.values_list("pk", flat=True)[:500])


@shared_task
def scan_pending_files() -> int:
    """Sweep: has the virus scanner look at every file whose turn it is; the number that got a verdict."""
    until = monotonic() + SECONDS_PER_SWEEP
    now = timezone.now()
    waiting = StoredFile.objects.filter(
        scan_state=StoredFile.ScanState.PENDING, scan_due_at__lte=now
    ).order_by("scan_due_at", "pk")
    judged = failures = 0
    for pk in waiting.values_list("pk", flat=True)[:500]:
        if monotonic() > until or failures == FAILURES_PER_SWEEP:
            break
        try:
            judged += scanning.scan_file(pk, at=timezone.now())
        except scanning.NoVerdict:
            failures += 1
    return judged


@shared_task
def note_signatures() -> bool:
    """Ask the virus scanner from when its signatures are; False when it did not answer."""
    try:
        signatures.note_signatures()
    except antivirus.ScannerDown:
        return False
    return True


@shared_task
def remove_orphan_files() -> int:
    """Sweep: takes away files that belong to no row; the number taken away."""
    return orphans.remove_orphans(at=timezone.now())
