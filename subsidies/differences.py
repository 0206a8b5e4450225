"""What is new in an application compared with an earlier one: per question in words, per budget line in euros."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import NamedTuple

from subsidies.content import ApplicationContent
from subsidies.models import Application, BudgetLine
from subsidies.receipts import filled_sections

_WORD = re.compile(r"\s+|\S+")
# The share of words in common below which two texts are shown one after the other.
REWRITTEN = 0.4
COMPARED = ("plan", "activiteiten", "deelaanvraag", "begroting")


class Piece(NamedTuple):
    """Some words: `kind` is same, new or gone."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ChangedAnswer:
    """One question of which the answer differs."""

    section: str
    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class AmountChange:
    """One kind of cost or income, before and after, in euros."""

    label: str
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


def word_pieces(before: str, after: str) -> tuple[Piece, ...]:
    """The words of `before` and `after` as one text, with what is gone and what is new.

    A text that was written anew is shown whole, the old one first: word by word nobody can read it.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    words = SequenceMatcher(None, before.split(), after.split(), autojunk=False)
    if before and after and words.ratio() < REWRITTEN:
        return Piece("gone", before), Piece("new", after)
    pieces: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[i:j])))
            continue
        if i < j:
            pieces.append(Piece("gone", "".join(old[i:j])))
        if k < m:
            pieces.append(Piece("new", "".join(new[k:m])))
    return tuple(pieces)


def changed_answers(
    before: tuple[Application, ApplicationContent], after: tuple[Application, ApplicationContent]
) -> list[ChangedAnswer]:
    """The answers that differ, in the order of the form; those that only one of the two has included."""
    old, new = _answers(*before), _answers(*after)
    return [
        ChangedAnswer(*key, word_pieces(old.get(key, ""), new.get(key, "")))
        for key in dict.fromkeys([*new, *old])
        if old.get(key, "") != new.get(key, "")
    ]


def _answers(application: Application, content: ApplicationContent) -> dict[tuple[str, str], str]:
    """By section and question; an activity goes by its name, so that another order is no difference."""
    return {
        (re.sub(r"^Activiteit \d+: ", "", section.title), answer.label): answer.text
        for section in filled_sections(application, content)
        if section.step in COMPARED
        for answer in section.answers
    }


def amount_changes(before: Sequence[BudgetLine], after: Sequence[BudgetLine]) -> list[AmountChange]:
    """Per kind of line what it was and what it is."""
    labels = dict(BudgetLine.Kind.choices)
    old, new = _totals(before), _totals(after)
    return [
        AmountChange(label, old.get(kind, Decimal(0)), new.get(kind, Decimal(0)))
        for kind, label in labels.items()
        if kind in old or kind in new
    ]


def _totals(lines: Iterable[BudgetLine]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for line in lines:
        totals[line.kind] = totals.get(line.kind, Decimal(0)) + line.amount
    return totals
