"""Where the portal differs from django-allauth: no sign-up, Dutch words, mail as rows, sealed secrets."""

import base64
import logging
import time
from typing import TYPE_CHECKING, Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from kvk2.core.mail import queue_mail

if TYPE_CHECKING:
    from ikc.models import User

logger = logging.getLogger("kvk2.login")

EXPIRED = "verlopen=1"
# What the mail says that happened, by the name that allauth gives to the mail.
NOTICES = {
    "account/email/password_changed": "Uw wachtwoord is gewijzigd.",
    "account/email/password_reset": "U hebt een nieuw wachtwoord ingesteld.",
    "mfa/email/totp_activated": "Er is een authenticator-app aan uw account gekoppeld.",
    "mfa/email/totp_deactivated": "De authenticator-app is van uw account losgekoppeld.",
    "mfa/email/recovery_codes_generated": "Er zijn nieuwe herstelcodes voor uw account gemaakt.",
    "mfa/email/webauthn_added": "Er is een passkey aan uw account toegevoegd.",
    "mfa/email/webauthn_removed": "Er is een passkey van uw account verwijderd.",
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "Dit account is geblokkeerd.",
        "email_password_mismatch": "Het e-mailadres of het wachtwoord klopt niet.",
        "enter_current_password": "Dit is niet uw huidige wachtwoord.",
        "incorrect_code": "Deze code klopt niet. Vul de code in die de app nu laat zien.",
        "incorrect_password": "Dit wachtwoord klopt niet.",
        "invalid_or_expired_key": "Deze link is verlopen of al gebruikt.",
        "invalid_password_reset": "Deze link is verlopen of al gebruikt.",
        "rate_limited": "U hebt het te vaak geprobeerd. Wacht een kwartier.",
        "too_many_login_attempts": (
            "Er is te vaak een verkeerd wachtwoord of een verkeerde code ingevuld. Inloggen met dit "
            "account kan daarom even niet. Probeer het over een kwartier opnieuw."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: "User", **kwargs: Any) -> Any:
        """A demo account is as good as blocked outside a demo, whatever way it came in by."""
        if user.is_demo and not settings.DEMO:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Not for who is logged out by the clock: the login page explains that already."""
        if EXPIRED not in request.POST.get("next", ""):
            super().add_message(request, *args, **kwargs)

    def reauthenticate(self, user: "User", password: str) -> bool:
        """Through `authenticate`, so that wrong guesses count for the lock-out here as well."""
        again = self.authenticate(context.request, email=user.email, password=password)
        return again is not None and again.pk == user.pk

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Not for who has just logged in: then setting up the second step asks nothing twice."""
        records = get_authentication_records(context.request, context.request.user)
        newest = max((record["at"] for record in records), default=0)
        return time.time() - newest > app_settings.REAUTHENTICATION_TIMEOUT

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        logger.warning("login_failed")  # the log adds request id and address; who it was stays out

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """At once, not through the queue: the only mail with a key in it may not lie about in a table.

        A mail server that fails is logged and not told to the visitor: it would tell which
        addresses have an account.
        """
        try:
            super().send_mail(
                template_prefix, email, {**context, "municipality": settings.MUNICIPALITY}
            )
        except OSError:
            logger.exception("account_mail_failed")

    def send_notification_mail(
        self,
        template_prefix: str,
        user: "User",
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        now = timezone.now()
        notice = {
            "user": user,
            "what_happened": NOTICES[template_prefix],
            "at": now,
            "municipality": settings.MUNICIPALITY,
        }
        queue_mail(user.email, "ikc/mail/account_notice", notice, at=now)


class MfaAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_generate_recovery_codes": "Stel eerst een app of passkey in.",
        "incorrect_code": "Deze code klopt niet. Vul de code in die de app nu laat zien.",
    }

    def get_totp_issuer(self) -> str:
        return f"{settings.MUNICIPALITY['product']} {settings.MUNICIPALITY['short_name']}"

    def get_totp_label(self, user: "User") -> str:
        return user.email

    def build_totp_svg(self, url: str) -> str:
        """The QR code as an element to put into the page, without the head of an XML file."""
        svg = super().build_totp_svg(url)
        return svg[svg.index("<svg") :]

    def generate_authenticator_name(self, user: "User", type: str) -> str:
        count = Authenticator.objects.filter(user=user, type=type).count()
        return f"Passkey {count + 1}" if count else "Passkey"

    def encrypt(self, text: str) -> str:
        """Seeds of apps and recovery codes lie sealed in the database: a copy of it is not enough."""
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _seal().decrypt(encrypted_text.encode()).decode()


def _seal() -> MultiFernet:
    """Made of SECRET_KEY; what an earlier key of SECRET_KEY_FALLBACKS sealed still opens."""
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(secret: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"kvk2 second factor")
    return base64.urlsafe_b64encode(derivation.derive(secret.encode()))
