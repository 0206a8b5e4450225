"""Uploading a file with an application."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from kvk2.core.uploads import ACCEPT, MAX_FILE_BYTES
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, FileUpload, NldsHelper
from subsidies.models import Attachment


class AttachmentForm(NldsForm):
    """One file and what it is; its content is judged by the service."""

    kind = forms.ChoiceField(
        label="Wat voor stuk is het?",
        choices=Attachment.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat voor stuk het is."},
    )
    file = forms.FileField(
        label="Bestand",
        allow_empty_file=True,  # the service refuses it, in its own words
        help_text="PDF, DOCX, XLSX, JPG of PNG. Hoogstens 20 MB per bestand en 100 MB samen.",
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={"required": "Kies een bestand.", "invalid": "Kies een bestand."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="bijlage")
        self.helper.layout = Layout(
            "kind",
            FileUpload("file"),
            Actions(Button("upload", "Bestand toevoegen", appearance="secondary", icon="upload")),
        )

    def clean_file(self):
        """Refuse what is too large before it is read into memory."""
        upload = self.cleaned_data["file"]
        if upload.size > MAX_FILE_BYTES:
            raise forms.ValidationError(f"‘{upload.name}’ is groter dan 20 MB.")
        return upload
