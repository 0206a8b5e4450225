"""Making a key for a machine of the bureau."""

from crispy_forms.layout import Layout
from django import forms

from ikc.models import User
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, LinkButton, NldsHelper


class TokenForm(NldsForm):
    """For whom, for what and until when."""

    holder = forms.ModelChoiceField(
        label="Onderzoeker",
        queryset=User.objects.none(),
        empty_label="Kies een onderzoeker",
        help_text="Cijfers komen op naam van deze onderzoeker te staan.",
        error_messages={
            "required": "Kies de onderzoeker op wiens naam de cijfers komen.",
            "invalid_choice": "Kies een onderzoeker uit de lijst.",
        },
    )
    name = forms.CharField(
        label="Waarvoor",
        max_length=100,
        help_text="Bijvoorbeeld: meetsysteem van het bureau.",
        error_messages={"required": "Vul in waarvoor de sleutel is."},
    )
    expires_on = forms.DateField(
        label="Geldig tot en met",
        help_text="Hoogstens een jaar. Bijvoorbeeld 1-10-2026.",
        error_messages={
            "required": "Vul in tot en met welke dag de sleutel geldt.",
            "invalid": "Vul een geldige datum in, bijvoorbeeld 1-10-2026.",
        },
    )

    def __init__(self, *args, holders, back: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].queryset = holders
        self.fields["holder"].label_from_instance = lambda user: user.full_name
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            "holder",
            "name",
            "expires_on",
            Actions(Button("make", "Sleutel maken"), LinkButton(back, "Annuleren")),
        )
