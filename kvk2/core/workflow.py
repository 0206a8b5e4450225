"""State machines as data: a table of transitions, and the one function that follows it.

The same table drives the buttons, the refusals and `docs/workflows.md`; a test holds it against a second, literal copy.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import TextChoices

from kvk2.core.errors import DomainError


class TransitionNotAllowed(DomainError):
    """The object is not in a state from which this transition may start."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table: who may start it is `who` (for people to read), the guard itself is a rule or a service."""

    name: str
    sources: frozenset[str]
    target: str
    label: str
    who: str = ""


class Workflow:
    """All transitions of one kind of object, in the order in which they happen."""

    def __init__(
        self, title: str, states: type[TextChoices], transitions: Iterable[Transition]
    ) -> None:
        self.title = title
        self.states = states
        self._by_name = {transition.name: transition for transition in transitions}

    def __iter__(self) -> Iterator[Transition]:
        return iter(self._by_name.values())

    def available_from(self, state: str) -> list[Transition]:
        """The transitions that may start in `state`."""
        return [transition for transition in self if state in transition.sources]

    def allows(self, name: str, *, state: str) -> bool:
        """Whether transition `name` may start in `state`."""
        return state in self._by_name[name].sources

    def target(self, name: str, *, state: str) -> str:
        """The state that transition `name` leads to; raises TransitionNotAllowed when it may not start in `state`."""
        transition = self._by_name[name]
        if state not in transition.sources:
            label = self.states(state).label
            raise TransitionNotAllowed(f"‘{transition.label}’ kan niet: de status is nu ‘{label}’.")
        return transition.target
