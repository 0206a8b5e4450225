"""The forms with which a grant changes or ends: the intention, the reaction, and the draft of the decision."""

from django import forms

from subsidies.forms.fields import AmountField, day, story
from subsidies.forms.objections import DeedForm
from subsidies.models import ChangeGround, ViewRequest
from subsidies.services.grant_intents import Change, in_words


class IntentForm(DeedForm):
    ground = forms.ChoiceField(
        label="Op welke grond?",
        choices=[
            (code, in_words(code)) for code in ChangeGround.values if code != ChangeGround.REQUEST
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies een grond."},
    )
    new_amount = AmountField(
        label="Bedrag dat overblijft",
        missing="Vul in welk bedrag overblijft. 0 is intrekken.",
        help_text="0 is helemaal intrekken.",
    )
    reason = story(
        "Waarom?",
        "Schrijf op waarom deze grond geldt.",
        longest=6000,
        rows=6,
        help_text="Staat in de brief.",
    )

    done = "Voornemen versturen"


class ReactionForm(DeedForm):
    """The recipient reacts."""

    text = story("Wat vindt u ervan?", "Schrijf op wat u ervan vindt.", longest=5000, rows=8)

    done = "Reactie versturen"


class RecordReactionForm(DeedForm):
    """The same, written down by the project leader."""

    manner = forms.ChoiceField(
        label="Hoe reageerde de ontvanger?",
        choices=ViewRequest.Manner.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies schriftelijk of mondeling."},
    )
    received_on = day("Op welke dag?", "Vul in op welke dag de ontvanger reageerde.")
    text = story("Wat zei de ontvanger?", "Schrijf op wat de ontvanger zei.", longest=5000, rows=8)

    done = "Reactie vastleggen"


class ChangeForm(DeedForm):
    new_amount = AmountField(
        label="Bedrag dat overblijft",
        missing="Vul in welk bedrag overblijft. 0 is intrekken.",
        help_text="0 is helemaal intrekken.",
    )
    works_from = day("Werkt vanaf", "Vul in vanaf welke dag het besluit werkt.")
    motivation = story("Motivering", "Schrijf op waarom.", longest=6000, rows=8)
    proportionality = story(
        "Waarom is dit in verhouding?",
        "Schrijf op waarom de gevolgen niet zwaarder zijn dan nodig.",
        longest=3000,
        rows=4,
        help_text="Weeg het doel af tegen de gevolgen voor de ontvanger (artikel 3:4 Awb).",
    )
    compensation = story(
        "Vergoeding",
        "",
        longest=2000,
        rows=3,
        required=False,
        help_text="Bij een onjuiste verlening of veranderde omstandigheden: welke schade u vergoedt (artikel 4:50 Awb).",
    )

    done = "Concept maken"

    def change(self, ground: str) -> Change:
        return Change(ground=ground, **self.cleaned_data)
