"""The standard letters (catalogue L11-L22 and their variants): each topic has its own file with `LETTERS`.

The text of a letter is written here once; an administrator may put another in its place, in versions. Adding a letter:
add its code to `Letter.Code`, write its `LetterType` in the file of its topic, order it with
`services.standard_letters.order_standard_letter`.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from subsidies.letter_catalogue.every_letter import COMMON
from subsidies.letter_catalogue.kinds import Field, FieldKind, LetterType, Table, table

__all__ = ["Field", "FieldKind", "LetterType", "Table", "fields_of", "letter_types", "table"]

MACHINERY = frozenset({"every_letter", "kinds", "markup", "overview"})


@cache
def letter_types() -> Mapping[str, LetterType]:
    """Every standard letter by its code."""
    found: dict[str, LetterType] = {}
    for module in sorted(info.name for info in iter_modules(__path__)):
        if module not in MACHINERY:
            letters: Mapping[str, LetterType] = import_module(f"{__name__}.{module}").LETTERS
            if twice := found.keys() & letters.keys():
                raise ValueError(f"Two texts for {sorted(twice)}.")
            found |= letters
    return MappingProxyType(dict(sorted(found.items())))


def fields_of(letter: LetterType) -> Mapping[str, Field]:
    """All merge fields that the text of `letter` may use: its own first."""
    return {**letter.fields, **{name: COMMON[name] for name in COMMON if name not in letter.fields}}
