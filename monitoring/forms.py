import re
from collections.abc import Mapping, Sequence
from copy import copy
from itertools import groupby

from crispy_forms.layout import Layout
from django import forms
from django.db.models import QuerySet

from agreements.models import (
    AgreedIndicator,
    IndicatorDefinition,
    IndicatorDefinitionVersion,
    ProgrammeYear,
)
from ikc.models import AgendaItem
from kvk2.core.capitals import upper_first
from kvk2.core.uploads import ACCEPT
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Affixed,
    Button,
    CharacterCount,
    Columns,
    Fieldset,
    FileUpload,
    LinkButton,
    NldsHelper,
)
from monitoring.figures import Figure, Part
from monitoring.models import LONGEST_EXCEPTION, Category, Evidence, Measurement, MonitoringCycle
from monitoring.services.evidence import NewEvidence


class FigureField(forms.DecimalField):
    """A number as people write it: '12,5' or '1.250'. Not '1e9', 'NaN' or 'n.v.t.'."""

    default_error_messages = {
        "invalid": "Vul een getal in, bijvoorbeeld 12,5. Is er geen cijfer? Kies dan hieronder de reden."
    }
    _written = re.compile(r"-?[\d.,\s]+")

    def to_python(self, value):
        if isinstance(value, str) and value.strip() and not self._written.fullmatch(value.strip()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


def _count(label: str, example: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=100_000,
        error_messages={
            "invalid": f"Vul een heel aantal in, bijvoorbeeld {example}. Het portaal rekent het percentage uit.",
            "min_value": "Een aantal is nooit negatief.",
            "max_value": "Vul hoogstens 100.000 in.",
        },
    )


class FigureForm(NldsForm):
    """One figure: two counts for a percentage, else a value; or the reason why there is none.

    `categories`: the groups along which it may be broken down (`services.checking.categories_for`).
    """

    numerator = _count("Aantal kinderen dat het haalde of meedeed", "19")
    denominator = _count("Van hoeveel kinderen", "24")
    value = FigureField(
        label="Gemeten waarde", required=False, max_digits=14, decimal_places=4, localize=True
    )
    level = forms.TypedChoiceField(
        label="Welk niveau is bereikt?",
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": "Kies een van de niveaus."},
    )
    reached_on = forms.DateField(
        label="Bereikt op",
        required=False,
        help_text="Bijvoorbeeld 1-2-2025.",
        error_messages={"invalid": "Vul een geldige datum in, bijvoorbeeld 1-2-2025."},
    )
    missing_reason = forms.ChoiceField(
        label="Is er geen cijfer? Kies dan de reden",
        required=False,
        choices=[("", "Er is wel een cijfer"), *Measurement.MissingReason.choices],
    )
    reference_date = forms.DateField(
        label="Peildatum",
        required=False,
        help_text="De dag waarop is geteld of gemeten, bijvoorbeeld 1-2-2025.",
        error_messages={"invalid": "Vul een geldige datum in, bijvoorbeeld 1-2-2025."},
    )
    source = forms.CharField(label="Bron", required=False, max_length=200)
    n = forms.IntegerField(
        label="Op hoeveel kinderen, ouders of medewerkers rust dit cijfer?",
        required=False,
        min_value=1,
        max_value=100_000,
        error_messages={
            "invalid": "Vul een heel aantal in, bijvoorbeeld 24.",
            "min_value": "Vul minstens 1 in.",
            "max_value": "Vul hoogstens 100.000 in.",
        },
    )
    data_status = forms.ChoiceField(
        label="Is het cijfer definitief?",
        choices=[("definitive", "Ja, definitief"), ("provisional", "Nee, voorlopig")],
        initial="definitive",
        required=False,
    )
    note = forms.CharField(
        label="Toelichting",
        required=False,
        max_length=600,
        help_text="Maximaal 600 tekens. Noem geen namen van kinderen of ouders.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        *args,
        indicator: AgreedIndicator,
        categories: Mapping[int, Category] | None = None,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        self.categories = categories or {}
        definition_version = indicator.definition_version
        definition = definition_version.definition
        columns = figure_columns(definition)
        for name in FIGURES:
            if name not in columns:
                del self.fields[name]
        if "value" not in columns:
            del self.fields["n"]
        figures = [Affixed("value", after=definition.unit)] if "value" in columns else columns
        hint = self._words_for(definition_version)
        for name in (*FIGURES, "missing_reason"):
            if name in self.fields:  # a figure or a reason: neither may be called optional
                self.fields[name].one_of = True
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            Fieldset("Het cijfer", *figures, "missing_reason", description=hint),
            *self._breakdown(columns),
            Fieldset(
                "Herkomst",
                "reference_date",
                "source",
                *(["n"] if "n" in self.fields else []),
                "data_status",
                CharacterCount("note"),
            ),
            Actions(
                Button("save_next", "Bewaren en volgende", icon_end="arrow-right"),
                Button("save", "Bewaren", appearance="secondary"),
            ),
        )

    def _breakdown(self, columns: Sequence[str]) -> list[Fieldset]:
        """Per dimension a block with the columns of the figure for each group."""
        blocks = []
        for name, rows in groupby(
            self.categories.values(), key=lambda category: category.dimension.name
        ):
            fields = []
            for category in rows:
                pair = []
                for column in columns:
                    key = f"part-{category.pk}-{column}"
                    self.fields[key] = copy(self.base_fields[column])
                    self.fields[key].label = f"{category}: {PART_LABELS[column]}"
                    pair.append(key)
                fields.append(Columns(*pair))
            blocks.append(
                Fieldset(f"Uitsplitsing naar {name.lower()}", *fields, description=PARTS_HINT)
            )
        return blocks

    def _words_for(self, definition_version: IndicatorDefinitionVersion) -> str:
        """Puts the words of this type on the fields; gives what stands above them."""
        definition = definition_version.definition
        if definition.is_percentage:
            self.fields["numerator"].help_text = upper_first(definition_version.numerator)
            self.fields["denominator"].help_text = upper_first(definition_version.denominator)
            return "Vul beide aantallen in. Het portaal rekent het percentage uit."
        if definition.is_scale:
            levels = [(level, f"{level}. {words}") for level, words in definition_version.levels]
            self.fields["level"].choices = [("", "Kies een niveau"), *levels]
            return f"Wie beoordeelt: {self.indicator.assessor}." if self.indicator.assessor else ""
        if definition.is_milestone:
            self.fields["missing_reason"].label = "Nog niet bereikt? Kies dan de reden"
            self.fields["missing_reason"].choices = [
                ("", "De mijlpaal is bereikt"),
                (Measurement.MissingReason.NOT_MEASURED, "nog niet bereikt"),
                *Measurement.MissingReason.choices[1:],
            ]
            self.fields["source"].label = "Waaruit blijkt dat?"
        return ""

    def clean(self):
        cleaned = super().clean()
        typed = [cleaned.get(name) for name in FIGURES]
        if cleaned.get("missing_reason") and any(value is not None for value in typed):
            self.add_error(
                "missing_reason",
                "U vulde een cijfer in én een reden waarom er geen is. Kies één van beide.",
            )
        return cleaned

    def figure(self) -> Figure:
        """What was typed, for the service."""
        facts = {
            name: self.cleaned_data[name] for name in self.fields if not name.startswith("part-")
        }
        facts["data_status"] = facts["data_status"] or Measurement.DataStatus.DEFINITIVE
        parts = [self._part(key) for key in self.categories] if not facts["missing_reason"] else []
        return Figure(**facts, parts=tuple(part for part in parts if not part.is_empty))

    def _part(self, category: int) -> Part:
        columns = figure_columns(self.indicator.definition_version.definition)
        return Part(
            category=category,
            **{column: self.cleaned_data.get(f"part-{category}-{column}") for column in columns},
        )


PARTS_HINT = "U hoeft dit niet in te vullen. Samen zijn de groepen nooit meer dan het geheel."
PART_LABELS = {"numerator": "aantal", "denominator": "van hoeveel", "value": "waarde"}
FIGURES = ("value", "numerator", "denominator", "level", "reached_on")


def figure_columns(definition: IndicatorDefinition) -> list[str]:
    """The fields in which a figure of this type is typed."""
    if definition.is_percentage:
        return ["numerator", "denominator"]
    if definition.is_scale:
        return ["level"]
    return ["reached_on"] if definition.is_milestone else ["value"]


class EvidenceForm(NldsForm):
    """A file that proves a figure."""

    title = forms.CharField(
        label="Wat is dit?",
        max_length=150,
        help_text="Bijvoorbeeld: brief van de GGD van 3 mei 2025.",
        error_messages={"required": "Schrijf op wat dit voor bewijs is."},
    )
    file = forms.FileField(
        label="Bestand",
        allow_empty_file=True,  # the service refuses it, in its own words
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
        help_text="PDF, DOCX, XLSX, JPG of PNG. Zet er geen gegevens van kinderen in.",
        error_messages={"required": "Kies een bestand."},
    )
    confidentiality = forms.ChoiceField(
        label="Wie mag het zien?",
        choices=[(choice.value, upper_first(choice.label)) for choice in Evidence.Confidentiality],
        initial=Evidence.Confidentiality.INTERNAL,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, back: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="bewijs")
        self.helper.layout = Layout(
            "title",
            FileUpload("file"),
            "confidentiality",
            Actions(Button("add", "Bewijs toevoegen"), LinkButton(back, "Annuleren")),
        )

    def evidence(self) -> NewEvidence:
        """What was typed and chosen, for the service."""
        file = self.cleaned_data["file"]
        return NewEvidence(
            name=file.name or "",
            content=file.read(),
            title=self.cleaned_data["title"],
            confidentiality=self.cleaned_data["confidentiality"],
        )


class SendBackForm(NldsForm):
    reason = forms.CharField(
        label="Waarom geeft u de cijfers terug?",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Schrijf op waarom u de cijfers teruggeeft."},
    )


class CheckForm(NldsForm):
    comment = forms.CharField(
        label="Opmerking",
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReopenForm(NldsForm):
    reason = forms.CharField(
        label="Waarom moeten de cijfers weer open?",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Schrijf op waarom de cijfers weer open moeten."},
    )
    until = forms.DateField(
        label="Open tot en met",
        help_text=f"Hoogstens {LONGEST_EXCEPTION.days} dagen vanaf vandaag.",
        error_messages={
            "required": "Vul in tot en met welke dag de cijfers open zijn.",
            "invalid": "Vul een geldige datum in, bijvoorbeeld 1-10-2025.",
        },
    )


class AdoptCycleForm(NldsForm):
    item = forms.ModelChoiceField(
        label="In welke vergadering is het jaarrapport vastgesteld?",
        queryset=AgendaItem.objects.none(),
        empty_label="Kies een vergadering",
        help_text="Vergaderingen van de Ontwikkelgroep waarin dit jaarrapport als agendapunt is besproken.",
        error_messages={
            "required": "Kies de vergadering waarin het jaarrapport is besproken.",
            "invalid_choice": "Kies een vergadering uit de lijst.",
        },
    )

    def __init__(self, *args, items: QuerySet[AgendaItem], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items
        self.fields["item"].label_from_instance = lambda item: f"{item.meeting}: {item.title}"


class CyclePlanForm(NldsForm):
    year = forms.ModelChoiceField(
        label="Programmajaar",
        queryset=ProgrammeYear.objects.none(),
        empty_label="Kies een jaar",
        error_messages={
            "required": "Kies het jaar waarover u wilt meten.",
            "invalid_choice": "Voor dit jaar is al een monitoring gepland.",
        },
    )
    submit_by = forms.DateField(
        label="Indienen uiterlijk op",
        help_text="Bijvoorbeeld 1-10-2025.",
        error_messages={
            "required": "Vul in op welke dag de cijfers er moeten zijn.",
            "invalid": "Vul een geldige datum in, bijvoorbeeld 1-10-2025.",
        },
    )

    def __init__(self, *args, back: str, **kwargs):
        super().__init__(*args, **kwargs)
        planned = MonitoringCycle.objects.values("year")
        self.fields["year"].queryset = (
            ProgrammeYear.objects.exclude(pk__in=planned)
            .select_related("programme")
            .order_by("programme", "index")
        )
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            "year",
            "submit_by",
            Actions(Button("plan", "Monitoring plannen"), LinkButton(back, "Annuleren")),
        )


class OrderForm(NldsForm):
    """The first order needs nothing; a next one says what is different, and of which IKCs."""

    reports = forms.MultipleChoiceField(
        label="Van welke IKC’s komt er een nieuw nummer?",
        help_text="Het samenvattende rapport en de publieksversie komen er altijd bij.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(
        label="Wat is er anders dan in het vorige nummer?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Schrijf op wat er anders is dan in het vorige nummer."},
    )

    def __init__(self, *args, back: str, is_first: bool, agreements=(), **kwargs):
        super().__init__(*args, **kwargs)
        if is_first:
            del self.fields["note"], self.fields["reports"]
        else:
            choices = [(str(pk), name) for pk, name in agreements]
            self.fields["reports"].choices = choices
            self.initial["reports"] = [pk for pk, _ in choices]
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            *self.fields,
            Actions(
                Button("order", "Rapporten bestellen", icon="file-text"),
                LinkButton(back, "Annuleren"),
            ),
        )

    def chosen(self) -> set[int] | None:
        """Keys of the agreements of which the report is made again; None: all of them."""
        return (
            {int(pk) for pk in self.cleaned_data["reports"]} if "reports" in self.fields else None
        )
