"""The name history of an IKC, built out of observations: 'on this day this source called it so'.

Nobody publishes the day on which a school takes another name. What is known is what a list said on
its date, so a row of the history runs from the first list with that name to the day before the first
list with the next one. Lists may arrive in any order, and a list that is read twice changes nothing.
"""

from datetime import date, timedelta

from ikc.models import Ikc, IkcName
from kvk2.core.errors import DomainError


class NameConflict(DomainError):
    """Two sources give this IKC different names on the same day."""


def observe_name(
    ikc: Ikc, names: list[IkcName], *, name: str, on: date, source: str
) -> IkcName | None:
    """Note that `ikc` was called `name` on `on`; the row that was made or moved, or None when it was known.

    `names` is the history of the IKC, oldest first, and is kept up to date.
    """
    before = [row for row in names if row.valid_from is None or row.valid_from <= on]
    current = before[-1] if before else None
    following = names[len(before)] if len(before) < len(names) else None
    if current and current.name == name:
        return None
    if current and current.valid_from == on:
        raise NameConflict(
            f"heet hier ‘{name}’, maar volgens {current.source} op dezelfde dag ‘{current.name}’"
        )
    if current:
        current.valid_until = on - timedelta(days=1)
        current.save(update_fields=["valid_until"])
    if following and following.name == name:
        following.valid_from = on
        following.save(update_fields=["valid_from"])
        return following
    until = following.valid_from if following else None
    seen = IkcName.objects.create(
        ikc=ikc,
        name=name,
        valid_from=on,
        valid_until=until - timedelta(days=1) if until else None,
        source=source,
    )
    names.insert(len(before), seen)
    return seen
