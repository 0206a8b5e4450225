"""Private files in a bucket, against moto's S3 server over HTTP: what it keeps, and what it never gives away.

moto speaks the protocol and judges who may read an object; it is not the service of a real place, whose own rights
`check --deploy` tries out.
"""

import json
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from moto.server import ThreadedMotoServer

from kvk2.core import health
from kvk2.core.downloads import file_response
from kvk2.core.models import StoredFile
from kvk2.core.orphans import remove_orphans
from kvk2.core.s3 import PrivateS3Storage
from kvk2.core.s3_checks import bucket_problems
from kvk2.core.scanning import NoVerdict, scan_file
from kvk2.core.storage import remove, store
from kvk2.core.tests.eicar import EICAR

pytestmark = pytest.mark.django_db
BUCKET = "ikc-prive"
# Everybody may read: what somebody in a hurry might set.
OPEN_TO_ALL = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{BUCKET}/*",
        }
    ],
}


def connect(url):
    return PrivateS3Storage(
        bucket_name=BUCKET,
        endpoint_url=url,
        region_name="eu-central-1",
        access_key="portaal",
        secret_key="geheim",
    )


@pytest.fixture(scope="module")
def server():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(server, monkeypatch):
    storage = connect(server)
    client = storage.connection.meta.client
    client.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    for name in ("file", "stripped"):  # they asked for it when the model was made
        monkeypatch.setattr(StoredFile._meta.get_field(name), "storage", storage)
    for module in ("storage", "orphans", "health", "checks"):
        monkeypatch.setattr(f"kvk2.core.{module}.private_storage", lambda: storage)
    yield storage
    for item in storage.bucket.objects.all():
        item.delete()
    client.delete_bucket(Bucket=BUCKET)


def keep(content=b"%PDF-1.7 inhoud", scan_state="pending"):
    return store(
        content,
        name="bewijs.pdf",
        content_type="application/pdf",
        scan_state=scan_state,
        by=None,
        at=timezone.now(),
    )


def keys(storage):
    return {item.key for item in storage.bucket.objects.all()}


def test_a_file_is_kept_scanned_read_and_taken_away(
    bucket, clamd, django_capture_on_commit_callbacks
):
    stored = keep()
    assert keys(bucket) == {stored.file.name}
    assert scan_file(stored.pk, at=timezone.now())
    stored.refresh_from_db()
    assert stored.scan_state == "clean"

    response = file_response(stored)
    assert b"".join(response.streaming_content) == b"%PDF-1.7 inhoud"
    with django_capture_on_commit_callbacks(execute=True):
        remove(stored)
    assert keys(bucket) == set()
    response.close()


def test_what_holds_a_virus_does_not_stay_in_the_bucket(
    bucket, clamd, django_capture_on_commit_callbacks
):
    stored = keep(EICAR)
    with django_capture_on_commit_callbacks(execute=True):
        scan_file(stored.pk, at=timezone.now())
    stored.refresh_from_db()
    assert (stored.scan_state, keys(bucket)) == ("infected", set())


def test_there_is_no_address_of_a_file(bucket):
    with pytest.raises(ValueError, match="geen adres"):
        keep().file.url  # noqa: B018


def test_files_without_a_row_go_and_young_ones_stay(bucket):
    known = keep()
    bucket.save("ab/0123", ContentFile(b"x"))
    assert remove_orphans(at=timezone.now()) == 0
    assert remove_orphans(at=timezone.now() + timedelta(days=2)) == 1
    assert keys(bucket) == {known.file.name}


def test_a_bucket_that_is_away_is_an_error_like_that_of_a_disk(bucket, clamd, monkeypatch):
    stored = keep()
    gone = connect("http://127.0.0.1:9")
    for name in ("file", "stripped"):
        monkeypatch.setattr(StoredFile._meta.get_field(name), "storage", gone)
    with pytest.raises(NoVerdict):
        scan_file(stored.pk, at=timezone.now())
    stored.refresh_from_db()
    assert stored.scan_state == "pending"
    with pytest.raises(OSError, match="Connect"):
        gone.reach()
    with pytest.raises(FileNotFoundError):
        bucket.open("geen/bestand")


def test_readyz_asks_the_bucket(bucket, server, monkeypatch):
    health._check_storage()
    elsewhere = connect(server)
    elsewhere.bucket_name = "weg"
    monkeypatch.setattr("kvk2.core.health.private_storage", lambda: elsewhere)
    with pytest.raises(OSError, match="weg"):
        health._check_storage()


def problems(storage):
    return [problem.id for problem in bucket_problems(storage)]


def test_a_bucket_that_everybody_can_read_is_an_error(bucket):
    # over plain http here, which is an error of its own
    assert problems(bucket) == ["kvk2.E003"]
    bucket.connection.meta.client.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(OPEN_TO_ALL))
    assert problems(bucket) == ["kvk2.E003", "kvk2.E004"]
    assert keys(bucket) == set()


def test_a_bucket_that_does_not_answer_is_a_warning():
    assert problems(connect("https://127.0.0.1:9")) == ["kvk2.W001"]
