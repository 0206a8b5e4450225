"""The form of a beoogd resultaat."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from agreements.models import AgreedResult
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, CharacterCount, LinkButton, NldsHelper
from subsidies.forms.fields import story
from subsidies.forms.fields import text as line


class ResultForm(NldsForm):
    text = story(
        "Beoogd resultaat",
        "Schrijf op wat u wilt bereiken.",
        longest=600,
        rows=3,
        help_text="Wat is er anders als het gelukt is? In hoogstens 600 tekens.",
    )
    target_group = line(
        "Voor wie?",
        "Vul in voor wie het resultaat is.",
        longest=200,
        help_text="Bijvoorbeeld: peuters met een VVE-indicatie.",
    )
    change_kind = forms.ChoiceField(
        label="Wat meten we?",
        choices=AgreedResult.ChangeKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat er verandert: hoeveel, hoe goed of voor wie."},
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            CharacterCount("text"),
            "target_group",
            "change_kind",
            Actions(Button("save", "Resultaat bewaren"), LinkButton(back_url, "Annuleren")),
        )
