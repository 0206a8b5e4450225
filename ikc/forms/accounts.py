from crispy_forms.layout import Layout
from django import forms

from ikc.forms.fields import EXAMPLE, day, text
from ikc.models import Ikc, Organisation, User
from ikc.roles import SEATED_ROLES, Role
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, Columns, Fieldset, LinkButton, NldsHelper


class PersonForm(NldsForm):
    first_name = text("Voornaam", "Vul de voornaam in.", longest=80)
    last_name = text("Achternaam", "Vul de achternaam in.", longest=80)
    job_title = text("Functie", longest=120)

    def __init__(self, *args, back_url: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            Columns("first_name", "last_name"),
            "job_title",
            Actions(Button("save", "Opslaan"), LinkButton(back_url, "Annuleren")),
        )


class InvitationForm(PersonForm):
    email = forms.EmailField(
        label="E-mailadres van het werk",
        max_length=254,
        help_text="Naar dit adres gaat de uitnodiging.",
        error_messages={
            "required": "Vul het e-mailadres in.",
            "invalid": "Vul een e-mailadres in zoals naam@organisatie.nl.",
        },
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout.fields[-1].fields[0] = Button("save", "Uitnodiging versturen")
        self.helper.layout.insert(0, "email")


class RoleForm(NldsForm):
    role = forms.ChoiceField(
        label="Rol",
        choices=[
            ("", "Kies een rol"),
            *((role.value, role.label) for role in Role if role not in SEATED_ROLES),
        ],
        help_text="Wie in de IKC-commissie zit, krijgt de rol vanzelf bij de benoeming.",
        error_messages={"required": "Kies een rol."},
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.order_by("kind", "name", "pk"),
        label="Voor welke organisatie?",
        required=False,
        empty_label="Kies een organisatie",
        help_text="Bij een directeur mag u dit leeg laten: dan is het het bestuur van het IKC.",
    )
    ikc = forms.ModelChoiceField(
        Ikc.objects.filter(closed_on=None).order_by("name", "pk"),
        label="Van welk IKC?",
        required=False,
        empty_label="Niet van toepassing",
        help_text="Alleen bij een IKC-directeur.",
    )
    valid_from = day("Vanaf", "Vul in vanaf welke dag de rol geldt.")
    valid_until = day("Tot en met", help_text=f"{EXAMPLE} Laat leeg als er nog geen einddatum is.")

    def __init__(self, *args, back_url: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "role",
            "ikc",
            "organisation",
            Fieldset("Periode", "valid_from", "valid_until"),
            Actions(Button("save", "Rol geven"), LinkButton(back_url, "Annuleren")),
        )

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class MandateForm(NldsForm):
    organisation = forms.ModelChoiceField(
        Organisation.objects.exclude(kind=Organisation.Kind.MUNICIPALITY).order_by("name", "pk"),
        label="Namens welke organisatie?",
        empty_label="Kies een organisatie",
        error_messages={"required": "Kies de organisatie die de machtiging geeft."},
    )
    ikc = forms.ModelChoiceField(
        Ikc.objects.filter(closed_on=None).order_by("name", "pk"),
        label="Voor welk IKC?",
        required=False,
        empty_label="Alle IKC’s van de organisatie",
    )
    reference = text(
        "Kenmerk van de machtiging",
        "Vul het kenmerk van de machtiging in.",
        longest=120,
        help_text="Zo is de machtiging in het archief te vinden.",
    )
    valid_from = day("Vanaf", "Vul in vanaf welke dag de machtiging geldt.")
    valid_until = day("Tot en met", help_text=f"{EXAMPLE} Laat leeg als er nog geen einddatum is.")

    def __init__(self, *args, back_url: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "organisation",
            "ikc",
            "reference",
            Fieldset("Periode", "valid_from", "valid_until"),
            Actions(Button("save", "Machtiging vastleggen"), LinkButton(back_url, "Annuleren")),
        )


class BlockForm(NldsForm):
    reason = text(
        "Waarom?",
        "Vul in waarom de toegang wordt geblokkeerd.",
        longest=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def person_initial(user: User) -> dict[str, str]:
    return {name: getattr(user, name) for name in ("first_name", "last_name", "job_title")}
