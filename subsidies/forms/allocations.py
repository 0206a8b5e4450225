"""The forms of the division: a draw that was held by hand, and other rules to try."""

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from kvk2.core.errors import DomainError
from kvk2.core.uploads import require_size
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, Currency, Fieldset, FileUpload, LinkButton, NldsHelper
from subsidies.forms.fields import AmountField, day, story, text
from subsidies.models import SubsidyRound
from subsidies.services.allocations import WhatIf
from subsidies.services.lotteries import HeldDraw


class DrawForm(NldsForm):
    """The place of each participant as it was drawn, and the record that was signed."""

    drawn_on = day("Datum van de loting", "Vul de datum van de loting in.")
    place = text("Plaats", "Vul in waar de loting was.")
    drawn_by = text(
        "Wie trok de volgorde?",
        "Vul in wie de volgorde trok, bijvoorbeeld de notaris.",
        longest=200,
    )
    witnesses = story("Getuigen", "Vul in wie erbij waren.", longest=1000, rows=3)
    file = forms.FileField(
        label="Ondertekend proces-verbaal",
        help_text="Een PDF.",
        allow_empty_file=True,  # the service refuses it, in its own words
        widget=forms.FileInput(attrs={"accept": ".pdf"}),
        error_messages={"required": "Voeg het ondertekende proces-verbaal toe."},
    )

    def __init__(
        self, *args: Any, participants: Mapping[str, str], back_url: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.participants = participants
        places = [(n, str(n)) for n in range(1, len(participants) + 1)]
        for number, ikc in participants.items():
            self.fields[self.field_of(number)] = forms.TypedChoiceField(
                label=f"{ikc}, {number}",
                choices=[("", "Kies een plaats"), *places],
                coerce=int,
                error_messages={"required": f"Kies de plaats van {ikc}."},
            )
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            Fieldset("Volgorde zoals getrokken", *map(self.field_of, participants)),
            "drawn_on",
            "place",
            "drawn_by",
            "witnesses",
            FileUpload("file"),
            Actions(Button("save", "Loting vastleggen"), LinkButton(back_url, "Terug")),
        )

    @staticmethod
    def field_of(number: str) -> str:
        return f"place_{number}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen = [data.get(self.field_of(number)) for number in self.participants]
        if None not in chosen and len(set(chosen)) < len(chosen):
            self.add_error(
                None, "Twee aanvragen hebben dezelfde plaats. Elke plaats komt één keer voor."
            )
        return data

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read into memory."""
        upload = self.cleaned_data["file"]
        try:
            require_size(upload.name, upload.size)
        except DomainError as error:
            raise forms.ValidationError(error.message) from error
        return upload

    def draw(self) -> HeldDraw:
        data = self.cleaned_data
        order = sorted(self.participants, key=lambda number: data[self.field_of(number)])
        return HeldDraw(
            order=tuple(order),
            drawn_on=data["drawn_on"],
            place=data["place"],
            drawn_by=data["drawn_by"],
            witnesses=data["witnesses"],
        )


class WhatIfForm(NldsForm):
    """Other rules than the published ones, to see what they would do."""

    name = text("Naam van het scenario", "Geef het scenario een naam.", longest=60)
    ceiling = AmountField(label="Subsidieplafond", missing="Vul een bedrag in.")
    method = forms.ChoiceField(label="Verdeelwijze", choices=SubsidyRound.Method.choices)
    marginal_policy = forms.ChoiceField(
        label="Bij de laatste aanvraag", choices=SubsidyRound.MarginalPolicy.choices
    )
    floor = AmountField(label="Kleinste zinvolle bedrag", required=False)
    min_score = forms.DecimalField(
        label="Minimumscore",
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    tiers = forms.BooleanField(label="Voorrangsgroepen tellen mee", required=False)

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "name",
            Currency("ceiling"),
            "method",
            "marginal_policy",
            Currency("floor"),
            "min_score",
            "tiers",
            Actions(Button("save", "Scenario berekenen"), LinkButton(back_url, "Terug")),
        )

    @staticmethod
    def published(round_: SubsidyRound) -> dict[str, Any]:
        return {
            "ceiling": round_.ceiling,
            "method": round_.allocation_method,
            "marginal_policy": round_.marginal_policy,
            "floor": round_.floor,
            "min_score": round_.min_score,
            "tiers": True,
        }

    def what_if(self) -> WhatIf:
        return WhatIf(**self.cleaned_data)


def chosen_runs(values: Sequence[str]) -> list[int]:
    """The runs that somebody ticked for comparison; anything that is no number is left out."""
    return [int(value) for value in values if value.isdecimal() and len(value) < 12]
