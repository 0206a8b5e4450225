"""A ground to refuse that somebody finds, and the view of the applicant."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, CharacterCount, LinkButton, NldsHelper
from subsidies.forms.fields import day, story
from subsidies.models import ViewRequest


class GroundForm(NldsForm):
    """Which ground of the scheme, why, and on whose facts."""

    code = forms.ChoiceField(
        label="Welke weigeringsgrond geldt?",
        widget=forms.RadioSelect,
        error_messages={"required": "Kies een weigeringsgrond."},
    )
    motivation = story(
        "Waarom?",
        "Schrijf op waarom deze weigeringsgrond geldt.",
        longest=1500,
        rows=5,
        help_text="Deze tekst komt in het besluit. Hoogstens 1.500 tekens.",
    )
    on_other_data = forms.BooleanField(
        label="Dit rust op andere gegevens dan de aanvrager gaf",
        required=False,
        help_text="Dan moet de aanvrager eerst kunnen reageren (artikel 4:7 Awb).",
    )

    def __init__(
        self, *args: Any, grounds: Sequence[tuple[str, str]], back_url: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = grounds  # type: ignore[attr-defined]
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "code",
            CharacterCount("motivation"),
            "on_other_data",
            Actions(Button("save", "Weigeringsgrond vastleggen"), LinkButton(back_url, "Terug")),
        )


class ViewForm(NldsForm):
    """What the applicant says, typed by the applicant."""

    text = story(
        "Wat vindt u ervan?",
        "Schrijf op wat u ervan vindt.",
        longest=5000,
        rows=8,
        help_text="Hoogstens 5.000 tekens.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            *self.parts(),
            CharacterCount("text"),
            Actions(Button("save", self.done), LinkButton(back_url, "Terug")),
        )

    done = "Reactie versturen"

    def parts(self) -> list[str]:
        return []


class ReceivedViewForm(ViewForm):
    """The same, written down by the project leader: a letter, a mail or a conversation."""

    manner = forms.ChoiceField(
        label="Hoe reageerde de aanvrager?",
        choices=ViewRequest.Manner.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies schriftelijk of mondeling."},
    )
    received_on = day("Op welke dag?", "Vul in op welke dag de aanvrager reageerde.")

    done = "Zienswijze bewaren"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = "Wat zei de aanvrager?"

    def parts(self) -> list[str]:
        return ["manner", "received_on"]
