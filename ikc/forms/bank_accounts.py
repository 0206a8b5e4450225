"""The forms with which an account is given and looked at."""

from crispy_forms.layout import Layout
from django import forms

from ikc.forms.fields import IdentifierField, text
from ikc.models.bank_accounts import LONGEST_HOLDER
from ikc.services.bank_accounts import NewProof
from kvk2.core.identifiers import IdentifierKind
from kvk2.core.uploads import ACCEPT
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, FileUpload, LinkButton, NldsHelper


class AccountForm(NldsForm):
    """The number, whose it is, and where that shows."""

    iban = IdentifierField(
        IdentifierKind.IBAN,
        label="IBAN",
        error_messages={"required": "Vul het rekeningnummer (IBAN) in."},
        help_text="Bijvoorbeeld NL91 ABNA 0417 1643 00. Een rekening in een ander SEPA-land mag ook.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    holder = text(
        "Op naam van",
        "Vul in op wiens naam de rekening staat.",
        longest=LONGEST_HOLDER,
        help_text="Zoals de bank de naam schrijft.",
    )
    source = text(
        "Waar blijkt dit uit?",
        "Vul in waar dit uit blijkt.",
        longest=200,
        help_text="Bijvoorbeeld: bankafschrift van 3 maart 2026, of brief van het bestuur.",
    )
    proof = forms.FileField(
        label="Bewijsstuk",
        required=False,
        allow_empty_file=True,  # the service refuses it, in its own words
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
        help_text="Bijvoorbeeld een bankafschrift. Maak bedragen onleesbaar. PDF, DOCX, XLSX, JPG of PNG.",
    )

    def __init__(self, *args, back_url: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="rekening")
        self.helper.layout = Layout(
            "iban",
            "holder",
            "source",
            FileUpload("proof"),
            Actions(Button("propose", "Rekening doorgeven"), LinkButton(back_url, "Annuleren")),
        )

    def upload(self) -> NewProof | None:
        file = self.cleaned_data["proof"]
        return NewProof(file.name or "", file.read()) if file else None


class CheckForm(NldsForm):
    """What somebody says who looked at an account."""

    name_fits = forms.BooleanField(
        label="De naam bij de rekening is de naam van dit schoolbestuur",
        error_messages={
            "required": "Controleer of de naam bij het schoolbestuur hoort en vink aan."
        },
    )
    compared = forms.BooleanField(
        label="Ik vergeleek het nummer met het bewijsstuk, of belde het bestuur op een nummer dat wij al kenden",
        error_messages={"required": "Vergelijk het nummer met een bewijs en vink aan."},
    )


class RejectForm(NldsForm):
    reason = text(
        "Waarom komt deze rekening niet in gebruik?",
        "Schrijf op waarom deze rekening niet in gebruik komt.",
        longest=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Het schoolbestuur leest dit.",
    )
