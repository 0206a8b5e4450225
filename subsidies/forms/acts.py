"""The forms on the way of one later decision."""

from django import forms

from kvk2.nlds.forms import NldsForm
from subsidies.forms.decisions import ChecklistForm
from subsidies.forms.fields import story
from subsidies.services.acts import CHECKLIST


class ActChecklistForm(ChecklistForm):
    points = CHECKLIST


class ActMotivationForm(NldsForm):
    motivation = story(
        "Motivering",
        "Een besluit heeft een motivering. Schrijf op waarom.",
        longest=6000,
        rows=8,
        help_text="Een lege regel begint een nieuwe alinea. De motivering komt zo in de brief.",
    )


class ActSigningForm(NldsForm):
    agreed = forms.BooleanField(
        label="Ik neem dit besluit namens het college",
        error_messages={"required": "Verklaar dat u dit besluit namens het college neemt."},
    )
