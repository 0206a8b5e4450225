"""Entering, disputing and deciding on counts of children."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from ikc.count_page import SHORT_SOURCES
from ikc.forms.fields import text
from ikc.models import AgeBand, ChildCount, CountSource
from ikc.services.child_counts import Figure
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, Columns, Fieldset, LinkButton, NldsHelper


def _number(label: str, missing: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=bool(missing),
        min_value=0,
        max_value=9999,
        error_messages={
            "required": missing,
            "invalid": f"Vul bij ‘{label}’ een heel getal in, bijvoorbeeld 25.",
            "min_value": f"‘{label}’ kan niet kleiner zijn dan 0.",
            "max_value": f"‘{label}’ kan niet groter zijn dan 9.999.",
        },
    )


def _reason(label: str, missing: str, **options: Any) -> forms.CharField:
    return text(label, missing, longest=1000, widget=forms.Textarea(attrs={"rows": 4}), **options)


class CountsForm(NldsForm):
    """What the municipality was told, per age band; a band left empty stays as it is."""

    def __init__(
        self, *args: Any, counts: Mapping[str, ChildCount], back_url: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        rows = []
        for band in AgeBand:
            present = counts.get(band)
            self.fields[f"children_{band}"] = number = _number(band.label)
            number.initial = present.children if present else None
            number.one_of = True  # type: ignore[attr-defined] # each may stay empty, not all
            # DUO's own figures come out of its file, and are not typed.
            choices = [pair for pair in SHORT_SOURCES.items() if pair[0] != CountSource.DUO]
            self.fields[f"source_{band}"] = source = forms.ChoiceField(
                label=f"Bron voor {band.label}",
                choices=choices,
                error_messages={"invalid_choice": "Kies een bron uit de lijst."},
            )
            usual = CountSource.SCHOOL if band == AgeBand.FOUR_TWELVE else CountSource.CHILDCARE
            source.initial = usual
            if present and present.source != CountSource.DUO:
                source.initial = present.source
            rows.append(Columns(f"children_{band}", f"source_{band}"))
        self.fields["note"] = text(
            "Welk bestand of overzicht, en van welke datum?",
            longest=200,
            help_text="Bijvoorbeeld: opgave per e-mail van 12 februari 2026.",
        )
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            Fieldset("Aantallen", *rows, "note"),
            Actions(Button("save", "Opslaan"), LinkButton(back_url, "Annuleren")),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.figures():
            self.add_error("children_0_1", "Vul ten minste één aantal in.")
        return cleaned

    def figures(self) -> dict[str, Figure]:
        cleaned = self.cleaned_data
        return {
            band: Figure(
                cleaned[f"children_{band}"], cleaned[f"source_{band}"], cleaned.get("note", "")
            )
            for band in AgeBand
            if cleaned.get(f"children_{band}") is not None
        }


class ConfirmCountsForm(NldsForm):
    """Nothing to fill in: the page says what is confirmed."""


class DisputeForm(NldsForm):
    claimed = _number("Hoeveel kinderen zijn het?", "Vul in hoeveel kinderen het zijn.")
    note = _reason(
        "Waarom klopt het aantal niet?",
        "Leg uit waarom het aantal niet klopt.",
        help_text="Geen namen of andere gegevens van kinderen. Hoogstens 1.000 tekens.",
    )


class ResolutionForm(NldsForm):
    outcome = forms.ChoiceField(
        label="Welk aantal geldt?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Kies welk aantal geldt.",
            "invalid_choice": "Kies welk aantal geldt.",
        },
    )
    reason = _reason(
        "Waarom?", "Leg uit waarom u zo beslist.", help_text="Het schoolbestuur leest dit mee."
    )

    def __init__(self, *args: Any, count: ChildCount, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcome = self.fields["outcome"]
        assert isinstance(outcome, forms.ChoiceField)  # noqa: S101 - declared above
        outcome.choices = [
            ("board", f"{count.claimed}, zoals het schoolbestuur zegt"),
            ("source", f"{count.children}, volgens {count.origin}"),
        ]
