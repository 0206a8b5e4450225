"""The form for another wording of a standard letter: what is wrong with a text stands at its field."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Field, Layout
from django import forms

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, LinkButton, NldsHelper
from subsidies.forms.fields import day, story, text
from subsidies.models import Letter
from subsidies.services.letter_templates import problems_with

PREVIEW = "preview"
INVENTED = ""


class LetterTextForm(NldsForm):
    """Subject, text, why and from when; with a look at the PDF before it is kept."""

    subject = text("Onderwerp", "Schrijf het onderwerp op.", longest=200)
    body = story(
        "Tekst",
        "Schrijf de tekst op.",
        longest=20000,
        rows=24,
        help_text="Een lege regel begint een nieuwe alinea. Begin een kop met ‘## ’ en een punt van een lijst met ‘- ’.",
    )
    reason = text(
        "Reden van de wijziging",
        "Schrijf op waarom de tekst verandert.",
        longest=300,
        help_text="Komt in de geschiedenis te staan.",
    )
    valid_from = day("Geldt vanaf", "Vul in vanaf welke dag deze tekst geldt.")
    case = forms.TypedChoiceField(
        label="Voorbeeld met de gegevens van",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="Alleen om de PDF te bekijken; er wordt niets verstuurd.",
    )
    after = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, code: str, cases: Sequence[Letter], back_url: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.code = code
        choices = [(letter.pk, str(letter.application)) for letter in cases]
        self.fields["case"].choices = [(INVENTED, "een verzonnen aanvraag"), *choices]
        self.helper = NldsHelper(form_id="brieftekst")
        self.helper.layout = Layout(
            "subject",
            "body",
            "reason",
            "valid_from",
            "case",
            Field("after"),
            Actions(
                Button("keep", "Nieuwe versie bewaren"),
                Button(PREVIEW, "Bekijk als PDF", appearance="secondary"),
                LinkButton(back_url, "Annuleren"),
            ),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "subject" in cleaned and "body" in cleaned:
            for name, problem in problems_with(
                self.code, cleaned["subject"], cleaned["body"]
            ).items():
                self.add_error(name, problem)
        return cleaned


class BackToStandardForm(NldsForm):
    """Why the municipality goes back to the portal's own text."""

    reason = text("Reden", "Schrijf op waarom u teruggaat naar de standaardtekst.", longest=300)
