"""Files without a row: found and taken away, and nothing else is."""

import os
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from kvk2.core.models import StoredFile
from kvk2.core.orphans import orphans, remove_orphans
from kvk2.core.storage import private_storage, random_path, remove
from kvk2.core.tests.test_scanning import keep

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _storage_of_its_own(tmp_path, settings, monkeypatch):
    private = settings.STORAGES["private"]
    options = {**private["OPTIONS"], "location": str(tmp_path / "private")}
    settings.STORAGES = {**settings.STORAGES, "private": {**private, "OPTIONS": options}}
    for name in ("file", "stripped"):  # they asked for it when the model was made
        monkeypatch.setattr(StoredFile._meta.get_field(name), "storage", private_storage())


def age(path, hours):
    moment = (timezone.now() - timedelta(hours=hours)).timestamp()
    os.utime(private_storage().path(path), (moment, moment))


def write(hours):
    path = private_storage().save(random_path(StoredFile(), "x"), ContentFile(b"x"))
    age(path, hours)
    return path


def test_nothing_was_ever_stored():
    assert list(orphans(at=timezone.now())) == []


def test_a_file_of_a_transaction_that_was_rolled_back_is_taken_away():
    with transaction.atomic():
        stored = keep()
        transaction.set_rollback(True)
    age(stored.file.name, 25)
    assert private_storage().exists(stored.file.name)

    assert remove_orphans(at=timezone.now()) == 1

    assert not private_storage().exists(stored.file.name)


def test_what_a_row_knows_stays_the_copy_too():
    stored = keep()
    copy = write(hours=100)
    StoredFile.objects.filter(pk=stored.pk).update(stripped=copy)
    age(stored.file.name, 100)
    lost = write(hours=100)

    assert list(orphans(at=timezone.now())) == [lost]


def test_what_is_young_may_have_its_row_on_the_way():
    write(hours=23)

    assert remove_orphans(at=timezone.now()) == 0


def test_a_dry_run_names_and_removes_nothing():
    path = write(hours=30)
    said = StringIO()

    call_command("remove_orphan_files", dry_run=True, stdout=said)

    assert path in said.getvalue()
    assert private_storage().exists(path)

    call_command("remove_orphan_files", hours=29, stdout=said)

    assert "1 bestanden verwijderd" in said.getvalue()
    assert not private_storage().exists(path)


def test_taking_a_row_away_takes_both_contents_along(django_capture_on_commit_callbacks):
    stored = keep()
    stored.stripped.save("x", ContentFile(b"x"), save=True)
    paths = stored.paths
    assert len(paths) == 2

    with django_capture_on_commit_callbacks(execute=True):
        remove(stored)

    assert not any(map(private_storage().exists, paths))
