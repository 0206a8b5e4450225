"""Pages about a version in the apps above this one: they register where to go, so that this app need not know them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agreements.models import AgreementVersion
    from ikc.models import User


@dataclass(frozen=True, slots=True)
class VersionLink:
    text: str
    url: str


Finder = Callable[["AgreementVersion", "User"], list[VersionLink]]
_FINDERS: list[Finder] = []


def register(finder: Finder) -> None:
    """Called once per app, when it is ready. A finder asks the database nothing: the version is loaded with its content."""
    if finder not in _FINDERS:
        _FINDERS.append(finder)


def links_of(version: "AgreementVersion", user: "User") -> list[VersionLink]:
    return [link for finder in _FINDERS for link in finder(version, user)]
