"""The parts of the page of a grant, in the order in which a case goes; each topic brings its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import Grant


@dataclass(frozen=True, slots=True)
class Panel:
    """A section of the page: `template` is included with `panel`; `id` is its anchor."""

    id: str
    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


# Each says what `user` may see of its topic, or None when there is nothing.
PANELS: "tuple[Callable[[Grant, User], Panel | None], ...]" = ()


def panels_of(grant: "Grant", user: "User") -> list[Panel]:
    return [panel for make in PANELS if (panel := make(grant, user)) is not None]
