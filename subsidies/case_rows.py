"""Everything that belongs to one case: the application and whatever hangs on it, however far (domain reference 8.4).

Found by following the relations of the models, so that a table that is new tomorrow belongs to it by itself.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from kvk2.core.models import AuditEvent, StoredFile
from subsidies.models import Application

Rows = Mapping[type[models.Model], frozenset[int]]
# Points at a case and is no part of it: the relation is emptied when the case goes.
LOOSE = frozenset(
    {
        ("calibration", "source"),
        ("registerentry", "decision"),
        # the payment that was set off belongs to its own case
        ("paymentsetoff", "recovery"),
        # somebody with another application objected: that belongs to the case objected to
        ("objection", "own_application"),
        ("objectionevent", "own_application"),
    }
)
# The record of the destruction itself stays for ever (selectielijst 19.1.18).
NEVER = frozenset({"destructionline", "destructionlist"})


def rows_of_case(application_id: int) -> Rows:
    """Per model the ids of the rows that belong to the case, in no order; the application itself included."""
    found: dict[type[models.Model], set[int]] = {Application: {application_id}}
    waiting: deque[tuple[type[models.Model], set[int]]] = deque([(Application, {application_id})])
    while waiting:
        model, ids = waiting.popleft()
        for relation in owned_by(model):
            related = relation.model
            seen = found.setdefault(related, set())
            rows = related._base_manager.filter(**{f"{relation.name}__in": ids}).order_by()
            new = set(rows.values_list("pk", flat=True)) - seen
            if new:
                seen |= new
                waiting.append((related, new))
    return {model: frozenset(ids) for model, ids in found.items() if ids}


def owned_by(model: type[models.Model]) -> Iterator[models.ForeignKey]:
    """The relations by which rows of other tables belong to rows of `model`."""
    for relation, field in _relations_to(model):
        if relation not in NEVER and (relation, field.name) not in LOOSE:
            yield field


def loose_from(rows: Rows) -> Iterator[models.ForeignKey]:
    """The relations that are emptied when these rows go."""
    for model in rows:
        for relation, field in _relations_to(model):
            if (relation, field.name) in LOOSE or (relation in NEVER and field.null):
                yield field


def case_models() -> set[type[models.Model]]:
    """Every model of which rows can belong to a case."""
    found: set[type[models.Model]] = {Application}
    waiting: deque[type[models.Model]] = deque(found)
    while waiting:
        for field in owned_by(waiting.popleft()):
            if field.model not in found:
                found.add(field.model)
                waiting.append(field.model)
    return found


def _relations_to(model: type[models.Model]) -> Iterator[tuple[str, Any]]:
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and not relation.many_to_many:
            field: Any = relation.field  # type: ignore[union-attr]
            yield field.model._meta.model_name, field


def files_of(rows: Rows) -> models.QuerySet[StoredFile]:
    """The files that rows of the case hold."""
    ids: set[int] = set()
    for model, pks in rows.items():
        for field in model._meta.concrete_fields:
            if field.related_model is StoredFile:
                held = model._base_manager.filter(pk__in=pks).order_by()
                ids.update(held.exclude(**{field.name: None}).values_list(field.attname, flat=True))
    return StoredFile.objects.filter(pk__in=ids).order_by("pk")


def trail_of(rows: Rows) -> models.QuerySet[AuditEvent]:
    """What was done with the rows of the case, oldest first."""
    wanted = Q(pk__in=[])
    for model, ids in rows.items():
        if apps.is_installed(model._meta.app_config.name) and not _is_history(model):
            kind = ContentType.objects.get_for_model(model)
            wanted |= Q(object_type=kind, object_id__in=ids)
    return AuditEvent.objects.filter(wanted).select_related("actor").order_by("at", "pk")


def _is_history(model: type[models.Model]) -> bool:
    """A table that keeps what another said before (django-pghistory)."""
    return any(field.name == "pgh_obj" for field in model._meta.concrete_fields)


def without_history(models_: Iterable[type[models.Model]]) -> list[type[models.Model]]:
    """Those that say what is, in the order of their names."""
    return sorted(
        (model for model in models_ if not _is_history(model)), key=lambda one: one._meta.label
    )
