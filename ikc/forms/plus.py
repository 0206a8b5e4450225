"""The forms of the deeds on the status Plus."""

from crispy_forms.layout import Layout
from django import forms

from ikc.forms.fields import day, text
from ikc.models import PlusCondition, PlusReview
from ikc.services.plus import NewFile
from ikc.states import ConditionOutcome
from kvk2.core.uploads import ACCEPT
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, CharacterCount, FileUpload, LinkButton, NldsHelper

LONGEST = 2000


def story(label: str, missing: str = "", **options: str) -> forms.CharField:
    return text(
        label, missing, longest=LONGEST, widget=forms.Textarea(attrs={"rows": 4}), **options
    )


class NominateForm(NldsForm):
    source = text(
        "Waar volgt dit uit?",
        "Schrijf op waar deze kandidatuur uit volgt.",
        longest=300,
        help_text="Bijvoorbeeld: locatieanalyse van maart 2026.",
    )


class GrantForm(NldsForm):
    valid_from = day("Vanaf", "Vul in vanaf welke dag het predicaat geldt.")


class ReasonForm(NldsForm):
    """One question: why. The page says what about."""

    reason = story("Waarom?", "Schrijf op waarom.")


class IntentForm(NldsForm):
    intent = forms.ChoiceField(
        label="Wat bent u van plan?",
        choices=PlusReview.Intent.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat u van plan bent."},
    )
    reason = story(
        "Waarom?",
        "Schrijf op waarom u dit van plan bent.",
        help_text="Het schoolbestuur leest dit.",
    )
    respond_until = day(
        "Reageren tot en met", "Vul in tot en met wanneer het bestuur kan reageren."
    )


class ViewForm(NldsForm):
    view = story("Uw reactie", "Schrijf uw reactie op.")


class BurdenForm(NldsForm):
    reason = story("Waarom?", "Schrijf op waarom, en wat u met de reactie van het bestuur deed.")
    run_out = story(
        "Afbouw",
        "Schrijf op hoe de ondersteuning en het geld aflopen.",
        help_text="Noem de dag waarop de inzet stopt.",
    )
    ends_on = day("Laatste dag", "Vul in wat de laatste dag van het predicaat is.")


class SettlementForm(NldsForm):
    settlement = story(
        "Wat betekent dit voor het predicaat?", "Schrijf op wat dit voor het predicaat betekent."
    )


class EvidenceForm(NldsForm):
    """A file, or where the evidence can be found."""

    text = text(
        "Waar is het te vinden?",
        longest=500,
        help_text="Bijvoorbeeld: schoolplan 2026, hoofdstuk 3. Of een webadres.",
    )
    file = forms.FileField(
        label="Bestand",
        required=False,
        allow_empty_file=True,  # the service refuses it, in its own words
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
        help_text="PDF, DOCX, XLSX, JPG of PNG. Zet er geen gegevens van kinderen in.",
    )

    def __init__(self, *args, back_url: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="bewijs")
        self.helper.layout = Layout(
            "text",
            FileUpload("file"),
            Actions(Button("supply", "Bewijs aanleveren"), LinkButton(back_url, "Annuleren")),
        )

    def upload(self) -> NewFile | None:
        file = self.cleaned_data["file"]
        return NewFile(file.name or "", file.read()) if file else None


class AssessForm(NldsForm):
    outcome = forms.ChoiceField(
        label="Is aan de voorwaarde voldaan?",
        choices=[(row.value, row.label) for row in ConditionOutcome if row != "unknown"],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies of de voorwaarde is voldaan."},
    )
    note = story(
        "Toelichting",
        help_text="Nodig als de voorwaarde deels of niet is voldaan: wat ontbreekt er?",
    )

    def __init__(self, *args, condition: PlusCondition, **kwargs) -> None:
        kwargs["initial"] = {"outcome": condition.outcome, "note": condition.note}
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="beoordelen")
        self.helper.layout = Layout(
            "outcome",
            CharacterCount("note"),
            Actions(
                Button("assess", "Beoordeling opslaan"),
                LinkButton(condition.get_absolute_url(), "Annuleren"),
            ),
        )


class ExceptionForm(NldsForm):
    reason = story("Waarom is dit genoeg?", "Schrijf op waarom dit genoeg is.")
    decided_on = day("Besluit van het college op", "Vul in wanneer het college dit besloot.")

    def __init__(self, *args, condition: PlusCondition, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="uitzondering")
        self.helper.layout = Layout(
            CharacterCount("reason"),
            "decided_on",
            Actions(
                Button("except", "Uitzondering vastleggen"),
                LinkButton(condition.get_absolute_url(), "Annuleren"),
            ),
        )
