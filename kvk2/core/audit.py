"""The trail: who did what, when, on whose behalf. Written by services, in the transaction of the deed itself."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from kvk2.core import context
from kvk2.core.models import AuditEvent, StoredFile

if TYPE_CHECKING:
    from ikc.models import User

# The events of a deed that writes them together; None: each at once.
_waiting: ContextVar[list[AuditEvent] | None] = ContextVar("waiting", default=None)


def record(
    obj: models.Model,
    verb: str,
    *,
    actor: "User | None",
    at: datetime,
    on_behalf_of: str = "",
    role: str = "",
    before: str = "",
    after: str = "",
    reason: str = "",
    **data: Any,
) -> AuditEvent:
    """Write one event about `obj`; `actor=None` is the system itself (domain reference 3, 'always recorded')."""
    event = AuditEvent(
        object=obj,
        verb=verb,
        actor=actor,
        at=at,
        on_behalf_of=on_behalf_of,
        role=role,
        state_before=before,
        state_after=after,
        reason=reason,
        ip=context.ip.get(),
        data=data,
    )
    waiting = _waiting.get()
    if waiting is None:
        event.save(force_insert=True)
    else:
        waiting.append(event)
    return event


@contextmanager
def at_once() -> Iterator[None]:
    """What is recorded inside is written together at the end, in its order; inside the transaction of the deed."""
    events: list[AuditEvent] = []
    token = _waiting.set(events)
    try:
        yield
    finally:
        _waiting.reset(token)
    AuditEvent.objects.bulk_create(events)


def events_of(*objects: models.Model) -> models.QuerySet[AuditEvent]:
    """The events of these objects, newest first, with their actors."""
    wanted = models.Q(pk__in=[])
    for obj in objects:
        wanted |= models.Q(object_type=ContentType.objects.get_for_model(obj), object_id=obj.pk)
    return AuditEvent.objects.filter(wanted).select_related("actor").order_by("-at", "-pk")


def events_of_kind(model: type[models.Model], ids: Iterable[int]) -> models.QuerySet[AuditEvent]:
    """The events of several objects of one kind, newest first."""
    return (
        AuditEvent.objects.filter(
            object_type=ContentType.objects.get_for_model(model), object_id__in=list(ids)
        )
        .select_related("actor")
        .order_by("-at", "-pk")
    )


def record_download(
    obj: models.Model,
    verb: str,
    stored: StoredFile,
    *,
    about: str,
    actor: "User | None",
    at: datetime,
    original: bool = False,
) -> AuditEvent:
    """Write that somebody took a file; `about` names the thing that it belongs to, as a reader knows it."""
    return record(
        obj,
        verb,
        actor=actor,
        at=at,
        file=stored.pk,
        name=stored.name,
        sha256=stored.sha256 if original or not stored.stripped else stored.stripped_sha256,
        about=about,
        original=original,
    )


def downloads() -> models.QuerySet[AuditEvent]:
    """Every file that somebody took, newest first."""
    return (
        AuditEvent.objects.filter(data__has_key="file")
        .select_related("actor")
        .order_by("-at", "-pk")
    )
