"""The forms with which a round is adopted, published, given up and archived, and its ceiling changed."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from kvk2.core.uploads import ACCEPT, FileRefused, require_size
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Button,
    CharacterCount,
    Currency,
    Fieldset,
    FileUpload,
    LinkButton,
    NldsHelper,
)
from subsidies.forms.fields import AmountField, day, story, text
from subsidies.models import SubsidyRound
from subsidies.services.ceilings import CeilingDecision
from subsidies.services.round_documents import NewFile


class AdoptForm(NldsForm):
    """The decision of the college with which a round is adopted."""

    decision_number = text(
        "Nummer van het collegebesluit",
        "Vul het nummer van het collegebesluit in.",
        longest=60,
        help_text="Bijvoorbeeld B&amp;W 2026-017.",
    )
    decided_on = day("Datum van het collegebesluit", "Vul de datum van het collegebesluit in.")
    document = forms.FileField(
        label="Het collegebesluit",
        allow_empty_file=True,  # the service refuses it, in its own words
        help_text="PDF of DOCX.",
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Voeg het besluit van het college toe."
        ),
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="vaststellen")
        self.helper.layout = Layout(
            "decision_number",
            "decided_on",
            FileUpload("document"),
            Actions(Button("adopt", "Ronde vaststellen"), LinkButton(back_url, "Annuleren")),
        )

    def clean_document(self) -> NewFile:
        """Refuse what is too large before it is read into memory."""
        upload = self.cleaned_data["document"]
        try:
            require_size(upload.name, upload.size or 0)
        except FileRefused as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return NewFile(upload.name, upload.read())


class PublishForm(NldsForm):
    """Where the round was published (Awb 3:42, 4:27)."""

    reference = text(
        "Vindplaats in het Gemeenteblad",
        "Vul de vindplaats in het Gemeenteblad in.",
        help_text="Bijvoorbeeld Gemeenteblad 2026, 12345.",
    )
    published_on = day("Datum van publicatie", "Vul de datum van publicatie in.")
    states_method = forms.BooleanField(
        label="De publicatie noemt het plafond en de verdeelwijze (Awb 4:26)",
        required=False,
    )
    budget_warning = forms.BooleanField(
        label="De publicatie waarschuwt dat het plafond lager kan worden bij de begroting (Awb 4:28)",
        required=False,
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="publiceren")
        self.helper.layout = Layout(
            "reference",
            "published_on",
            "states_method",
            "budget_warning",
            Actions(Button("publish", "Publicatie vastleggen"), LinkButton(back_url, "Annuleren")),
        )


class CancelForm(NldsForm):
    """Why a round does not go on, and where that was made known when the round was published."""

    reason = story(
        "Waarom gaat de ronde niet door?",
        "Schrijf op waarom de ronde niet doorgaat.",
        longest=500,
        rows=3,
    )
    reference = text(
        "Vindplaats van de bekendmaking dat de ronde niet doorgaat",
        "",
        required=False,
        help_text="Bijvoorbeeld Gemeenteblad 2026, 12399.",
    )

    def __init__(self, *args: Any, published: bool, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = [CharacterCount("reason")]
        if published:
            fields.append("reference")
        else:
            del self.fields["reference"]
        self.helper = NldsHelper(form_id="annuleren")
        self.helper.layout = Layout(
            *fields,
            Actions(
                Button("cancel", "Ronde annuleren", negative=True),
                LinkButton(back_url, "Terug naar de ronde"),
            ),
        )


class ArchiveForm(NldsForm):
    """How long the round is kept, and on what ground."""

    until = day("Bewaren tot en met", "Vul in tot wanneer de ronde wordt bewaard.")
    basis = text(
        "Grond",
        "Vul in op welke grond de ronde wordt bewaard.",
        longest=200,
        help_text="Het resultaat in de selectielijst.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="archiveren")
        self.helper.layout = Layout(
            "until",
            "basis",
            Actions(Button("archive", "Ronde archiveren"), LinkButton(back_url, "Annuleren")),
        )


class CeilingForm(NldsForm):
    """The decision that changes the ceiling; with an amount for each part that the round has."""

    new_amount = AmountField(label="Nieuw subsidieplafond", missing="Vul het nieuwe plafond in.")
    decision_number = text(
        "Nummer van het collegebesluit", "Vul het nummer van het collegebesluit in.", longest=60
    )
    decided_on = day("Datum van het collegebesluit", "Vul de datum van het collegebesluit in.")
    publication_reference = text(
        "Vindplaats in het Gemeenteblad", "Vul de vindplaats van de publicatie in."
    )
    published_on = day("Datum van publicatie", "Vul de datum van publicatie in.")
    reason = story(
        "Waarom verandert het plafond?",
        "Schrijf op waarom het plafond verandert.",
        longest=500,
        rows=3,
        help_text="In hoogstens 500 tekens.",
    )
    filed_before_budget = forms.BooleanField(
        label="Aanvragen moest vóórdat de begroting was vastgesteld", required=False
    )
    follows_from_budget = forms.BooleanField(
        label="De verlaging volgt uit het vaststellen van de begroting", required=False
    )

    def __init__(self, *args: Any, round_: SubsidyRound, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = list(round_.sub_ceilings.order_by("order"))
        for part in self.parts:
            self.fields[f"part_{part.code}"] = AmountField(
                label=f"Deelplafond {part.name}",
                missing=f"Vul het deelplafond voor {part.name} in.",
                initial=part.amount,
            )
        self.helper = NldsHelper(form_id="plafond")
        self.helper.layout = Layout(
            Currency("new_amount"),
            *(Currency(f"part_{part.code}") for part in self.parts),
            Fieldset("Besluit", "decision_number", "decided_on", CharacterCount("reason")),
            Fieldset("Bekendmaking", "publication_reference", "published_on"),
            Fieldset(
                "Alleen bij verlagen",
                "filed_before_budget",
                "follows_from_budget",
                description="Een verlaging geldt niet voor aanvragen die al zijn ingediend, tenzij dit allebei zo is en de publicatie van de ronde ervoor waarschuwde (artikel 4:27 en 4:28 Awb).",
            ),
            Actions(Button("change", "Plafond wijzigen"), LinkButton(back_url, "Annuleren")),
        )

    def decision(self) -> CeilingDecision:
        """The valid form as the service wants it; parts that stay the same are left out."""
        values = {
            name: value for name, value in self.cleaned_data.items() if not name.startswith("part_")
        }
        typed = {part.code: self.cleaned_data[f"part_{part.code}"] for part in self.parts}
        before = {part.code: part.amount for part in self.parts}
        changed = {code: amount for code, amount in typed.items() if amount != before[code]}
        return CeilingDecision(**values, parts=changed)
