"""The forms for an amount or a term from a day on, with a look at what it comes to."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, Columns, Fieldset, LinkButton, NldsHelper
from subsidies.forms.fields import AmountField, day, text
from subsidies.penalties import MOST_DAYS
from subsidies.services.legal_figures import AMOUNTS, MOST, REMINDER, NewFigure, NewTariff

PREVIEW = "preview"
SOURCE = {
    "longest": 200,
    "help_text": "Waar het staat: het artikel en het Staatsblad, de verordening of het besluit.",
}


def _rate(label: str) -> AmountField:
    return AmountField(
        label=label,
        missing=f"Vul in wat {label.lower()} per dag kost.",
        min_value=0,
        max_digits=6,
        decimal_places=2,
    )


def _buttons(back_url: str) -> Actions:
    return Actions(
        Button("keep", "Vastleggen"),
        Button(PREVIEW, "Bekijk wat dit betekent", appearance="secondary"),
        LinkButton(back_url, "Annuleren"),
    )


class TariffForm(NldsForm):
    """The amounts of the penalty from a day on."""

    first_rate = _rate("Dag 1 tot en met 14")
    second_rate = _rate("Dag 15 tot en met 28")
    third_rate = _rate("Dag 29 tot en met 42")
    valid_from = day("Geldt vanaf", "Vul in vanaf welke dag deze bedragen gelden.")
    source = text("Bron", "Vul in waar dit staat.", **SOURCE)
    days = forms.IntegerField(
        label="Rekenvoorbeeld: dagen te laat",
        min_value=1,
        max_value=MOST_DAYS,
        initial=MOST_DAYS,
        required=False,
        help_text="Alleen om te bekijken wat een te laat besluit dan kost.",
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            f"Vul bij het rekenvoorbeeld een heel getal van 1 tot en met {MOST_DAYS} in.",
        ),
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="tarief")
        self.helper.layout = Layout(
            Fieldset("Bedrag per dag", "first_rate", "second_rate", "third_rate"),
            "valid_from",
            "source",
            "days",
            _buttons(back_url),
        )

    def tariff(self) -> NewTariff:
        """The valid form as the service wants it."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "days"}
        return NewTariff(**values)


class FigureForm(NldsForm):
    """One amount or term from a day on; `kind` decides its unit."""

    valid_from = day("Geldt vanaf", "Vul in vanaf welke dag dit geldt.")
    valid_until = day(
        "Geldt tot en met",
        "",
        required=False,
        help_text="Alleen als de verordening vanzelf eindigt.",
    )
    source = text("Bron", "Vul in waar dit staat.", **SOURCE)

    def __init__(self, *args: Any, kind: str, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = MOST[kind]
        if kind in AMOUNTS:
            self.fields["value"] = AmountField(
                label="Bedrag" if kind in REMINDER else "Bedrag in drie jaar",
                missing="Vul het bedrag in.",
            )
            days: tuple[Any, ...] = (Columns("valid_from", "valid_until"),)
        else:
            label = "Aantal weken" if most == MOST["decision_weeks"] else "Aantal dagen"
            sentence = f"Vul een heel getal van 1 tot en met {most} in."
            self.fields["value"] = forms.IntegerField(
                label=label,
                min_value=1,
                max_value=int(most),
                error_messages=dict.fromkeys(
                    ("required", "invalid", "min_value", "max_value"), sentence
                ),
            )
            del self.fields["valid_until"]
            days = ("valid_from",)
        self.helper = NldsHelper(form_id="waarde")
        self.helper.layout = Layout("value", *days, "source", _buttons(back_url))

    def figure(self) -> NewFigure:
        """The valid form as the service wants it."""
        return NewFigure(**self.cleaned_data)
