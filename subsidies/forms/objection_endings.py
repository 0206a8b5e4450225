"""The forms with which an objection ends: the decision on it, its withdrawal, and what a court does afterwards."""

from typing import Any

from django import forms

from subsidies.forms.fields import AmountField, day, story, text
from subsidies.forms.objections import DeedForm
from subsidies.models import Objection
from subsidies.services.objection_answers import Answer


class AnswerForm(DeedForm):
    outcome = forms.ChoiceField(
        label="Wat is de beslissing?",
        choices=Objection.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat de beslissing is."},
    )
    new_amount = AmountField(
        label="Nieuw bedrag",
        required=False,
        help_text="Alleen als het besluit wordt vervangen. 0 is een weigering.",
    )
    motivation = story(
        "Motivering",
        "Schrijf op waarom (artikel 7:12 Awb).",
        longest=20000,
        rows=10,
        help_text="Ga in op elke grond van het bezwaar. Een lege regel begint een nieuwe alinea.",
    )

    done = "Concept maken"

    def __init__(self, *args: Any, costs: bool, **kwargs: Any) -> None:
        self.costs = costs
        super().__init__(*args, **kwargs)

    def parts(self) -> list[Any]:
        if self.costs:
            self.fields["costs_awarded"] = AmountField(
                label="Vergoeding van kosten",
                required=False,
                help_text="Er is om gevraagd. Alleen als het besluit wordt herroepen (artikel 7:15 Awb).",
            )
        return list(self.fields)

    def answer(self) -> Answer:
        return Answer(**self.cleaned_data)


class WithdrawForm(DeedForm):
    withdrawn_on = day("Ingetrokken op", "Vul in op welke dag het bezwaar is ingetrokken.")
    reason = story("Reden", "", longest=1000, rows=3, required=False)

    done = "Intrekking vastleggen"


class AppealForm(DeedForm):
    court = text("Rechtbank", "Vul de rechtbank in.")
    number = text("Zaaknummer van de rechtbank", "Vul het zaaknummer in.", longest=60)
    appealed_on = day("Beroep ingesteld op", "Vul in op welke dag het beroep is ingesteld.")

    done = "Beroep vastleggen"


class AppealOutcomeForm(DeedForm):
    outcome = story(
        "Wat besliste de rechtbank?", "Schrijf op wat de rechtbank besliste.", longest=4000, rows=5
    )

    done = "Uitspraak vastleggen"
