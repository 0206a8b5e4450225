"""Forms of the subsidy register: what the public may search for, and what a project leader writes."""

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, LinkButton, NldsHelper
from subsidies.forms.fields import day, story
from subsidies.models import RegisterEntry

Options = Sequence[tuple[str, str]]


class PublicFilter(NldsForm):
    """`zoek` and a choice for each of the columns that one filters on."""

    zoek = forms.CharField(
        label="Zoek op IKC, ontvanger of activiteit", required=False, max_length=100
    )

    def __init__(self, data: Mapping[str, Any], *, choices: Mapping[str, tuple[str, Options]]):
        super().__init__(data)
        for name, (label, options) in choices.items():
            self.fields[name] = forms.ChoiceField(
                label=label, choices=[("", "Alles"), *options], required=False
            )


class PublicTextForm(NldsForm):
    """The free texts of an entry; `public` asks for a reason, for then it is a correction."""

    activities = story(
        "Activiteiten",
        "",
        longest=4000,
        rows=8,
        required=False,
        help_text="Iedereen kan dit lezen.",
    )
    provisions = story(
        "Waarvoor de subsidie is",
        "",
        longest=4000,
        rows=5,
        required=False,
        help_text="Iedereen kan dit lezen.",
    )
    reason = story("Waarom verbetert u deze regel?", "Schrijf op waarom.", longest=1000, rows=3)
    accepted_because = story(
        "Staat er iets dat op een persoonsgegeven lijkt en mag blijven? Schrijf op waarom",
        "",
        longest=1000,
        rows=3,
        required=False,
    )

    def __init__(self, *args: Any, public: bool, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = ["activities", "provisions"]
        if public:
            fields += ["reason", "accepted_because"]
        else:
            del self.fields["reason"], self.fields["accepted_because"]
        label = "Verbeteren" if public else "Tekst bewaren"
        self.helper = NldsHelper(form_id="registertekst")
        self.helper.layout = Layout(
            *fields, Actions(Button("save", label), LinkButton(back_url, "Annuleren"))
        )


class PublishForm(NldsForm):
    """Asked only when the check found something."""

    accepted_because = story(
        "Waarom mag dit blijven staan?", "Schrijf op waarom dit mag blijven.", longest=1000, rows=3
    )

    def __init__(self, *args: Any, found: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not found:
            del self.fields["accepted_because"]


class KeptBackForm(NldsForm):
    reason = story(
        "Waarom is deze regel niet openbaar?",
        "Schrijf op waarom deze regel niet openbaar is.",
        longest=1000,
        rows=4,
        help_text="Bijvoorbeeld: de ontvanger is een natuurlijk persoon (artikel 3.3a Woo).",
    )


class ObjectionForm(NldsForm):
    received_on = day("Ontvangen op", "Vul in wanneer de bedenking kwam.")
    objection = story("Wat is de bedenking?", "Schrijf op wat de bedenking is.", longest=4000)

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="bedenking")
        self.helper.layout = Layout(
            "received_on",
            "objection",
            Actions(Button("save", "Bedenking vastleggen"), LinkButton(back_url, "Annuleren")),
        )


class ObjectionVerdictForm(NldsForm):
    verdict = forms.ChoiceField(
        label="Wat is het oordeel?",
        choices=RegisterEntry.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies of de bedenking gegrond is."},
    )
    reason = story("Waarom?", "Motiveer het oordeel over de bedenking.", longest=2000, rows=4)

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="oordeel")
        self.helper.layout = Layout(
            "verdict",
            "reason",
            Actions(Button("save", "Oordeel vastleggen"), LinkButton(back_url, "Annuleren")),
        )
