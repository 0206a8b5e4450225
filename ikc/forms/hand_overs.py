"""The form of a director who leaves, and of the project leader who completes it."""

from django import forms

from ikc.forms.fields import day, text
from ikc.models import User
from kvk2.nlds.forms import NldsForm


class LeavingForm(NldsForm):
    """Who follows is named by e-mail address: nobody needs a list of all users for it."""

    last_day = day("Laatste dag als directeur", "Vul de laatste dag in.")
    successor = forms.EmailField(
        label="E-mailadres van de opvolger",
        required=False,
        help_text="Zoals de opvolger inlogt. Laat dit leeg als er nog niemand is.",
        error_messages={"invalid": "Vul een e-mailadres in, bijvoorbeeld naam@school.nl."},
    )
    note = forms.CharField(
        label="Wat de opvolger moet weten",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_successor(self) -> User | None:
        email = self.cleaned_data["successor"]
        if not email:
            return None
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise forms.ValidationError(
                "Er is nog geen account met dit e-mailadres. Vraag de beheerder om een uitnodiging."
            )
        return user


class HandOverForm(LeavingForm):
    mandate_reference = text(
        "Kenmerk van de machtiging van de opvolger",
        longest=120,
        help_text="Van het schoolbestuur. Zonder machtiging kan de opvolger niet ondertekenen.",
    )
    field_order = ("last_day", "successor", "mandate_reference", "note")
