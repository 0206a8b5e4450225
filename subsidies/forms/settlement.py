"""Determining a subsidy, by its type; and what happens with a claim."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from kvk2.core.capitals import upper_first
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Button,
    CharacterCount,
    Columns,
    Currency,
    Fieldset,
    LinkButton,
    NldsHelper,
)
from subsidies.forms.fields import AmountField, count, day, share, story, text
from subsidies.lowering import LoweringGround
from subsidies.services.determinations import Proposal
from subsidies.settlement import Realised, SubsidyType

FIELDS: dict[str, tuple[str, ...]] = {
    SubsidyType.BUDGET: ("lowered_to_percentage",),
    SubsidyType.COST: ("actual_cost", "unnecessary_cost"),
    SubsidyType.PERFORMANCE: ("units_realised", "amount_per_unit"),
}


class DeterminationForm(NldsForm):
    """Of the figures only those that the type of subsidy uses."""

    lowered_to_percentage = share(
        "Welk deel blijft staan? (%)",
        "",
        required=False,
        help_text="Laat leeg om vast te stellen zoals verleend.",
    )
    actual_cost = AmountField(
        label="Werkelijke kosten",
        missing="Vul de werkelijke kosten in.",
        help_text="Zonder het deel dat anderen betaalden.",
    )
    unnecessary_cost = AmountField(label="Waarvan niet noodzakelijk", required=False)
    units_realised = count("Aantal prestaties", "Vul in hoeveel prestaties er waren.")
    amount_per_unit = AmountField(
        label="Bedrag per prestatie", missing="Vul het bedrag per prestatie in."
    )
    ground = forms.ChoiceField(
        label="Waarom lager? (artikel 4:46, tweede lid, Awb)",
        required=False,
        choices=[
            ("", "Niet van toepassing"),
            *((value, upper_first(str(label))) for value, label in LoweringGround.choices),
        ],
    )
    proportionality = story(
        "Waarom past de verlaging bij wat er misging?",
        "",
        longest=2000,
        rows=4,
        required=False,
        help_text="Nodig bij een lager bedrag (artikel 3:4, tweede lid, Awb). Komt in de brief.",
    )
    motivation = story(
        "Motivering",
        "Schrijf de motivering op.",
        longest=4000,
        rows=6,
        help_text="Komt in de brief.",
    )

    def __init__(self, *args: Any, subsidy_type: str, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, names in FIELDS.items():
            for name in names if kind != subsidy_type else ():
                del self.fields[name]
        figures: Sequence[Any] = [
            Currency(name) if isinstance(self.fields[name], AmountField) else name
            for name in FIELDS[subsidy_type]
        ]
        self.helper = NldsHelper(form_id="vaststellen")
        self.helper.layout = Layout(
            Columns(*figures),
            Fieldset("Als u lager vaststelt", "ground", CharacterCount("proportionality")),
            CharacterCount("motivation"),
            Actions(Button("draft", "Concept maken"), LinkButton(back_url, "Annuleren")),
        )

    def proposal(self) -> Proposal:
        found = self.cleaned_data
        names = [name for names in FIELDS.values() for name in names]
        return Proposal(
            realised=Realised(**{name: found[name] for name in names if name in found}),
            ground=found["ground"],
            proportionality=found["proportionality"],
            motivation=found["motivation"],
        )


class ReceiptForm(NldsForm):
    amount = AmountField(label="Ontvangen bedrag", missing="Vul het ontvangen bedrag in.")
    received_on = day("Ontvangen op", "Vul in op welke dag het geld binnenkwam.")
    reference = text("Kenmerk van de betaling", "", longest=140, required=False)

    def __init__(self, *args: Any, left: Decimal, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("amount", left)
        self.helper = NldsHelper(form_id="ontvangst")
        self.helper.layout = Layout(
            Currency("amount"),
            "received_on",
            "reference",
            Actions(Button("save", "Ontvangst vastleggen"), LinkButton(back_url, "Annuleren")),
        )


class DeferForm(NldsForm):
    until = day("Uitstel tot en met", "Vul in tot en met welke dag het uitstel duurt.")
    reason = story("Waarom?", "Schrijf op waarom.", longest=2000, rows=4)

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="uitstel")
        self.helper.layout = Layout(
            "until",
            "reason",
            Actions(Button("defer", "Uitstel geven"), LinkButton(back_url, "Annuleren")),
        )

    def given(self) -> tuple[date, str]:
        return self.cleaned_data["until"], self.cleaned_data["reason"]


class EndForm(NldsForm):
    how = forms.ChoiceField(
        label="Hoe eindigt de terugvordering?",
        choices=[
            (
                "set_off",
                "Verrekenen met een andere betaling (artikel 4:57, derde lid, en 4:93 Awb)",
            ),
            ("waive", "Kwijtschelden (artikel 4:94a Awb)"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies hoe de terugvordering eindigt."},
    )
    reason = story(
        "Waarom?",
        "Schrijf op waarom.",
        longest=2000,
        rows=4,
        help_text="Noem bij verrekenen beide bedragen en het kenmerk van de andere betaling.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="einde")
        self.helper.layout = Layout(
            "how",
            "reason",
            Actions(Button("end", "Terugvordering beëindigen"), LinkButton(back_url, "Annuleren")),
        )
