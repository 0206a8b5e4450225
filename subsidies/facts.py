"""Facts that a row only has from some state on."""

from typing import TypeVar

T = TypeVar("T")


def known(value: T | None) -> T:
    """The value of a nullable column that the state of its row guarantees (a database constraint says so).

    Raises ValueError where the state was not checked: a fault in the code, never an input.
    """
    if value is None:
        raise ValueError("a fact that this state should guarantee is missing")
    return value
