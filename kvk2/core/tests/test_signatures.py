"""Old signatures: by the answer of something that speaks as clamd does, for the real one here has none of ClamAV's own."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from ikc.tests.factories import UserFactory
from ikc.worklist import tasks_for
from kvk2.core.signatures import KEY, note_signatures, old_since
from kvk2.core.tasks import note_signatures as task
from kvk2.core.tests.test_antivirus import server

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget():
    cache.delete(KEY)
    yield
    cache.delete(KEY)


def clamd_of(days):
    """An answer to VERSION with signatures of so many days ago, in the local time that clamd writes."""
    moment = (timezone.now() - timedelta(days=days)).astimezone()

    def behave(connection):
        connection.recv(100)
        connection.sendall(f"ClamAV 1.4.3/27800/{moment:%a %b %d %H:%M:%S %Y}\0".encode())

    return server(behave)


@pytest.mark.parametrize(("days", "old"), [(2, False), (4, True)])
def test_the_administrator_hears_of_old_signatures(days, old, settings):
    admin, leader = UserFactory(admin=True), UserFactory(project_leader=True)
    with clamd_of(days) as settings.CLAMD_URL:
        note_signatures()
    titles = [item.title for item in tasks_for(admin, today=timezone.localdate())]
    assert ("Laat de virusscanner bijwerken" in titles) is old
    others = [item.title for item in tasks_for(leader, today=timezone.localdate())]
    assert "Laat de virusscanner bijwerken" not in others


@pytest.mark.parametrize(("days", "old"), [(2, False), (4, True)])
def test_readyz_says_so(days, old, client, settings):
    with clamd_of(days) as settings.CLAMD_URL:
        assert client.get("/readyz").json()["scanner"]["signatures_old"] is old


def test_signatures_without_a_date_are_never_old(clamd):
    assert note_signatures() is None
    assert old_since(at=timezone.now()) is None


def test_a_scanner_that_is_away_leaves_the_last_answer(settings):
    long_ago = timezone.now() - timedelta(days=9)
    cache.set(KEY, long_ago)
    settings.CLAMD_URL = "unix:///nergens/clamd.sock"
    assert not task()
    assert old_since(at=timezone.now()) == long_ago
