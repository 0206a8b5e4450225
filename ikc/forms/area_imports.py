"""Uploading a file with figures of districts, saying what its columns are, and confirming what it would change."""

from crispy_forms.layout import Layout
from django import forms

from ikc.forms.fields import day, text
from ikc.importers.area_figures import ColumnMapping, FigureFile
from ikc.models import AreaIndicator
from ikc.services.area_imports import Origin
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Button,
    Columns,
    Fieldset,
    FileUpload,
    LinkButton,
    NldsHelper,
)

NOT_USED = ""
WIDE, LONG = "columns", "rows"


class UploadForm(NldsForm):
    """The file and where it comes from."""

    file = forms.FileField(
        label="Bestand",
        allow_empty_file=True,  # the service refuses it, in its own words
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text="CSV of XLSX, hoogstens 5 MB. De eerste regel noemt de kolommen. Geen gegevens van losse kinderen.",
        error_messages={"required": "Kies een bestand.", "invalid": "Kies een bestand."},
    )
    source = text(
        "Bron",
        "Vul in waar de cijfers vandaan komen.",
        longest=200,
        help_text="Bijvoorbeeld: Kinderen in Tel, databoek 2016.",
    )
    licence = text(
        "Licentie of afspraak",
        "Vul in onder welke licentie of afspraak u de cijfers gebruikt.",
        longest=100,
        help_text="Bijvoorbeeld: CC BY 4.0, of: afspraak met de GGD van 3 maart 2026.",
    )
    retrieved_on = day("Opgehaald op", "Vul in wanneer de cijfers zijn opgehaald.")
    map_year = forms.TypedChoiceField(
        label="Wijkindeling van",
        coerce=int,
        help_text="Het CBS gebruikt een wijkcode soms opnieuw voor een andere wijk. Kies het jaar van de codes in dit bestand.",
        error_messages={
            "required": "Kies het jaar van de wijkindeling.",
            "invalid_choice": "Kies een jaar uit de lijst.",
        },
    )

    def __init__(self, *args, map_years: list[int], back_url: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["map_year"].choices = [(year, str(year)) for year in map_years]
        self.helper = NldsHelper(form_id="wijkcijfers")
        self.helper.layout = Layout(
            FileUpload("file"),
            Fieldset("Herkomst", "source", "licence", Columns("retrieved_on", "map_year")),
            Actions(Button("upload", "Verder"), LinkButton(back_url, "Annuleren")),
        )

    def origin(self) -> Origin:
        return Origin(**{name: self.cleaned_data[name] for name in Origin._fields})


class MappingForm(NldsForm):
    """What each column is; one column per indicator, or one row per figure."""

    district_column = forms.ChoiceField(
        label="Kolom met de wijkcode",
        error_messages={"required": "Kies de kolom met de wijkcode."},
    )
    year_column = forms.ChoiceField(label="Kolom met het jaar", required=False)
    year = forms.IntegerField(
        label="Of: alle cijfers zijn van het jaar",
        required=False,
        min_value=1990,
        max_value=2100,
        error_messages={
            "invalid": "Vul een jaar in, bijvoorbeeld 2024.",
            "min_value": "Vul een jaar vanaf 1990 in.",
            "max_value": "Vul een jaar tot 2100 in.",
        },
    )
    mark_column = forms.ChoiceField(label="Kolom met de betrouwbaarheid (B of I)", required=False)
    mark = forms.ChoiceField(
        label="Of: alle cijfers zijn",
        choices=[("B", "betrouwbaar"), ("I", "indicatief")],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies hoe betrouwbaar de cijfers zijn."},
    )
    layout = forms.ChoiceField(
        label="Hoe staan de cijfers in het bestand?",
        choices=[
            (WIDE, "elke indicator heeft een eigen kolom"),
            (LONG, "elke regel noemt de indicator en het cijfer"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies hoe de cijfers in het bestand staan."},
    )
    indicator_column = forms.ChoiceField(label="Kolom met de indicator", required=False)
    value_column = forms.ChoiceField(label="Kolom met het cijfer", required=False)

    def __init__(self, *args, file: FigureFile, back_url: str, **kwargs) -> None:
        kwargs.setdefault("initial", {"mark": "B", "layout": WIDE})
        super().__init__(*args, **kwargs)
        self.columns = file.columns
        choices = [(name, name) for name in file.columns]
        for name in (
            "district_column",
            "year_column",
            "mark_column",
            "indicator_column",
            "value_column",
        ):
            self.fields[name].choices = [(NOT_USED, "Kies een kolom"), *choices]
            self.fields[name].error_messages["invalid_choice"] = "Kies een kolom uit de lijst."
        indicators = AreaIndicator.objects.order_by("name", "pk").values_list("code", "name")
        options = [(NOT_USED, "niet inlezen"), *indicators]
        for number, name in enumerate(file.columns):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=f"Kolom {name}",
                choices=options,
                required=False,
                error_messages={"invalid_choice": "Kies een indicator uit de lijst."},
            )
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            Fieldset("Welke wijk?", "district_column"),
            Fieldset("Welk jaar?", Columns("year_column", "year")),
            Fieldset("Hoe betrouwbaar?", "mark_column", "mark"),
            Fieldset("Welke cijfers?", "layout"),
            Fieldset(
                "Bij een kolom per indicator",
                *[f"column_{number}" for number in range(len(file.columns))],
                description="Kies per kolom de indicator. Andere kolommen slaat het portaal over.",
            ),
            Fieldset("Bij een regel per cijfer", Columns("indicator_column", "value_column")),
            Actions(Button("map", "Bekijk wat er verandert"), LinkButton(back_url, "Terug")),
        )

    def clean(self):
        data = super().clean()
        if not data.get("year_column") and not data.get("year") and "year" not in self.errors:
            self.add_error("year_column", "Kies de kolom met het jaar, of vul het jaar in.")
        if data.get("layout") == LONG:
            for name in ("indicator_column", "value_column"):
                if not data.get(name):
                    self.add_error(name, "Kies deze kolom.")
        elif data.get("layout") == WIDE and not self._values():
            self.add_error("layout", "Kies hieronder minstens één kolom met cijfers.")
        return data

    def _values(self) -> dict[str, str]:
        return {
            name: code
            for number, name in enumerate(self.columns)
            if (code := self.cleaned_data.get(f"column_{number}"))
        }

    def mapping(self) -> ColumnMapping:
        data = self.cleaned_data
        is_long = data["layout"] == LONG
        return ColumnMapping(
            district_column=data["district_column"],
            year_column=data["year_column"],
            year=data["year"] if not data["year_column"] else None,
            mark_column=data["mark_column"],
            mark=data["mark"],
            indicator_column=data["indicator_column"] if is_long else "",
            value_column=data["value_column"] if is_long else "",
            values={} if is_long else self._values(),
        )

    @staticmethod
    def initial_of(mapping: ColumnMapping | None, file: FigureFile) -> dict:
        """What was said before, or what the names of the columns make likely."""
        if mapping is None:
            return {"mark": "B", "layout": WIDE, "district_column": _likely(file, "WIJKCODE", "CODE", "GWB CODE"),
                    "year_column": _likely(file, "JAAR", "PEILJAAR")}  # fmt: skip
        filled = {
            f"column_{number}": mapping.values.get(name, NOT_USED)
            for number, name in enumerate(file.columns)
        }
        plain = {
            name: getattr(mapping, name)
            for name in (
                "district_column",
                "year_column",
                "year",
                "mark_column",
                "mark",
                "indicator_column",
                "value_column",
            )
        }
        return plain | filled | {"layout": LONG if mapping.indicator_column else WIDE}


def _likely(file: FigureFile, *names: str) -> str:
    return next((name for name in names if name in file.columns), NOT_USED)


class ConfirmImportForm(NldsForm):
    """Keep the figures; rows with an error stay out when that is said."""

    skip_errors = forms.BooleanField(label="Regels met een fout blijven weg", required=False)

    def __init__(self, *args, has_errors: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not has_errors:
            del self.fields["skip_errors"]
