"""The steps of the form of a round: what they share, and the steps that are about people and dates."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, ClassVar

from crispy_forms.layout import Div, Layout
from django import forms
from django.forms.formsets import BaseFormSet
from django.utils import timezone

from ikc.models import Ikc
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Button,
    CharacterCount,
    Columns,
    Fieldset,
    FormsetTable,
    LinkButton,
    NldsHelper,
)
from subsidies.forms.budget_rules import BUDGET_RULES, BudgetRuleFormSet
from subsidies.forms.fields import clock, day, story, text
from subsidies.models import PriorityTier, SchemeVersion, SubsidyRound
from subsidies.round_steps import RoundStep
from subsidies.services.round_content import RoundContent
from subsidies.states import SchemeState

FIRST_YEAR, LAST_YEAR = 2021, 2028
NO_PRIORITY = ("", "geen verdere voorrang")
TIER_FIELDS = tuple(f"tier_{rank}" for rank in range(1, 6))
ADMISSIONS = [
    (SubsidyRound.Admission.ANY, "Met en zonder"),
    (SubsidyRound.Admission.ONLY, "Alleen met"),
    (SubsidyRound.Admission.NOT, "Alleen zonder"),
]


class StepForm(NldsForm):
    """One step: filled from what the round says now, and read back as the parts that it changes.

    A step with rows names its formset; the view makes it and hands it to `changes`.
    """

    step: ClassVar[RoundStep]
    formset: ClassVar[type[BaseFormSet] | None] = None
    formset_prefix: ClassVar[str] = ""

    def __init__(self, *args: Any, content: RoundContent, **kwargs: Any) -> None:
        super().__init__(*args, initial=self.initial_from(content), **kwargs)
        self.round_content = content
        self.helper = NldsHelper(form_id="stap")
        self.helper.layout = Layout(
            *self.parts(),
            Actions(
                Button("save", "Bewaren en verder"),
                Button("overview", "Bewaren en naar het overzicht", appearance="secondary"),
            ),
        )

    def parts(self) -> list[Any]:
        """The layout of the step, without its buttons."""
        return list(self.base_fields)

    @classmethod
    def initial_from(cls, content: RoundContent) -> dict[str, Any]:
        return {name: getattr(content, name, None) for name in cls.base_fields}

    @classmethod
    def rows_from(cls, content: RoundContent) -> list[dict[str, Any]]:
        """The rows of the formset as the round has them."""
        return []

    def changes(self, rows: Any) -> dict[str, Any]:
        """The valid step, and its valid formset, as parts of `RoundContent`."""
        return dict(self.cleaned_data)


class AboutForm(StepForm):
    """Which scheme, which name, and what for."""

    step = RoundStep.ABOUT

    scheme_version = forms.ModelChoiceField(
        SchemeVersion.objects.exclude(state=SchemeState.SUPERSEDED).order_by("-valid_from", "pk"),
        label="Regeling",
        empty_label="Kies de regeling",
        help_text="Zonder regeling geen subsidie (Awb 4:23).",
        error_messages={"required": "Kies de regeling waarop de ronde rust."},
    )
    name = text("Naam van de ronde", "Geef de ronde een naam.")
    year = forms.TypedChoiceField(
        label="Jaar",
        coerce=int,
        choices=[(year, str(year)) for year in range(FIRST_YEAR, LAST_YEAR + 1)],
        error_messages={"required": "Kies het jaar van de ronde."},
    )
    description = story(
        "Doel en doelgroep",
        "Beschrijf waarvoor en voor wie de ronde is.",
        longest=2000,
        rows=4,
        help_text="In hoogstens 2.000 tekens. Aanvragers lezen dit.",
    )

    def parts(self) -> list[Any]:
        return ["scheme_version", "name", "year", CharacterCount("description")]


class BeginForm(AboutForm):
    """The first four facts of a new round."""

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        NldsForm.__init__(self, *args, **kwargs)
        self.helper = NldsHelper(form_id="stap")
        self.helper.layout = Layout(
            *self.parts(),
            Actions(Button("save", "Ronde beginnen"), LinkButton(back_url, "Annuleren")),
        )


class DatesForm(StepForm):
    """When the round is open, and the period that it is for."""

    step = RoundStep.DATES

    opens_on = day("Opent op", "Vul in op welke dag de ronde opengaat.")
    opens_time = clock("Om", "Vul in hoe laat de ronde opengaat.")
    closes_on = day("Sluit op", "Vul in op welke dag de ronde sluit.")
    closes_time = clock("Om", "Vul in hoe laat de ronde sluit.")
    period_start = day("Subsidieperiode van", "Vul in wanneer de subsidieperiode begint.")
    period_end = day("Tot en met", "Vul in wanneer de subsidieperiode eindigt.")
    reference_date = day(
        "Peildatum kinderen",
        "Vul de peildatum voor het aantal kinderen in.",
        help_text="Op deze dag tellen we de kinderen. Bijvoorbeeld 1-2-2026.",
    )

    def parts(self) -> list[Any]:
        return [
            Fieldset(
                "Aanvragen",
                Columns("opens_on", "opens_time"),
                Columns("closes_on", "closes_time"),
                description="De ronde gaat vanzelf open en dicht, op de minuut. Na sluiting telt een aanvraag niet meer mee.",
            ),
            Fieldset(
                "Waarvoor",
                Columns("period_start", "period_end"),
                "reference_date",
            ),
        ]

    @classmethod
    def initial_from(cls, content: RoundContent) -> dict[str, Any]:
        values = super().initial_from(content)
        for moment in ("opens", "closes"):
            local = timezone.localtime(getattr(content, f"{moment}_at"))
            values[f"{moment}_on"], values[f"{moment}_time"] = local.date(), local.time()
        return values

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for moment in ("opens", "closes"):
            cleaned[f"{moment}_at"] = _moment(cleaned, moment)
        self._require_order(
            "opens_at", "closes_at", "closes_on", "De ronde sluit vóórdat zij opengaat."
        )
        self._require_order(
            "period_start",
            "period_end",
            "period_end",
            "De subsidieperiode eindigt vóórdat zij begint.",
        )
        return cleaned

    def _require_order(self, first: str, last: str, field: str, sentence: str) -> None:
        start, end = self.cleaned_data.get(first), self.cleaned_data.get(last)
        if start and end and end <= start:
            self.add_error(field, sentence)

    def changes(self, rows: Any) -> dict[str, Any]:
        typed = ("opens_on", "opens_time", "closes_on", "closes_time")
        return {name: value for name, value in self.cleaned_data.items() if name not in typed}


def _moment(cleaned: Mapping[str, Any], prefix: str) -> datetime | None:
    on, at = cleaned.get(f"{prefix}_on"), cleaned.get(f"{prefix}_time")
    if on is None or at is None:
        return None
    return timezone.make_aware(datetime.combine(on, at))


class TargetForm(StepForm):
    """Which IKCs may take part."""

    step = RoundStep.TARGET

    eligible_forms = forms.MultipleChoiceField(
        label="Welke vormen van IKC’s mogen meedoen?",
        choices=Ikc.Form.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Kies welke vormen van IKC’s mogen meedoen."},
    )
    founding_allowed = forms.BooleanField(
        label="IKC’s in oprichting mogen ook meedoen", required=False
    )
    eligible_plus = forms.ChoiceField(
        label="Met of zonder predicaat Plus?",
        choices=ADMISSIONS,
        widget=forms.RadioSelect,
        help_text="Plus IKC’s krijgen ook geld uit resultaatafspraken. De ronde bepaalt of zij ook hier mogen aanvragen.",
        error_messages={"required": "Kies of een IKC het predicaat Plus moet hebben."},
    )
    eligible_special_education = forms.ChoiceField(
        label="Met of zonder speciaal onderwijs?",
        choices=ADMISSIONS,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies of IKC’s speciaal onderwijs mogen meedoen."},
    )
    partner_confirmation = forms.ChoiceField(
        label="Bevestigt de kinderopvang het plan?",
        choices=SubsidyRound.PartnerRule.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies of de kinderopvang het plan moet bevestigen."},
    )
    sub_applications_allowed = forms.BooleanField(
        label="Aanvragers kunnen ook een deelaanvraag doen", required=False
    )
    sub_application_name = forms.CharField(
        label="Naam van de deelaanvraag",
        required=False,
        max_length=60,
        help_text="Bijvoorbeeld ‘Innovatie jonge kind’.",
        error_messages={"max_length": "De naam is te lang: hoogstens 60 tekens."},
    )

    def parts(self) -> list[Any]:
        name = Div("sub_application_name", data_kvk2_when="sub_applications_allowed=on")
        return [*list(self.base_fields)[:-1], name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("sub_applications_allowed"):
            cleaned["sub_application_name"] = ""
        elif not cleaned.get("sub_application_name"):
            self.add_error("sub_application_name", "Geef de deelaanvraag een naam.")
        return cleaned


class PriorityForm(StepForm):
    """Who comes before the others, whatever the score."""

    step = RoundStep.PRIORITY

    tier_1 = forms.ChoiceField(label="Eerst", required=False)
    tier_2 = forms.ChoiceField(label="Daarna", required=False)
    tier_3 = forms.ChoiceField(label="Als derde", required=False)
    tier_4 = forms.ChoiceField(label="Als vierde", required=False)
    tier_5 = forms.ChoiceField(label="Als vijfde", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in TIER_FIELDS:
            self.fields[name].choices = [NO_PRIORITY, *PriorityTier.Rule.choices]

    @classmethod
    def initial_from(cls, content: RoundContent) -> dict[str, Any]:
        return dict(zip(TIER_FIELDS, content.tiers, strict=False))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [cleaned.get(name) for name in TIER_FIELDS if cleaned.get(name)]
        for name in TIER_FIELDS:
            if cleaned.get(name) and chosen.count(cleaned[name]) > 1:
                self.add_error(name, "Kies elke voorrang maar één keer.")
                break
        return cleaned

    def changes(self, rows: Any) -> dict[str, Any]:
        chosen = [self.cleaned_data[name] for name in TIER_FIELDS]
        return {"tiers": [rule for rule in chosen if rule]}


class BudgetForm(StepForm):
    """The limits of a budget in this round; they start as those of the scheme."""

    step = RoundStep.BUDGET
    formset = BudgetRuleFormSet
    formset_prefix = BUDGET_RULES

    def parts(self) -> list[Any]:
        return [
            Fieldset(
                "Grenzen aan de begroting",
                FormsetTable(BUDGET_RULES, "Begrotingsregels", row_name="begrotingsregel"),
                description="De aanvrager ziet tijdens het invullen of de begroting hierbinnen blijft.",
            )
        ]

    @classmethod
    def rows_from(cls, content: RoundContent) -> list[dict[str, Any]]:
        return [asdict(rule) for rule in content.budget_rules or ()]

    def changes(self, rows: Any) -> dict[str, Any]:
        return {BUDGET_RULES: rows.content()}
