"""The forms with which an objection comes in, and those of its handling."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from ikc.models import User
from kvk2.core.deadlines import AMSTERDAM
from kvk2.core.uploads import ACCEPT
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Button,
    Columns,
    Fieldset,
    FileUpload,
    LinkButton,
    NldsHelper,
)
from subsidies.forms.fields import clock, day, story, text
from subsidies.models import Application, Decision, Objection
from subsidies.objection_terms import LONGEST_EXTENSION, Channel
from subsidies.services.objection_hearings import HearingPlan
from subsidies.services.objections import Received
from subsidies.services.round_documents import NewFile

NOON = time(12)


def upload(label: str, help_text: str = "PDF, DOCX, XLSX, JPG of PNG.") -> forms.FileField:
    return forms.FileField(
        label=label,
        required=False,
        allow_empty_file=True,  # the service refuses it, in its own words
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
        help_text=help_text,
    )


def kept(found: Any) -> NewFile | None:
    return NewFile(found.name or "", found.read()) if found else None


class DeedForm(NldsForm):
    """A form of one deed: the fields below each other, then the button `done` and a way back."""

    done = "Vastleggen"
    anchor = "bezwaar"

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id=self.anchor)
        self.helper.layout = Layout(
            *self.parts(), Actions(Button("save", self.done), LinkButton(back_url, "Annuleren"))
        )

    def parts(self) -> Sequence[Any]:
        return list(self.fields)


class FileObjectionForm(DeedForm):
    """By the applicant, in the portal."""

    grounds = story(
        "Waarom bent u het niet eens met het besluit?",
        "",
        required=False,
        longest=10000,
        rows=10,
        help_text="Heeft u meer tijd nodig? Laat dit leeg. U krijgt dan een brief met tot wanneer u dit kunt aanvullen.",
    )
    file = upload("Stukken", "Bijvoorbeeld een brief of berekening. PDF, DOCX, XLSX, JPG of PNG.")
    costs_requested = forms.BooleanField(
        label="Ik vraag om vergoeding van de kosten van dit bezwaar",
        required=False,
        help_text="Dat kan als u een adviseur of advocaat betaalt (artikel 7:15 Awb).",
    )
    signed = forms.BooleanField(
        label="Ik mag dit bezwaar maken namens de aanvrager, en onderteken het",
        error_messages={"required": "Zet een vinkje om het bezwaar te ondertekenen."},
    )

    done = "Bezwaar indienen"

    def __init__(self, *args: Any, late: bool, **kwargs: Any) -> None:
        self.late = late
        super().__init__(*args, **kwargs)

    def parts(self) -> list[Any]:
        if self.late:
            self.fields["excuse"] = story(
                "Waarom is uw bezwaar later dan de termijn?",
                "Schrijf op waarom uw bezwaar later is dan de termijn.",
                longest=2000,
                rows=4,
                help_text="Kon u er niets aan doen? Dan telt uw bezwaar misschien toch mee (artikel 6:11 Awb).",
            )
        middle = ["excuse"] if self.late else []
        return ["grounds", *middle, FileUpload("file"), "costs_requested", "signed"]

    def received(self, decision: Decision, *, by: User, at: datetime) -> Received:
        data, board = self.cleaned_data, decision.application.board
        return Received(
            party=Objection.Party.ADDRESSEE,
            name=by.full_name,
            organisation=board.name,
            address="\n".join(
                part for part in (board.street, f"{board.postcode} {board.city}".strip()) if part
            ),
            email=by.email,
            channel=Channel.PORTAL,
            received_at=at,
            grounds=data["grounds"],
            excuse=data.get("excuse", ""),
            signed=data["signed"],
            costs_requested=data["costs_requested"],
            file=kept(data["file"]),
        )


class RegisterObjectionForm(DeedForm):
    """By the municipality, as it came in."""

    party = forms.ChoiceField(
        label="Wie maakt bezwaar?",
        choices=[
            (Objection.Party.ADDRESSEE, "De aanvrager"),
            (Objection.Party.OTHER, "Een andere belanghebbende"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wie bezwaar maakt."},
    )
    own_application = forms.ModelChoiceField(
        Application.objects.none(),
        label="Eigen aanvraag van de andere belanghebbende",
        required=False,
        empty_label="Geen aanvraag in deze ronde",
        help_text="Deed die mee in deze ronde? Dan volgt die het bezwaar in het portaal.",
    )
    name = text("Naam", "Vul in wie bezwaar maakt.", longest=200)
    organisation = text("Organisatie", "", longest=200, required=False)
    address = story("Adres", "", longest=500, rows=3, required=False)
    email = forms.EmailField(
        label="E-mailadres",
        required=False,
        error_messages={"invalid": "Vul een e-mailadres in, bijvoorbeeld naam@school.nl."},
    )
    channel = forms.ChoiceField(
        label="Hoe kwam het bezwaar binnen?",
        choices=[
            (Channel.POST.value, "Per post"),
            (Channel.EMAIL.value, "Per e-mail"),
            (Channel.DESK.value, "Aan de balie"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies hoe het bezwaar binnenkwam."},
    )
    received_on = day("Ontvangen op", "Vul in op welke dag het bezwaar binnenkwam.")
    received_time = clock(
        "Om hoe laat", "", required=False, help_text="Alleen nodig bij e-mail. Bijvoorbeeld 17:00."
    )
    postmark_on = day(
        "Poststempel", "", required=False, help_text="Alleen bij post, als het leesbaar is."
    )
    dated_on = day("Datum op het bezwaarschrift", "", required=False)
    grounds = story(
        "Gronden",
        "",
        required=False,
        longest=10000,
        rows=6,
        help_text="In het kort waarom. Laat leeg als de gronden nog komen.",
    )
    excuse = story("Reden als het later is", "", required=False, longest=2000, rows=3)
    signed = forms.BooleanField(label="Het bezwaarschrift is ondertekend", required=False)
    costs_requested = forms.BooleanField(
        label="Er is om vergoeding van kosten gevraagd", required=False
    )
    with_committee = forms.BooleanField(
        label="Een adviescommissie behandelt dit bezwaar",
        required=False,
        help_text="Dan is de beslistermijn twaalf weken in plaats van zes (artikel 7:10 Awb).",
    )
    file = upload("Bezwaarschrift")

    done = "Bezwaar registreren"

    def __init__(self, *args: Any, decision: Decision, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        application = decision.application
        self.fields["own_application"].queryset = (  # type: ignore[attr-defined]
            application.round.applications.filed()
            .exclude(pk=application.pk)
            .select_related("ikc")
            .order_by("number")
        )

    def parts(self) -> list[Any]:
        return [
            Fieldset(
                "Bezwaarmaker",
                "party",
                "own_application",
                "name",
                "organisation",
                "address",
                "email",
            ),
            Fieldset(
                "Ontvangst",
                "channel",
                Columns("received_on", "received_time"),
                Columns("postmark_on", "dated_on"),
            ),
            Fieldset(
                "Inhoud",
                "grounds",
                "excuse",
                "signed",
                "costs_requested",
                "with_committee",
                FileUpload("file"),
            ),
        ]

    def received(self) -> Received:
        data = dict(self.cleaned_data)
        moment = datetime.combine(
            data.pop("received_on"), data.pop("received_time") or NOON, tzinfo=AMSTERDAM
        )
        return Received(**{**data, "file": kept(data["file"])}, received_at=moment)


class AssessForm(DeedForm):
    interested = forms.TypedChoiceField(
        label="Is de bezwaarmaker belanghebbende?",
        choices=[("ja", "Ja"), ("nee", "Nee")],
        coerce=lambda value: value == "ja",
        widget=forms.RadioSelect,
        error_messages={"required": "Kies of de bezwaarmaker belanghebbende is."},
        help_text="Een aanvrager die in dezelfde ronde werd afgewezen, is belanghebbende bij de andere verleningen.",
    )
    judgement = story(
        "Oordeel",
        "Schrijf op wat u vindt van de ontvankelijkheid, en waarom.",
        longest=4000,
        rows=5,
    )

    done = "Oordeel vastleggen"

    def __init__(self, *args: Any, late: bool, **kwargs: Any) -> None:
        self.late = late
        super().__init__(*args, **kwargs)

    def parts(self) -> list[Any]:
        if self.late:
            self.fields["excused"] = forms.BooleanField(
                label="Te laat, maar de bezwaarmaker kon er niets aan doen",
                required=False,
                help_text="Dan blijft niet-ontvankelijk verklaren achterwege (artikel 6:11 Awb). Leg in het oordeel uit waarom.",
            )
        middle = ["excused"] if self.late else []
        return ["interested", *middle, "judgement"]

    def judged(self) -> dict[str, Any]:
        return {"excused": False, **self.cleaned_data}


class RepairRequestForm(DeedForm):
    missing = story(
        "Wat ontbreekt er?",
        "Schrijf op wat de bezwaarmaker moet aanvullen.",
        longest=2000,
        rows=4,
        help_text="Staat in de brief. Bijvoorbeeld: de redenen van het bezwaar, of een handtekening.",
    )
    due_on = day("Aanvullen kan tot en met", "Vul in tot en met welke dag aanvullen kan.")

    done = "Om aanvulling vragen"


class RepairForm(DeedForm):
    text = story("Wat is de aanvulling?", "Schrijf op wat de aanvulling is.", longest=10000, rows=8)

    done = "Aanvulling versturen"


class RecordRepairForm(RepairForm):
    repaired_on = day("Ontvangen op", "Vul in op welke dag de aanvulling kwam.")

    done = "Aanvulling vastleggen"


class ExtendForm(DeedForm):
    weeks = forms.IntegerField(
        label="Hoeveel weken langer?",
        min_value=1,
        max_value=LONGEST_EXTENSION,
        initial=LONGEST_EXTENSION,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            f"Vul een getal in van 1 tot en met {LONGEST_EXTENSION}.",
        ),
    )
    reason = story(
        "Waarom?",
        "Schrijf op waarom de beslissing later komt.",
        longest=1000,
        rows=3,
        help_text="De bezwaarmaker leest dit.",
    )

    done = "Beslissing verdagen"


class AgreeDelayForm(DeedForm):
    until = day("Wij beslissen uiterlijk op", "Vul in tot wanneer de bezwaarmaker instemt.")
    reason = story(
        "Waaruit blijkt dat de bezwaarmaker instemt?",
        "Noem de brief of mail waarin de bezwaarmaker instemt.",
        longest=1000,
        rows=3,
    )

    done = "Uitstel vastleggen"


class HearingForm(DeedForm):
    held_on = day("Datum", "Vul in op welke dag de hoorzitting is.")
    begins = clock("Begint om", "Vul in hoe laat de hoorzitting begint.")
    minutes = forms.IntegerField(
        label="Duur in minuten",
        min_value=10,
        max_value=480,
        initial=60,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            "Vul een aantal minuten in van 10 tot en met 480.",
        ),
    )
    place = text("Waar", "Vul in waar de hoorzitting is.", longest=200)
    led_by = forms.ModelChoiceField(
        User.objects.none(),
        label="Geleid door een medewerker",
        required=False,
        empty_label="Niemand: iemand van buiten leidt de hoorzitting",
        help_text="Wie het besluit opstelde, toetste of nam, staat niet in deze lijst (artikel 7:5 Awb).",
    )
    chair = text(
        "Geleid door iemand van buiten",
        "",
        longest=200,
        required=False,
        help_text="Bijvoorbeeld de voorzitter van de adviescommissie.",
    )
    attendees = story("Wie zijn erbij?", "", longest=1000, rows=3, required=False)
    file_open_from = day(
        "Stukken ter inzage vanaf",
        "Vul in vanaf welke dag de stukken ter inzage liggen.",
        help_text="Minstens een week voor de hoorzitting (artikel 7:4 Awb).",
    )

    done = "Hoorzitting plannen"

    def __init__(self, *args: Any, leaders: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["led_by"].queryset = leaders  # type: ignore[attr-defined]

    def parts(self) -> list[Any]:
        return [
            Columns("held_on", "begins"),
            "minutes",
            "place",
            "led_by",
            "chair",
            "attendees",
            "file_open_from",
        ]

    def plan(self) -> HearingPlan:
        data = dict(self.cleaned_data)
        moment = datetime.combine(data.pop("held_on"), data.pop("begins"), tzinfo=AMSTERDAM)
        return HearingPlan(**data, starts_at=moment)


class NoHearingForm(DeedForm):
    ground = forms.ChoiceField(
        label="Waarom is horen niet nodig?",
        choices=Objection.NoHearing.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies waarom horen niet nodig is."},
    )
    reason = story("Toelichting", "Schrijf op waarom horen niet nodig is.", longest=2000, rows=4)

    done = "Afzien van horen"


class ReportForm(DeedForm):
    report = story(
        "Verslag",
        "Schrijf op wat er op de hoorzitting is gezegd.",
        longest=20000,
        rows=12,
        help_text="Het verslag gaat mee met de beslissing (artikel 7:7 Awb).",
    )
    attendees = story("Wie waren erbij?", "", longest=1000, rows=3, required=False)
    file = upload("Verslag als bestand")

    done = "Verslag vastleggen"

    def parts(self) -> list[Any]:
        return ["report", "attendees", FileUpload("file")]

    def content(self) -> dict[str, Any]:
        return {**self.cleaned_data, "file": kept(self.cleaned_data["file"])}


class AdviceForm(DeedForm):
    advised_by = text(
        "Advies van",
        "Vul in van wie het advies is.",
        longest=200,
        help_text="Bijvoorbeeld de adviescommissie bezwaarschriften, of de behandelend jurist.",
    )
    advised_on = day("Datum van het advies", "Vul de datum van het advies in.")
    outcome = forms.ChoiceField(
        label="Wat is het advies?",
        choices=Objection.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat het advies is."},
    )
    advice = story(
        "Tekst van het advies", "Vul de tekst van het advies in.", longest=20000, rows=10
    )

    done = "Advies vastleggen"
