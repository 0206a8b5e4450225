"""Getting in and staying in: lock-out, the second step, recovery, and the end of an idle session."""

import re
import time

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse

from ikc.middleware import LAST_SEEN
from ikc.models import User
from kvk2.core.models import OutgoingMail

PASSWORD = "een lange zin om in te loggen"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    """Not the strict one: allauth notes at a GET that recovery codes were seen, and rightly so."""
    return Client()


@pytest.fixture(autouse=True)
def _quick_hashes(settings):
    """Argon2 is slow on purpose; none of these tests is about its strength."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def user() -> User:
    return User.objects.create_user(
        "sanne@ikc.example", PASSWORD, first_name="Sanne", last_name="de Boer"
    )


@pytest.fixture
def protected_user(user) -> User:
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def code_of_the_app() -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(SECRET, counter))


def log_in(client, *, email="sanne@ikc.example", password=PASSWORD, **extra):
    return client.post(reverse("account_login"), {"login": email, "password": password, **extra})


def is_logged_in(client) -> bool:
    return "_auth_user_id" in client.session


# --- password


def test_login_asks_for_the_second_step_and_then_opens_the_portal(client, protected_user):
    response = log_in(client)
    assert response.url == reverse("mfa_authenticate")
    assert not is_logged_in(client)
    assert client.get(response.url).status_code == 200

    response = client.post(response.url, {"code": code_of_the_app()})
    assert response.url == reverse("start")
    assert is_logged_in(client)


def test_a_wrong_password_says_so_without_telling_who_has_an_account(client, user):
    wrong = log_in(client, password="iets heel anders")
    unknown = log_in(client, email="niemand@ikc.example")
    for response in (wrong, unknown):
        assert response.status_code == 422
        assert "Het e-mailadres of het wachtwoord klopt niet." in response.content.decode()


def test_empty_fields_are_named_one_by_one(client):
    page = log_in(client, email="", password="").content.decode()
    assert "Fout: Inloggen" in page
    assert 'href="#id_login"' in page
    assert "Vul uw wachtwoord in." in page


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(client, user):
    for _ in range(5):
        log_in(client, password="iets heel anders")
    response = log_in(client)
    assert response.status_code == 422
    assert "over een kwartier opnieuw" in response.content.decode()
    assert not is_logged_in(client)


def test_a_lock_is_on_the_account_and_not_on_the_address_of_the_town_hall(client, user):
    User.objects.create_user("buur@ikc.example", PASSWORD, first_name="Bauke", last_name="Vos")
    for _ in range(6):
        log_in(client, password="iets heel anders")
    assert log_in(client, email="buur@ikc.example").status_code == 302


def test_five_wrong_codes_lock_the_second_step(client, protected_user):
    url = log_in(client).url
    for _ in range(5):
        assert client.post(url, {"code": "000000"}).status_code == 422
    response = client.post(url, {"code": code_of_the_app()})
    assert response.status_code == 422
    assert not is_logged_in(client)


def test_a_blocked_account_is_told_so_and_stays_out(client, user):
    User.objects.filter(pk=user.pk).update(is_active=False)
    response = log_in(client)
    assert response.url == reverse("account_inactive")
    assert "geblokkeerd" in client.get(response.url).content.decode()
    assert not is_logged_in(client)


def test_a_demo_account_is_nothing_outside_a_demo(client, user, settings):
    User.objects.filter(pk=user.pk).update(is_demo=True)
    settings.DEMO = False
    log_in(client)
    assert not is_logged_in(client)
    settings.DEMO = True
    assert log_in(client).url == reverse("start")


def test_nobody_can_make_an_account_for_themselves():
    for name in ("account_signup", "account_email", "mfa_signup_webauthn"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


# --- the second step


def test_without_a_second_step_every_page_leads_to_its_set_up(client, user):
    client.force_login(user)
    response = client.get(reverse("start"))
    assert response.url == reverse("mfa_index")
    page = client.get(response.url).content.decode()
    assert "Stel eerst een tweede stap" in page
    assert client.get(reverse("privacy")).status_code == 200


def test_a_demo_account_goes_without_in_a_demo(client, user, settings):
    User.objects.filter(pk=user.pk).update(is_demo=True)
    client.force_login(user)
    settings.DEMO = True
    assert client.get(reverse("start")).status_code == 200
    settings.DEMO = False
    assert client.get(reverse("start")).status_code == 302


def test_coupling_an_app_gives_recovery_codes_and_opens_the_portal(
    client, user, django_capture_on_commit_callbacks
):
    log_in(client)
    page = client.get(reverse("mfa_activate_totp"))
    assert "<svg" in page.content.decode()
    secret = page.context["form"].secret
    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value(secret, counter))
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("mfa_activate_totp"), {"code": code})
    assert response.url == reverse("mfa_view_recovery_codes")
    page = client.get(response.url).content.decode()
    assert len(re.findall(r"<li>\d{8}</li>", page)) == 10
    assert client.get(reverse("start")).status_code == 200
    notices = OutgoingMail.objects.filter(to=user.email).values_list("body", flat=True)
    assert any("authenticator-app" in body for body in notices)


def test_a_wrong_code_does_not_couple_an_app(client, user):
    log_in(client)
    client.get(reverse("mfa_activate_totp"))
    response = client.post(reverse("mfa_activate_totp"), {"code": "123"})
    assert response.status_code == 422
    assert not Authenticator.objects.exists()


def test_taking_the_app_away_closes_the_portal_again(client, protected_user):
    url = log_in(client).url
    client.post(url, {"code": code_of_the_app()})
    assert client.get(reverse("start")).status_code == 200
    client.post(reverse("mfa_deactivate_totp"))
    assert client.get(reverse("start")).url == reverse("mfa_index")


def test_a_recovery_code_works_once(client, protected_user):
    stored = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    code = stored.wrap().get_unused_codes()[0]
    url = log_in(client).url
    assert client.post(url, {"code": code}).url == reverse("start")
    client.logout()
    url = log_in(client).url
    assert client.post(url, {"code": code}).status_code == 422


def test_the_codes_can_be_fetched_as_a_file(client, protected_user):
    url = log_in(client).url
    client.post(url, {"code": code_of_the_app()})
    response = client.get(reverse("mfa_download_recovery_codes"))
    assert response["Content-Type"].startswith("text/plain")
    assert len(re.findall(r"^\d{8}$", response.content.decode(), re.MULTILINE)) == 10


def test_seeds_lie_sealed_in_the_database_and_survive_a_new_key(protected_user, settings):
    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    assert SECRET not in str(stored.data)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "x" * 60, [settings.SECRET_KEY]
    assert get_adapter().decrypt(stored.data["secret"]) == SECRET


@pytest.mark.parametrize(
    "name",
    [
        "mfa_index",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_deactivate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "account_change_password",
        "account_logout",
    ],
)
def test_every_page_of_the_account_renders(client, protected_user, name):
    url = log_in(client).url
    client.post(url, {"code": code_of_the_app()})
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", ["account_reauthenticate", "mfa_reauthenticate"])
def test_a_page_that_asks_for_certainty_again_renders(client, protected_user, name):
    url = log_in(client).url
    client.post(url, {"code": code_of_the_app()})
    response = client.get(reverse(name), follow=True)
    assert "Bevestig dat u het bent" in response.content.decode()


def test_later_in_a_session_the_second_step_asks_for_the_password_again(client, protected_user):
    url = log_in(client).url
    client.post(url, {"code": code_of_the_app()})
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    response = client.post(reverse("mfa_deactivate_totp"))
    assert response.url.startswith(reverse("account_reauthenticate"))
    wrong = client.post(response.url, {"password": "iets heel anders"})
    assert wrong.status_code == 422
    response = client.post(response.url, {"password": PASSWORD})
    assert response.url == reverse("mfa_index")  # what was asked before is done now
    assert not Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()


# --- forgotten passwords


def test_a_forgotten_password_is_set_through_the_mail(client, user):
    response = client.post(reverse("account_reset_password"), {"email": user.email})
    assert response.url == reverse("account_reset_password_done")
    assert client.get(response.url).status_code == 200
    (message,) = mail.outbox
    assert message.to == [user.email]
    link = re.search(r"http://testserver(\S+)", message.body)[1]
    assert not OutgoingMail.objects.exists()  # a key never lies in the queue

    page = client.get(link, follow=True)
    url = page.redirect_chain[-1][0]
    weak = client.post(url, {"password1": "welkom", "password2": "welkom"})
    assert weak.status_code == 422
    response = client.post(
        url, {"password1": "nieuwe lange zin 9", "password2": "nieuwe lange zin 9"}
    )
    assert client.get(response.url).status_code == 200
    user.refresh_from_db()
    assert user.check_password("nieuwe lange zin 9")
    assert "link werkt niet meer" in client.get(link).content.decode()


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client, user):
    response = client.post(reverse("account_reset_password"), {"email": "niemand@ikc.example"})
    assert response.url == reverse("account_reset_password_done")
    assert mail.outbox == []


@pytest.mark.parametrize(
    "password",
    ["korter", "wachtwoord1234567890"[:11], "password1234", "sanne@ikc.example", "123456789012"],
)
def test_a_weak_password_is_refused(client, protected_user, password):
    url = log_in(client).url
    client.post(url, {"code": code_of_the_app()})
    response = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": password, "password2": password},
    )
    assert response.status_code == 422
    protected_user.refresh_from_db()
    assert protected_user.check_password(PASSWORD)


# --- the end of a session


def be_idle(client, seconds):
    session = client.session
    session[LAST_SEEN] = int(time.time()) - seconds
    session.save()


@pytest.fixture
def inside(client, protected_user):
    url = log_in(client).url
    client.post(url, {"code": code_of_the_app()})
    client.get(reverse("start"))
    return client


def test_an_idle_session_ends_with_an_explanation_and_a_way_back(inside, settings):
    be_idle(inside, settings.SESSION_IDLE_SECONDS + 120)
    response = inside.get(reverse("start"))
    assert response.url == f"{reverse('account_login')}?verlopen=1&next=%2F"
    assert not is_logged_in(inside)
    page = inside.get(response.url).content.decode()
    assert "U bent uitgelogd" in page
    assert '<input type="hidden" name="next" value="/">' in page


def test_activity_keeps_a_session_alive(inside, settings):
    be_idle(inside, settings.SESSION_IDLE_SECONDS - 60)
    assert inside.post(reverse("keep_alive")).status_code == 204
    assert time.time() - inside.session[LAST_SEEN] < 60


def test_a_page_that_refreshes_itself_is_no_activity(inside, settings):
    be_idle(inside, settings.SESSION_IDLE_SECONDS - 60)
    inside.get(reverse("start"), headers={"X-Background": "1"})
    assert time.time() - inside.session[LAST_SEEN] > settings.SESSION_IDLE_SECONDS - 120


def test_a_part_of_a_page_leads_the_whole_page_to_the_login(inside, settings):
    be_idle(inside, settings.SESSION_IDLE_SECONDS + 120)
    response = inside.get(reverse("start"), headers={"HX-Request": "true"})
    assert response["HX-Redirect"].startswith(reverse("account_login"))


def test_every_page_carries_the_warning_before_the_end(inside, settings):
    page = inside.get(reverse("start")).content.decode()
    assert f'data-kvk2-idle="{settings.SESSION_IDLE_SECONDS}"' in page
    assert "Blijf ingelogd" in page
