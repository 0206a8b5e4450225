"""The checklist of the project leader."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, CharacterCount, NldsHelper
from subsidies.services.admission import CHECKLIST


class CheckForm(NldsForm):
    """All questions of the check; an application is admitted when each is answered with yes."""

    checked = forms.MultipleChoiceField(
        label="Controleer de aanvraag",
        help_text="Vink aan wat klopt. Alles moet kloppen om toe te laten.",
        choices=list(CHECKLIST.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Vink aan wat u hebt gecontroleerd."},
    )
    note = forms.CharField(
        label="Opmerking voor het dossier",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "De opmerking is te lang: hoogstens 1.000 tekens."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="controle")
        self.helper.layout = Layout(
            "checked",
            CharacterCount("note"),
            Actions(Button("admit", "Toelaten tot de beoordeling", icon="check")),
        )

    def clean_checked(self) -> list[str]:
        checked = self.cleaned_data["checked"]
        if missing := len(CHECKLIST) - len(checked):
            raise forms.ValidationError(
                f"{missing} van de {len(CHECKLIST)} punten zijn nog niet akkoord. Toelaten kan pas als alles klopt."
            )
        return checked
