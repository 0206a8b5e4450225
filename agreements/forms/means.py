"""The forms for how the results are reached: analysis, measure, function, and body that steers."""

from decimal import Decimal
from typing import Any, cast

from crispy_forms.layout import Layout
from django import forms
from django.core.files.uploadedfile import UploadedFile

from agreements.forms.fields import FigureField, small_enough
from agreements.models import (
    AgreedResult,
    AgreementVersion,
    DataAnalysis,
    Measure,
    ProgrammeYear,
    StaffingCommitment,
    SteeringArrangement,
)
from agreements.models.means import DEFAULT_WEEKS, MOST_HOURS
from kvk2.core.uploads import ACCEPT
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Button,
    CharacterCount,
    Columns,
    FileUpload,
    LinkButton,
    NldsHelper,
)
from subsidies.forms.fields import day, story
from subsidies.forms.fields import text as line


class MeansForm(NldsForm):
    """What the four forms share; `cleaned_data` is what the service takes."""

    button = "Bewaren"

    def __init__(self, *args: Any, version: AgreementVersion, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        self.fit(version)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            *self.parts(),
            Actions(Button("save", self.button), LinkButton(back_url, "Annuleren")),
        )

    def fit(self, version: AgreementVersion) -> None:
        """Takes over the choices that this version gives."""

    def parts(self) -> list[Any]:
        return list(self.fields)


class AnalysisForm(MeansForm):
    button = "Analyse bewaren"
    title = line("Titel", "Vul een titel in.", longest=150)
    period = line(
        "Periode",
        "Vul in over welke periode het gaat.",
        longest=60,
        help_text="Bijvoorbeeld 2018–2021.",
    )
    sources = line(
        "Bronnen",
        "Noem de bronnen.",
        longest=300,
        help_text="Bijvoorbeeld: Jeugdmonitor, CBS, het leerlingvolgsysteem.",
    )
    findings = story(
        "Belangrijkste bevindingen",
        "Schrijf op wat de cijfers zeggen.",
        longest=1500,
        rows=6,
        help_text="In hoogstens 1.500 tekens. Noem geen kinderen of ouders bij naam.",
    )

    def parts(self) -> list[Any]:
        return ["title", Columns("period", "sources"), CharacterCount("findings")]


class MeasureForm(MeansForm):
    button = "Maatregel bewaren"
    result = forms.ModelChoiceField(
        AgreedResult.objects.none(),
        label="Bij welk resultaat?",
        empty_label="Kies een resultaat",
        error_messages={"required": "Kies bij welk resultaat de maatregel hoort."},
    )
    title = line("Wat doen we?", "Schrijf op wat u gaat doen.", longest=200)
    target_group = line("Voor wie?", "Vul in voor wie de maatregel is.", longest=200)
    development_area = line(
        "Ontwikkelgebied",
        "",
        longest=120,
        required=False,
        help_text="Bijvoorbeeld taal, of bewegen.",
    )
    finding = line(
        "Gebaseerd op welke bevinding?",
        "",
        longest=300,
        required=False,
        help_text="Wat in de data-analyse maakt dat u dit doet?",
    )
    planned_from = day("Begint op", "Vul in wanneer de maatregel begint.")
    planned_until = day(
        "Loopt tot en met", "", required=False, help_text="Leeg: zolang de afspraak loopt."
    )
    owner = line(
        "Wie zorgt ervoor?",
        "Vul in wie ervoor zorgt.",
        longest=120,
        help_text="Een functie of organisatie, geen naam.",
    )

    def fit(self, version: AgreementVersion) -> None:
        field = cast(forms.ModelChoiceField, self.fields["result"])
        field.queryset = version.results.select_related("goal").order_by("goal__order", "number")
        field.label_from_instance = lambda result: f"{result.label} {result.text}"

    def parts(self) -> list[Any]:
        return [
            "result",
            "title",
            Columns("target_group", "development_area"),
            "finding",
            Columns("planned_from", "planned_until"),
            "owner",
        ]

    def clean(self) -> dict[str, Any]:
        super().clean()
        first, last = self.cleaned_data.get("planned_from"), self.cleaned_data.get("planned_until")
        if first and last and last < first:
            self.add_error("planned_until", "De maatregel eindigt vóór de begindatum.")
        return self.cleaned_data


