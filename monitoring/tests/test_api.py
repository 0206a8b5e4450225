"""The link for machines: what it shows, what it keeps, who it lets in, and that nothing sent to it is a 500."""

import json
import uuid
from collections import Counter
from datetime import timedelta

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import IntegrityError, close_old_connections, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from ikc.tests.factories import UserFactory
from kvk2.core.models import AuditEvent
from monitoring.api import endpoints
from monitoring.models import ApiRequest, ApiToken, Measurement, MonitoringCycle
from monitoring.services import api_tokens
from monitoring.tests.factories import indicators, open_cycle, return_of, submitted

pytestmark = pytest.mark.django_db
LATER = "2099-10-15"
QUICK = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def cycle():
    """One that still collects on the day of today: the link looks at the clock."""
    cycle = open_cycle()
    MonitoringCycle.objects.filter(pk=cycle.pk).update(submit_by=LATER)
    cycle.refresh_from_db()
    return cycle


@pytest.fixture
def researcher():
    return UserFactory(researcher=True)


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def token(cycle, researcher, leader) -> tuple[ApiToken, str]:
    return api_tokens.make_token(
        cycle,
        holder=researcher,
        name="meetsysteem",
        expires_on=timezone.localdate() + timedelta(days=30),
        by=leader,
        at=timezone.now(),
    )


