"""Forms of the archive: keep a case, and judge a line of a destruction list."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, LinkButton, NldsHelper
from subsidies.forms.fields import day, story
from subsidies.models import DestructionLine

VERDICTS = [
    (DestructionLine.Verdict.DESTROY.value, "Vernietigen"),
    (DestructionLine.Verdict.KEEP.value, "Langer bewaren"),
]


class HoldForm(NldsForm):
    reason = story("Waarom moet dit dossier blijven?", "Schrijf op waarom.", longest=1000, rows=4)
    until = day(
        "Tot en met",
        "",
        required=False,
        help_text="Bijvoorbeeld 1-3-2026. Laat leeg als u dat nog niet weet.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="bewaren")
        self.helper.layout = Layout(
            "reason", "until", Actions(Button("hold", "Bewaren"), LinkButton(back_url, "Annuleren"))
        )


class JudgeForm(NldsForm):
    verdict = forms.ChoiceField(
        label="Wat gebeurt er met dit dossier?",
        choices=VERDICTS,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies vernietigen of langer bewaren."},
    )
    reason = story("Waarom langer bewaren?", "", longest=1000, rows=3, required=False)

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="oordeel")
        self.helper.layout = Layout(
            "verdict",
            "reason",
            Actions(Button("judge", "Vastleggen"), LinkButton(back_url, "Annuleren")),
        )


class DiscardListForm(NldsForm):
    reason = story("Waarom vervalt deze lijst?", "Schrijf op waarom.", longest=1000, rows=3)
