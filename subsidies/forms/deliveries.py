"""The forms about whether a message arrived: a notice that came back, a second one, and paper."""

from collections.abc import Sequence
from typing import Any

from django import forms

from kvk2.nlds.forms import NldsForm
from subsidies.forms.fields import day, text


class BounceForm(NldsForm):
    recipient = forms.ChoiceField(
        label="E-mailadres", error_messages={"required": "Kies het e-mailadres."}
    )
    note = text(
        "Wat er terugkwam",
        "Schrijf op wat er terugkwam.",
        longest=300,
        help_text="Bijvoorbeeld: de postbus bestaat niet meer.",
    )

    def __init__(self, *args: Any, addresses: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recipient"].choices = [(address, address) for address in addresses]


class AgainForm(NldsForm):
    recipient = forms.EmailField(
        label="E-mailadres",
        error_messages={
            "required": "Vul in naar welk e-mailadres de melding gaat.",
            "invalid": "Vul een e-mailadres in, bijvoorbeeld naam@school.nl.",
        },
    )


class PaperForm(NldsForm):
    posted_on = day("Dag van verzending", "Vul in op welke dag de brief op de post ging.")
