"""The flows of django-allauth that the portal has, under Dutch addresses and allauth's own names."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path

urlpatterns = [
    path("inloggen/", account.login, name="account_login"),
    path("uitloggen/", account.logout, name="account_logout"),
    path("geblokkeerd/", account.account_inactive, name="account_inactive"),
    path("bevestigen/", account.reauthenticate, name="account_reauthenticate"),
    path("wachtwoord/", account.password_change, name="account_change_password"),
    path("wachtwoord/vergeten/", account.password_reset, name="account_reset_password"),
    path(
        "wachtwoord/vergeten/verstuurd/",
        account.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^wachtwoord/nieuw/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "wachtwoord/nieuw/klaar/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("beveiliging/", mfa.index, name="mfa_index"),
    path("beveiliging/code/", mfa.authenticate, name="mfa_authenticate"),
    path("beveiliging/bevestigen/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("beveiliging/app/koppelen/", totp.activate_totp, name="mfa_activate_totp"),
    path("beveiliging/app/loskoppelen/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("beveiliging/herstelcodes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "beveiliging/herstelcodes/nieuw/",
        recovery.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "beveiliging/herstelcodes/ophalen/",
        recovery.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("beveiliging/passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("beveiliging/passkeys/toevoegen/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path(
        "beveiliging/passkeys/bevestigen/",
        webauthn.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "beveiliging/passkeys/inloggen/",
        login_not_required(webauthn.login_webauthn),
        name="mfa_login_webauthn",
    ),
    path(
        "beveiliging/passkeys/<int:pk>/verwijderen/",
        webauthn.remove_webauthn,
        name="mfa_remove_webauthn",
    ),
    path("beveiliging/passkeys/<int:pk>/naam/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
]
