"""The forms around the exercise: what scores mean, the case, its opening and its conclusion."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from crispy_forms.layout import Layout
from django import forms
from django.forms.boundfield import BoundField

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, LinkButton, NldsHelper
from subsidies.forms.assessment import SCALE
from subsidies.forms.fields import story, text
from subsidies.models import Application, Calibration, CaseSection, Criterion
from subsidies.services.anchors import LONGEST
from subsidies.services.calibration_cases import Part

# Instead of the id of an application.
MADE_UP = 0
TITLE = "Geef de oefening een naam."
FIRST = "Eerst oefenen, dan pas beoordelingen indienen"
FIRST_HELP = "Leden kunnen hun beoordelingen wel bewaren. Indienen kan als u de oefening afsluit of overslaat."


class AnchorForm(NldsForm):
    """What 1 to 5 mean on one criterion, in a sentence each."""

    def __init__(self, *args: Any, criterion: Criterion, back_url: str, **kwargs: Any) -> None:
        known = {f"anchor_{row.score}": row.text for row in criterion.anchors.all()}
        super().__init__(*args, initial=known, **kwargs)
        for score, word in SCALE.items():
            self.fields[f"anchor_{score}"] = story(
                f"Een {score} ({word.lower()}) betekent",
                f"Leg uit wat een {score} betekent.",
                longest=LONGEST,
                rows=2,
            )
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            *[f"anchor_{score}" for score in SCALE],
            Actions(Button("save", "Uitleg bewaren"), LinkButton(back_url, "Terug")),
        )

    def texts(self) -> dict[int, str]:
        return {score: self.cleaned_data[f"anchor_{score}"] for score in SCALE}


class PrepareForm(NldsForm):
    """A case of an earlier application, or an empty one to write."""

    title = text(
        "Naam van de oefening",
        TITLE,
        help_text="Leden zien deze naam. Noem het IKC niet.",
        initial="Oefenaanvraag",
    )
    source = forms.TypedChoiceField(
        label="Welke aanvraag?",
        coerce=int,
        initial=MADE_UP,
        help_text="Van een eerdere aanvraag maakt het portaal een tekst zonder namen. Die kijkt u daarna na.",
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Kies een aanvraag uit de lijst."
        ),
    )
    comes_first = forms.BooleanField(label=FIRST, required=False, help_text=FIRST_HELP)

    def __init__(
        self, *args: Any, sources: Iterable[Application], back_url: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [
            (MADE_UP, "Zelf een aanvraag bedenken"),
            *((row.pk, f"{row.number} {row.ikc}, {row.round}") for row in sources),
        ]
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "title",
            "source",
            "comes_first",
            Actions(Button("save", "Tekst maken"), LinkButton(back_url, "Terug")),
        )


class PartFields(NamedTuple):
    """One part of the case on the page."""

    number: int
    heading: BoundField
    text: BoundField


class CaseForm(NldsForm):
    """The text of the case, part by part, with room for one part more. A part without a heading goes."""

    title = text("Naam van de oefening", TITLE)
    comes_first = forms.BooleanField(label=FIRST, required=False, help_text=FIRST_HELP)

    def __init__(
        self,
        *args: Any,
        calibration: Calibration,
        sections: Sequence[CaseSection],
        **kwargs: Any,
    ) -> None:
        start: dict[str, Any] = {
            "title": calibration.title,
            "comes_first": calibration.comes_first,
        }
        for number, row in enumerate(sections, 1):
            start[f"heading_{number}"], start[f"text_{number}"] = row.heading, row.text
        super().__init__(*args, initial=start, **kwargs)
        self.numbers = range(1, len(sections) + 2)
        for number in self.numbers:
            self.fields[f"heading_{number}"] = text(f"Kop van deel {number}", "", required=False)
            self.fields[f"text_{number}"] = story(
                f"Tekst van deel {number}", "", longest=4000, rows=6, required=False
            )

    def parts_on_page(self) -> list[PartFields]:
        return [PartFields(n, self[f"heading_{n}"], self[f"text_{n}"]) for n in self.numbers]

    def clean(self) -> Mapping[str, Any]:
        values: Mapping[str, Any] = super().clean() or self.cleaned_data
        for number in self.numbers:
            if values.get(f"text_{number}") and not values.get(f"heading_{number}"):
                self.add_error(f"heading_{number}", f"Geef deel {number} een kop.")
        return values

    def parts(self) -> list[Part]:
        values = self.cleaned_data
        return [
            Part(values[f"heading_{n}"], values[f"text_{n}"])
            for n in self.numbers
            if values[f"heading_{n}"]
        ]


class OpenForm(NldsForm):
    checked = forms.BooleanField(
        label="Ik heb de tekst gelezen. Niets vertelt wie de aanvrager is.",
        error_messages={
            "required": "Lees de tekst en verklaar dat niets vertelt wie de aanvrager is."
        },
    )


class CloseForm(NldsForm):
    conclusion = story(
        "Conclusie",
        "Schrijf in een paar zinnen op wat de commissie afsprak.",
        longest=2000,
        rows=5,
        help_text="Waar lag u uit elkaar, en wat spraken de leden daarover af? De leden lezen dit.",
    )
