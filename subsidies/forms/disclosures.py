"""Forms of documents that are given to somebody outside."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, LinkButton, NldsHelper
from subsidies.forms.fields import story
from subsidies.models import Disclosure, DisclosureDocument
from subsidies.redaction import LABELS, Ground, passages_of
from subsidies.services.disclosures import Judgement

Verdict = DisclosureDocument.Verdict
VERDICTS = [
    (Verdict.WHOLE.value, "Gaat helemaal mee"),
    (Verdict.REDACTED.value, "Gaat mee, maar niet alles is leesbaar"),
    (Verdict.WITHHELD.value, "Gaat niet mee"),
]


class WooForm(NldsForm):
    """Why documents of a round become public."""

    request = forms.CharField(
        label="Kenmerk van het verzoek",
        max_length=60,
        required=False,
        help_text="Laat leeg als niemand erom vroeg.",
    )
    purpose = story(
        "Waarom maakt u deze stukken openbaar?",
        "Schrijf op waarom.",
        longest=1000,
        rows=3,
        help_text="Dit staat op de inventarislijst.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="woo")
        self.helper.layout = Layout(
            "request",
            "purpose",
            Actions(Button("start", "Stukken verzamelen"), LinkButton(back_url, "Annuleren")),
        )


class JudgeDocumentForm(NldsForm):
    """What of one document goes along."""

    verdict = forms.ChoiceField(
        label="Wat gebeurt er met dit stuk?",
        choices=VERDICTS,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat er met dit stuk gebeurt."},
    )
    personal = story(
        "Persoonsgegevens die u weglaat",
        "",
        longest=20000,
        rows=5,
        required=False,
        help_text="Zet elk stukje tekst op een eigen regel, precies zoals het in het stuk staat.",
    )
    other = story(
        "Wat u verder weglaat, zoals bedrijfsgegevens",
        "",
        longest=20000,
        rows=3,
        required=False,
        help_text="Ook elk stukje tekst op een eigen regel.",
    )
    ground = forms.ChoiceField(
        label="Grond",
        required=False,
        help_text="Nodig als u meer weglaat dan persoonsgegevens, of het hele stuk.",
    )
    reason = story("Reden", "", longest=1000, rows=2, required=False)
    accepted_because = story(
        "Blijft er iets staan dat op een persoonsgegeven lijkt? Schrijf op waarom dat mag",
        "",
        longest=1000,
        rows=2,
        required=False,
    )

    def __init__(self, *args: Any, grounds: Sequence[Ground], back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(ground.value, LABELS[ground].capitalize()) for ground in grounds]
        self.fields["ground"] = forms.ChoiceField(
            label=self.fields["ground"].label,
            help_text=self.fields["ground"].help_text,
            choices=[("", "Geen"), *choices],
            required=False,
        )
        self.helper = NldsHelper(form_id="oordeel")
        self.helper.layout = Layout(
            "verdict",
            "personal",
            "other",
            "ground",
            "reason",
            "accepted_because",
            Actions(
                Button("judge", "Vastleggen en naar het volgende"), LinkButton(back_url, "Terug")
            ),
        )

    def judgement(self) -> Judgement:
        """What was filled in."""
        data = self.cleaned_data
        withheld = data["verdict"] == Verdict.WITHHELD
        return Judgement(
            verdict=data["verdict"],
            personal=[] if withheld else passages_of(data["personal"]),
            other=[] if withheld else passages_of(data["other"]),
            ground=data["ground"],
            reason=data["reason"],
            accepted_because=data["accepted_because"],
        )


class GiveForm(NldsForm):
    """How the file was given."""

    means = forms.ChoiceField(
        label="Hoe geeft u de stukken?",
        widget=forms.RadioSelect,
        error_messages={"required": "Kies hoe u de stukken geeft."},
    )

    def __init__(self, *args: Any, means: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["means"].choices = [  # type: ignore[attr-defined]
            (one, Disclosure.Means(one).label.capitalize()) for one in means
        ]


class ReasonForm(NldsForm):
    """Why something does not go on."""

    reason = story("Waarom?", "Schrijf op waarom.", longest=1000, rows=3)
