"""The forms of two questions about one application: state aid, and a lower amount than was asked."""

from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, Currency, LinkButton, NldsHelper
from subsidies.forms.fields import AmountField, day, story, text
from subsidies.models import StateAidAssessment
from subsidies.services.state_aid import Assessed


class StateAidForm(NldsForm):
    outcome = forms.ChoiceField(
        label="Is de subsidie staatssteun?",
        choices=StateAidAssessment.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat er geldt."},
    )
    motivation = story("Waarom?", "Schrijf op waarom.", longest=2000, rows=4)
    undertaking = text(
        "Onderneming",
        "",
        longest=200,
        required=False,
        help_text="Alleen bij de-minimissteun. De naam zoals in de verklaring.",
    )
    aid_amount = AmountField(
        label="Hoeveel van deze subsidie krijgt de onderneming?",
        required=False,
        help_text="Alleen bij de-minimissteun.",
    )
    received_before = AmountField(
        label="Eerdere de-minimissteun in drie jaar",
        required=False,
        help_text="Alleen bij de-minimissteun, volgens de verklaring.",
    )
    statement_on = day(
        "Datum van de ondertekende verklaring",
        "",
        required=False,
        help_text="Alleen bij de-minimissteun. Bijvoorbeeld 1-3-2026.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "outcome",
            "motivation",
            Div(
                "undertaking",
                Currency("aid_amount"),
                Currency("received_before"),
                "statement_on",
                data_kvk2_when=f"outcome={'|'.join(StateAidAssessment.DECLARED)}",
            ),
            Actions(Button("save", "Beoordeling bewaren"), LinkButton(back_url, "Terug")),
        )

    def found(self) -> Assessed:
        return Assessed(**self.cleaned_data)


class PartialAnswerForm(NldsForm):
    """Yes or no to a lower amount."""

    accepts = forms.TypedChoiceField(
        label="Kunt u uw plan met dit bedrag uitvoeren?",
        choices=[("yes", "Ja, dat kan"), ("no", "Nee, dat kan niet")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Kies ja of nee."},
    )
    note = story(
        "Toelichting",
        "",
        longest=1000,
        rows=3,
        required=False,
        help_text="Bijvoorbeeld welke activiteiten u dan niet doet.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "accepts",
            "note",
            Actions(Button("save", "Antwoord versturen"), LinkButton(back_url, "Terug")),
        )


class WithoutAnswerForm(NldsForm):
    """Why the division is locked while an applicant has not answered on a lower amount."""

    without_answer = story(
        "Waarom legt u de verdeling vast zonder dit antwoord?",
        "Wacht op het antwoord, of schrijf op waarom u de verdeling toch vastlegt.",
        longest=1000,
        rows=3,
    )
