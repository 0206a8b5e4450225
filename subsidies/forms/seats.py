"""The forms of the commission itself: who sits in it, for how long, and by which rules it meets."""

from typing import Any, cast

from crispy_forms.layout import Layout
from django import forms

from ikc.models import Organisation, User
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, Columns, Fieldset, LinkButton, NldsHelper
from subsidies.forms.fields import count, day, text
from subsidies.models import CommissionMember

OPEN_END = "Bijvoorbeeld 31-7-2030. Laat leeg als er geen einddatum is."


def decision_fields() -> dict[str, forms.Field]:
    return {
        "decision_number": text(
            "Nummer van het collegebesluit", "Vul het nummer van het collegebesluit in.", longest=60
        ),
        "decided_on": day("Datum van het besluit", "Vul de datum van het collegebesluit in."),
    }


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.full_name} ({obj.email})"


class SeatForm(NldsForm):
    """A seat: who, as what, on behalf of whom, how long; and the question that the law asks first."""

    user = PersonField(
        User.objects.none(),
        label="Wie wordt benoemd?",
        empty_label="Kies een persoon",
        help_text="Staat de persoon er niet bij? Nodig hem of haar dan eerst uit bij Beheer.",
        error_messages={"required": "Kies wie wordt benoemd."},
    )
    function = forms.ChoiceField(
        label="Als wat?",
        choices=CommissionMember.Function.choices,
        error_messages={"required": "Kies de functie in de commissie."},
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.order_by("kind", "name", "pk"),
        label="Bij welke organisatie hoort deze persoon?",
        empty_label="Kies een organisatie",
        help_text="Deze band telt als belang bij aanvragen van of met de organisatie.",
        error_messages={"required": "Kies de organisatie van deze persoon."},
    )
    sits_in_council = forms.ChoiceField(
        label="Is deze persoon lid van de gemeenteraad?",
        choices=[("nee", "Nee"), ("ja", "Ja")],
        widget=forms.RadioSelect,
        error_messages={"required": "Beantwoord of deze persoon raadslid is."},
    )
    valid_from = day("Vanaf", "Vul in vanaf welke dag de benoeming geldt.")
    valid_until = day("Tot en met", "", required=False, help_text=OPEN_END)
    decision_number = decision_fields()["decision_number"]
    decided_on = decision_fields()["decided_on"]

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True).order_by("last_name", "first_name", "pk")
        cast(forms.ModelChoiceField, self.fields["user"]).queryset = people.defer("password")
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "user",
            "function",
            "organisation",
            "sits_in_council",
            Fieldset("Zittingsduur", Columns("valid_from", "valid_until")),
            Fieldset("Benoemingsbesluit", Columns("decision_number", "decided_on")),
            Actions(Button("save", "Benoemen"), LinkButton(back_url, "Annuleren")),
        )

    def clean_sits_in_council(self) -> bool:
        return self.cleaned_data["sits_in_council"] == "ja"


class RenewForm(NldsForm):
    valid_until = day("Tot en met", "", required=False, help_text=OPEN_END)
    decision_number = decision_fields()["decision_number"]
    decided_on = decision_fields()["decided_on"]


class CommissionSettingsForm(NldsForm):
    quorum = count(
        "Quorum van een vergadering",
        "Vul het quorum in.",
        help_text="Zoveel leden zonder belang zijn er ten minste bij een besluit van de commissie.",
    )
    public_meetings = forms.ChoiceField(
        label="Zijn de vergaderingen openbaar?",
        choices=[("nee", "Nee, besloten"), ("ja", "Ja, openbaar")],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies of de vergaderingen openbaar zijn."},
    )
    advice_in_meeting = forms.ChoiceField(
        label="Adviseert de commissie in een vergadering?",
        choices=[
            ("ja", "Ja, als er in de ronde een vergadering is"),
            ("nee", "Nee, dat mag ook daarbuiten"),
        ],
        widget=forms.RadioSelect,
        help_text="Bij ja is een advies zonder agenda en quorum van stemmen niet mogelijk.",
        error_messages={"required": "Kies of de commissie in een vergadering adviseert."},
    )
    look_back_years = count(
        "Hoeveel jaar telt een oud belang nog?",
        "Vul in hoeveel jaar een oud belang nog telt.",
        help_text="Na het einde van een functie of zetel.",
    )
    keep_interests_years = count(
        "Hoeveel jaar bewaren wij opgegeven belangen?",
        "Vul in hoeveel jaar opgegeven belangen blijven bewaard.",
        help_text="Na het einde van het lidmaatschap. Daarna wist het portaal ze.",
    )
    decision_number = decision_fields()["decision_number"]
    decided_on = decision_fields()["decided_on"]

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            Fieldset("Vergaderingen", "quorum", "public_meetings", "advice_in_meeting"),
            Fieldset("Belangen", "look_back_years", "keep_interests_years"),
            Fieldset("Collegebesluit", Columns("decision_number", "decided_on")),
            Actions(Button("save", "Regels bewaren"), LinkButton(back_url, "Annuleren")),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "quorum" in cleaned and not 1 <= cleaned["quorum"] <= 50:
            self.add_error("quorum", "Het quorum is 1 tot en met 50.")
        for name in ("look_back_years", "keep_interests_years"):
            if name in cleaned and cleaned[name] > 20:
                self.add_error(name, "Vul hoogstens 20 jaar in.")
        return cleaned

    def clean_public_meetings(self) -> bool:
        return self.cleaned_data["public_meetings"] == "ja"

    def clean_advice_in_meeting(self) -> bool:
        return self.cleaned_data["advice_in_meeting"] == "ja"
