"""What is particular to each kind of decision beside the course that all of them take (domain reference 3.5).

The law of a kind lives in the service that carries it out; here is only where to find it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from kvk2.nlds.components import Detail
    from subsidies.models import Decision


def _nothing(decision: "Decision", **said: Any) -> None:
    """A kind without this step."""


def _no_facts(decision: "Decision") -> "list[Detail]":
    return []


@dataclass(frozen=True, slots=True)
class ActKind:
    """How one kind of later decision is worded and what it does.

    letter: the code of `Letter.Code` of a decision; values: the merge fields of that letter.
    refuse: raises a DomainError when the law does not allow this decision (any more).
    on_take, on_announce: what follows, in the transaction of taking and of announcing it.
    facts: the lines that its page shows.
    """

    letter: Callable[["Decision"], str]
    values: Callable[["Decision", datetime], Mapping[str, Any]]
    refuse: Callable[["Decision", datetime], None] = lambda decision, at: None
    on_take: Callable[..., None] = _nothing  # (decision, by=, at=)
    on_announce: Callable[..., None] = _nothing  # (decision, at=)
    facts: Callable[["Decision"], "list[Detail]"] = _no_facts


# Dotted names: these services order letters, and the letters come back here when they are announced.
ACTS: Mapping[str, str] = MappingProxyType(
    {
        "advance": "subsidies.advance_act.ADVANCE",
        "amendment": "subsidies.grant_change_act.ACT",
        "revocation": "subsidies.grant_change_act.ACT",
        "objection": "subsidies.objection_act.ACT",
        "determination": "subsidies.settlement_acts.DETERMINATION",
        "recovery": "subsidies.settlement_acts.RECOVERY",
    }
)
OPENED = ("grant", "partial_grant")


def later_kinds() -> tuple[str, ...]:
    """The kinds of later decisions that there are."""
    return tuple(ACTS)


def act_of(kind: str) -> ActKind:
    """The kind of a later decision. Raises KeyError for what is decided on a round."""
    found: ActKind = import_string(ACTS[kind])
    return found


def is_act(decision: "Decision") -> bool:
    return decision.kind in ACTS


def on_announce(decision: "Decision") -> Callable[..., Any] | None:
    """What the announcement of `decision` brings about, to be called with `at`."""
    if decision.kind in OPENED:
        effect: Callable[..., Any] = import_string("subsidies.services.grants.open_grant")
        return effect
    return act_of(decision.kind).on_announce if decision.kind in ACTS else None