class StaffingForm(MeansForm):
    button = "Functie bewaren"
    function = forms.ChoiceField(
        label="Functie",
        choices=StaffingCommitment.Function.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies welke functie het is."},
    )
    description = line(
        "Omschrijving",
        "",
        longest=120,
        required=False,
        help_text="Nodig bij ‘andere functie’. Geen naam van een persoon.",
    )
    hours_per_week = FigureField(
        label="Uren per week", decimals=1, missing="Vul in hoeveel uur per week het is.", initial=22
    )
    weeks_per_year = forms.IntegerField(
        label="Weken per jaar",
        initial=DEFAULT_WEEKS,
        min_value=1,
        max_value=52,
        error_messages={
            "required": "Vul in hoeveel weken per jaar het is.",
            "invalid": "Vul bij de weken een heel getal in, bijvoorbeeld 40.",
            "min_value": "Een jaar heeft 1 tot en met 52 weken.",
            "max_value": "Een jaar heeft 1 tot en met 52 weken.",
        },
    )
    employer = line("Werkgever", "Vul in bij wie deze functie in dienst is.", longest=120)
    from_year = forms.TypedChoiceField(
        label="Vanaf schooljaar",
        error_messages={"required": "Kies het eerste schooljaar."},
    )
    until_year = forms.TypedChoiceField(
        label="Tot en met schooljaar",
        error_messages={"required": "Kies het laatste schooljaar."},
    )

    def fit(self, version: AgreementVersion) -> None:
        years = {str(year.pk): year for year in version.agreement.programme.years.all()}
        for name in ("from_year", "until_year"):
            field = cast(forms.TypedChoiceField, self.fields[name])
            field.choices = [
                ("", "Kies een jaar"),
                *((key, year.label) for key, year in years.items()),
            ]
            field.coerce = years.__getitem__

    def parts(self) -> list[Any]:
        return [
            "function",
            "description",
            Columns("hours_per_week", "weeks_per_year"),
            "employer",
            Columns("from_year", "until_year"),
        ]

    def clean_hours_per_week(self) -> Decimal:
        hours = self.cleaned_data["hours_per_week"]
        if not 0 < hours <= MOST_HOURS:
            raise forms.ValidationError(
                "Een functie is meer dan 0 en hoogstens 40 uur per week.", code="hours"
            )
        return hours

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        first, last = cleaned.get("from_year"), cleaned.get("until_year")
        if first and last and last.index < first.index:
            self.add_error("until_year", "Het laatste jaar ligt vóór het eerste.")
        if cleaned.get("function") == "other" and not cleaned.get("description"):
            self.add_error("description", "Omschrijf welke andere functie het is.")
        return cleaned


class SteeringForm(MeansForm):
    button = "Overleg bewaren"
    body = line(
        "Overleg",
        "Vul in welk overleg het is.",
        longest=120,
        help_text="Bijvoorbeeld: IKC-directie.",
    )
    role = line("Rol", "Vul in wat dit overleg doet.", longest=200)
    frequency = line("Hoe vaak?", "Vul in hoe vaak het bij elkaar komt.", longest=80)
    decision_rights = line("Waarover beslist het?", "Vul in waarover het beslist.", longest=300)

    def parts(self) -> list[Any]:
        return ["body", "role", "frequency", "decision_rights"]


class AnalysisFileForm(NldsForm):
    """The analysis as a file."""

    file = forms.FileField(
        label="Bestand",
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        allow_empty_file=True,  # the service refuses it, in its own words
        help_text="PDF, DOCX, XLSX, JPG of PNG. Zet er geen gegevens van kinderen in.",
        error_messages={"required": "Kies een bestand."},
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            FileUpload("file"),
            Actions(Button("save", "Bestand bewaren"), LinkButton(back_url, "Annuleren")),
        )

    def clean_file(self) -> UploadedFile:
        return small_enough(self.cleaned_data["file"])


FORMS: dict[type, type[MeansForm]] = {
    DataAnalysis: AnalysisForm,
    Measure: MeasureForm,
    StaffingCommitment: StaffingForm,
    SteeringArrangement: SteeringForm,
}


def initial_means(part: Any) -> dict[str, Any]:
    """What the form shows of a part that is there already."""
    values = {name: getattr(part, name) for name in FORMS[type(part)].base_fields}
    return {
        name: value.pk if isinstance(value, ProgrammeYear) else value
        for name, value in values.items()
    }
