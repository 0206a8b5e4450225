"""The list of terms as a table, a filter bar and a file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import django_tables2 as tables
from django import forms
from django.utils.safestring import SafeString

from kvk2.core.spreadsheet import Heading
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.tables import DateColumn, NldsTable, RowHeaderColumn
from kvk2.nlds.templatetags.nlds import status_badge
from subsidies.term_kinds import Term, TermKind
from subsidies.term_page import lateness

LATE, SOON = "te-laat", "binnenkort"
STANDS = ((LATE, "Te laat"), (SOON, "Binnen twee weken"))
SOON_DAYS = 14


class TermTable(NldsTable):
    """Terms, the first to end on top."""

    due_on = DateColumn(verbose_name="Uiterlijk", order_by=("due_on", "title"))
    title = RowHeaderColumn(
        verbose_name="Wat",
        linkify=lambda record: record.url,
        order_by=("title", "due_on"),
    )
    kind = tables.Column("Soort", order_by=("kind", "due_on"))
    round_name = tables.Column("Ronde", order_by=("round_name", "due_on"))
    stand = tables.Column("Stand", accessor="due_on", orderable=False)

    caption = "Termijnen"

    def __init__(self, data: Any, *, today: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.today = today

    def render_kind(self, value: TermKind) -> str:
        return value.label

    def render_stand(self, value: date) -> SafeString:
        return status_badge(*lateness(value, self.today))


class TermFilter(NldsForm):
    """Which kind of term, of which round, and how late."""

    def __init__(self, data: Mapping[str, Any], *, terms: Sequence[Term]) -> None:
        super().__init__(data)
        kinds = {(term.kind.value, term.kind.label) for term in terms}
        rounds = {(str(term.round_id), term.round_name) for term in terms}
        self.offered = {
            "soort": [("", "Alle soorten"), *sorted(kinds, key=lambda one: one[1])],
            "ronde": [("", "Alle rondes"), *sorted(rounds, key=lambda one: one[1])],
            "stand": [("", "Alles"), *STANDS],
        }
        for name, choices in self.offered.items():
            self.fields[name] = forms.ChoiceField(
                label=name.capitalize(),
                required=False,
                choices=choices,
                error_messages={"invalid_choice": "Deze keuze is er niet meer. Kies een andere."},
            )

    def chosen(self, terms: Iterable[Term], today: date) -> list[Term]:
        """The terms that pass; a choice that does not exist filters nothing."""
        self.is_valid()
        wanted = self.cleaned_data
        return [
            term
            for term in terms
            if (not wanted.get("soort") or term.kind == wanted["soort"])
            and (not wanted.get("ronde") or str(term.round_id) == wanted["ronde"])
            and _stands(term, wanted.get("stand"), today)
        ]

    @property
    def words(self) -> str:
        """The choices in words, for the file."""
        chosen = [
            f"{name.capitalize()}: {dict(choices)[self.cleaned_data[name]]}"
            for name, choices in self.offered.items()
            if self.cleaned_data.get(name)
        ]
        return "; ".join(chosen) or "geen"


def _stands(term: Term, stand: str | None, today: date) -> bool:
    left = term.days_left(today)
    if stand == LATE:
        return left < 0
    return 0 <= left <= SOON_DAYS if stand == SOON else True


HEADINGS = (
    Heading("Uiterlijk", "", 14),
    Heading("Wat", "", 60),
    Heading("Soort", "", 22),
    Heading("Ronde", "", 30),
    Heading("Stand", "", 22),
)


def plain_rows(terms: Iterable[Term], today: date) -> Iterator[list[Any]]:
    """What the table shows, as plain values."""
    for term in terms:
        words, _ = lateness(term.due_on, today)
        yield [term.due_on, term.title, term.kind.label, term.round_name, words]
