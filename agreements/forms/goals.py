"""The forms of the goal tree: a result, and an indicator with its baseline and eight targets."""

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
    AgreedResult,
    AgreementVersion,
    IndicatorDefinitionVersion,
    ProgrammeYear,
)
from agreements.services.editing import IndicatorTerms, TargetFigures
from kvk2.core.money import format_number
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Affixed,
    Button,
    CharacterCount,
    Columns,
    Fieldset,
    LinkButton,
    NldsHelper,
)
from subsidies.forms.fields import count, story
from subsidies.forms.fields import text as line

Status = AgreedIndicator.BaselineStatus


class ResultForm(NldsForm):
    text = story(
        "Beoogd resultaat",
        "Schrijf op wat u wilt bereiken.",
        longest=600,
        rows=3,
        help_text="Wat is er anders als het gelukt is? In hoogstens 600 tekens.",
    )
    target_group = line(
        "Voor wie?",
        "Vul in voor wie het resultaat is.",
        longest=200,
        help_text="Bijvoorbeeld: peuters met een VVE-indicatie.",
    )
    change_kind = forms.ChoiceField(
        label="Wat meten we?",
        choices=AgreedResult.ChangeKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat er verandert: hoeveel, hoe goed of voor wie."},
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            CharacterCount("text"),
            "target_group",
            "change_kind",
            Actions(Button("save", "Resultaat bewaren"), LinkButton(back_url, "Annuleren")),
        )


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
        return render_to_string(self.template, {"form": form, "rows": form.target_rows})


