"""The forms for looking back on a year and for giving notice."""

from typing import Any, cast

from crispy_forms.layout import Layout
from django import forms

from agreements.models import AnnualEvaluation
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, CharacterCount, Columns, LinkButton, NldsHelper
from subsidies.forms.fields import day, story


class EvaluationForm(NldsForm):
    """What the parties concluded about one calendar year."""

    year = forms.TypedChoiceField(
        label="Kalenderjaar",
        coerce=int,
        error_messages={"required": "Kies over welk jaar de evaluatie gaat."},
    )
    held_on = day("Besproken op", "Vul in wanneer de partijen dit bespraken.")
    outcome = forms.ChoiceField(
        label="Uitkomst",
        choices=AnnualEvaluation.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat de partijen vaststelden."},
    )
    text = story(
        "Wat stelden de partijen vast?",
        "Schrijf op wat de partijen vaststelden.",
        longest=3000,
        rows=7,
        help_text="Wat gaat goed, wat niet, en wat spreken de partijen af? In hoogstens 3.000 tekens.",
    )
    is_final = forms.BooleanField(label="Dit is de eindevaluatie", required=False)

    def __init__(self, *args: Any, years: list[int], back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["year"]).choices = [(year, str(year)) for year in years]
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            Columns("year", "held_on"),
            "outcome",
            CharacterCount("text"),
            "is_final",
            Actions(Button("save", "Evaluatie vastleggen"), LinkButton(back_url, "Annuleren")),
        )