def headers(key: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", **more}


def send(client, return_, key: str, *rows: dict, idempotency: str = "", **body):
    return client.post(
        f"/api/v1/afspraken/{return_.pk}/metingen",
        data=json.dumps({"metingen": list(rows), **body}),
        content_type="application/json",
        headers=headers(key, **{"Idempotency-Key": idempotency or uuid.uuid4().hex}),
    )


def row(return_, number: int = 0, **facts) -> dict:
    facts = facts or {"teller": 120, "noemer": 200}
    return {"reeks": str(indicators(return_)[number].series_key), "toelichting": "geteld", **facts}


def test_a_machine_reads_its_round(client, cycle, token):
    key, return_ = token[1], return_of(cycle)
    told = client.get("/api/v1/ronde", headers=headers(key)).json()
    assert (told["jaar"], told["afspraken"], told["neemt_cijfers_aan"]) == ("2024/25", 1, True)
    (one,) = client.get("/api/v1/afspraken", headers=headers(key)).json()["afspraken"]
    assert one["ikc"] == return_.version.ikc_name
    detail = client.get(f"/api/v1/afspraken/{one['aanlevering']}", headers=headers(key)).json()
    assert len(detail["indicatoren"]) == len(indicators(return_))
    assert detail["indicatoren"][0]["velden"] == ["teller", "noemer"]
    assert detail["indicatoren"][0]["meting"] is None


def test_a_figure_is_kept_judged_and_in_the_name_of_the_researcher(
    client, cycle, token, researcher
):
    return_ = return_of(cycle)
    answer = send(client, return_, token[1], row(return_))
    assert answer.status_code == 201
    assert answer.json()["metingen"][0]["uitleg"]
    kept = Measurement.objects.get()
    assert (kept.numerator, kept.via, kept.entered_by) == (120, "api", researcher)
    assert AuditEvent.objects.filter(verb="figure_entered", actor=researcher).count() == 1
    detail = client.get(f"/api/v1/afspraken/{return_.pk}", headers=headers(token[1])).json()
    assert detail["indicatoren"][0]["meting"]["teller"] == 120


def test_only_looking_keeps_nothing(client, cycle, token):
    return_ = return_of(cycle)
    answer = send(client, return_, token[1], row(return_), alleen_controleren=True)
    assert (answer.status_code, answer.json()["bewaard"]) == (200, 0)
    assert not Measurement.objects.exists()


def test_the_same_key_does_it_once_and_another_body_is_a_conflict(client, cycle, token):
    return_ = return_of(cycle)
    first = send(client, return_, token[1], row(return_), idempotency="verzoek-1")
    again = send(client, return_, token[1], row(return_), idempotency="verzoek-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert AuditEvent.objects.filter(verb__startswith="figure_").count() == 1
    other = send(
        client, return_, token[1], row(return_, teller=1, noemer=9), idempotency="verzoek-1"
    )
    assert (other.status_code, other["Content-Type"]) == (409, "application/problem+json")
    with pytest.raises(IntegrityError, match="api_request_once_per_key"), transaction.atomic():
        ApiRequest.objects.create(
            token=token[0], key="verzoek-1", sha256="x", answer={}, at=timezone.now()
        )


def test_a_refusal_names_each_field_and_keeps_nothing(client, cycle, token):
    return_ = return_of(cycle)
    answer = send(
        client,
        return_,
        token[1],
        row(return_),
        row(return_, 1, waarde="n.v.t."),
        idempotency="mis-1234",
    )
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == "metingen.1.waarde"
    assert "geen getal" in error["detail"]
    assert not Measurement.objects.exists()
    # nothing came of it, so that the mended request may use the same key
    assert send(client, return_, token[1], row(return_), idempotency="mis-1234").status_code == 201


def test_a_machine_does_not_write_what_was_filed(client, cycle, token, researcher):
    return_ = submitted(return_of(cycle), researcher)
    answer = send(client, return_, token[1], row(return_))
    assert answer.status_code == 409


def test_the_key_is_kept_as_a_digest_and_opens_one_round(client, cycle, token):
    row_, key = token
    assert key not in str(ApiToken.objects.values().get())
    assert row_.digest == api_tokens.digest_of(key)
    assert not AuditEvent.objects.filter(data__icontains=key).exists()
    other = return_of(open_cycle(index=5, agreements=0))
    assert client.get(f"/api/v1/afspraken/{other.pk}", headers=headers(key)).status_code == 404
    assert send(client, other, key, row(other)).status_code == 404


@pytest.mark.parametrize("how", ["none", "wrong", "revoked", "expired", "no_researcher"])
def test_without_a_valid_key_nothing(client, cycle, token, leader, how):
    made, key = token
    if how == "revoked":
        api_tokens.revoke_token(made, by=leader, at=timezone.now())
    elif how == "expired":
        ApiToken.objects.filter(pk=made.pk).update(
            expires_on=timezone.localdate() - timedelta(days=1)
        )
    elif how == "no_researcher":
        made.holder.assignments.all().delete()
    sent = {} if how == "none" else headers("kvk2_" + "x" * 43 if how == "wrong" else key)
    answer = client.get("/api/v1/ronde", headers=sent)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"


def test_too_many_requests_wait(client, token, monkeypatch):
    monkeypatch.setattr(endpoints, "MOST_PER_MINUTE", 2)
    codes = [client.get("/api/v1/ronde", headers=headers(token[1])) for _ in range(3)]
    assert [one.status_code for one in codes] == [200, 200, 429]
    assert codes[2]["Retry-After"] == "60"


def test_the_pages_show_a_key_once(client, cycle, leader, researcher):
    client.force_login(leader)
    where = reverse("monitoring:token_list", args=[cycle.pk])
    assert where in client.get(cycle.get_absolute_url()).content.decode()
    make = reverse("monitoring:token_make", args=[cycle.pk])
    assert client.post(make, {"name": ""}).status_code == 422
    facts = {"holder": researcher.pk, "name": "meetsysteem", "expires_on": "1-1-2020"}
    assert client.post(make, facts).status_code == 422
    facts["expires_on"] = f"{timezone.localdate() + timedelta(days=9):%d-%m-%Y}"
    page = client.post(make, facts)
    made = ApiToken.objects.get()
    assert f"<strong>{made.hint}" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    listed = client.get(where).content.decode()
    assert f"{made.hint}…" in listed
    revoke = reverse("monitoring:token_revoke", args=[made.pk])
    assert client.get(revoke).status_code == 200
    assert client.post(revoke).status_code == 302
    assert "ngetrokken" in client.get(where).content.decode()
    client.force_login(researcher)
    assert client.get(where).status_code == 200
    assert client.get(make).status_code == 403
    assert client.post(revoke).status_code == 403
    assert "Idempotency-Key" in client.get(reverse("monitoring:link_guide")).content.decode()
    described = client.get(reverse("monitoring:link_openapi")).json()
    assert set(described["paths"]) == {
        "/api/v1/ronde",
        "/api/v1/afspraken",
        "/api/v1/afspraken/{aanlevering}",
        "/api/v1/afspraken/{aanlevering}/metingen",
    }


@pytest.fixture
def described(cycle, token, monkeypatch):
    monkeypatch.setattr(endpoints, "MOST_PER_MINUTE", 10**6)
    # as Django's own test client does: the connection is the test's
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    schema = schemathesis.openapi.from_dict(
        endpoints.api.get_openapi_schema(path_prefix="/api/v1/")
    )
    schema.app = WSGIHandler()
    yield schema
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_nothing_that_is_sent_is_a_500(described, cycle, token, mode):
    """Whatever fits the description, and what does not; on the return that there is and on others."""
    sent, codes = 0, Counter()
    own = return_of(cycle).pk

    def fuzz(case):
        nonlocal sent
        sent += 1
        if sent % 3 and "aanlevering" in (case.path_parameters or {}):
            case.path_parameters["aanlevering"] = own
        if sent % 10:  # or what schemathesis makes of a key
            case.headers["Authorization"] = f"Bearer {token[1]}"
        answer = case.call()
        codes[answer.status_code] += 1
        assert answer.status_code < 500, (case, answer.text)

    for result in described.get_all_operations():
        strategy = result.ok().as_strategy(generation_mode=mode)
        QUICK(given(case=strategy)(lambda case: fuzz(case)))()
    assert sent > 20
    assert codes[200] + codes[422] > sent / 4  # it comes further than the door
