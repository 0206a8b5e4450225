"""The forms around decisions and letters."""

from collections.abc import Mapping
from typing import Any

from django import forms

from kvk2.nlds.forms import NldsForm
from subsidies.forms.fields import day, story
from subsidies.services.decisions import CHECKLIST


class ChecklistForm(NldsForm):
    """What the second project leader looked at, point by point."""

    points: Mapping[str, str] = CHECKLIST

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, sentence in self.points.items():
            self.fields[code] = forms.BooleanField(
                label=sentence,
                error_messages={"required": f"Controleer en vink aan: {sentence}"},
            )

    def checked(self) -> list[str]:
        return [code for code in self.points if self.cleaned_data.get(code)]


class MotivationForm(NldsForm):
    motivation = story(
        "Motivering",
        "Een besluit heeft een motivering. Schrijf op waarom.",
        longest=6000,
        rows=8,
        help_text="Een lege regel begint een nieuwe alinea. De plaats in de rangschikking staat al in de brief.",
    )


class PostingForm(NldsForm):
    posted_on = day(
        "Datum van verzending",
        "Vul in op welke dag de brief op de post gaat.",
        help_text="Deze datum komt op de brief. Vanaf die dag loopt de bezwaartermijn.",
    )


class SigningForm(NldsForm):
    agreed = forms.BooleanField(
        label="Ik neem deze besluiten namens het college",
        error_messages={"required": "Verklaar dat u deze besluiten namens het college neemt."},
    )
