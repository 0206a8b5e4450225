from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction

from ikc.models import Organisation
from kvk2.core import context
from kvk2.core.audit import at_once, events_of, record
from kvk2.core.models import AuditEvent

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def event(db):
    board = Organisation.objects.create(kind="school_board", name="Bestuur", short_name="B")
    with context.bind(request_id_="r-1", ip_="192.0.2.7"):
        return record(board, "renamed", actor=None, at=AT, before="a", after="b", old="A")


def test_an_event_keeps_who_what_when_and_from_where(event):
    event.refresh_from_db()
    assert (event.verb, event.at, event.ip, event.state_before, event.state_after, event.data) == (
        "renamed",
        AT,
        "192.0.2.7",
        "a",
        "b",
        {"old": "A"},
    )


def test_events_of_finds_those_of_the_object_only(event):
    other = Organisation.objects.create(kind="school_board", name="Ander", short_name="A")
    record(other, "renamed", actor=None, at=AT)
    assert list(events_of(event.object)) == [event]


@pytest.mark.parametrize("deed", [lambda rows: rows.update(verb="x"), lambda rows: rows.delete()])
def test_the_database_refuses_to_change_or_remove_an_event(event, deed):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        deed(AuditEvent.objects.filter(pk=event.pk))
    assert AuditEvent.objects.filter(verb="renamed").exists()


def test_what_is_recorded_at_once_takes_one_statement_and_keeps_its_order(
    event, django_assert_num_queries
):
    obj = event.object
    with django_assert_num_queries(1), at_once():
        for verb in ("first", "second"):
            record(obj, verb, actor=None, at=event.at)

    assert [row.verb for row in events_of(obj)][:2] == ["second", "first"]
    record(obj, "third", actor=None, at=event.at)
    assert events_of(obj).first().verb == "third"


def test_what_is_recorded_at_once_is_not_kept_when_the_deed_fails(event):
    @transaction.atomic
    @at_once()
    def deed():
        record(event.object, "first", actor=None, at=event.at)
        raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        deed()
    assert list(events_of(event.object)) == [event]
