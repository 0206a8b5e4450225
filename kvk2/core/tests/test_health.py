"""The two health pages, and what a request leaves in the log."""

import json
import logging
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.utils import timezone

from ikc.tests.factories import UserFactory
from kvk2.core import context, health
from kvk2.core.middleware import LONGEST_WAIT, RequestContextMiddleware, arrival, client_address
from kvk2.core.tasks import heartbeat
from kvk2.logging import JsonFormatter, without_personal_data


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def test_healthz_answers_without_login_and_without_the_database(client):
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


@pytest.mark.django_db
def test_readyz_is_ready_when_a_worker_has_a_heart_beat(client):
    heartbeat()
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "checks": {"database": True, "redis": True, "storage": True, "worker": True},
        "scanner": {"up": False},
    }


@pytest.mark.django_db
def test_readyz_tells_how_the_virus_scanner_is(client, clamd):
    heartbeat()
    scanner = client.get("/readyz").json()["scanner"]
    assert scanner["up"]
    assert scanner["engine"].startswith("1.")
    assert scanner["signatures_at"] is None


@pytest.mark.django_db
def test_readyz_names_a_worker_that_is_away(client):
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["worker"] is False
    assert response.json()["checks"]["database"] is True


def test_a_heart_beat_does_not_count_for_ever(monkeypatch):
    seconds = []
    monkeypatch.setattr(cache, "set", lambda key, value, timeout: seconds.append(timeout))
    heartbeat()
    assert seconds == [health.HEARTBEAT_SECONDS]


@pytest.mark.django_db
def test_readyz_notices_storage_that_cannot_be_written(client, settings, tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings.MEDIA_ROOT = tmp_path / "file" / "media"
    assert client.get("/readyz").json()["checks"]["storage"] is False


@pytest.mark.django_db
def test_readyz_notices_a_database_that_is_away(client, monkeypatch):
    def refuse():
        raise ConnectionError

    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["database"] is False


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 503)])
@pytest.mark.django_db
def test_a_health_check_asks_for_no_session(client, monkeypatch, path, status):
    """A browser that is logged in sends its cookie along; without a database that must not matter."""
    client.force_login(UserFactory())

    def refuse():
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.get(path)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.django_db
def test_the_launcher_recognises_its_own_portal(client, settings, path):
    assert health.TOKEN_HEADER not in client.get(path).headers
    settings.RUN_TOKEN = "this-run"
    assert client.get(path).headers[health.TOKEN_HEADER] == "this-run"


# ---------------------------------------------------------------- request id and log lines


def test_a_request_gets_an_id_unless_a_proxy_gave_one(client):
    assert len(client.get("/healthz").headers["X-Request-ID"]) == 32
    given = client.get("/healthz", headers={"X-Request-ID": "proxy-0123456789"})
    assert given.headers["X-Request-ID"] == "proxy-0123456789"


def test_an_id_that_could_forge_a_log_line_is_replaced(client):
    response = client.get("/healthz", headers={"X-Request-ID": 'x", "level": "ERROR'})
    assert len(response.headers["X-Request-ID"]) == 32


def test_the_address_is_the_one_that_a_trusted_proxy_saw(rf, settings):
    request = rf.get("/", headers={"X-Forwarded-For": "6.6.6.6, 192.0.2.7"})
    assert client_address(request) == "127.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client_address(request) == "192.0.2.7"


@pytest.mark.parametrize(
    ("waited", "believed"),
    [(timedelta(seconds=4), True), (LONGEST_WAIT * 2, False), (-timedelta(seconds=30), False)],
)
def test_the_moment_of_arrival_is_what_the_proxy_noted(rf, settings, waited, believed):
    noted = timezone.now() - waited
    seen = []
    middleware = RequestContextMiddleware(lambda request: seen.append(request) or HttpResponse())
    for header in ("", "HTTP_X_REQUEST_START"):
        settings.ARRIVAL_HEADER = header
        middleware(rf.get("/", headers={"X-Request-Start": f"t={noted.timestamp():.3f}"}))

    unasked, asked = (abs(arrival(request) - noted) < timedelta(seconds=1) for request in seen)
    assert (unasked, asked) == (False, believed)


def test_a_request_is_logged_without_its_path(client, caplog):
    caplog.set_level(logging.INFO, logger="kvk2.request")
    client.get("/healthz?naam=Sanne")
    line = json.loads(JsonFormatter().format(caplog.records[-1]))
    assert line["view"] == "healthz"
    assert line["status"] == 200
    assert "Sanne" not in json.dumps(line)


def test_a_log_line_has_the_id_of_its_request():
    with context.bind(request_id_="abc", ip_=None):
        line = json.loads(JsonFormatter().format(logging.makeLogRecord({"msg": "hallo"})))
    assert line["request_id"] == "abc"
    assert line["event"] == "hallo"
    assert line["level"]
    assert line["time"].endswith("+00:00")


@pytest.mark.parametrize(
    ("text", "logged"),
    [
        ("sent to sanne@school.example today", "sent to <e-mail> today"),
        ("Not Found: /aanvragen/7?zoek=Sanne", "Not Found: /aanvragen/7?…"),
        ("rsin 123456782 and iban NL91ABNA0417164300", "rsin <number> and iban <number>"),
        ("duplicate key\nDETAIL: Key (naam)=(Sanne)", "duplicate key"),
    ],
)
def test_personal_data_stays_out_of_the_log(text, logged):
    assert without_personal_data(text) == logged


def test_an_exception_is_logged_with_its_places_and_without_its_values():
    try:
        raise ValueError("duplicate key\nDETAIL: Key (naam)=(Sanne)")
    except ValueError as error:
        record = logging.makeLogRecord(
            {"msg": "failed", "exc_info": (type(error), error, error.__traceback__)}
        )
    line = json.loads(JsonFormatter().format(record))
    assert line["exception"] == "ValueError"
    assert line["reason"] == "duplicate key"
    assert "test_health.py" in line["trace"][-1]


def test_objects_in_a_log_call_are_left_out(rf):
    record = logging.makeLogRecord({"msg": "x", "request": rf.get("/"), "status_code": 404})
    line = json.loads(JsonFormatter().format(record))
    assert "request" not in line
    assert line["status_code"] == 404
