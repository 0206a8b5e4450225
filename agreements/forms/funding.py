"""The forms for money: what a source has, and what a party really put in."""

from typing import Any, cast

from crispy_forms.layout import Layout
from django import forms

from agreements.models import Contribution, FundingSource, Programme
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, Columns, Currency, LinkButton, NldsHelper
from subsidies.forms.fields import AmountField, text


class BudgetForm(NldsForm):
    """What one source has in one year; a second time replaces the first."""

    source = forms.ModelChoiceField(
        FundingSource.objects.all(),
        label="Geldbron",
        empty_label="Kies een geldbron",
        error_messages={"required": "Kies de geldbron."},
    )
    budget_year = forms.TypedChoiceField(
        label="Begrotingsjaar",
        coerce=int,
        error_messages={"required": "Kies het begrotingsjaar."},
    )
    amount = AmountField(
        label="Beschikbaar bedrag",
        missing="Vul in hoeveel er beschikbaar is.",
        min_value=0,
        help_text="Voor alle Plus IKC’s samen.",
    )
    basis = text(
        "Volgens",
        "Vul in waar het bedrag vandaan komt.",
        longest=200,
        help_text="Bijvoorbeeld: programmabegroting 2026, blz. 41.",
    )

    def __init__(self, *args: Any, programme: Programme, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = range(programme.start.year, programme.end.year + 1)
        cast(forms.ChoiceField, self.fields["budget_year"]).choices = [
            ("", "Kies een jaar"),
            *((year, str(year)) for year in years),
        ]
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            Columns("source", "budget_year"),
            Currency("amount"),
            "basis",
            Actions(Button("save", "Bedrag bewaren"), LinkButton(back_url, "Annuleren")),
        )


class RealisedForm(NldsForm):
    """What was really put in for one contribution."""

    amount = AmountField(
        label="Werkelijk ingebracht",
        missing="Vul in hoeveel er werkelijk is ingebracht.",
    )
    note = text(
        "Toelichting",
        "",
        longest=200,
        required=False,
        help_text="Nodig als het anders is dan toegezegd, of als u een eerder bedrag verbetert.",
    )

    def __init__(
        self, *args: Any, contribution: Contribution, back_url: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.contribution = contribution
        if contribution.kind == Contribution.Kind.HOURS:
            self.fields["amount"].label = "Werkelijk aantal uren"
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "amount",
            "note",
            Actions(Button("save", "Vastleggen"), LinkButton(back_url, "Annuleren")),
        )

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        amount = cleaned.get("amount")
        if amount is not None and amount != self.contribution.amount and not cleaned.get("note"):
            self.add_error("note", "Schrijf op waarom het anders is dan toegezegd.")
        return cleaned
