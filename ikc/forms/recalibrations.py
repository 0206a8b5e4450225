"""The forms of a recalibration: plan it, designate a district, put it on an agenda, adopt it, handle an IKC."""

from datetime import date
from typing import cast

from crispy_forms.layout import Layout
from django import forms

from ikc.forms.fields import day, text
from ikc.models import AreaDesignation, Consultation
from ikc.services.recalibrations import Adoption, Plan
from ikc.states_governance import BodyKind, ConsultationState
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, CharacterCount, Columns, LinkButton, NldsHelper


def _year(label: str, missing: str, **options) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=2021,
        max_value=2100,
        error_messages={
            "required": missing,
            "invalid": "Vul een jaar in, bijvoorbeeld 2027.",
            "min_value": "Vul een jaar vanaf 2021 in.",
            "max_value": "Vul een jaar tot 2100 in.",
        },
        **options,
    )


class PlanForm(NldsForm):
    """The year of the list, the map and the figures that it will stand on."""

    year = _year("Jaar van de herijking", "Vul het jaar van de herijking in.")
    figures_until = _year(
        "Cijfers tot en met",
        "Vul in tot en met welk jaar cijfers meetellen.",
        help_text="Van elke indicator telt het nieuwste cijfer tot en met dit jaar.",
    )
    map_year = forms.TypedChoiceField(
        label="Wijkindeling van",
        coerce=int,
        error_messages={
            "required": "Kies het jaar van de wijkindeling.",
            "invalid_choice": "Kies een jaar uit de lijst.",
        },
    )
    note = text(
        "Toelichting",
        longest=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Bijvoorbeeld wie meedoet, en wanneer het bestuurlijk overleg is.",
    )

    def __init__(self, *args, map_years: list[int], back_url: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["map_year"].choices = [(year, str(year)) for year in map_years]
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            Columns("year", "figures_until"),
            "map_year",
            CharacterCount("note"),
            Actions(Button("plan", "Herijking plannen"), LinkButton(back_url, "Annuleren")),
        )

    def plan(self) -> Plan:
        return Plan(**{name: self.cleaned_data[name] for name in Plan._fields})


class DesignationForm(NldsForm):
    """Whether a district will be an attention area, and why when that changes."""

    is_attention_area = forms.ChoiceField(
        label="Wordt deze wijk een aandachtsgebied?",
        choices=[("yes", "ja"), ("no", "nee")],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies of deze wijk een aandachtsgebied wordt."},
    )
    rationale = text(
        "Motivering",
        longest=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Verplicht als de wijk erbij komt of eraf gaat. Iedereen die de herijking mag zien, leest dit.",
    )

    def __init__(self, *args, designation: AreaDesignation, back_url: str, **kwargs) -> None:
        kwargs["initial"] = {
            "is_attention_area": "yes" if designation.is_attention_area else "no",
            "rationale": designation.rationale,
        }
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "is_attention_area",
            CharacterCount("rationale"),
            Actions(Button("save", "Opslaan"), LinkButton(back_url, "Annuleren")),
        )


class AgendaForm(NldsForm):
    """In which bestuurlijk overleg it is discussed."""

    meeting = forms.ModelChoiceField(
        Consultation.objects.none(),
        label="Bestuurlijk overleg",
        empty_label="Kies een overleg",
        error_messages={
            "required": "Kies een overleg.",
            "invalid_choice": "Kies een overleg uit de lijst.",
        },
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["meeting"])
        field.queryset = (
            Consultation.objects.filter(
                body__kind=BodyKind.BOARD_CONSULTATION,
                state__in=[ConsultationState.PLANNED, ConsultationState.HELD],
            )
            .select_related("body")
            .order_by("takes_place_on", "pk")
        )


class AdoptForm(NldsForm):
    """The decision of the college."""

    adopted_on = day("Datum van het collegebesluit", "Vul de datum van het besluit in.")
    decision = text(
        "Waar is het besluit te vinden?",
        "Vul in waar het besluit te vinden is.",
        longest=300,
        help_text="Bijvoorbeeld: collegebesluit van 14 maart 2027, zaaknummer 2027-0123.",
    )
    valid_from = day("De nieuwe lijst geldt vanaf", "Vul in vanaf wanneer de nieuwe lijst geldt.")

    def adoption(self) -> Adoption:
        return Adoption(**self.cleaned_data)

    @staticmethod
    def initial_on(today: date) -> dict:
        return {"adopted_on": today}


class ReasonForm(NldsForm):
    reason = text(
        "Waarom verandert het voorstel?",
        "Schrijf op waarom het voorstel verandert.",
        longest=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NoForm(NldsForm):
    """Nothing to fill in: only to confirm."""


class OutcomeForm(NldsForm):
    outcome = text(
        "Wat is er afgesproken?",
        "Schrijf op wat er is afgesproken.",
        longest=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Bijvoorbeeld: besproken met de directeur; het IKC vraagt het predicaat Plus aan.",
    )
