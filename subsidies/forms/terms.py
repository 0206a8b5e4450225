"""The forms that change a term of one application, or tell that it will not be met."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from kvk2.core.errors import DomainError
from kvk2.core.uploads import ACCEPT, require_size
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Button,
    CharacterCount,
    Columns,
    FileUpload,
    LinkButton,
    NldsHelper,
)
from kvk2.nlds.templatetags.nlds import upper_first
from subsidies.forms.fields import day, story, text
from subsidies.models import DefaultNotice
from subsidies.services.default_notices import ReceivedNotice
from subsidies.services.round_documents import NewFile
from subsidies.services.term_changes import STOPS

PREVIEW = "preview"


class CompletionExtensionForm(NldsForm):
    """Until when the applicant may complete now, and why."""

    due_on = day(
        "Aanvullen kan tot en met", "Vul in tot en met welke dag de aanvrager kan aanvullen."
    )
    reason = story(
        "Reden",
        "Schrijf op waarom de aanvrager meer tijd krijgt.",
        longest=1000,
        rows=3,
        help_text="Staat in de brief. Hoogstens 1.000 tekens.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="langer-aanvullen")
        self.helper.layout = Layout(
            "due_on",
            CharacterCount("reason"),
            Actions(
                Button("extend", "Meer tijd geven", icon="send"), LinkButton(back_url, "Annuleren")
            ),
        )


class LaterDecisionForm(NldsForm):
    """The day on which the applicant will have the decision, and why it is later; the letter can be read first."""

    expected_on = day(
        "Wij beslissen uiterlijk op", "Vul in op welke dag de aanvrager het besluit heeft."
    )
    reason = story(
        "Reden",
        "Schrijf op waarom het besluit later komt.",
        longest=2000,
        rows=5,
        help_text="Staat in de brief. Hoogstens 2.000 tekens.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="later-besluit")
        self.helper.layout = Layout(
            "expected_on",
            CharacterCount("reason"),
            Actions(
                Button("tell", "Bericht versturen", icon="send"),
                Button(PREVIEW, "Voorbeeld van de brief", appearance="secondary"),
                LinkButton(back_url, "Annuleren"),
            ),
        )


class ClockStopForm(NldsForm):
    """Why and from when the term to decide stands still."""

    reason = forms.ChoiceField(
        label="Waarom staat de termijn stil?",
        choices=[(choice.value, upper_first(str(choice.label))) for choice in STOPS],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies waarom de termijn stilstaat."},
    )
    first_day = day("Eerste dag", "Vul in vanaf welke dag de termijn stilstaat.")
    resumes_on = day(
        "Loopt weer verder op",
        "",
        required=False,
        help_text="Bij afgesproken uitstel altijd nodig. Weet u het nog niet? Laat het dan leeg.",
    )
    note = story(
        "Toelichting",
        "Schrijf op waarom de termijn stilstaat.",
        longest=500,
        rows=3,
        help_text="Staat in de brief. Noem bij uitstel de brief of mail waarin de aanvrager instemde.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="opschorting")
        self.helper.layout = Layout(
            "reason",
            Columns("first_day", "resumes_on"),
            CharacterCount("note"),
            Actions(
                Button("stop", "Opschorting vastleggen", icon="send"),
                LinkButton(back_url, "Annuleren"),
            ),
        )


class ClockResumeForm(NldsForm):
    """From when the term runs again."""

    resumes_on = day(
        "De termijn loopt weer verder op", "Vul in vanaf welke dag de termijn weer loopt."
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="opschorting-einde")
        self.helper.layout = Layout(
            "resumes_on",
            Actions(Button("resume", "Einde vastleggen"), LinkButton(back_url, "Annuleren")),
        )


class DefaultNoticeForm(NldsForm):
    """A default notice as it came in."""

    received_on = day("Ontvangen op", "Vul in op welke dag de ingebrekestelling binnenkwam.")
    sender = text(
        "Van wie?",
        "Vul in van wie de ingebrekestelling komt.",
        longest=200,
        help_text="De afzender.",
    )
    file = forms.FileField(
        label="De brief",
        required=False,
        allow_empty_file=True,  # the service refuses it, in its own words
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text="PDF, DOCX, JPG of PNG.",
    )
    note = text("Toelichting", "", longest=500, required=False)

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="ingebrekestelling")
        self.helper.layout = Layout(
            "received_on",
            "sender",
            FileUpload("file"),
            "note",
            Actions(
                Button("record", "Ingebrekestelling vastleggen"), LinkButton(back_url, "Annuleren")
            ),
        )

    def clean_file(self) -> NewFile | None:
        """Refuse what is too large before it is read into memory."""
        upload = self.cleaned_data["file"]
        if not upload:
            return None
        try:
            require_size(upload.name, upload.size or 0)
        except DomainError as error:
            raise forms.ValidationError(error.message) from error
        return NewFile(upload.name, upload.read())

    def notice(self) -> ReceivedNotice:
        """The valid form as the service wants it."""
        return ReceivedNotice(**self.cleaned_data)


class NoPenaltyForm(NldsForm):
    """Why no penalty is due."""

    no_penalty = forms.ChoiceField(
        label="Waarom is er geen dwangsom?",
        choices=[
            (choice.value, upper_first(str(choice.label))) for choice in DefaultNotice.NoPenalty
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies waarom er geen dwangsom is."},
    )
    reason = story("Toelichting", "Schrijf op waarom er geen dwangsom is.", longest=1000, rows=3)

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="geen-dwangsom")
        self.helper.layout = Layout(
            "no_penalty",
            CharacterCount("reason"),
            Actions(Button("judge", "Vastleggen"), LinkButton(back_url, "Annuleren")),
        )
