"""Frozen documents: the dataclasses that a letter or report is made from, and their one JSON form.

A PDF is never made from live rows. A service first freezes what the reader will see into a `Frozen`
dataclass, stores `as_dict()` in a JSON column with `digest()` beside it, and renders from
`from_dict()` later. The same data therefore always gives the same bytes, and anyone can recompute
the hash (monitoring rule 13: an adopted report renders from its own dataset).
"""

import hashlib
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Self

from django.conf import settings

JsonObject = dict[str, Any]

# For a field that came after documents had been frozen: as long as it holds its default it is left out, so that an old
# document keeps its bytes and its hash. `dataclasses.field(default=…, metadata=ADDED_LATER)`.
ADDED_LATER = {"added_later": True}


class Frozen:
    """Mixin for frozen dataclasses whose fields are plain values or other frozen dataclasses.

    Allowed field types: str, int, bool, Decimal, date, datetime, an Enum, another `Frozen`,
    `tuple[X, ...]`, `dict[str, X]` and `X | None`. Floats are refused: figures are `Decimal`.
    """

    def as_dict(self) -> JsonObject:
        """Plain JSON value: decimals and dates become strings, tuples become lists."""
        return _encode(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Rebuild the document. Raises `ValueError` on unknown or missing keys."""
        return _decode(cls, data)

    def canonical(self) -> bytes:
        """The JSON bytes that the hash is taken from: sorted keys, no spaces, UTF-8."""
        text = json.dumps(self.as_dict(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return text.encode()

    def digest(self) -> str:
        """SHA-256 of `canonical()` as 64 hexadecimal digits."""
        return hashlib.sha256(self.canonical()).hexdigest()


@dataclass(frozen=True, slots=True)
class Municipality(Frozen):
    """The sender, as it stood on the day the document was frozen. Comes from the settings."""

    name: str  # "Gemeente Voorbeeld"
    short_name: str  # "Voorbeeld"
    college: str  # the deciding body, "het college van burgemeester en wethouders van ..."
    address: tuple[str, ...] = ()  # postal address
    team: str = ""
    phone: str = ""
    email: str = ""
    court: str = ""  # court that hears a request for an interim measure (Awb 8:81)
    product: str = ""  # name of the portal

    @classmethod
    def from_settings(cls) -> Self:
        """Read `settings.MUNICIPALITY`; keys that the letters do not use are ignored."""
        known = {field.name for field in fields(cls)}
        values = {key: value for key, value in settings.MUNICIPALITY.items() if key in known}
        return cls.from_dict(values)


def _encode(value: Any) -> Any:
    if is_dataclass(value):
        return {
            field.name: _encode(held)
            for field in fields(value)
            if (held := getattr(value, field.name)) != field.default or not field.metadata
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal | date):
        return value.isoformat() if isinstance(value, date) else str(value)
    if isinstance(value, tuple | list):
        return [_encode(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _encode(item) for key, item in value.items()}
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"A frozen document cannot hold a {type(value).__name__}.")


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _decode(expected: Any, value: Any) -> Any:
    origin = typing.get_origin(expected)
    if origin in (types.UnionType, typing.Union):
        return _decode_optional(expected, value)
    if origin is tuple:
        item = typing.get_args(expected)[0]
        return tuple(_decode(item, entry) for entry in value)
    if origin is dict:
        item = typing.get_args(expected)[1]
        return {key: _decode(item, entry) for key, entry in value.items()}
    if is_dataclass(expected):
        return _decode_dataclass(expected, value)
    return _decode_scalar(expected, value)


def _decode_optional(expected: Any, value: Any) -> Any:
    if value is None:
        return None
    (kind,) = (arg for arg in typing.get_args(expected) if arg is not types.NoneType)
    return _decode(kind, value)


def _decode_dataclass(cls: Any, value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise ValueError(f"{cls.__name__}: expected an object, got {type(value).__name__}.")
    hints = _hints(cls)
    if unknown := set(value) - {field.name for field in fields(cls)}:
        raise ValueError(f"{cls.__name__}: unknown keys {sorted(unknown)}.")
    try:
        return cls(**{key: _decode(hints[key], entry) for key, entry in value.items()})
    except TypeError as error:
        raise ValueError(f"{cls.__name__}: {error}") from error


def _decode_scalar(expected: Any, value: Any) -> Any:
    if expected is Decimal:
        return Decimal(value)
    if expected in (date, datetime):
        return expected.fromisoformat(value)
    if isinstance(expected, type) and issubclass(expected, Enum):
        return expected(value)
    if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
        raise ValueError(f"Expected {expected.__name__}, got {value!r}.")
    return value
