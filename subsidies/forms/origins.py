"""Where content comes from: figures to take over, and a colleague to hand the draft to."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.db.models import QuerySet

from ikc.models import User
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, CharacterCount, LinkButton, NldsHelper
from subsidies.forms.fields import story
from subsidies.services.figures import Figure


class FiguresForm(NldsForm):
    """Which figures go into the analysis; a figure that is not ticked goes out."""

    codes = forms.MultipleChoiceField(
        label="Welke cijfers neemt u over?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="De commissie leest ze bij uw analyse, met jaar en bron.",
        error_messages={"invalid_choice": "Kies cijfers uit de lijst."},
    )

    def __init__(
        self, *args: Any, figures: Iterable[Figure], back_url: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["codes"].choices = [
            (row.code, f"{row.label}, {row.period}: {row.value} (bron: {row.source})")
            for row in figures
        ]
        self.helper = NldsHelper(form_id="cijfers")
        self.helper.layout = Layout(
            "codes",
            Actions(
                Button("take", "Cijfers overnemen"), LinkButton(back_url, "Terug naar het plan")
            ),
        )


class HandOverForm(NldsForm):
    """Who goes on with the draft, and a word with it."""

    to = forms.ModelChoiceField(
        User.objects.none(),
        label="Aan wie draagt u de aanvraag over?",
        empty_label="Kies een collega",
        error_messages={
            "required": "Kies een collega.",
            "invalid_choice": "Kies een collega uit de lijst.",
        },
    )
    note = story(
        "Bericht voor uw collega",
        "",
        required=False,
        longest=500,
        rows=3,
        help_text="Hoogstens 500 tekens.",
    )

    def __init__(
        self, *args: Any, colleagues: QuerySet[User], back_url: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues
        self.helper = NldsHelper(form_id="overdragen")
        self.helper.layout = Layout(
            "to",
            CharacterCount("note"),
            Actions(
                Button("hand_over", "Aanvraag overdragen"), LinkButton(back_url, "Alle stappen")
            ),
        )
