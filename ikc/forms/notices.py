"""The form with which a user says when which e-mail comes."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from ikc.notices import NoticeKind, NoticeWhen
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, LinkButton, NldsHelper


class NoticesForm(NldsForm):
    """One choice for each kind."""

    def __init__(
        self, *args: Any, kinds: Sequence[NoticeKind], back_url: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for kind in kinds:
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label,
                choices=NoticeWhen.choices,
                widget=forms.RadioSelect,
                error_messages={"required": f"Kies wanneer u hoort: {kind.label.lower()}."},
            )
        self.helper = NldsHelper(form_id="meldingen")
        self.helper.layout = Layout(
            *[kind.value for kind in kinds],
            Actions(Button("save", "Bewaren"), LinkButton(back_url, "Annuleren")),
        )

    def choices(self) -> dict[NoticeKind, str]:
        """What was chosen, by kind."""
        return {NoticeKind(name): value for name, value in self.cleaned_data.items()}
