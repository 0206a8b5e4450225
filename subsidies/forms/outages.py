"""The forms with which an outage is written down, and the closing of a round put off for it."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Button,
    CharacterCount,
    Columns,
    Fieldset,
    LinkButton,
    NldsHelper,
)
from kvk2.nlds.templatetags.nlds import dutch_datetime
from subsidies.forms.fields import clock, day, story, text
from subsidies.models import Outage
from subsidies.services.outages import ExtensionDecision


def _moment(cleaned: Mapping[str, Any], prefix: str) -> datetime | None:
    """A day and a time together, on the Amsterdam clock; nothing when one of them is missing."""
    on, at = cleaned.get(f"{prefix}_on"), cleaned.get(f"{prefix}_time")
    if on is None or at is None:
        return None
    return _local(on, at)


def _local(on: date, at: time) -> datetime:
    return timezone.make_aware(datetime.combine(on, at))


class OutageForm(NldsForm):
    """When the portal could not be reached, and what did not work; the end may come later."""

    started_on = day("Begonnen op", "Vul in op welke dag de storing begon.")
    started_time = clock("Om", "Vul in hoe laat de storing begon.")
    ended_on = day("Voorbij op", "", required=False)
    ended_time = clock("Om", "", required=False)
    description = story(
        "Wat werkte er niet?",
        "Schrijf op wat er niet werkte.",
        longest=500,
        rows=3,
        help_text="In hoogstens 500 tekens. Iedereen kan dit lezen als de sluiting wordt verlengd.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="storing")
        self.helper.layout = Layout(
            Fieldset("Begin", Columns("started_on", "started_time")),
            Fieldset(
                "Einde",
                Columns("ended_on", "ended_time"),
                description="Duurt de storing nog? Laat dit dan leeg en vul het later in.",
            ),
            CharacterCount("description"),
            Actions(Button("record", "Storing vastleggen"), LinkButton(back_url, "Annuleren")),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = [name for name in ("ended_on", "ended_time") if cleaned.get(name) is not None]
        if len(given) == 1 and not {"ended_on", "ended_time"} & set(self.errors):
            lacking = "ended_time" if given == ["ended_on"] else "ended_on"
            self.add_error(lacking, "Vul bij het einde de dag en de tijd in, of geen van beide.")
        return cleaned

    def values(self) -> dict[str, Any]:
        """The valid form as the service wants it."""
        cleaned = self.cleaned_data
        return {
            "started_at": _moment(cleaned, "started"),
            "ended_at": _moment(cleaned, "ended"),
            "description": cleaned["description"],
        }


class OutageEndForm(NldsForm):
    """When the outage was over."""

    ended_on = day("Voorbij op", "Vul in op welke dag de storing voorbij was.")
    ended_time = clock("Om", "Vul in hoe laat de storing voorbij was.")

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="einde")
        self.helper.layout = Layout(
            Columns("ended_on", "ended_time"),
            Actions(Button("end", "Einde vastleggen"), LinkButton(back_url, "Annuleren")),
        )

    @property
    def ended_at(self) -> datetime | None:
        return _moment(self.cleaned_data, "ended")


class OutageField(forms.ModelChoiceField):
    """A choice between outages, by when they began."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{dutch_datetime(obj.started_at)}: {obj.description}"


class ExtensionForm(NldsForm):
    """The decision by which the round closes later."""

    outage = OutageField(
        Outage.objects.none(),
        label="Om welke storing gaat het?",
        empty_label="Kies de storing",
        error_messages={"required": "Kies om welke storing het gaat."},
    )
    closes_on = day("Nieuwe sluiting op", "Vul in op welke dag de ronde sluit.")
    closes_time = clock("Om", "Vul in hoe laat de ronde sluit.")
    decision_number = text(
        "Nummer van het collegebesluit", "Vul het nummer van het collegebesluit in.", longest=60
    )
    decided_on = day("Datum van het collegebesluit", "Vul de datum van het collegebesluit in.")
    reason = story(
        "Waarom sluit de ronde later?",
        "Schrijf op waarom de ronde later sluit.",
        longest=500,
        rows=3,
        help_text="In hoogstens 500 tekens. Iedereen kan dit lezen.",
    )
    confirmed = forms.BooleanField(
        label="Ik heb de nieuwe dag en tijd vergeleken met het besluit",
        error_messages={"required": "Vergelijk de nieuwe dag en tijd met het besluit en vink aan."},
    )

    def __init__(self, *args: Any, outages: QuerySet[Outage], back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outage"].queryset = outages
        self.helper = NldsHelper(form_id="verlengen")
        self.helper.layout = Layout(
            "outage",
            Columns("closes_on", "closes_time"),
            Fieldset("Besluit", "decision_number", "decided_on", CharacterCount("reason")),
            "confirmed",
            Actions(Button("extend", "Sluiting verlengen"), LinkButton(back_url, "Annuleren")),
        )

    def decision(self) -> ExtensionDecision:
        """The valid form as the service wants it."""
        cleaned = self.cleaned_data
        return ExtensionDecision(
            outage=cleaned["outage"],
            new_closing=_local(cleaned["closes_on"], cleaned["closes_time"]),
            decision_number=cleaned["decision_number"],
            decided_on=cleaned["decided_on"],
            reason=cleaned["reason"],
        )
