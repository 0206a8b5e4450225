"""The forms on the way of one later decision."""

from typing import Any

from django import forms

from kvk2.nlds.forms import NldsForm
from subsidies.forms.fields import story
from subsidies.services.acts import CHECKLIST


class ActChecklistForm(NldsForm):
    """What the second project leader looked at, point by point."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, sentence in CHECKLIST.items():
            self.fields[code] = forms.BooleanField(
                label=sentence,
                error_messages={"required": f"Controleer en vink aan: {sentence}"},
            )

    def checked(self) -> list[str]:
        return [code for code in CHECKLIST if self.cleaned_data.get(code)]


class ActMotivationForm(NldsForm):
    motivation = story(
        "Motivering",
        "Een besluit heeft een motivering. Schrijf op waarom.",
        longest=6000,
        rows=8,
        help_text="Een lege regel begint een nieuwe alinea. De motivering komt zo in de brief.",
    )


class ActSigningForm(NldsForm):
    agreed = forms.BooleanField(
        label="Ik neem dit besluit namens het college",
        error_messages={"required": "Verklaar dat u dit besluit namens het college neemt."},
    )
