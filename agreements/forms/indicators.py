"""The form of one indicator in an agreement: its baseline and eight targets, in the columns of its type."""

from decimal import Decimal
from typing import Any, NamedTuple, cast

from crispy_forms.layout import Layout, LayoutObject
from django import forms
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string

from agreements.calculations import linear_targets, percentage
from agreements.forms.fields import FigureField
from agreements.forms.versions import year_field
from agreements.models import (
    AgreedIndicator,
    AgreementVersion,
    IndicatorDefinitionVersion,
    ProgrammeYear,
)
from agreements.services.terms import TERMS, IndicatorTerms, TargetFigures
from agreements.targets import refused_targets
from kvk2.core.dates import in_figures
from kvk2.core.money import format_number
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Affixed, Button, Columns, Fieldset, LinkButton, NldsHelper
from subsidies.forms.fields import count, day
from subsidies.forms.fields import text as line

Status = AgreedIndicator.BaselineStatus
MEASURED = (Status.FINAL, Status.PROVISIONAL, Status.MISSING)
PART_LABELS = {
    "value": "Streefwaarde",
    "low": "Ondergrens",
    "high": "Bovengrens",
    "level": "Niveau",
    "due_on": "Uiterlijk op",
}


class TargetRow(NamedTuple):
    """A line of the table: the year, its boxes, and whether it lies before the agreement."""

    year: ProgrammeYear
    figures: list[BoundField]
    explanation: BoundField
    is_before: bool


class TargetTable(LayoutObject):
    """The eight years as a table, in place of eight loose fields."""

    template = "agreements/_target_fields.html"

    def __init__(self, *fields: str) -> None:
        self.fields = list(fields)

    def render(self, form, context, template_pack="nlds", **kwargs):
        return render_to_string(
            self.template,
            {
                "form": form,
                "rows": form.target_rows,
                "heads": [PART_LABELS[part] for part in form.parts],
                "may_fill": form.parts == ("value",),
            },
        )


