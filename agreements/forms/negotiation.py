"""The forms of the negotiation: laying a text before the parties, comments, and which texts to compare."""

from collections.abc import Iterable
from typing import Any, cast

from crispy_forms.layout import Layout
from django import forms

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Button,
    CharacterCount,
    Fieldset,
    LinkButton,
    NldsHelper,
)
from subsidies.forms.fields import story


class LayForm(NldsForm):
    """What the parties should look at in the text that is laid before them."""

    note = story(
        "Toelichting voor de partijen",
        "",
        longest=1000,
        rows=4,
        required=False,
        help_text="Wat is er veranderd, en waar vraagt u een reactie op? In hoogstens 1.000 tekens.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            CharacterCount("note"),
            Actions(
                Button("save", "Voorleggen aan de partijen"), LinkButton(back_url, "Annuleren")
            ),
        )


class WordsForm(NldsForm):
    """A comment, an answer or what was done with a comment: one box."""

    text = story("Opmerking", "Schrijf uw opmerking op.", longest=1500, rows=5)

    def __init__(
        self, *args: Any, label: str, missing: str, button: str, back_url: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["text"]
        field.label, field.help_text = label, "In hoogstens 1.500 tekens."
        field.error_messages["required"] = missing
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            CharacterCount("text"),
            Actions(Button("save", button), LinkButton(back_url, "Annuleren")),
        )


class AgreeForm(NldsForm):
    """Whether the reader has read it; agreeing itself is the button."""

    read = forms.BooleanField(
        error_messages={"required": "Bevestig dat u de hele tekst hebt gelezen."}
    )

    def __init__(self, *args: Any, organisation: str, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "read"
        ].label = f"Ik heb de hele tekst gelezen en ga akkoord namens {organisation}"
        self.helper = NldsHelper(form_id="akkoord")
        self.helper.layout = Layout(
            Fieldset(
                "Akkoord gaan",
                "read",
                description="Verandert de tekst daarna nog, dan vervalt uw akkoord. Tekenen komt later.",
            ),
            Actions(Button("agree", "Akkoord", icon="check"), LinkButton(back_url, "Niet nu")),
        )


class CompareForm(NldsForm):
    """Two texts of one agreement; sent by GET."""

    van = forms.ChoiceField(label="Oude tekst")
    tot = forms.ChoiceField(label="Nieuwe tekst")

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = list(choices)
        for name in ("van", "tot"):
            cast(forms.ChoiceField, self.fields[name]).choices = texts
            self.fields[name].error_messages["invalid_choice"] = "Kies een tekst uit de lijst."
        self.helper = NldsHelper()
        self.helper.form_method = "get"
        self.helper.layout = Layout("van", "tot", Actions(Button("toon", "Vergelijken")))
