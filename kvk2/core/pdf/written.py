"""How pydyf writes one operand, with a fifth of the calls: the same bytes, asked for a quarter of a million times a report.

pydyf asks each operand up to three times what it is. `quicken` puts this in its place; the version is pinned, and a test
holds the two beside each other.
"""

from typing import Any

import pydyf


def to_bytes(item: Any) -> bytes:
    """The bytes of an operand: a number, a name, or an object of the file."""
    kind = item.__class__
    if kind is bytes:
        return item
    if kind is float:
        return b"%d" % item if item % 1 == 0 else (b"%f" % item).rstrip(b"0")
    if kind is int:
        return b"%d" % item
    if kind is not str and isinstance(item, pydyf.Object):
        return item.data
    return str(item).encode("ascii")


def quicken() -> None:
    """Let pydyf write operands this way, in this process."""
    pydyf._to_bytes = to_bytes