class IndicatorForm(NldsForm):
    """Baseline, tolerance and eight targets of one indicator; the definition is chosen before.

    A percentage may be given as a fraction: the figure itself is then made here. A range has two
    ends per year, a scale a level, a milestone a day; a milestone has no baseline.
    """

    aim = forms.ChoiceField(
        label="Wat is het streven?",
        choices=AgreedIndicator.Aim.choices,
        widget=forms.RadioSelect,
        initial=AgreedIndicator.Aim.IMPROVE,
        help_text=(
            "Bij ‘verbeteren’ is geen jaar slechter dan het jaar ervoor. Bij ‘behouden’ mag een"
            " streefwaarde op of onder de nulmeting liggen."
        ),
        error_messages={"required": "Kies of u wilt verbeteren of behouden."},
    )
    baseline_status = forms.ChoiceField(
        label="Hoe zeker is de nulmeting?",
        choices=[(status.value, status.label) for status in MEASURED],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies hoe zeker de nulmeting is."},
    )
    baseline_numerator = count("Aantal (teller)", "", required=False)
    baseline_denominator = count("Van in totaal (noemer)", "", required=False)
    baseline_year = line(
        "Jaar van de nulmeting",
        "Vul in over welk jaar de nulmeting gaat.",
        longest=12,
        help_text="Bijvoorbeeld 2020/21.",
    )
    baseline_source = line("Bron van de nulmeting", "", longest=200, required=False)
    baseline_planned_year = year_field(
        "Nulmeting gepland in",
        required=False,
        help_text="Alleen als de nulmeting ontbreekt.",
    )
    assessor = line(
        "Wie beoordeelt het niveau?",
        "Vul in wie beoordeelt welk niveau is bereikt.",
        longest=120,
        help_text="Bijvoorbeeld: het onderzoeksbureau, na een gesprek met het team.",
    )
    leeway_days = forms.IntegerField(
        label="Speling in dagen",
        min_value=0,
        max_value=365,
        help_text="Zo veel dagen te laat vraagt aandacht; daarna is de mijlpaal niet gehaald.",
        error_messages={
            "required": "Vul in hoeveel dagen speling er is; 0 mag.",
            "invalid": "Vul bij de speling een heel aantal dagen in.",
            "min_value": "De speling is 0 dagen of meer.",
            "max_value": "De speling is hoogstens 365 dagen.",
        },
    )
    is_core = forms.BooleanField(
        label="Dit is een kernindicator",
        required=False,
        help_text="Een rode kernindicator leidt altijd tot een voorstel om bij te sturen.",
    )

    def __init__(
        self,
        *args: Any,
        version: AgreementVersion,
        definition_version: IndicatorDefinitionVersion,
        back_url: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.version, self.definition_version = version, definition_version
        self.definition = definition_version.definition
        self.parts = self.definition.target_columns
        self.years = list(version.agreement.programme.years.all())
        cast(
            forms.ModelChoiceField, self.fields["baseline_planned_year"]
        ).queryset = version.agreement.programme.years.in_order()
        self._drop_what_does_not_fit()
        self._add_figures()
        if self.data.get("baseline_status") == Status.MISSING:
            for name in ("baseline_year", self.baseline):
                self.fields[name].required = False
        self.helper = NldsHelper(form_id="indicator")
        self.helper.layout = self._layout(back_url)

    # --- building

    @property
    def baseline(self) -> str:
        return "baseline_level" if self.definition.is_scale else "baseline_value"

    def _drop_what_does_not_fit(self) -> None:
        definition, dropped = self.definition, []
        if not definition.is_percentage:
            dropped += ["baseline_numerator", "baseline_denominator"]
        if not definition.is_scale:
            dropped += ["assessor"]
        if definition.is_milestone:
            dropped += [name for name in self.fields if name.startswith("baseline")]
        else:
            dropped += ["leeway_days"]
        if definition.is_milestone or definition.is_range:
            dropped += ["aim"]
        for name in dict.fromkeys(dropped):
            del self.fields[name]

    def _add_figures(self) -> None:
        definition = self.definition
        if definition.is_scale:
            self.fields["baseline_level"] = self._level("Niveau bij de nulmeting")
            self.fields["baseline_level"].required = False
        elif not definition.is_milestone:
            self.fields["baseline_value"] = self._figure(
                "Nulmeting",
                required=not definition.is_percentage,
                help_text=(
                    "Laat leeg als u teller en noemer invult." if definition.is_percentage else ""
                ),
            )
            self.fields["tolerance"] = self._figure(
                "Tolerantie",
                min_value=0,
                help_text="Zo ver mag een meting van de streefwaarde liggen en toch goed zijn.",
            )
        for year in self.years:
            for part in self.parts:
                self.fields[f"{part}_{year.index}"] = self._target(part, year)
            self.fields[f"explanation_{year.index}"] = line(
                f"Waarom geen streefwaarde in {year.label}?", "", longest=200, required=False
            )

    def _target(self, part: str, year: ProgrammeYear) -> forms.Field:
        label = f"{PART_LABELS[part]} {year.label}"
        if part == "level":
            return self._level(label, required=False)
        if part == "due_on":
            return day(label, "", required=False, help_text="")
        return self._figure(label, required=False)

    def _figure(self, label: str, **kwargs: Any) -> FigureField:
        return FigureField(
            label=label,
            decimals=self.definition.decimals,
            missing=f"Vul de {label.lower()} in.",
            **kwargs,
        )

    def _level(self, label: str, **kwargs: Any) -> forms.TypedChoiceField:
        return forms.TypedChoiceField(
            label=label,
            coerce=int,
            empty_value=None,
            choices=[
                ("", "Geen"),
                *((level, f"{level}. {words}") for level, words in self.definition_version.levels),
            ],
            **kwargs,
        )

    def _layout(self, back_url: str) -> Layout:
        definition = self.definition
        targets = [
            f"{part}_{year.index}" for year in self.years for part in (*self.parts, "explanation")
        ]
        judging = [name for name in ("leeway_days", "assessor", "is_core") if name in self.fields]
        if "tolerance" in self.fields:
            judging.insert(0, Affixed("tolerance", after=definition.unit))
        return Layout(
            *(["aim"] if "aim" in self.fields else []),
            *([] if definition.is_milestone else [self._baseline_fields()]),
            Fieldset(
                "Mijlpaal" if definition.is_milestone else "Streefwaarden",
                TargetTable(*targets),
                description=TARGET_HINTS.get(self.parts, ""),
            ),
            Fieldset("Beoordelen", *judging),
            Actions(Button("save", "Indicator bewaren"), LinkButton(back_url, "Annuleren")),
        )

    def _baseline_fields(self) -> Fieldset:
        fraction = (
            [Columns("baseline_numerator", "baseline_denominator")]
            if self.definition.is_percentage
            else []
        )
        figure: Any = self.baseline
        if not self.definition.is_scale:
            figure = Affixed(figure, after=self.definition.unit)
        return Fieldset(
            "Nulmeting",
            "baseline_status",
            *fraction,
            Columns(figure, "baseline_year"),
            "baseline_source",
            "baseline_planned_year",
        )

    @property
    def target_rows(self) -> list[TargetRow]:
        return [
            TargetRow(
                year,
                [self[f"{part}_{year.index}"] for part in self.parts],
                self[f"explanation_{year.index}"],
                not self.version.covers(year),
            )
            for year in self.years
        ]

    # --- judging what was typed

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("baseline_status") == Status.MISSING:
            self._clean_missing(cleaned)
        elif "baseline_status" in cleaned:
            self._clean_measured(cleaned)
        for year in self.years:
            self._clean_range(cleaned, year)
            self._clean_day(cleaned, year)
        if not self.errors and "fill" not in self.data:
            self._clean_course()
        return cleaned

    def _clean_missing(self, cleaned: dict[str, Any]) -> None:
        for name in (self.baseline, "baseline_numerator", "baseline_denominator"):
            if cleaned.get(name) is not None:
                self.add_error(name, "De nulmeting ontbreekt: laat dit veld leeg.")
        if cleaned.get("baseline_planned_year") is None:
            self.add_error("baseline_planned_year", "Kies in welk jaar de nulmeting komt.")
        cleaned["baseline_year"] = ""

    def _clean_measured(self, cleaned: dict[str, Any]) -> None:
        cleaned["baseline_planned_year"] = None
        part, whole = cleaned.get("baseline_numerator"), cleaned.get("baseline_denominator")
        if part is not None and whole is not None:
            if not whole or part > whole:
                self.add_error(
                    "baseline_numerator",
                    "De teller is niet groter dan de noemer, en de noemer is niet 0.",
                )
            else:
                cleaned["baseline_value"] = percentage(part, whole, self.definition.decimals)
        elif part is not None or whole is not None:
            missing = "baseline_denominator" if whole is None else "baseline_numerator"
            self.add_error(missing, "Vul zowel de teller als de noemer in.")
        elif cleaned.get(self.baseline) is None and not self.has_error(self.baseline):
            self.add_error(self.baseline, "Vul de nulmeting in, of kies dat zij ontbreekt.")

    def _clean_range(self, cleaned: dict[str, Any], year: ProgrammeYear) -> None:
        low, high = cleaned.get(f"low_{year.index}"), cleaned.get(f"high_{year.index}")
        if (low is None) != (high is None):
            missing = "low" if low is None else "high"
            self.add_error(f"{missing}_{year.index}", f"Vul voor {year.label} beide grenzen in.")
        elif low is not None and low > high:
            self.add_error(
                f"low_{year.index}", f"De ondergrens van {year.label} is hoger dan de bovengrens."
            )

    def _clean_day(self, cleaned: dict[str, Any], year: ProgrammeYear) -> None:
        due = cleaned.get(f"due_on_{year.index}")
        if due and not year.start <= due <= year.end:
            self.add_error(
                f"due_on_{year.index}",
                f"De mijlpaal van {year.label} ligt in dat jaar: kies een dag van"
                f" {in_figures(year.start)} tot en met {in_figures(year.end)}.",
            )

    def _clean_course(self) -> None:
        """A target against the direction, or a step smaller than one child: said at its own box."""
        course = self.terms().course(self.definition_version, self.version)
        years = {year.index: year.label for year in self.years}
        for refused in refused_targets(course, years):
            self.add_error(f"{self.parts[0]}_{refused.index}", refused.sentence)

    # --- what comes out of it

    def filled_in(self) -> dict[str, str] | None:
        """Boxes with equal steps from the baseline to the last year; None when one of the two is not there."""
        covered = [year for year in self.years if self.version.covers(year)]
        start = self.cleaned_data.get("baseline_value")
        end = self.cleaned_data.get(f"value_{covered[-1].index}") if covered else None
        if start is None or end is None:
            return None
        places = self.definition.decimals
        least = self.terms().course(self.definition_version, self.version).least_step
        figures = linear_targets(start, end, steps=len(covered), decimals=places, least=least)
        return {
            f"value_{year.index}": format_number(figure, places)
            for year, figure in zip(covered, figures, strict=True)
        }

    def terms(self) -> IndicatorTerms:
        """What was typed; a field that this type of indicator has not, keeps its default."""
        cleaned = self.cleaned_data
        given = {name: cleaned[name] for name in TERMS if name in cleaned}
        if self.definition.is_milestone:
            given["baseline_status"] = Status.NONE
        return IndicatorTerms(
            **{"baseline_status": ""} | given,
            targets={
                year.index: TargetFigures(
                    **{part: cleaned.get(f"{part}_{year.index}") for part in self.parts},
                    explanation=cleaned.get(f"explanation_{year.index}", ""),
                )
                for year in self.years
            },
        )


TARGET_HINTS = {
    ("value",): (
        "Vul de nulmeting en het laatste jaar in en laat het portaal de jaren ertussen"
        " invullen, of vul elk jaar zelf in."
    ),
    ("level",): "Kies per jaar het niveau dat dan is bereikt.",
    ("due_on",): (
        "Vul de dag in bij het jaar waarin de mijlpaal valt. De andere jaren blijven leeg."
    ),
}


def initial_terms(indicator: AgreedIndicator) -> dict[str, Any]:
    """What the form shows of an indicator that is there already (with its targets loaded)."""
    initial: dict[str, Any] = {name: getattr(indicator, name) for name in TERMS}
    for target in indicator.targets.all():
        for part in (*PART_LABELS, "explanation"):
            initial[f"{part}_{target.year.index}"] = getattr(target, part)
    places = indicator.definition.decimals
    return {
        name: round(value, places) if isinstance(value, Decimal) else value
        for name, value in initial.items()
    }
