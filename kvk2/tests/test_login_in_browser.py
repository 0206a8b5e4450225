"""What only a browser can show of logging in: passkeys, the warning before the end, and life without JavaScript."""

import pytest
from django.urls import reverse

from ikc.models import User
from kvk2.tests.browser import chromium, hang_up

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "een lange zin om in te loggen"
# A passkey belongs to a name, and 127.0.0.1 is none.
HOST = "localhost"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
# As if the last request was this many seconds ago.
BE_IDLE = """seconds => {
    const then = String(Math.floor(Date.now() / 1000) - seconds);
    localStorage.setItem("kvk2-last-request", then);
    document.querySelector("#sessie").dataset.last = then;
}"""


@pytest.fixture
def base(live_server, settings):
    settings.DEMO = True
    User.objects.create_user(
        "sanne@ikc.example", PASSWORD, first_name="Sanne", last_name="de Boer", is_demo=True
    )
    yield live_server.url.replace("127.0.0.1", HOST)
    hang_up()


def log_in(page, base, path="/"):
    page.goto(f"{base}{reverse('account_login')}?next={path}")
    page.get_by_label("E-mailadres").fill("sanne@ikc.example")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen", exact=True).click()


def log_out(page, base):
    page.goto(base + reverse("account_logout"))
    page.get_by_role("main").get_by_role("button", name="Uitloggen").click()
    page.wait_for_url(f"**{reverse('account_login')}")


def test_a_passkey_is_made_and_opens_the_portal_with_and_without_password(base):
    with chromium() as browser:
        page = browser.new_page()
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        log_in(page, base)
        page.wait_for_url(f"{base}/")

        page.goto(base + reverse("mfa_add_webauthn"))
        page.get_by_role("button", name="Passkey maken").click()
        page.wait_for_url(f"**{reverse('mfa_view_recovery_codes')}")
        assert page.locator(".lw-codes li").count() == 10

        log_out(page, base)
        page.get_by_role("button", name="Inloggen met een passkey").click()
        page.wait_for_url(f"{base}/")

        log_out(page, base)
        log_in(page, base)
        page.wait_for_url(f"**{reverse('mfa_authenticate')}")
        page.get_by_role("button", name="Gebruik uw passkey").click()
        page.wait_for_url(f"{base}/")


def test_who_does_nothing_is_warned_may_stay_and_is_logged_out_in_the_end(base):
    with chromium() as browser:
        page = browser.new_page()
        log_in(page, base, path=reverse("about"))
        page.wait_for_url(f"**{reverse('about')}")
        warning = page.get_by_role("dialog", name="Wilt u ingelogd blijven?")
        assert not warning.is_visible()

        page.evaluate(BE_IDLE, 1700)
        warning.wait_for(state="visible")
        page.get_by_role("button", name="Blijf ingelogd").click()
        warning.wait_for(state="hidden")

        page.evaluate(BE_IDLE, 1900)
        page.wait_for_url("**verlopen=1**")
        assert page.get_by_text("U bent uitgelogd").count() == 1
        page.goto(base)
        assert reverse("account_login") in page.url


def test_everything_about_logging_in_but_passkeys_works_without_javascript(base):
    with chromium() as browser:
        page = browser.new_context(java_script_enabled=False).new_page()
        log_in(page, base)
        page.wait_for_url(f"{base}/")
        assert page.get_by_role("navigation", name="Kruimelpad").count() == 0
        page.locator("summary", has_text="Sanne de Boer").click()
        page.get_by_role("button", name="Uitloggen").first.click()
        page.wait_for_url(f"**{reverse('account_login')}")
        assert not page.get_by_role("button", name="Inloggen met een passkey").is_visible()
