"""The judgement of the drafter on earlier subsidy in a row (Awb 4:51)."""

from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, CharacterCount, Currency, LinkButton, NldsHelper
from subsidies.forms.fields import AmountField, day, story
from subsidies.services.continuity import Judgement


class ContinuityForm(NldsForm):
    """Does the article apply, why, and if so: when it was announced, the term, and the amount for its rest."""

    applies = forms.TypedChoiceField(
        label="Heeft dit IKC recht op een redelijke termijn (artikel 4:51 Awb)?",
        choices=[("yes", "Ja"), ("no", "Nee")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        help_text="Het gaat om dezelfde of bijna dezelfde activiteiten, en om een verlaging door veranderde "
        "omstandigheden of inzichten.",
        error_messages={"required": "Kies ja of nee."},
    )
    motivation = story(
        "Waarom?",
        "Schrijf op waarom artikel 4:51 wel of niet geldt.",
        longest=1500,
        rows=5,
        help_text="Deze tekst komt in de brief. Hoogstens 1.500 tekens.",
    )
    announced_on = day(
        "Wanneer is de verlaging aangekondigd?",
        "",
        required=False,
        help_text="Alleen bij ‘ja’. De dag waarop u het IKC schreef dat de subsidie lager wordt of stopt.",
    )
    term_until = day(
        "Tot en met welke dag loopt de redelijke termijn?",
        "",
        required=False,
        help_text="Alleen bij ‘ja’. Bijvoorbeeld 31-12-2026.",
    )
    continued_amount = AmountField(
        label="Welk bedrag krijgt het IKC voor de rest van de termijn?",
        required=False,
        help_text="Alleen als de termijn doorloopt in de nieuwe periode. Dit bedrag mag boven het plafond uitkomen.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "applies",
            CharacterCount("motivation"),
            Div(
                "announced_on",
                "term_until",
                Currency("continued_amount"),
                data_kvk2_when="applies=yes",
            ),
            Actions(Button("save", "Oordeel bewaren"), LinkButton(back_url, "Terug")),
        )

    def judgement(self) -> Judgement:
        return Judgement(**self.cleaned_data)
