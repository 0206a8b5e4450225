"""Adding files in a real browser, with a real scanner: what is sent, what is refused, and what changes by itself."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from kvk2.core.tasks import scan_pending_files
from kvk2.core.tests.eicar import EICAR
from kvk2.core.tests.uploads import pdf
from kvk2.tests.browser import Person, chromium, hang_up
from subsidies.tests.factories import ApplicationFactory, SubsidyRoundFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "een lange zin om in te loggen"
PDF = pdf()
SOON = 15_000  # milliseconds; the page asks every two seconds


@pytest.fixture
def draft(live_server, settings):
    settings.DEMO = True
    draft = ApplicationFactory(round=SubsidyRoundFactory(open=True))
    draft.created_by.set_password(PASSWORD)
    draft.created_by.is_demo = True
    draft.created_by.save()
    draft.attachments.all().delete()
    yield draft
    hang_up()


@pytest.fixture(params=[1280, 320])
def director(request, live_server, draft):
    with chromium() as browser:
        person = Person(browser, live_server.url, draft.created_by.email, PASSWORD, request.param)
        person.go(reverse("subsidies:application_attachments", args=[draft.pk]))
        yield person
        assert person.findings == []


def choose(director, *files):
    director.page.get_by_label("bewijs van draagvlak").check()
    director.page.locator("main input[type=file]").set_input_files(
        [
            {"name": name, "mimeType": "application/pdf", "buffer": content}
            for name, content in files
        ]
    )
    director.page.get_by_role("button", name="Bestanden toevoegen").click()


def item(director, name):
    return director.page.locator("main .lw-file-list__item").filter(has_text=name)


def test_files_are_sent_judged_and_shown_without_a_reload(director, clamd):
    page = director.page
    page.evaluate("window.stillTheSamePage = true")

    choose(director, ("steun.pdf", PDF), ("besmet.pdf", PDF + EICAR))

    expect(item(director, "steun.pdf")).to_contain_text("Wordt nog gecontroleerd")
    expect(item(director, "besmet.pdf")).to_contain_text("Wordt nog gecontroleerd")
    assert item(director, "steun.pdf").get_by_role("link").count() == 1  # to take it away
    director.look()

    assert scan_pending_files() == 2

    expect(item(director, "steun.pdf")).to_contain_text("Gecontroleerd", timeout=SOON)
    refused = page.locator("main").get_by_role("alert")
    expect(refused).to_contain_text("‘besmet.pdf’ is geweigerd.", timeout=SOON)
    expect(refused).to_contain_text("Eicar-Test-Signature")
    assert page.evaluate("window.stillTheSamePage")
    director.look()

    assert director.download("steun.pdf") == PDF

    item(director, "besmet.pdf").get_by_role("link", name="Verwijderen").click()
    expect(page.get_by_role("button", name="Verwijderen")).to_be_visible()
    director.look()
    page.get_by_role("button", name="Verwijderen").click()
    expect(page.locator("main")).to_contain_text("‘besmet.pdf’ is verwijderd.")
    expect(page.locator("main")).to_contain_text("Alle bestanden zijn gecontroleerd.")
    director.look()


def test_without_a_scanner_files_wait_and_nothing_is_called_clean(director, settings):
    settings.CLAMD_URL = "unix:///nergens/clamd.sock"

    choose(director, ("steun.pdf", PDF))
    expect(item(director, "steun.pdf")).to_contain_text("Wordt nog gecontroleerd")
    with director.page.expect_response("**/bijlagen/bestanden/", timeout=SOON):
        assert scan_pending_files() == 0

    expect(item(director, "steun.pdf")).to_contain_text("Wordt nog gecontroleerd")
    expect(director.page.locator("main")).to_contain_text("ook indienen")
    director.look()


def test_what_is_refused_stands_on_the_page_with_the_focus_on_it(director):
    choose(director, ("goed.pdf", PDF), ("plan.pdf", b"MZ dit is een programma"))

    summary = director.page.locator(".lw-form-summary-error")
    expect(summary).to_contain_text("De inhoud van ‘plan.pdf’ is geen PDF-bestand.")
    expect(summary).to_be_focused()
    expect(item(director, "goed.pdf")).to_be_visible()
    director.look()


def test_it_works_without_javascript(live_server, draft, clamd):
    with chromium() as browser:
        director = Person(browser, live_server.url, draft.created_by.email, PASSWORD)
        path = reverse("subsidies:application_attachments", args=[draft.pk])
        director.go(path)
        plain = browser.new_context(
            java_script_enabled=False, storage_state=director.context.storage_state()
        )
        page = plain.new_page()
        page.goto(live_server.url + path)
        page.get_by_label("bewijs van draagvlak").check()
        page.locator("main input[type=file]").set_input_files(
            [{"name": "steun.pdf", "mimeType": "application/pdf", "buffer": PDF}]
        )
        page.get_by_role("button", name="Bestanden toevoegen").click()
        expect(page.locator("main")).to_contain_text("Wordt nog gecontroleerd")
        assert scan_pending_files() == 1
        page.reload()
        expect(page.locator("main")).to_contain_text("Gecontroleerd")
