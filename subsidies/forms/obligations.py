"""What came of an effort: the evidence of the applicant, and the verdict of the municipality."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from kvk2.core.uploads import ACCEPT
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, FileUpload, LinkButton, NldsHelper
from subsidies.forms.attachments import SeveralFilesField, SeveralFilesInput
from subsidies.forms.fields import story
from subsidies.services.round_documents import NewFile

VERDICTS = [
    ("met", "Voldaan: de aanvrager heeft zich genoeg ingespannen"),
    ("partly_met", "Deels voldaan"),
    ("not_met", "Niet voldaan"),
]


class EvidenceForm(NldsForm):
    evidence = story(
        "Wat deed u, en wat leverde het op?",
        "Schrijf op wat u deed en wat dat opleverde.",
        longest=4000,
        rows=8,
        help_text="Noem geen namen van kinderen.",
    )
    files = SeveralFilesField(
        label="Bewijsstukken",
        required=False,
        allow_empty_file=True,  # the service refuses it, in its own words
        widget=SeveralFilesInput(attrs={"accept": ACCEPT}),
        help_text="PDF, DOCX, XLSX, JPG of PNG.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="bewijs")
        self.helper.layout = Layout(
            "evidence",
            FileUpload("files"),
            Actions(Button("submit", "Bewijs indienen"), LinkButton(back_url, "Annuleren")),
        )

    def uploads(self) -> list[NewFile]:
        found = self.cleaned_data["files"]
        return [NewFile(file.name or "", file.read()) for file in found if file is not None]


class VerdictForm(NldsForm):
    verdict = forms.ChoiceField(
        label="Is aan de verplichting voldaan?",
        choices=VERDICTS,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies of aan de verplichting is voldaan."},
    )
    reason = story(
        "Waarom?",
        "Schrijf op waarom u dit vindt.",
        longest=4000,
        rows=6,
        help_text="De aanvrager leest dit.",
    )
    commission_view = story(
        "Wat vindt de IKC-commissie ervan?",
        "",
        longest=4000,
        rows=4,
        required=False,
        help_text="Als u de commissie om advies vroeg. De aanvrager leest dit.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="oordeel")
        self.helper.layout = Layout(
            "verdict",
            "reason",
            "commission_view",
            Actions(Button("judge", "Oordeel vastleggen"), LinkButton(back_url, "Annuleren")),
        )
