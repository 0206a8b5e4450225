"""What the virus scanner finds, and what happens to a file when it finds nothing because it is not there."""

import os
import signal
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from kvk2.core import scanning
from kvk2.core.audit import events_of
from kvk2.core.models import StoredFile
from kvk2.core.scanning import FileInfected, NotScannedYet, NoVerdict, require_openable, scan_file
from kvk2.core.storage import store
from kvk2.core.tasks import scan_pending_files
from kvk2.core.tests.eicar import EICAR

AT = datetime(2026, 3, 20, 10, 30, tzinfo=UTC)
PENDING, CLEAN, INFECTED = "pending", "clean", "infected"


def keep(content=b"%PDF-1.7", name="plan.pdf", at=AT):
    return store(
        content, name=name, content_type="application/pdf", scan_state=PENDING, by=None, at=at
    )


@pytest.fixture
def no_scanner(settings):
    settings.CLAMD_URL = "unix:///nergens/clamd.sock"


def test_a_clean_file_can_be_opened(db, clamd):
    stored = keep()

    assert scan_file(stored.pk, at=AT)

    stored.refresh_from_db()
    assert (stored.scan_state, stored.scanned_at, stored.scan_due_at) == (CLEAN, AT, None)
    require_openable(stored)
    with stored.file.open("rb") as file:
        assert file.read() == b"%PDF-1.7"
    event = events_of(stored).get()
    assert (event.verb, event.state_after, event.actor) == ("file_scanned", CLEAN, None)


def test_of_an_infected_file_only_the_facts_are_kept(db, clamd, django_capture_on_commit_callbacks):
    stored = keep(EICAR, "virus.pdf")
    storage, path, sha256 = stored.file.storage, stored.file.name, stored.sha256

    with django_capture_on_commit_callbacks(execute=True):
        assert scan_file(stored.pk, at=AT)

    stored.refresh_from_db()
    assert (stored.scan_state, stored.signature) == (INFECTED, "Eicar-Test-Signature")
    assert (stored.name, stored.sha256, bool(stored.file)) == ("virus.pdf", sha256, False)
    assert not storage.exists(path)
    assert events_of(stored).get().data["signature"] == "Eicar-Test-Signature"
    with pytest.raises(FileInfected, match="Er zit een virus in: Eicar-Test-Signature"):
        require_openable(stored)


def test_nobody_opens_a_file_that_waits(db):
    with pytest.raises(NotScannedYet, match="wordt nog gecontroleerd"):
        require_openable(keep())


def test_without_a_scanner_a_file_waits_and_tells_why(db, no_scanner):
    stored = keep()

    with pytest.raises(NoVerdict):
        scan_file(stored.pk, at=AT)

    stored.refresh_from_db()
    assert stored.scan_state == PENDING
    assert "FileNotFoundError" in stored.scan_error
    assert stored.scan_due_at == AT + scanning.FIRST_RETRY
    assert not events_of(stored).exists()


def test_it_waits_longer_each_time_and_never_very_long(db, no_scanner):
    stored, at, waits = keep(), AT, []
    for _ in range(8):
        with pytest.raises(NoVerdict):
            scan_file(stored.pk, at=at)
        stored.refresh_from_db()
        waits.append((stored.scan_due_at - at).total_seconds())
        at = stored.scan_due_at

    assert waits == [15, 30, 60, 120, 240, 300, 300, 300]


def test_it_is_judged_when_the_scanner_is_back(db, no_scanner, clamd_server, settings):
    stored = keep()
    with pytest.raises(NoVerdict):
        scan_file(stored.pk, at=AT)
    clamd_server.start()
    settings.CLAMD_URL = clamd_server.url

    assert not scan_file(stored.pk, at=AT + timedelta(seconds=14))
    assert scan_file(stored.pk, at=AT + timedelta(seconds=15))

    stored.refresh_from_db()
    assert stored.scan_state == CLEAN
    assert "FileNotFoundError" not in stored.scan_error


def test_a_verdict_is_given_once(db, clamd):
    stored = keep()

    assert scan_file(stored.pk, at=AT)
    assert not scan_file(stored.pk, at=AT + timedelta(days=1))
    assert events_of(stored).count() == 1


def test_content_that_changed_in_the_storage_is_not_judged(db, clamd):
    stored = keep()
    stored.file.storage.delete(stored.file.name)
    stored.file.storage.save(stored.file.name, ContentFile(b"iets anders"))

    with pytest.raises(NoVerdict, match="niet die van de upload"):
        scan_file(stored.pk, at=AT)

    stored.refresh_from_db()
    assert stored.scan_state == PENDING