class IndicatorForm(NldsForm):
    """Baseline, tolerance and eight targets of one indicator; the definition is chosen before.

    A percentage may be given as a fraction: the figure itself is then made here. A range has two
    ends per year in place of a value.
    """

    baseline_status = forms.ChoiceField(
        label="Hoe zeker is de nulmeting?",
        choices=Status.choices,
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
        self.years = list(version.agreement.programme.years.all())
        cast(
            forms.ModelChoiceField, self.fields["baseline_planned_year"]
        ).queryset = version.agreement.programme.years.in_order()
        if not self.definition.is_percentage:
            del self.fields["baseline_numerator"], self.fields["baseline_denominator"]
        self._add_figures()
        if self.data.get("baseline_status") == Status.MISSING:
            for name in ("baseline_year", "baseline_value"):
                self.fields[name].required = False
        self.helper = NldsHelper(form_id="indicator")
        self.helper.layout = self._layout(back_url)

    # --- building

    def _add_figures(self) -> None:
        self.fields["baseline_value"] = self._figure(
            "Nulmeting",
            required=not self.definition.is_percentage,
            help_text=(
                "Laat leeg als u teller en noemer invult." if self.definition.is_percentage else ""
            ),
        )
        self.fields["tolerance"] = self._figure(
            "Tolerantie",
            min_value=0,
            help_text="Zo ver mag een meting van de streefwaarde liggen en toch goed zijn.",
        )
        for year in self.years:
            for part in self._parts:
                self.fields[f"{part}_{year.index}"] = self._figure(
                    f"{PART_LABELS[part]} {year.label}", required=False
                )
            self.fields[f"explanation_{year.index}"] = line(
                f"Waarom geen streefwaarde in {year.label}?", "", longest=200, required=False
            )

    @property
    def _parts(self) -> tuple[str, ...]:
        return ("low", "high") if self.definition.is_range else ("value",)

    def _figure(self, label: str, **kwargs: Any) -> FigureField:
        return FigureField(
            label=label,
            decimals=self.definition.decimals,
            missing=f"Vul de {label.lower()} in.",
            **kwargs,
        )

    def _layout(self, back_url: str) -> Layout:
        unit = self.definition.unit
        fraction = (
            [Columns("baseline_numerator", "baseline_denominator")]
            if self.definition.is_percentage
            else []
        )
        targets = [
            f"{part}_{year.index}" for year in self.years for part in (*self._parts, "explanation")
        ]
        return Layout(
            Fieldset(
                "Nulmeting",
                "baseline_status",
                *fraction,
                Columns(Affixed("baseline_value", after=unit), "baseline_year"),
                "baseline_source",
                "baseline_planned_year",
            ),
            Fieldset(
                "Streefwaarden",
                TargetTable(*targets),
                description=(
                    "Vul de nulmeting en het laatste jaar in en laat het portaal de jaren ertussen"
                    " invullen, of vul elk jaar zelf in."
                ),
            ),
            Fieldset("Beoordelen", Affixed("tolerance", after=unit), "is_core"),
            Actions(Button("save", "Indicator bewaren"), LinkButton(back_url, "Annuleren")),
        )

    @property
    def target_rows(self) -> list[TargetRow]:
        return [
            TargetRow(
                year,
                [self[f"{part}_{year.index}"] for part in self._parts],
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
        return cleaned

    def _clean_missing(self, cleaned: dict[str, Any]) -> None:
        for name in ("baseline_value", "baseline_numerator", "baseline_denominator"):
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
        elif cleaned.get("baseline_value") is None and not self.has_error("baseline_value"):
            self.add_error("baseline_value", "Vul de nulmeting in, of kies dat zij ontbreekt.")

    def _clean_range(self, cleaned: dict[str, Any], year: ProgrammeYear) -> None:
        low, high = cleaned.get(f"low_{year.index}"), cleaned.get(f"high_{year.index}")
        if (low is None) != (high is None):
            missing = "low" if low is None else "high"
            self.add_error(f"{missing}_{year.index}", f"Vul voor {year.label} beide grenzen in.")
        elif low is not None and low > high:
            self.add_error(
                f"low_{year.index}", f"De ondergrens van {year.label} is hoger dan de bovengrens."
            )

    # --- what comes out of it

    def filled_in(self) -> dict[str, str] | None:
        """Boxes with equal steps from the baseline to the last year; None when one of the two is not there."""
        covered = [year for year in self.years if self.version.covers(year)]
        start = self.cleaned_data.get("baseline_value")
        end = self.cleaned_data.get(f"value_{covered[-1].index}") if covered else None
        if start is None or end is None:
            return None
        places = self.definition.decimals
        figures = linear_targets(start, end, steps=len(covered), decimals=places)
        return {
            f"value_{year.index}": format_number(figure, places)
            for year, figure in zip(covered, figures, strict=True)
        }

    def terms(self) -> IndicatorTerms:
        cleaned = self.cleaned_data
        return IndicatorTerms(
            baseline_status=cleaned["baseline_status"],
            baseline_value=cleaned["baseline_value"],
            baseline_numerator=cleaned.get("baseline_numerator"),
            baseline_denominator=cleaned.get("baseline_denominator"),
            baseline_year=cleaned["baseline_year"],
            baseline_source=cleaned["baseline_source"],
            baseline_planned_year=cleaned["baseline_planned_year"],
            tolerance=cleaned["tolerance"],
            is_core=cleaned["is_core"],
            targets={
                year.index: TargetFigures(
                    **{part: cleaned[f"{part}_{year.index}"] for part in self._parts},
                    explanation=cleaned[f"explanation_{year.index}"],
                )
                for year in self.years
            },
        )


PART_LABELS = {"value": "Streefwaarde", "low": "Ondergrens", "high": "Bovengrens"}


def initial_terms(indicator: AgreedIndicator) -> dict[str, Any]:
    """What the form shows of an indicator that is there already (with its targets loaded)."""
    initial: dict[str, Any] = {
        name: getattr(indicator, name)
        for name in (
            "baseline_status",
            "baseline_value",
            "baseline_numerator",
            "baseline_denominator",
            "baseline_year",
            "baseline_source",
            "baseline_planned_year",
            "tolerance",
            "is_core",
        )
    }
    for target in indicator.targets.all():
        for part in ("value", "low", "high", "explanation"):
            initial[f"{part}_{target.year.index}"] = getattr(target, part)
    places = indicator.definition.decimals
    return {
        name: round(value, places) if isinstance(value, Decimal) else value
        for name, value in initial.items()
    }
