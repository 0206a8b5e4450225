"""Bringing back the file of a round, and confirming what it would change."""

from crispy_forms.layout import Layout
from django import forms

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, FileUpload, LinkButton, NldsHelper


class FigureFileForm(NldsForm):
    """The file that came out of this round, filled in."""

    file = forms.FileField(
        label="Ingevuld bestand",
        allow_empty_file=True,  # the service refuses it, in its own words
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        help_text="Het Excel-bestand van deze ronde, hoogstens 20 MB. Geen gegevens van personen.",
        error_messages={"required": "Kies een bestand.", "invalid": "Kies een bestand."},
    )

    def __init__(self, *args, back: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            FileUpload("file"),
            Actions(Button("upload", "Nakijken"), LinkButton(back, "Annuleren")),
        )


class ConfirmFileForm(NldsForm):
    """Rows with a mistake stay out only when somebody says so."""

    skip_errors = forms.BooleanField(
        label="Laat de regels met een fout weg en lees de rest in",
        required=True,
        error_messages={
            "required": "Verbeter het bestand, of vink aan dat de regels met een fout wegblijven."
        },
    )

    def __init__(self, *args, has_errors: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not has_errors:
            del self.fields["skip_errors"]
