"""How somebody keeps a list: the columns, and filters under a name."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from subsidies.models import ListColumns, SavedView

if TYPE_CHECKING:
    from ikc.models import User

MOST_SAVED = 30
LONGEST_QUERY = 1000


class ViewNotSaved(DomainError):
    """A saved list that cannot be kept like this."""

    code = "VIEW_NOT_SAVED"


def remember_columns(list_key: str, columns: Sequence[str], *, by: "User") -> None:
    """Keep the columns of a list for `by`; none means the usual ones. A preference, no deed: not in the trail."""
    if columns:
        ListColumns.objects.update_or_create(
            user=by, list_key=list_key, defaults={"columns": ".".join(columns)}
        )
    else:
        ListColumns.objects.filter(user=by, list_key=list_key).delete()


@transaction.atomic
def save_view(
    list_key: str,
    *,
    name: str,
    query: str,
    is_default: bool = False,
    is_shared: bool = False,
    by: "User",
    at: datetime,
) -> SavedView:
    """Keep what the list shows under a name, in place of what `by` kept under that name before.

    Refusals: `ViewNotSaved` without a name, with too many, or when somebody outside the municipality wants to share.
    """
    name = " ".join(name.split())
    if not name:
        raise ViewNotSaved("Geef de lijst een naam.")
    if len(query) > LONGEST_QUERY:
        raise ViewNotSaved("Deze zoekvraag is te lang om te bewaren.")
    if is_shared and not by.is_municipal:
        raise ViewNotSaved("Alleen binnen de gemeente kunt u een lijst delen.")
    own = SavedView.objects.select_for_update(of=("self",)).filter(user=by, list_key=list_key)
    kept = {view.name: view for view in own.order_by("pk")}
    if name not in kept and len(kept) >= MOST_SAVED:
        raise ViewNotSaved(f"U hebt al {MOST_SAVED} lijsten bewaard. Verwijder er eerst een.")
    if is_default:
        own.exclude(name=name).filter(is_default=True).update(is_default=False)
    view, _ = SavedView.objects.update_or_create(
        user=by,
        list_key=list_key,
        name=name,
        defaults={
            "query": query,
            "is_default": is_default,
            "is_shared": is_shared,
            "created_at": at,
        },
    )
    record(view, "list_view_saved", actor=by, at=at, name=name, shared=is_shared)
    return view


@transaction.atomic
def remove_view(view: SavedView, *, by: "User", at: datetime) -> None:
    """Forget a saved list of one's own. Refusal: `ViewNotSaved` for that of a colleague."""
    view = SavedView.objects.select_for_update(of=("self",)).get(pk=view.pk)
    if view.user_id != by.pk:
        raise ViewNotSaved("Deze lijst is van een collega. Alleen die kan haar verwijderen.")
    record(view, "list_view_removed", actor=by, at=at, name=view.name)
    view.delete()


def note_export(*, kind: str, words: str, columns: Sequence[str], by: "User", at: datetime) -> None:
    """Write in the trail that `by` took the list along: which filters (in words) and columns, as what kind of file."""
    record(
        by, "applications_exported", actor=by, at=at, format=kind, filters=words, columns=[*columns]
    )