def test_content_that_is_gone_is_not_judged(db, clamd):
    stored = keep()
    stored.file.storage.delete(stored.file.name)

    with pytest.raises(NoVerdict):
        scan_file(stored.pk, at=AT)

    stored.refresh_from_db()
    assert stored.scan_state == PENDING


def test_a_scanner_that_is_killed_half_way_leaves_a_file_that_waits(db, clamd, monkeypatch):
    stored = keep(b"%PDF-1.7" + b"x" * 500_000)
    whole = scanning._checked_chunks

    def kill_after_the_first_piece(stored):
        for chunk in whole(stored):
            yield chunk
            # a piece or two may still fit in the socket's buffer: then the rest finds it killed already
            if running := clamd.pid:
                os.kill(running, signal.SIGKILL)
            while clamd.pid:
                time.sleep(0.01)

    monkeypatch.setattr(scanning, "_checked_chunks", kill_after_the_first_piece)
    with pytest.raises(NoVerdict):
        scan_file(stored.pk, at=AT)
    stored.refresh_from_db()
    assert (stored.scan_state, stored.scan_attempts) == (PENDING, 1)

    monkeypatch.setattr(scanning, "_checked_chunks", whole)
    clamd.start()
    assert scan_file(stored.pk, at=stored.scan_due_at)
    stored.refresh_from_db()
    assert stored.scan_state == CLEAN


def test_a_scanner_that_stands_still_is_waited_for_no_longer_than_told(db, clamd, settings):
    settings.CLAMD_SECONDS = 0.5
    stored = keep()
    os.kill(clamd.pid, signal.SIGSTOP)
    try:
        before = time.monotonic()
        with pytest.raises(NoVerdict, match="timed out"):
            scan_file(stored.pk, at=AT)
        assert time.monotonic() - before < 2
    finally:
        os.kill(clamd.pid, signal.SIGCONT)
    stored.refresh_from_db()
    assert stored.scan_state == PENDING


def test_a_file_that_is_taken_away_during_the_scan_is_nobodys_verdict(db, clamd, monkeypatch):
    stored = keep()
    whole = scanning._checked_chunks

    def take_away(stored):
        yield from whole(stored)
        StoredFile.objects.filter(pk=stored.pk).delete()

    monkeypatch.setattr(scanning, "_checked_chunks", take_away)

    assert not scan_file(stored.pk, at=AT)


@pytest.mark.django_db(transaction=True)
def test_two_workers_give_one_verdict(clamd):
    stored, given = keep(), []

    def work():
        from django.db import connection  # noqa: PLC0415 - of this thread

        given.append(scan_file(stored.pk, at=AT))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(given) == [False] * 5 + [True]
    assert events_of(stored).count() == 1


# ---------------------------------------------------------------- the sweep


def test_the_sweep_judges_what_waits_and_nothing_else(db, clamd):
    clean, virus = keep(), keep(EICAR)
    later = keep(at=timezone.now() + timedelta(hours=1))
    own = store(b"x", name="brief.pdf", content_type="", scan_state="own", by=None, at=AT)

    assert scan_pending_files() == 2

    states = dict(StoredFile.objects.order_by("pk").values_list("pk", "scan_state"))
    assert states == {clean.pk: CLEAN, virus.pk: INFECTED, later.pk: PENDING, own.pk: "own"}


def test_one_bad_file_does_not_keep_the_others_waiting(db, clamd):
    gone, good = keep(), keep()
    gone.file.storage.delete(gone.file.name)

    assert scan_pending_files() == 1

    good.refresh_from_db()
    assert good.scan_state == CLEAN


def test_the_sweep_stops_when_the_scanner_is_not_there(db, no_scanner):
    for _ in range(6):
        keep()

    assert scan_pending_files() == 0

    assert StoredFile.objects.filter(scan_attempts=1).count() == 3


# ---------------------------------------------------------------- what can never be


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("stored_file_clean_was_scanned", {"scan_state": CLEAN}),
        ("stored_file_infected_is_gone", {"scan_state": INFECTED, "signature": "X"}),
        ("stored_file_infected_is_gone", {"scan_state": INFECTED, "file": ""}),
        ("stored_file_pending_is_due", {"scan_due_at": None}),
        ("stored_file_scan_state_is_known", {"scan_state": "misschien"}),
    ],
)
def test_the_database_refuses(db, name, changed):
    stored = keep()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        StoredFile.objects.filter(pk=stored.pk).update(**changed)
