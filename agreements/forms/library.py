"""The forms of the library of indicators."""

from decimal import Decimal
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from agreements.forms.fields import FigureField
from agreements.models import Goal, IndicatorDefinition, IndicatorDefinitionVersion
from agreements.services.library import Way
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, Columns, Fieldset, LinkButton, NldsHelper
from subsidies.forms.fields import count, day, story
from subsidies.forms.fields import text as line

Type = IndicatorDefinition.Type
LONGEST_CODE = 30


class LibraryFilterForm(NldsForm):
    q = forms.CharField(label="Zoek op naam of code", required=False)
    soort = forms.ChoiceField(
        label="Soort", required=False, choices=[("", "Alle soorten"), *Type.choices]
    )
    richting = forms.ChoiceField(
        label="Richting",
        required=False,
        choices=[("", "Alle richtingen"), *IndicatorDefinition.Direction.choices],
    )
    doel = forms.ModelChoiceField(
        Goal.objects.order_by("order"),
        label="Gebruikt bij doel",
        required=False,
        empty_label="Alle doelen",
    )

    def matching(self, definitions: Any) -> Any:
        """Those of `definitions` that fit what was typed."""
        if not self.is_valid():
            return definitions
        cleaned = self.cleaned_data
        for word in cleaned["q"].split():
            definitions = definitions.filter(name__icontains=word) | definitions.filter(
                code__icontains=word
            )
        if cleaned["soort"]:
            definitions = definitions.filter(type=cleaned["soort"])
        if cleaned["richting"]:
            definitions = definitions.filter(direction=cleaned["richting"])
        return definitions.used_under(cleaned["doel"].pk) if cleaned["doel"] else definitions


class WayForm(NldsForm):
    """How an indicator is measured from a day on."""

    text = story(
        "Definitie",
        "Schrijf op wat er precies wordt gemeten.",
        longest=1000,
        rows=4,
        help_text="Zo dat iedereen elk jaar hetzelfde telt.",
    )
    numerator = line(
        "Teller", "", longest=300, required=False, help_text="Alleen bij een percentage."
    )
    denominator = line("Noemer", "", longest=300, required=False)
    rubric = story(
        "Niveaus",
        "",
        longest=2000,
        rows=5,
        required=False,
        help_text="Alleen bij een schaal: een regel per niveau, het laagste eerst.",
    )
    source = line("Bron", "Vul in waar het cijfer vandaan komt.", longest=200)
    reference_date_rule = line("Peildatum", "", longest=120, required=False)
    min_n = count("Kleinste groep", "Vul in vanaf hoeveel kinderen een cijfer telt.", initial=10)
    valid_min = FigureField(label="Laagste mogelijke waarde", decimals=4, required=False)
    valid_max = FigureField(label="Hoogste mogelijke waarde", decimals=4, required=False)
    valid_from = day("Geldt vanaf", "Vul in vanaf welke dag zo wordt gemeten.")

    button = "Indicator bewaren"

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            *self.before(),
            Fieldset(
                "Zo meten wij",
                "text",
                Columns("numerator", "denominator"),
                "rubric",
                Columns("source", "reference_date_rule"),
                Columns("valid_min", "valid_max"),
                Columns("min_n", "valid_from"),
            ),
            *self.after(),
            Actions(Button("save", self.button), LinkButton(back_url, "Annuleren")),
        )

    def before(self) -> list[Any]:
        return []

    def after(self) -> list[Any]:
        return []

    def clean_rubric(self) -> tuple[str, ...]:
        return tuple(
            words.strip() for words in self.cleaned_data["rubric"].splitlines() if words.strip()
        )

    def check_type(self, kind: str) -> None:
        """Says at the field what this type asks for."""
        cleaned = self.cleaned_data
        levels = cleaned.get("rubric", ())
        if kind == Type.SCALE and len(levels) < 2:
            self.add_error("rubric", "Beschrijf twee of meer niveaus, elk op een eigen regel.")
        if kind != Type.SCALE and levels:
            self.add_error("rubric", "Alleen een schaal heeft niveaus: laat dit leeg.")
        if kind == Type.PERCENTAGE:
            for name, word in (("numerator", "teller"), ("denominator", "noemer")):
                if not cleaned.get(name):
                    self.add_error(name, f"Schrijf op wat de {word} is.")
        low, high = cleaned.get("valid_min"), cleaned.get("valid_max")
        if low is not None and high is not None and low >= high:
            self.add_error("valid_max", "De hoogste waarde ligt boven de laagste.")

    def way(self) -> Way:
        return Way(**{name: self.cleaned_data[name] for name in WayForm.base_fields})


