"""What a letter of the catalogue is made of: its text in small markup, and the merge fields that the text may use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from kvk2.core.documents import Frozen


class FieldKind(StrEnum):
    """How the value of a field is given and printed."""

    TEXT = "text"  # words, inside a sentence
    AMOUNT = "amount"  # Decimal, in euros
    DATE = "date"
    LINES = "lines"  # a list of texts, on a line of its own
    TABLE = "table"  # a Table, on a line of its own


# Lists and tables stand on a line of their own; the rest stands inside a sentence.
BLOCK_KINDS = frozenset({FieldKind.LINES, FieldKind.TABLE})


@dataclass(frozen=True, slots=True)
class Field:
    """A merge field: what it means to who edits the text, and how it is printed."""

    meaning: str
    kind: FieldKind = FieldKind.TEXT


@dataclass(frozen=True, slots=True)
class LetterType:
    """One letter of the catalogue.

    `fields` are its own merge fields (those of `every_letter.COMMON` come on top), `required` those that the text may
    not leave out and that may not be empty. `body` is markup (see `markup`); its first paragraph is what the
    letter comes down to. Of a decision the legal basis, the reasons, the way to object or appeal and the
    signature are printed by the template, so they are not in `body`; `articles` go with the legal basis
    ("artikel 4:46 Awb").
    """

    title: str
    is_decision: bool
    fields: Mapping[str, Field]
    required: frozenset[str]
    subject: str
    body: str
    articles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table(Frozen):
    """Rows under column heads; the first cell of a row is its head. Cells are as printed; `total` is the last row."""

    caption: str
    head: tuple[str, ...]
    rows: tuple["Row", ...]
    total: tuple[str, ...] = ()
    numeric: tuple[int, ...] = ()  # columns, from 0, that are set to the right


@dataclass(frozen=True, slots=True)
class Row(Frozen):
    cells: tuple[str, ...]


def table(
    caption: str,
    head: tuple[str, ...],
    rows: list[tuple[str, ...]],
    *,
    total: tuple[str, ...] = (),
    numeric: tuple[int, ...] = (),
) -> Table:
    """A table from plain tuples."""
    return Table(caption, head, tuple(Row(cells) for cells in rows), total, numeric)


@dataclass(frozen=True, slots=True)
class MergeValues(Frozen):
    """The values of the fields of one letter, by kind: what the letter says about this case, as data."""

    texts: dict[str, str] = field(default_factory=dict)
    amounts: dict[str, Decimal] = field(default_factory=dict)
    dates: dict[str, date] = field(default_factory=dict)
    lines: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)

    @classmethod
    def sort_out(cls, values: Mapping[str, Any], fields: Mapping[str, Field]) -> "MergeValues":
        """`values` under the kind of their field; one that is None or empty is left out.

        Raises KeyError for a name that the letter does not know and TypeError for a value of another kind: both
        are faults of the caller, not of the user.
        """
        sorted_out: dict[FieldKind, dict[str, Any]] = {kind: {} for kind in FieldKind}
        for name, value in values.items():
            kind = fields[name].kind
            if value is None or value == "" or value == ():
                continue
            if kind == FieldKind.LINES and isinstance(value, list | tuple):
                value = tuple(str(line) for line in value)
            if not isinstance(value, PYTHON_TYPES[kind]):
                raise TypeError(f"Field {name} takes a {kind}, not a {type(value).__name__}.")
            sorted_out[kind][name] = value
        return cls(*(sorted_out[kind] for kind in FieldKind))

    @property
    def stressed(self) -> frozenset[str]:
        """What a reader looks for first: the amounts and the dates."""
        return frozenset({*self.amounts, *self.dates})

    def __contains__(self, name: object) -> bool:
        return any(
            name in part for part in (self.texts, self.amounts, self.dates, self.lines, self.tables)
        )


PYTHON_TYPES: Mapping[FieldKind, type] = {
    FieldKind.TEXT: str,
    FieldKind.AMOUNT: Decimal,
    FieldKind.DATE: date,
    FieldKind.LINES: tuple,
    FieldKind.TABLE: Table,
}
