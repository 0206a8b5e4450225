"""Uploading files with an application."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from kvk2.core.uploads import ACCEPT, megabytes
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, FileUpload, NldsHelper
from subsidies.models import Attachment


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """A list of uploads; what is wrong with one is told of that one, by the service that reads it."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(SeveralFilesField, self).clean(file, initial) for file in files or [None]]


class AttachmentForm(NldsForm):
    """Files of one kind; their content is judged by the service."""

    kind = forms.ChoiceField(
        label="Wat voor stuk is het?",
        choices=Attachment.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat voor stuk het is."},
    )
    file = SeveralFilesField(
        label="Bestanden",
        allow_empty_file=True,  # the service refuses it, in its own words
        widget=SeveralFilesInput(attrs={"accept": ACCEPT}),
        error_messages={"required": "Kies een bestand.", "invalid": "Kies een bestand."},
    )

    def __init__(
        self, *args: Any, kinds: Sequence[tuple[str, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if kinds is not None:
            self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["file"].help_text = (
            f"PDF, DOCX, XLSX, JPG of PNG. Hoogstens {settings.DATA_UPLOAD_MAX_NUMBER_FILES} tegelijk, "
            f"{megabytes(settings.UPLOAD_MAX_BYTES)} per bestand en "
            f"{megabytes(settings.APPLICATION_MAX_BYTES)} samen."
        )
        self.helper = NldsHelper(form_id="bijlage")
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            "kind",
            FileUpload("file"),
            Actions(Button("upload", "Bestanden toevoegen", appearance="secondary", icon="upload")),
        )
