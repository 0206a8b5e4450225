"""Asking to complete an application, the files that come in, and judging what came in."""

from collections.abc import Sequence
from typing import Any, cast

from crispy_forms.layout import HTML, Layout
from django import forms

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Button,
    CharacterCount,
    FormsetTable,
    LinkButton,
    NldsHelper,
)
from subsidies.forms.attachments import AttachmentForm
from subsidies.forms.fields import story
from subsidies.forms.rows import BaseRowFormSet
from subsidies.models import Attachment, Subject
from subsidies.services.completions import LONGEST_TERM_DAYS, Asked

ITEMS = "items"
TERM = f"Vul een termijn in van 1 tot en met {LONGEST_TERM_DAYS} dagen."


class CompletionRequestForm(NldsForm):
    """Until when, and what to say with it; what is missing is the formset in its layout."""

    term_days = forms.IntegerField(
        label="Hoeveel dagen krijgt de aanvrager?",
        min_value=1,
        max_value=LONGEST_TERM_DAYS,
        help_text="De termijn telt vanaf morgen. Zolang de aanvrager aanvult, staat onze beslistermijn stil.",
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), TERM),
    )
    note = story(
        "Toelichting in de brief",
        "",
        longest=1000,
        rows=3,
        required=False,
        help_text="Alleen als u iets wilt uitleggen. Hoogstens 1.000 tekens.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="aanvulling-vragen")
        self.helper.layout = Layout(
            HTML('<input type="hidden" name="typed_by" value="{{ typed_by }}">'),
            FormsetTable(ITEMS, "Wat ontbreekt er?", row_name="onderdeel"),
            "term_days",
            CharacterCount("note"),
            Actions(Button("ask", "Aanvulling vragen", icon="send"), LinkButton(back_url, "Terug")),
        )


class AskedForm(NldsForm):
    """One thing that is missing."""

    subject = forms.ChoiceField(
        label="Onderdeel", error_messages={"required": "Kies om welk onderdeel het gaat."}
    )
    text = forms.CharField(
        label="Wat vraagt u precies?",
        max_length=500,
        error_messages={
            "required": "Schrijf op wat er ontbreekt.",
            "max_length": "Dit is te lang: hoogstens 500 tekens.",
        },
    )
    check_code = forms.CharField(widget=forms.HiddenInput, required=False, max_length=30)

    def __init__(self, *args: Any, subjects: Sequence[Subject], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = [("", "Kies"), *((subject.value, subject.label) for subject in subjects)]
        cast(forms.ChoiceField, self.fields["subject"]).choices = chosen


class BaseAskedFormSet(BaseRowFormSet):
    def asked(self) -> list[Asked]:
        """The valid rows that were not taken away."""
        return [
            Asked(**{name: row[name] for name in ("subject", "text", "check_code")})
            for row in self.rows()
        ]


AskedFormSet = forms.formset_factory(
    AskedForm, formset=BaseAskedFormSet, extra=0, max_num=20, can_delete=True
)


class CorrectionFileForm(AttachmentForm):
    """A file that was asked for; only of the kinds that were asked."""

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind, Attachment.Kind(kind).label) for kind in kinds]
        cast(forms.ChoiceField, self.fields["kind"]).choices = choices
        if len(choices) == 1:
            self.fields["kind"].initial = choices[0][0]


class JudgeForm(NldsForm):
    """Take a correction over, or say why not."""

    judgement = story(
        "Toelichting voor de aanvrager",
        "",
        longest=1000,
        rows=3,
        required=False,
        help_text="Verplicht als u de aanvulling niet overneemt. Hoogstens 1.000 tekens.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="oordeel")
        self.helper.layout = Layout(
            CharacterCount("judgement"),
            Actions(
                Button("accept", "Overnemen in de aanvraag", icon="check"),
                Button("reject", "Niet overnemen", appearance="secondary", negative=True),
            ),
        )


class NotProcessingForm(NldsForm):
    """Why the application stays unprocessed; the letter names by itself what was asked and until when."""

    motivation = story(
        "Motivering",
        "Schrijf op waarom de aanvraag niet wordt behandeld.",
        longest=3000,
        rows=6,
        help_text="Wat er werd gevraagd en tot wanneer, staat al in de brief. Hoogstens 3.000 tekens.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="niet-behandelen")
        self.helper.layout = Layout(
            CharacterCount("motivation"),
            Actions(Button("draft", "Concept ter toetsing geven"), LinkButton(back_url, "Terug")),
        )
