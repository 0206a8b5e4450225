"""The short steps of an application: its part with an own amount, state aid, and the consent of the childcare partner."""

from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms

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
from subsidies.forms.applications import StepForm, step_actions
from subsidies.forms.fields import AmountField, story


def yes_or_no(label: str, missing: str, *, required: bool = True, **kwargs: Any) -> forms.Field:
    """A question with two answers, of which neither is given beforehand."""
    return forms.TypedChoiceField(
        label=label,
        required=required,
        choices=[("true", "Ja"), ("false", "Nee")],
        coerce=lambda value: value == "true",
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": missing},
        **kwargs,
    )


def asked_after_yes(field: forms.Field) -> None:
    """Not required by itself, and yet no choice once it is shown: the label does not say 'niet verplicht'."""
    field.one_of = True  # type: ignore[attr-defined]


def answer_of(value: bool | None) -> str | None:
    """A stored answer as the radio buttons know it."""
    return {None: None, True: "true", False: "false"}[value]


class ConditionalStepForm(StepForm):
    """A step whose other questions only matter after a 'yes' to `asks`."""

    asks: str
    # Field -> the sentence when it is empty after a 'yes'.
    after_yes: dict[str, str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.after_yes:
            asked_after_yes(self.fields[name])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get(self.asks):
            for name, sentence in self.after_yes.items():
                if cleaned.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, sentence)
        return cleaned


class SubApplicationForm(ConditionalStepForm):
    """The part of the application with its own amount."""

    asks = "wanted"
    after_yes = {
        "title": "Geef de deelaanvraag een titel.",
        "description": "Beschrijf wat u met de deelaanvraag doet, en waarom.",
        "amount": "Vul het bedrag van de deelaanvraag in.",
        "young_child": "Geef aan of de deelaanvraag voor kinderen tot en met 5 jaar is.",
    }
    wanted = yes_or_no("", "Geef aan of u ook de deelaanvraag doet.")
    title = forms.CharField(
        label="Titel van de deelaanvraag",
        required=False,
        max_length=120,
        error_messages={"max_length": "De titel is te lang: hoogstens 120 tekens."},
    )
    description = story(
        "Wat gaat u doen, en waarom?",
        "",
        required=False,
        longest=1500,
        rows=5,
        help_text="Hoogstens 1.500 tekens.",
    )
    amount = AmountField(
        label="Bedrag van de deelaanvraag",
        required=False,
        help_text="Dit bedrag is een deel van de subsidie die u bij ‘Begroting’ vraagt.",
    )
    young_child = yes_or_no("Is dit voor kinderen tot en met 5 jaar?", "", required=False)

    def __init__(self, *args: Any, name: str = "", back_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wanted"].label = f"Doet u ook de deelaanvraag ‘{name}’?"
        self.helper = NldsHelper(form_tag=False)
        self.helper.layout = Layout(
            *self.TRAVELLING,
            "wanted",
            Div(
                Fieldset(
                    name,
                    "title",
                    CharacterCount("description"),
                    Currency("amount"),
                    "young_child",
                ),
                data_kvk2_when="wanted=true",
            ),
            step_actions(back_url),
        )


class StateAidForm(ConditionalStepForm):
    """Whether money reaches an undertaking; only then, which one and what it got before."""

    asks = "reaches_undertaking"
    after_yes = {
        "undertaking": "Vul in naar welke onderneming het geld gaat.",
        "purpose": "Vul in waarvoor de onderneming het geld krijgt.",
        "received_before": "Geef aan of de onderneming al eerder de-minimissteun kreeg.",
    }
    reaches_undertaking = yes_or_no(
        "Gaat een deel van de subsidie naar een onderneming?",
        "Geef aan of er geld van de subsidie naar een onderneming gaat.",
        help_text="Een kinderopvangorganisatie is ook een onderneming. Een school niet.",
    )
    undertaking = forms.CharField(
        label="Naar welke onderneming?",
        required=False,
        max_length=200,
        error_messages={"max_length": "De naam is te lang: hoogstens 200 tekens."},
    )
    purpose = forms.CharField(
        label="Waarvoor krijgt zij het geld?",
        required=False,
        max_length=300,
        error_messages={"max_length": "De uitleg is te lang: hoogstens 300 tekens."},
    )
    received_before = yes_or_no(
        "Kreeg deze onderneming dit jaar of in de twee jaren ervoor al de-minimissteun?",
        "",
        required=False,
        help_text="De-minimissteun is overheidssteun onder een grens. De onderneming weet dit zelf.",
    )

    def __init__(
        self, *args: Any, years: tuple[int, ...] = (), back_url: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.years = years
        for year in years:
            self.fields[f"year_{year}"] = AmountField(label=f"In {year}", required=False)
            asked_after_yes(self.fields[f"year_{year}"])
        self.helper = NldsHelper(form_tag=False)
        self.helper.layout = Layout(
            *self.TRAVELLING,
            "reaches_undertaking",
            Div(
                Fieldset(
                    "De onderneming",
                    "undertaking",
                    "purpose",
                    "received_before",
                    Div(
                        Columns(*(Currency(f"year_{year}") for year in years)),
                        data_kvk2_when="received_before=true",
                    ),
                ),
                data_kvk2_when="reaches_undertaking=true",
            ),
            step_actions(back_url),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("reaches_undertaking") and cleaned.get("received_before"):
            for year in self.years:
                name = f"year_{year}"
                if cleaned.get(name) is None and name not in self.errors:
                    self.add_error(name, f"Vul in hoeveel steun er in {year} was. Mag ook 0 zijn.")
        return cleaned


class PartnerAnswerForm(NldsForm):
    """The answer of the childcare partner to the plan that stands above it."""

    read_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
    confirmed = yes_or_no("Staat u achter dit plan?", "Kies of u achter het plan staat.")
    reason = story(
        "Waarom niet?",
        "",
        required=False,
        longest=1000,
        rows=3,
        help_text="De directeur leest wat u hier schrijft. Hoogstens 1.000 tekens.",
    )

    def __init__(self, *args: Any, back_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked_after_yes(self.fields["reason"])
        self.helper = NldsHelper(form_id="antwoord")
        self.helper.layout = Layout(
            "read_hash",
            "confirmed",
            Div(CharacterCount("reason"), data_kvk2_when="confirmed=false"),
            Actions(
                Button("answer", "Antwoord versturen"), LinkButton(back_url, "Later antwoorden")
            ),
        )
