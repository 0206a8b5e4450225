"""What a point on an agenda may be about: each app registers its own things, so that this app need not know them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet

if TYPE_CHECKING:
    from ikc.models import User

# More than this to choose from is found by way of the page of the thing itself.
MOST = 40


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of thing: `seen` are those that a user may put on an agenda, `waiting` those that wait for it.

    `name` is what one of them is called in the list to choose from.
    """

    key: str
    label: str
    seen: Callable[["User"], QuerySet]
    waiting: Callable[["User"], QuerySet]
    name: Callable[[Any], str] = str


_SUBJECTS: dict[str, Subject] = {}


def register(subject: Subject) -> None:
    """Called once per kind, when the app is ready."""
    _SUBJECTS[subject.key] = subject


def find(key: str, user: "User") -> Model | None:
    """The thing that `key` ('ikc-12') names, when `user` may see it."""
    kind, _, pk = key.rpartition("-")
    subject = _SUBJECTS.get(kind)
    if subject is None or not pk.isdecimal():
        return None
    return subject.seen(user).filter(pk=int(pk)).first()


def key_of(thing: Model) -> str:
    """What `find` takes; empty for a thing that no app registered."""
    kind = thing._meta.model_name or ""
    return f"{kind}-{thing.pk}" if kind in _SUBJECTS else ""


def choices(user: "User") -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Grouped for a select: what waits to be discussed; one query per kind."""
    for subject in _SUBJECTS.values():
        rows = [
            (f"{subject.key}-{row.pk}", subject.name(row)) for row in subject.waiting(user)[:MOST]
        ]
        if rows:
            yield subject.label, rows


def visible_subjects(items: list, user: "User") -> dict[int, Model]:
    """The things that `items` are about, by the key of the item, as far as `user` may see them; one query per kind."""
    wanted: dict[str, dict[int, list[int]]] = {}
    for item in items:
        if item.subject_type_id is None:
            continue
        kind = ContentType.objects.get_for_id(item.subject_type_id).model
        wanted.setdefault(kind, {}).setdefault(item.subject_id, []).append(item.pk)
    found: dict[int, Model] = {}
    for kind, by_id in wanted.items():
        if kind not in _SUBJECTS:
            continue
        for thing in _SUBJECTS[kind].seen(user).filter(pk__in=by_id):
            for item_pk in by_id[thing.pk]:
                found[item_pk] = thing
    return found
