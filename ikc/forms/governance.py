from collections.abc import Iterable
from datetime import date

from django import forms

from ikc.forms.fields import day, text
from ikc.models import Body, Organisation, User
from ikc.states_governance import BodyKind, ItemOutcome, ItemPurpose
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Columns, Fieldset, saving


class _NameForm(NldsForm):
    name = text("Naam", "Vul de naam van de groep in.", longest=120)
    purpose = text(
        "Waarvoor is deze groep?",
        longest=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Bijvoorbeeld: de functie van de jeugdondersteuners uitwerken.",
    )


class BodyForm(_NameForm):
    kind = forms.ChoiceField(
        label="Soort",
        choices=BodyKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat voor groep het is."},
    )
    started_on = day("Begonnen op", "Vul in sinds wanneer deze groep bestaat.")
    field_order = ["kind", "name", "purpose", "started_on"]

    def __init__(self, *args, back: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = saving(
            "kind", "name", "purpose", "started_on", back=back, label="Groep toevoegen"
        )


class BodyNameForm(_NameForm):
    def __init__(self, *args, body: Body, **kwargs) -> None:
        super().__init__(*args, initial={"name": body.name, "purpose": body.purpose}, **kwargs)
        self.helper = saving("name", "purpose", back=body.get_absolute_url(), label="Opslaan")


class MemberForm(NldsForm):
    user = forms.ModelChoiceField(
        User.objects.filter(is_active=True).order_by("last_name", "first_name", "pk"),
        label="Wie",
        empty_label="Kies een persoon",
        help_text="Alleen wie een account heeft. Een beheerder kan iemand uitnodigen.",
        error_messages={"required": "Kies wie lid wordt."},
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.order_by("name", "pk"),
        label="Namens",
        empty_label="Kies een organisatie",
        error_messages={"required": "Kies namens welke organisatie."},
    )
    function = text(
        "Functie in de groep", longest=60, help_text="Bijvoorbeeld: voorzitter. Leeg is ‘lid’."
    )
    valid_from = day("Vanaf", "Vul in vanaf wanneer deze persoon lid is.")

    def __init__(self, *args, body: Body, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = saving(
            "user", "organisation", Columns("function", "valid_from"),
            back=body.get_absolute_url(), label="Lid toevoegen",
        )  # fmt: skip


class MeetingForm(NldsForm):
    takes_place_on = day("Datum", "Vul de dag van het overleg in.")
    starts_at = forms.TimeField(
        label="Begintijd",
        required=False,
        input_formats=["%H:%M", "%H.%M"],
        help_text="Bijvoorbeeld 13.30.",
        widget=forms.TimeInput(format="%H.%M"),
        error_messages={"invalid": "Vul een tijd in als uren en minuten, bijvoorbeeld 13.30."},
    )
    location = text("Plaats", longest=120)

    def __init__(self, *args, back: str, label: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = saving(
            Columns("takes_place_on", "starts_at"), "location", back=back, label=label
        )


class ItemForm(NldsForm):
    title = text("Onderwerp", "Vul in waar het punt over gaat.", longest=160)
    purpose = forms.ChoiceField(
        label="Waarvoor",
        choices=ItemPurpose.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies waarvoor het punt op de agenda staat."},
    )
    subject = forms.ChoiceField(
        label="Hoort bij",
        required=False,
        help_text="Kies waar het punt over gaat als een voorwaarde vraagt dat dit is besproken.",
        error_messages={"invalid_choice": "Dit kan niet op de agenda."},
    )
    explanation = text("Toelichting", longest=4000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args, back: str, subjects: Iterable | None, **kwargs) -> None:
        """`subjects`: choices grouped by kind; None: what the point is about is fixed."""
        super().__init__(*args, **kwargs)
        fields = ["title", "purpose", "explanation"]
        if subjects is None:
            del self.fields["subject"]
        else:
            self.fields["subject"].choices = [("", "Niets in het bijzonder"), *subjects]
            fields.insert(2, "subject")
        self.helper = saving(*fields, back=back, label="Opslaan")


class HoldForm(NldsForm):
    attendance = text(
        "Wie waren er?",
        "Vul in wie er waren.",
        longest=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class AdoptForm(NldsForm):
    adopted_on = day("Vastgesteld op", "Vul in op welke dag het verslag is vastgesteld.")


class ReasonForm(NldsForm):
    reason = text("Waarom?", "Schrijf op waarom het overleg niet doorgaat.", longest=300)


class ResultForm(NldsForm):
    result = text("Wat leverde het op?", "Schrijf kort op wat het opleverde.", longest=300)


class _ActionFields(NldsForm):
    action_title = text("Wat gaat er gebeuren?", longest=200)
    action_owner = forms.ModelChoiceField(
        User.objects.none(), label="Wie doet het?", required=False, empty_label="Kies een lid"
    )
    action_due_on = day("Uiterlijk")

    def __init__(self, *args, body: Body, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        members = body.members.active_on(today).values("user")
        self.fields["action_owner"].queryset = User.objects.filter(  # type: ignore[attr-defined]
            pk__in=members, is_active=True
        ).order_by("last_name", "first_name", "pk")

    def clean(self):
        """An action has all three, or is not there."""
        data = super().clean() or {}
        asked = {
            "action_title": "Vul in wat er gaat gebeuren.",
            "action_owner": "Kies wie de actie doet.",
            "action_due_on": "Vul in wanneer de actie klaar is.",
        }
        if self.action_is_required or any(data.get(name) for name in asked):
            for name, sentence in asked.items():
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return data

    action_is_required = False


class MinutesForm(_ActionFields):
    outcome = forms.ChoiceField(
        label="Uitkomst",
        choices=ItemOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies of het punt is besproken of doorgeschoven."},
    )
    minutes = text(
        "Verslag", longest=8000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Wat er is gezegd, in het kort. Noem geen namen van kinderen of ouders.",
    )  # fmt: skip
    decision = text(
        "Besluit", longest=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Alleen als er iets is besloten. Het besluit krijgt een eigen nummer.",
    )  # fmt: skip

    def __init__(self, *args, back: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = saving(
            Fieldset("Wat er is gezegd", "outcome", "minutes"),
            Fieldset("Wat er is besloten", "decision"),
            Fieldset(
                "Wat er gaat gebeuren", "action_title", Columns("action_owner", "action_due_on"),
                description="Een actie per keer. Meer acties? Open dit punt daarna nog eens.",
            ),
            back=back, label="Opslaan",
        )  # fmt: skip


class ActionForm(_ActionFields):
    action_is_required = True

    def __init__(self, *args, back: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = saving(
            "action_title", Columns("action_owner", "action_due_on"),
            back=back, label="Actie toevoegen",
        )  # fmt: skip
