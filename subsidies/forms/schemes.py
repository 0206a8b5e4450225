"""The forms of a scheme: one per section, with the rows of that section beside it, and those of its deeds."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.forms.formsets import formset_factory

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Affixed,
    Button,
    Columns,
    Fieldset,
    FormsetTable,
    LinkButton,
    NldsHelper,
)
from subsidies.forms.budget_rules import BUDGET_RULES, BudgetRuleFormSet
from subsidies.forms.fields import AmountField, count, share, story
from subsidies.forms.fields import day as date_field
from subsidies.forms.fields import text as one_line
from subsidies.forms.rows import BaseRowFormSet
from subsidies.letter_texts import PASSAGES, problem_with
from subsidies.models import (
    AccountabilityRule,
    LegalBasis,
    RefusalCode,
    SchemeVersion,
    StandardObligation,
)


class SectionForm(NldsForm):
    """The columns of a section, with where its content comes from and whether that was checked."""

    parts: tuple[Any, ...] = ()
    source = forms.CharField(
        label="Bron",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Waar staat dit? Bijvoorbeeld een artikel of een vindplaats.",
        error_messages={"max_length": "De bron is te lang: hoogstens 1.000 tekens."},
    )
    to_verify = forms.BooleanField(
        label="Dit is een aanname: nog controleren bij de vastgestelde regeling", required=False
    )

    def __init__(self, *args: Any, back_url: str, table: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="onderdeel")
        self.helper.layout = Layout(
            *self.layout_parts(),
            *([table] if table else []),
            Fieldset("Herkomst", "source", "to_verify"),
            Actions(Button("save", "Onderdeel bewaren"), LinkButton(back_url, "Annuleren")),
        )

    def layout_parts(self) -> tuple[Any, ...]:
        return self.parts

    def columns(self) -> dict[str, Any]:
        """The columns of the version that this form writes."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("source", "to_verify")
        }


class BasisForm(SectionForm):
    citation = one_line("Citeertitel", "Vul de citeertitel in.", longest=200)
    activities = story(
        "Voor welke activiteiten is de subsidie?",
        "Beschrijf voor welke activiteiten de subsidie is.",
        longest=2000,
        rows=4,
        help_text="Artikel 4:23 Awb: subsidie geeft u alleen op grond van een regel die de activiteiten noemt.",
    )
    subsidy_type = forms.ChoiceField(
        label="Soort subsidie",
        choices=SchemeVersion.SubsidyType.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies de soort subsidie."},
    )
    per_financial_year = forms.BooleanField(
        label="Subsidie per boekjaar: afdeling 4.2.8 van de Awb geldt", required=False
    )
    valid_from = date_field("Geldt vanaf", "Vul in vanaf wanneer deze versie geldt.")
    valid_until = date_field("Geldt tot en met", "", required=False)
    parts = (
        "citation",
        "activities",
        "subsidy_type",
        "per_financial_year",
        Columns("valid_from", "valid_until"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("valid_from"), cleaned.get("valid_until")
        if start and end and end < start:
            self.add_error("valid_until", "De regeling eindigt vóórdat zij begint.")
        return cleaned


class TermsForm(SectionForm):
    decision_term_weeks = forms.IntegerField(
        label="Beslistermijn in weken",
        min_value=1,
        max_value=104,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            "Vul bij de beslistermijn een heel getal van 1 tot en met 104 in.",
        ),
    )
    decision_term_from = forms.ChoiceField(
        label="De beslistermijn loopt vanaf",
        choices=SchemeVersion.DecisionFrom.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies vanaf wanneer de beslistermijn loopt."},
    )
    completion_term_days = forms.IntegerField(
        label="Aanvultermijn in dagen",
        min_value=1,
        max_value=365,
        help_text="Zo lang heeft een aanvrager om iets aan te vullen.",
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            "Vul bij de aanvultermijn een heel getal van 1 tot en met 365 in.",
        ),
    )
    parts = ("decision_term_weeks", "decision_term_from", "completion_term_days")


class PaymentForm(SectionForm):
    advance_percentage = share("Voorschot", "Vul in hoeveel procent u vooraf betaalt.")
    advance_count = forms.IntegerField(
        label="Aantal gelijke termijnen",
        min_value=1,
        max_value=120,
        help_text="Telt alleen als er hieronder geen vaste betaaldagen staan.",
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            "Vul bij het aantal termijnen een heel getal van 1 tot en met 120 in.",
        ),
    )
    parts = (Affixed("advance_percentage", after="%"), "advance_count")


