"""Forms on the way of a report: laying it before the parties, reacting, adopting."""

from typing import Any

from django import forms

from kvk2.nlds.forms import NldsForm
from monitoring.voices import Voice


class HearingForm(NldsForm):
    until = forms.DateField(
        label="Reageren kan tot en met",
        help_text="Ten minste tien werkdagen na vandaag.",
        error_messages={
            "required": "Vul in tot wanneer de partijen kunnen reageren.",
            "invalid": "Vul een geldige datum in, bijvoorbeeld 1-12-2025.",
        },
    )


class ReactionForm(NldsForm):
    voice = forms.ChoiceField(
        label="Namens wie reageert u?",
        widget=forms.RadioSelect,
        error_messages={"required": "Kies namens wie u reageert."},
    )
    agrees = forms.ChoiceField(
        label="Kunt u zich vinden in het rapport?",
        choices=[("yes", "Ja"), ("no", "Nee, of niet helemaal")],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies ja of nee."},
    )
    text = forms.CharField(
        label="Uw reactie",
        help_text="Uw woorden komen zo in het vastgestelde rapport. Noem geen namen van kinderen of ouders.",
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"max_length": "Uw reactie is langer dan 3.000 tekens. Maak haar korter."},
    )

    def __init__(self, *args, voices: list[Voice], **kwargs):
        super().__init__(*args, **kwargs)
        self.voices = {voice.value: voice for voice in voices}
        field: Any = self.fields["voice"]
        field.choices = [(voice.value, voice.name) for voice in voices]
        if len(voices) == 1:
            self.initial["voice"] = voices[0].value

    def clean(self):
        data = super().clean() or {}
        if data.get("agrees") == "no" and not data.get("text", "").strip():
            self.add_error("text", "Schrijf op waar u het niet mee eens bent.")
        return data

    def deed(self) -> dict:
        """What the service takes."""
        data = self.cleaned_data
        return {
            "voice": self.voices[data["voice"]],
            "agrees": data["agrees"] == "yes",
            "text": data["text"],
        }


class AdoptForm(NldsForm):
    item: forms.ModelChoiceField = forms.ModelChoiceField(
        label="In welk overleg zijn de rapporten besproken?",
        queryset=None,
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": "Kies het overleg waarin de Ontwikkelgroep de rapporten besprak.",
            "invalid_choice": "Kies het overleg waarin de Ontwikkelgroep de rapporten besprak.",
        },
    )
    reports = forms.MultipleChoiceField(
        label="Welke rapporten stelt de Ontwikkelgroep vast?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Kies ten minste één rapport.",
            "invalid_choice": "Een van deze rapporten kan nu niet worden vastgesteld.",
        },
    )

    def __init__(self, *args, items, reports, **kwargs):
        super().__init__(*args, **kwargs)
        meetings: Any = self.fields["item"]
        meetings.queryset = items
        meetings.choices = [
            (item.pk, f"{item.meeting}, punt {item.number}: {item}") for item in items
        ]
        chosen: Any = self.fields["reports"]
        chosen.choices = [(str(report.pk), report.title) for report in reports]
        self.initial["reports"] = [str(report.pk) for report in reports]
