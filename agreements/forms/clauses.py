"""The form in which a standard clause gets its next wording."""

from typing import Any

from crispy_forms.layout import Layout

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, CharacterCount, LinkButton, NldsHelper
from subsidies.forms.fields import day, story

LONGEST_CLAUSE = 2000


class StandardClauseForm(NldsForm):
    """The text and the day from which new agreements start with it; to look at first, or to keep."""

    text = story(
        "Tekst",
        "Schrijf op wat de bepaling zegt.",
        longest=LONGEST_CLAUSE,
        rows=8,
        help_text="In hoogstens 2.000 tekens. Het portaal vult zelf in: {ikc}, {programma}, {van}, {tot} en {opzegtermijn}.",
    )
    valid_from = day(
        "Geldt vanaf",
        "Vul in vanaf welke dag nieuwe afspraken met deze tekst beginnen.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            CharacterCount("text"),
            "valid_from",
            Actions(
                Button("save", "Bepaling bewaren"),
                Button("preview", "Voorbeeld bekijken", appearance="secondary"),
                LinkButton(back_url, "Annuleren"),
            ),
        )

    @property
    def wants_preview(self) -> bool:
        return "preview" in self.data
