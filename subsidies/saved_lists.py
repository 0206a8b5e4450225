"""What somebody keeps of a list: the columns, and filters under a name; read in one query for every list that opens."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Value

from ikc.models import User
from subsidies.models import ListColumns, SavedView


class View(NamedTuple):
    """A saved list, as the page links to it."""

    pk: int
    name: str
    query: str
    is_default: bool
    user_id: int


@dataclass(frozen=True, slots=True)
class Kept:
    """`columns` are the keys of the columns, none when the usual ones will do."""

    columns: tuple[str, ...]
    views: tuple[View, ...]
    default: View | None


def kept_by(user: User, list_key: str) -> Kept:
    """The own columns, and the lists that `user` saved or that colleagues share."""
    views = SavedView.objects.visible_to(user).of_list(list_key)
    columns = ListColumns.objects.filter(user=user, list_key=list_key)
    rows = views.values_list("pk", "name", "query", "is_default", "user_id").union(
        columns.values_list("pk", Value(""), "columns", Value(False), "user_id"), all=True
    )
    found = sorted((View(*row) for row in rows), key=lambda view: (view.name, view.pk))
    named = tuple(view for view in found if view.name)
    return Kept(
        columns=tuple(key for view in found if not view.name for key in view.query.split(".")),
        views=named,
        default=next((view for view in named if view.is_default and view.user_id == user.pk), None),
    )
