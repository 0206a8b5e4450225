"""The forms of a meeting: planned, its agenda, who was there, questions, changed scores, votes and reactions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Any, cast

from crispy_forms.layout import Layout
from django import forms

from kvk2.core.deadlines import AMSTERDAM
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, Columns, Fieldset, LinkButton, NldsHelper
from subsidies.forms.assessment import SCORES
from subsidies.forms.fields import clock, count, day, story, text
from subsidies.models import (
    AgendaItem,
    CommissionMeeting,
    CommissionMember,
    Criterion,
    ItemVote,
)
from subsidies.services.meetings import Plan

OFFICE_CLOSES, LATEST = time(17), time(22)
REASON_HELP = "Ten minste 30 tekens. De motivering komt in het verslag."


class PlanForm(NldsForm):
    """When and where the commission meets."""

    held_on = day("Dag", "Vul de dag van de vergadering in.")
    begins = clock("Begint om", "Vul in hoe laat de vergadering begint.")
    place = text(
        "Plaats", "", required=False, longest=200, help_text="Bijvoorbeeld: stadskantoor, zaal 2."
    )
    video_url = forms.URLField(
        label="Adres van de videovergadering",
        required=False,
        assume_scheme="https",
        max_length=300,
        error_messages={"invalid": "Vul het hele adres in, dat begint met https://."},
    )
    answers_day = day(
        "Aanvragers antwoorden tot en met",
        "",
        required=False,
        help_text="Leeg: tot het begin van de vergadering.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            Columns("held_on", "begins"),
            Fieldset(
                "Waar",
                "place",
                "video_url",
                description="Vul een plaats in, een adres voor video, of allebei.",
            ),
            "answers_day",
            Actions(Button("save", "Vergadering plannen"), LinkButton(back_url, "Terug")),
        )

    def plan(self) -> Plan:
        values = self.cleaned_data
        starts_at = datetime.combine(values["held_on"], values["begins"], AMSTERDAM)
        until = values["answers_day"]
        last = datetime.combine(until, datetime.max.time(), AMSTERDAM) if until else None
        return Plan(
            starts_at=starts_at,
            place=values["place"],
            video_url=values["video_url"],
            answers_until=min(last, starts_at) if last else None,
        )


class AgendaForm(NldsForm):
    """How long each conversation takes; the portal puts them one after another."""

    minutes = count(
        "Minuten per aanvraag", "Vul in hoeveel minuten elke aanvraag krijgt.", initial=20
    )
    pause = count("Minuten pauze ertussen", "Vul in hoeveel minuten pauze er is; 0 mag.", initial=5)
    ends = clock("Laatste gesprek klaar om", "Vul in hoe laat het laatste gesprek klaar is.")

    def __init__(self, *args: Any, meeting: CommissionMeeting, **kwargs: Any) -> None:
        local = meeting.starts_at.astimezone(AMSTERDAM)
        ends = OFFICE_CLOSES if local.time() < OFFICE_CLOSES else LATEST
        super().__init__(*args, **{**kwargs, "initial": {"ends": ends}})
        self.day = local.date()

    def slots(self) -> dict[str, Any]:
        """What `propose_agenda` asks."""
        values = self.cleaned_data
        until = datetime.combine(self.day, values["ends"], AMSTERDAM)
        return {"minutes": values["minutes"], "pause": values["pause"], "until": until}


class MoveForm(NldsForm):
    begins = clock("Begint om", "Vul de nieuwe tijd in.")
    minutes = count("Minuten", "Vul in hoeveel minuten de aanvraag krijgt.")

    def __init__(self, *args: Any, item: AgendaItem, **kwargs: Any) -> None:
        local = item.starts_at.astimezone(AMSTERDAM)
        initial = {"begins": local.time(), "minutes": item.minutes}
        super().__init__(*args, **{**kwargs, "initial": initial})
        self.day = local.date()

    def starts_at(self) -> datetime:
        return datetime.combine(self.day, self.cleaned_data["begins"], AMSTERDAM)


class AttendanceForm(NldsForm):
    present = forms.TypedMultipleChoiceField(
        label="Wie waren er?",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Kies wie er waren."},
    )

    def __init__(
        self,
        *args: Any,
        members: Iterable[CommissionMember],
        meeting: CommissionMeeting,
        **kwargs: Any,
    ) -> None:
        there = meeting.attendance.filter(present=True).values_list("member_id", flat=True)
        super().__init__(*args, **{**kwargs, "initial": {"present": list(there)}})
        field = cast(forms.TypedMultipleChoiceField, self.fields["present"])
        field.choices = [(member.pk, member.user.full_name) for member in members]


class TextForm(NldsForm):
    """One text, under a label that tells what it is."""

    text = story("Tekst", "", longest=4000, rows=8)

    def __init__(
        self,
        *args: Any,
        label: str,
        missing: str,
        help_text: str = "",
        required: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["text"]
        field.label, field.help_text, field.required = label, help_text, required
        field.error_messages["required"] = missing


class ScoreForm(NldsForm):
    """A changed score on one criterion with its reason; whole for a member, with decimals for the commission."""

    criterion = forms.ModelChoiceField(
        Criterion.objects.none(),
        label="Criterium",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies een criterium."},
    )
    reason = story(
        "Motivering",
        "Leg uit waarom de score verandert.",
        longest=1500,
        rows=4,
        help_text=REASON_HELP,
    )

    def __init__(self, *args: Any, criteria: Any, whole: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["criterion"]).queryset = criteria
        if whole:
            self.fields["after"] = forms.TypedChoiceField(
                label="Nieuwe score",
                choices=SCORES,
                coerce=int,
                widget=forms.RadioSelect,
                error_messages={"required": "Kies de nieuwe score."},
            )
        else:
            sentence = "Vul een score van 1 tot en met 5 in, met hoogstens twee decimalen."
            self.fields["after"] = forms.DecimalField(
                label="Nieuwe score",
                min_value=1,
                max_value=5,
                max_digits=3,
                decimal_places=2,
                localize=True,
                help_text="Van 1 tot en met 5, bijvoorbeeld 3,50.",
                error_messages=dict.fromkeys(
                    (
                        "required",
                        "invalid",
                        "min_value",
                        "max_value",
                        "max_digits",
                        "max_decimal_places",
                        "max_whole_digits",
                    ),
                    sentence,
                ),
            )
        self.order_fields(["criterion", "after", "reason"])


class VotesForm(NldsForm):
    """What each member who took part voted."""

    def __init__(
        self,
        *args: Any,
        members: Sequence[CommissionMember],
        votes: Mapping[int, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for member in members:
            self.fields[f"m{member.pk}"] = forms.ChoiceField(
                label=member.user.full_name,
                choices=ItemVote.Vote.choices,
                widget=forms.RadioSelect,
                initial=votes.get(member.pk),
                error_messages={"required": f"Kies wat {member.user.full_name} stemde."},
            )

    def votes(self) -> dict[int, str]:
        return {int(name[1:]): vote for name, vote in self.cleaned_data.items()}
