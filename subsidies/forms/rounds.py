"""The forms with which a round is adopted, published and given up."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, CharacterCount, LinkButton, NldsHelper
from subsidies.forms.fields import day, story, text


class AdoptForm(NldsForm):
    """The decision of the college with which a round is adopted."""

    decision_number = text(
        "Nummer van het collegebesluit",
        "Vul het nummer van het collegebesluit in.",
        longest=60,
        help_text="Bijvoorbeeld B&amp;W 2026-017.",
    )
    decided_on = day("Datum van het collegebesluit", "Vul de datum van het collegebesluit in.")

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="vaststellen")
        self.helper.layout = Layout(
            "decision_number",
            "decided_on",
            Actions(Button("adopt", "Ronde vaststellen"), LinkButton(back_url, "Annuleren")),
        )


class PublishForm(NldsForm):
    """Where the round was published (Awb 3:42, 4:27)."""

    reference = text(
        "Vindplaats in het Gemeenteblad",
        "Vul de vindplaats in het Gemeenteblad in.",
        help_text="Bijvoorbeeld Gemeenteblad 2026, 12345.",
    )
    published_on = day("Datum van publicatie", "Vul de datum van publicatie in.")
    budget_warning = forms.BooleanField(
        label="De publicatie waarschuwt dat het plafond lager kan worden bij de begroting (Awb 4:28)",
        required=False,
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="publiceren")
        self.helper.layout = Layout(
            "reference",
            "published_on",
            "budget_warning",
            Actions(Button("publish", "Publicatie vastleggen"), LinkButton(back_url, "Annuleren")),
        )


class CancelForm(NldsForm):
    """Why a round does not go on."""

    reason = story(
        "Waarom gaat de ronde niet door?",
        "Schrijf op waarom de ronde niet doorgaat.",
        longest=500,
        rows=3,
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="annuleren")
        self.helper.layout = Layout(
            CharacterCount("reason"),
            Actions(
                Button("cancel", "Ronde annuleren", negative=True),
                LinkButton(back_url, "Terug naar de ronde"),
            ),
        )