class DefinitionForm(WayForm):
    """A new indicator with its first version."""

    code = forms.SlugField(
        label="Code",
        max_length=LONGEST_CODE,
        help_text="Korte naam zonder spaties, bijvoorbeeld deelname-aanbod. Blijft altijd gelijk.",
        error_messages={
            "required": "Vul een code in.",
            "invalid": "Een code heeft alleen letters, cijfers en streepjes.",
        },
    )
    name = line("Naam", "Vul de naam van de indicator in.", longest=150)
    type = forms.ChoiceField(
        label="Soort",
        choices=Type.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat voor cijfer het is."},
    )
    direction = forms.ChoiceField(
        label="Wat is beter?",
        choices=IndicatorDefinition.Direction.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat beter is. Deze keuze ligt daarna vast."},
    )
    unit = line(
        "Eenheid",
        "",
        longest=40,
        required=False,
        help_text="Bij een getal, bijvoorbeeld: keer per jaar.",
    )
    decimals = forms.TypedChoiceField(
        label="Decimalen", coerce=int, choices=[(n, str(n)) for n in range(5)], initial=0
    )
    is_flow = forms.BooleanField(
        label="Telt op over het jaar",
        required=False,
        help_text="Een jaartotaal, zoals een aantal deelnames. Een stand telt niet op.",
    )

    calculation = forms.ChoiceField(
        label="Wat wordt beoordeeld?",
        choices=IndicatorDefinition.Calculation.choices,
        initial=IndicatorDefinition.Calculation.YEAR,
        widget=forms.RadioSelect,
        help_text="Drie jaren samen past bij een kleine groep: één kind maakt dan minder verschil.",
        error_messages={"required": "Kies wat wordt beoordeeld."},
    )

    def before(self) -> list[Any]:
        return [
            Fieldset(
                "Indicator",
                "name",
                "code",
                "type",
                "direction",
                Columns("unit", "decimals"),
                "is_flow",
                "calculation",
                description="Soort, eenheid en richting blijven gelijk zolang de indicator bestaat.",
            )
        ]

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if IndicatorDefinition.objects.filter(code=code).exists():
            raise forms.ValidationError("Deze code is al in gebruik.", code="used")
        return code

    def clean(self) -> dict[str, Any]:
        super().clean()
        kind = self.cleaned_data.get("type", "")
        self.check_type(kind)
        if kind == Type.NUMBER and not self.cleaned_data.get("unit"):
            self.add_error("unit", "Vul bij een getal de eenheid in.")
        self._check_calculation(kind)
        if kind in STAGES and self.cleaned_data.get("direction") == "range":
            self.add_error("direction", "Een schaal en een mijlpaal hebben geen bandbreedte.")
        return self.cleaned_data

    def _check_calculation(self, kind: str) -> None:
        calculation = self.cleaned_data.get("calculation")
        if calculation == "three_years" and kind != Type.PERCENTAGE:
            self.add_error("calculation", "Drie jaren samen kan alleen bij een percentage.")
        if calculation == "cumulative" and not (
            self.cleaned_data.get("is_flow") and kind in (Type.NUMBER, Type.AMOUNT)
        ):
            self.add_error("calculation", "Optellen over de jaren kan alleen bij een jaartotaal.")

    def definition(self) -> IndicatorDefinition:
        cleaned = self.cleaned_data
        kind = cleaned["type"]
        return IndicatorDefinition(
            code=cleaned["code"],
            name=cleaned["name"],
            type=kind,
            direction=cleaned["direction"],
            unit=UNITS.get(kind, cleaned["unit"]),
            decimals=0 if kind in STAGES else cleaned["decimals"],
            is_flow=cleaned["is_flow"] and kind in (Type.NUMBER, Type.AMOUNT),
            calculation=cleaned["calculation"],
        )


STAGES = (Type.SCALE, Type.MILESTONE)
# The unit that belongs to a type; of a number somebody writes it down.
UNITS = {
    Type.PERCENTAGE.value: "%",
    Type.AMOUNT.value: "euro",
    Type.SCALE.value: "niveau",
    Type.MILESTONE.value: "dag",
}


class DefinitionVersionForm(WayForm):
    """A next version: what is measured otherwise, and whether older figures can still be compared."""

    button = "Nieuwe versie bewaren"
    breaks_series = forms.BooleanField(
        label="Breekt de reeks: oudere cijfers zijn niet te vergelijken", required=False
    )
    break_reason = story(
        "Waarom breekt de reeks?",
        "",
        longest=500,
        rows=3,
        required=False,
        help_text="Bijvoorbeeld: het CBS telt voortaan op 1 februari in plaats van 1 oktober.",
    )

    def __init__(self, *args: Any, definition: IndicatorDefinition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicator = definition

    def after(self) -> list[Any]:
        return [Fieldset("Vergelijken met eerdere jaren", "breaks_series", "break_reason")]

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.check_type(self.indicator.type)
        cleaned = self.cleaned_data
        if cleaned.get("breaks_series") and not cleaned.get("break_reason"):
            self.add_error(
                "break_reason", "Schrijf op waarom oudere cijfers niet te vergelijken zijn."
            )
        if cleaned.get("break_reason") and not cleaned.get("breaks_series"):
            self.add_error("breaks_series", "Kruis aan dat de reeks breekt, of haal de reden weg.")
        return cleaned


def initial_way(version: IndicatorDefinitionVersion) -> dict[str, Any]:
    """What the form of a next version starts from; the day is for the reader to choose."""
    initial = {name: getattr(version, name) for name in WayForm.base_fields if name != "valid_from"}
    for name in ("valid_min", "valid_max"):
        if initial[name] is not None:
            initial[name] = Decimal(format(initial[name].normalize(), "f"))
    return initial | {"rubric": "\n".join(version.rubric)}
