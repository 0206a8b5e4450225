"""The forms of django-allauth with our fields, labels and errors."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm as AllauthGenerateForm
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.conf import settings

from ikc.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from kvk2.nlds.forms import NldsFormMixin

CODE_HELP = "De zes cijfers die uw authenticator-app laat zien, of een van uw herstelcodes."
CHOICE_HELP = (
    "Minstens 12 tekens. Een zin is makkelijker te onthouden dan een woord met cijfers. Gebruik geen "
    "wachtwoord dat u ergens anders gebruikt."
)


def _reword(
    field: forms.Field, label: str, required: str, *, help_text: str = "", autocomplete: str = ""
) -> None:
    """Give a field of allauth our words; a placeholder is no label and goes."""
    field.label, field.help_text = label, help_text
    field.error_messages["required"] = required
    field.widget.attrs.pop("placeholder", None)
    if autocomplete:
        field.widget.attrs["autocomplete"] = autocomplete


class LoginForm(NldsFormMixin, account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        _reword(login, "E-mailadres", "Vul uw e-mailadres in.", autocomplete="username")
        login.error_messages["invalid"] = (
            "Vul een e-mailadres in, bijvoorbeeld naam@organisatie.nl."
        )
        _reword(password, "Wachtwoord", "Vul uw wachtwoord in.", autocomplete="current-password")

    @property
    def demo_accounts(self) -> list[dict[str, str]]:
        """In a demo, who one may log in as without typing; nobody elsewhere."""
        if not settings.DEMO:
            return []
        return [
            {
                "name": f"{one.first_name} {one.last_name}",
                "role": one.role.label,
                "task": one.task,
                "email": one.email,
                "password": DEMO_PASSWORD,
            }
            for one in DEMO_ACCOUNTS
        ]


class ResetPasswordForm(NldsFormMixin, account.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["email"]
        _reword(field, "E-mailadres", "Vul uw e-mailadres in.", autocomplete="username")
        field.error_messages["invalid"] = (
            "Vul een e-mailadres in, bijvoorbeeld naam@organisatie.nl."
        )


class _NewPasswordMixin(NldsFormMixin):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword(
            self.fields["password1"],
            "Nieuw wachtwoord",
            "Vul een nieuw wachtwoord in.",
            help_text=CHOICE_HELP,
        )
        _reword(
            self.fields["password2"], "Nieuw wachtwoord, nog een keer", "Herhaal het wachtwoord."
        )


class ResetPasswordKeyForm(_NewPasswordMixin, account.ResetPasswordKeyForm):
    """For who comes from the link in the mail."""


class ChangePasswordForm(_NewPasswordMixin, account.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword(self.fields["oldpassword"], "Huidig wachtwoord", "Vul uw huidige wachtwoord in.")


class ReauthenticateForm(NldsFormMixin, account.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword(self.fields["password"], "Wachtwoord", "Vul uw wachtwoord in.")


class _CodeMixin(NldsFormMixin):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        _reword(field, "Code", "Vul de code in.", help_text=CODE_HELP)
        field.widget.attrs["class"] = "utrecht-textbox--w-sm"


class AuthenticateForm(_CodeMixin, mfa.AuthenticateForm):
    """The second step of logging in."""


class ReauthenticateCodeForm(_CodeMixin, mfa.ReauthenticateForm):
    """The second step again, before something that asks for extra certainty."""


class ActivateTOTPForm(_CodeMixin, totp.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.help_text = "De zes cijfers die de app na het scannen laat zien."
        field.widget.attrs["inputmode"] = "numeric"


class DeactivateTOTPForm(NldsFormMixin, totp.DeactivateTOTPForm):
    """No fields: a button."""


class GenerateRecoveryCodesForm(NldsFormMixin, AllauthGenerateForm):
    """No fields: a button."""


class AddWebAuthnForm(NldsFormMixin, webauthn.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, passwordless = self.fields["name"], self.fields["passwordless"]
        name.required = True
        _reword(
            name,
            "Naam van deze passkey",
            "Vul een naam in.",
            help_text="Zo herkent u hem later, bijvoorbeeld ‘laptop werk’.",
        )
        name.widget.attrs["class"] = "utrecht-textbox--w-md"
        passwordless.label = "Met deze passkey ook zonder wachtwoord inloggen"
        passwordless.help_text = "Uw apparaat vraagt dan om een vingerafdruk, gezicht of pincode."
        passwordless.initial = True


class EditWebAuthnForm(NldsFormMixin, webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword(self.fields["name"], "Naam van deze passkey", "Vul een naam in.")
