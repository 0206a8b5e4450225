"""Why a version was begun, as the apps above this one know it: they register how to find it, so that this app need not know them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agreements.models import AgreementVersion
    from ikc.models import User


@dataclass(frozen=True, slots=True)
class Origin:
    """What led to a version: a sentence, and where to read it."""

    text: str
    url: str


Finder = Callable[["AgreementVersion", "User"], list[Origin]]
_FINDERS: list[Finder] = []


def register(finder: Finder) -> None:
    """Called once per app, when it is ready."""
    if finder not in _FINDERS:
        _FINDERS.append(finder)


def origins_of(version: "AgreementVersion", user: "User") -> list[Origin]:
    """What led to `version`, as far as `user` may see it; nothing for the first one."""
    if version.number == 1:
        return []
    return [origin for finder in _FINDERS for origin in finder(version, user)]
