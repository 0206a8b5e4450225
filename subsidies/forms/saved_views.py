"""The name under which somebody keeps a list."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, LinkButton, NldsHelper


class SaveViewForm(NldsForm):
    name = forms.CharField(
        label="Naam van de lijst",
        max_length=60,
        help_text="Bijvoorbeeld ‘Te controleren in deze ronde’. Een lijst met dezelfde naam wordt vervangen.",
        error_messages={
            "required": "Geef de lijst een naam.",
            "max_length": "De naam is te lang: hoogstens 60 tekens.",
        },
    )
    is_default = forms.BooleanField(
        label="Deze lijst openen als ik naar Aanvragen ga", required=False
    )
    is_shared = forms.BooleanField(label="Mijn collega's mogen deze lijst ook zien", required=False)

    def __init__(self, *args: Any, may_share: bool, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = ["name", "is_default", "is_shared"]
        if not may_share:
            del self.fields["is_shared"]
            names.remove("is_shared")
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            *names,
            Actions(Button("save", "Bewaren"), LinkButton(back_url, "Terug")),
        )