class LetterTextsForm(SectionForm):
    """One field per passage; a merge field that the letter does not know is refused at its field."""

    def layout_parts(self) -> tuple[Any, ...]:
        for code, passage in PASSAGES.items():
            known = ", ".join(f"{{{name}}}" for name in passage.fields) or "geen"
            self.fields[code] = forms.CharField(
                label=code.label.capitalize(),  # type: ignore[attr-defined]
                widget=forms.Textarea(attrs={"rows": 5}),
                help_text=f"Invulvelden: {known}.",
                error_messages={"required": "Schrijf de tekst op."},
            )
        return tuple(PASSAGES)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for code in PASSAGES:
            if code in cleaned and (problem := problem_with(code, cleaned[code])):
                self.add_error(code, problem)
        return cleaned

    def columns(self) -> dict[str, Any]:
        return {}

    def rows(self) -> list[dict[str, Any]]:
        return [{"code": str(code), "text": self.cleaned_data[code]} for code in PASSAGES]


class RowForm(NldsForm):
    """One row of a section; `row()` is what the services write."""

    def row(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "DELETE"}


class BaseSectionFormSet(BaseRowFormSet):
    """The rows of a section; `unique` names what may stand in one row only."""

    unique: tuple[str, ...] = ()
    twice = "Twee regels zijn gelijk."

    def clean(self) -> None:
        keys = [
            tuple(form.cleaned_data.get(name) for name in self.unique)
            for form in self.kept()
            if self.unique
        ]
        if len(keys) != len(set(keys)):
            raise forms.ValidationError(self.twice)

    def content(self) -> list[dict[str, Any]]:
        return [form.row() for form in self.kept()]


class LegalBasisForm(RowForm):
    kind = forms.ChoiceField(
        label="Soort",
        choices=LegalBasis.Kind.choices,
        error_messages={"required": "Kies de soort grondslag."},
    )
    text = one_line("Artikel of naam", "Vul in welke grondslag u bedoelt.", longest=200)
    publication = forms.CharField(
        label="Vindplaats",
        required=False,
        max_length=200,
        error_messages={"max_length": "De vindplaats is te lang: hoogstens 200 tekens."},
    )
    dated_on = date_field("Datum", "", required=False, help_text="")


class AccountabilityForm(RowForm):
    band = forms.ChoiceField(
        label="Verantwoording",
        choices=AccountabilityRule.Band.choices,
        error_messages={"required": "Kies de vorm van verantwoording."},
    )
    up_to = AmountField(label="Tot en met (€)", required=False)
    documents = forms.MultipleChoiceField(
        label="Stukken",
        required=False,
        choices=AccountabilityRule.Document.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    due_weeks = count("Weken na afloop", "", required=False)
    explain_above = share("Verschil toelichten boven (%)", "", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        direct = cleaned.get("band") == AccountabilityRule.Band.DIRECT
        documents, weeks = cleaned.get("documents"), cleaned.get("due_weeks")
        if direct and (documents or weeks is not None):
            self.add_error("band", "Wie u meteen vaststelt, levert geen stukken in.")
        if not direct and not documents:
            self.add_error("documents", "Kies welke stukken iemand inlevert.")
        if not direct and weeks is None:
            self.add_error("due_weeks", "Vul in binnen hoeveel weken de stukken er zijn.")
        if cleaned.get("up_to") == 0:
            self.add_error("up_to", "Een grens is hoger dan nul.")
        if weeks is not None and weeks > 104:
            self.add_error("due_weeks", "Een termijn is hoogstens 104 weken.")
        return cleaned


class InstalmentForm(RowForm):
    percentage = share("Procent van de subsidie", "Vul het percentage in.")
    day = forms.IntegerField(
        label="Dag",
        min_value=1,
        max_value=28,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Kies een dag van 1 tot en met 28."
        ),
    )
    month = forms.IntegerField(
        label="Maand",
        min_value=1,
        max_value=12,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Kies een maand van 1 tot en met 12."
        ),
    )

    def clean_percentage(self) -> Any:
        percentage = self.cleaned_data["percentage"]
        if percentage == 0:
            raise forms.ValidationError("Een termijn is meer dan 0 procent.")
        return percentage


class ObligationForm(RowForm):
    theme = forms.ChoiceField(
        label="Onderwerp",
        choices=StandardObligation.Theme.choices,
        error_messages={"required": "Kies het onderwerp."},
    )
    text = story("Verplichting", "Schrijf de verplichting op.", longest=600, rows=2)
    due_weeks = forms.IntegerField(
        label="Weken na afloop",
        required=False,
        min_value=0,
        max_value=104,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "Een termijn is hoogstens 104 weken."
        ),
    )


