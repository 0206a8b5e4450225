"""The forms for who takes part, who signs, and what each party puts in."""

from typing import Any, cast

from crispy_forms.layout import Layout
from django import forms

from agreements.models import AgreementParty, AgreementVersion, Contribution, FundingSource
from agreements.states import PartyRole
from ikc.models import Organisation
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, Columns, LinkButton, NldsHelper
from subsidies.forms.fields import AmountField, text

# The kind of organisation that each role asks for.
KIND_OF_ROLE = {
    PartyRole.MUNICIPALITY: Organisation.Kind.MUNICIPALITY,
    PartyRole.SCHOOL_BOARD: Organisation.Kind.SCHOOL_BOARD,
    PartyRole.CHILDCARE: Organisation.Kind.CHILDCARE,
}


class SignatoryForm(NldsForm):
    """Who signs for a party, as it will stand in the text."""

    signatory_name = text("Naam van de ondertekenaar", "", longest=160, required=False)
    signatory_function = text("Functie", "", longest=120, required=False)
    mandate_reference = text(
        "Statuten, volmacht of mandaat",
        "",
        longest=120,
        required=False,
        help_text="Op grond waarvan deze persoon tekent, met kenmerk. Van de gemeente is dat het ondertekeningsmandaat.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            *self.before_signatory(),
            Columns("signatory_name", "signatory_function"),
            "mandate_reference",
            Actions(Button("save", "Partij bewaren"), LinkButton(back_url, "Annuleren")),
        )

    def before_signatory(self) -> list[str]:
        return []


class PartyForm(SignatoryForm):
    """A party that is not there yet."""

    role = forms.ChoiceField(
        label="Rol",
        choices=PartyRole.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies in welke rol deze partij meedoet."},
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(kind__in=KIND_OF_ROLE.values()).order_by("kind", "name"),
        label="Organisatie",
        empty_label="Kies de organisatie",
        error_messages={"required": "Kies de organisatie."},
    )
    field_order = ("role", "organisation")

    def before_signatory(self) -> list[str]:
        return ["role", "organisation"]

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        role, organisation = cleaned.get("role"), cleaned.get("organisation")
        if role and organisation and organisation.kind != KIND_OF_ROLE[PartyRole(role)]:
            self.add_error("organisation", f"{organisation.name} is geen {PartyRole(role).label}.")
        return cleaned


class ContributionForm(NldsForm):
    """The same contribution for one year or for a row of years."""

    kind = forms.ChoiceField(
        label="Soort bijdrage",
        choices=Contribution.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat voor bijdrage het is."},
    )
    source = forms.ModelChoiceField(
        FundingSource.objects.all(),
        label="Geldbron",
        required=False,
        empty_label="Nog niet bekend",
        help_text="Waar komt het geld vandaan? De dekking van het programma telt per bron.",
    )
    description = text(
        "Omschrijving",
        "Omschrijf de bijdrage.",
        longest=200,
        help_text="Bijvoorbeeld: jeugdondersteuner, 22 uur per week.",
    )
    amount = AmountField(
        label="Bedrag of aantal uren per jaar",
        missing="Vul in hoeveel de bijdrage per jaar is.",
        help_text="In euro’s, of bij uren het aantal uren per jaar.",
    )
    from_year = forms.TypedChoiceField(
        label="Van begrotingsjaar",
        coerce=int,
        error_messages={"required": "Kies het eerste begrotingsjaar."},
    )
    until_year = forms.TypedChoiceField(
        label="Tot en met begrotingsjaar",
        coerce=int,
        error_messages={"required": "Kies het laatste begrotingsjaar."},
    )

    def __init__(self, *args: Any, version: AgreementVersion, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = range(version.period_start.year, version.period_end.year + 1)
        for name in ("from_year", "until_year"):
            cast(forms.ChoiceField, self.fields[name]).choices = [
                (year, str(year)) for year in years
            ]
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "kind",
            "source",
            "description",
            "amount",
            Columns("from_year", "until_year"),
            Actions(Button("save", "Bijdrage bewaren"), LinkButton(back_url, "Annuleren")),
        )

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        first, last = cleaned.get("from_year"), cleaned.get("until_year")
        if first and last and last < first:
            self.add_error("until_year", "Het laatste jaar ligt vóór het eerste.")
        return cleaned

    def budget_years(self) -> range:
        return range(self.cleaned_data["from_year"], self.cleaned_data["until_year"] + 1)


def initial_signatory(party: AgreementParty) -> dict[str, str]:
    return {
        "signatory_name": party.signatory_name,
        "signatory_function": party.signatory_function,
        "mandate_reference": party.mandate_reference,
    }