class RefusalGroundForm(RowForm):
    code = forms.ChoiceField(
        label="Grond",
        choices=RefusalCode.choices,
        error_messages={"required": "Kies de weigeringsgrond."},
    )
    text = forms.CharField(
        label="Wij weigeren, omdat …",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Maak de zin ‘Wij weigeren, omdat …’ af.",
            "max_length": "De tekst is te lang: hoogstens 400 tekens.",
        },
    )
    article = forms.CharField(
        label="Artikel",
        max_length=120,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Vul het artikel in.",
            "max_length": "Het artikel is te lang: hoogstens 120 tekens.",
        },
    )
    needs_view = forms.BooleanField(label="Eerst zienswijze", required=False)
    compulsory = forms.BooleanField(label="Verplicht", required=False)


def _formset(form: type[RowForm], *, most: int, unique: tuple[str, ...], twice: str) -> Any:
    base = type("SectionFormSet", (BaseSectionFormSet,), {"unique": unique, "twice": twice})
    return formset_factory(form, formset=base, extra=0, max_num=most, can_delete=True)


# The form, the rows and the caption of each section, by its slug.
FORMS: Mapping[str, type[SectionForm]] = {
    "grondslag": BasisForm,
    "termijnen": TermsForm,
    "verantwoording": SectionForm,
    "betaling": PaymentForm,
    "verplichtingen": SectionForm,
    "begroting": SectionForm,
    "weigering": SectionForm,
    "brieven": LetterTextsForm,
}
ROWS: Mapping[str, tuple[Any, str, str]] = {
    "grondslag": (
        _formset(
            LegalBasisForm,
            most=20,
            unique=("kind", "text"),
            twice="Twee grondslagen zijn gelijk.",
        ),
        "Grondslagen",
        "grondslag",
    ),
    "verantwoording": (
        _formset(
            AccountabilityForm,
            most=3,
            unique=("band",),
            twice="Elke vorm van verantwoording staat er één keer.",
        ),
        "Verantwoording per bedrag",
        "grens",
    ),
    "betaling": (
        _formset(
            InstalmentForm,
            most=24,
            unique=("day", "month"),
            twice="Elke betaaldag staat er één keer.",
        ),
        "Vaste betaaldagen",
        "betaaldag",
    ),
    "verplichtingen": (
        _formset(
            ObligationForm, most=30, unique=("text",), twice="Twee verplichtingen zijn gelijk."
        ),
        "Verplichtingen bij elke verlening",
        "verplichting",
    ),
    "begroting": (BudgetRuleFormSet, "Begrotingsregels", "begrotingsregel"),
    "weigering": (
        _formset(
            RefusalGroundForm,
            most=20,
            unique=("code",),
            twice="Elke weigeringsgrond staat er één keer.",
        ),
        "Weigeringsgronden",
        "weigeringsgrond",
    ),
}


def rows_prefix(slug: str) -> str:
    return BUDGET_RULES if slug == "begroting" else slug


def table_of(slug: str) -> FormsetTable | None:
    """Where the rows of a section stand in its form."""
    if slug not in ROWS:
        return None
    _, caption, row_name = ROWS[slug]
    return FormsetTable(rows_prefix(slug), caption, row_name=row_name)


class SchemeForm(NldsForm):
    """A new scheme: its name and from when it applies; the rest follows in sections."""

    name = one_line(
        "Naam van de regeling",
        "Geef de regeling een naam.",
        longest=200,
        help_text="Zo herkent u de regeling in de lijst.",
    )
    citation = one_line("Citeertitel", "Vul de citeertitel in.", longest=200)
    valid_from = date_field("Geldt vanaf", "Vul in vanaf wanneer de regeling geldt.")

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="regeling")
        self.helper.layout = Layout(
            "name",
            "citation",
            "valid_from",
            Actions(Button("save", "Regeling maken"), LinkButton(back_url, "Annuleren")),
        )


class NextVersionForm(NldsForm):
    valid_from = date_field(
        "De nieuwe versie geldt vanaf", "Vul in vanaf wanneer de nieuwe versie geldt."
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="nieuwe-versie")
        self.helper.layout = Layout(
            "valid_from",
            Actions(Button("copy", "Nieuwe versie maken"), LinkButton(back_url, "Annuleren")),
        )


class InForceForm(NldsForm):
    """The decision of the college and its publication."""

    decision_number = one_line(
        "Nummer van het collegebesluit", "Vul het nummer van het collegebesluit in.", longest=60
    )
    decided_on = date_field(
        "Datum van het collegebesluit", "Vul de datum van het collegebesluit in."
    )
    publication_reference = one_line(
        "Vindplaats in het Gemeenteblad",
        "Vul de vindplaats in het Gemeenteblad in.",
        help_text="Bijvoorbeeld Gemeenteblad 2026, 12345.",
    )
    published_on = date_field("Datum van publicatie", "Vul de datum van publicatie in.")

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="in-werking")
        self.helper.layout = Layout(
            "decision_number",
            "decided_on",
            "publication_reference",
            "published_on",
            Actions(
                Button("put_in_force", "In werking laten treden"), LinkButton(back_url, "Annuleren")
            ),
        )
