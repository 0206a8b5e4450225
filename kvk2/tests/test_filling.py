"""What only a browser can show of filling in: nothing that was typed is ever lost, with and without JavaScript."""

from datetime import datetime, time, timedelta

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from ikc.models import User
from ikc.tests.factories import IkcFactory, UserFactory
from kvk2.core.deadlines import AMSTERDAM
from kvk2.tests.browser import Person, chromium, hang_up
from kvk2.tests.walking import dutch
from monitoring.demo import texts
from monitoring.demo.paper import SUPPORT_PDF
from subsidies.models import Application, Letter
from subsidies.states import ApplicationState
from subsidies.tests.factories import ApplicationFactory, SubsidyRoundFactory, open_round

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "een lange zin om in te loggen"
SUPPORT = {"name": "steunbrief.pdf", "mimeType": "application/pdf", "buffer": SUPPORT_PDF}
SECRET = "JBSWY3DPEHPK3PXP"
# Each character in its place tells that none went missing.
STORY = "".join(f"{n:03d} " for n in range(60)).strip()


@pytest.fixture(scope="module")
def browser(django_db_setup, django_db_blocker):
    """One for all tests of this file: a person has a window and cookies of their own."""
    with chromium() as one:
        yield one
    with django_db_blocker.unblock():
        hang_up()


@pytest.fixture
def base(browser, live_server, settings):
    settings.DEMO = True
    return live_server.url


@pytest.fixture
def ikc(base):
    return IkcFactory(name="IKC De Weide")


def director_of(ikc, **names) -> User:
    user = UserFactory(director=True, ikc=ikc, is_demo=True, **names)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def person(browser, base):
    """Makes persons at the browser; at the end none of their pages had a complaint."""
    everybody = []

    def make(user, **options) -> Person:
        one = Person(browser, base, user.email, PASSWORD, **options)
        everybody.append(one)
        return one

    yield make
    findings = [finding for one in everybody for finding in one.findings]
    for one in everybody:
        one.context.close()
    assert findings == []


def step(application, name) -> str:
    return reverse(f"subsidies:application_{name}", args=[application.pk])


def end_sessions() -> None:
    Session.objects.all().delete()


def saved(person: Person) -> None:
    expect(person.page.locator("#bewaard")).to_contain_text("Bewaard om", timeout=8000)


def log_in_again(person: Person) -> None:
    dialog = person.page.get_by_role("dialog", name="Log opnieuw in")
    dialog.get_by_label("Wachtwoord").fill(PASSWORD)
    assert dialog.get_by_label("E-mailadres").input_value() == person.email
    dialog.get_by_role("button", name="Inloggen", exact=True).click()
    dialog.wait_for(state="hidden")


def activity(round_) -> dict[str, object]:
    return {
        "activities__0__title": "Leesatelier",
        "activities__0__description": "Twee middagen per week lezen wij voor.",
        "activities__0__age_groups": ["age_2_3", "age_4_7"],
        "activities__0__starts_on": dutch(round_.period_start),
        "activities__0__ends_on": dutch(round_.period_end),
        "activities__0__reach": "40",
        "activities__0__domains": ["language"],
        "activities__0__goals": ["inequality"],
        "activities__0__finding": "Veel kinderen hebben een kleine woordenschat.",
        "activities__0__paid_otherwise": "false",
    }


def file_by_hand(person: Person, round_) -> Application:
    """From the round to the receipt, as somebody types it."""
    person.go(f"/rondes/{round_.pk}/aanvragen/")
    person.press("beginnen")
    application = Application.objects.get()
    person.go(step(application, "details"))
    person.fill(
        contact_phone="058 123 45 67", children_0_1=10, children_2_3=20, children_4_12="150"
    )
    person.press("Opslaan en verder")
    person.fill(**texts.PLANS[0])
    person.press("Opslaan en verder")
    person.fill(**activity(round_))
    person.press("Opslaan en verder")
    person.fill(
        costs__0__activity=str(application.activities.get().pk),
        costs__0__kind="material",
        costs__0__description="Boeken en materiaal",
        costs__0__amount="€ 9.000,00",
        requested_amount="9.000",
        applied_elsewhere="false",
    )
    person.press("Opslaan en verder")
    person.fill(reaches_undertaking="false")
    person.press("Opslaan en verder")
    person.fill(kind="support", file=SUPPORT)
    main = person.page.locator("main")
    main.get_by_role("button", name="Bestanden toevoegen").click()
    # the list, not the words of the field: those name the file while it is still on its way
    expect(person.page.locator("#bestanden")).to_contain_text("steunbrief.pdf")
    person.go(step(application, "sign"))
    person.fill(signed_job_title="directeur", declared=True)
    person.press("Ondertekenen en indienen")
    application.refresh_from_db()
    assert person.sees(application.number)
    assert person.sees("Tijd van ontvangst")
    return application


def test_a_director_goes_from_the_round_to_the_receipt(person, ikc):
    application = file_by_hand(person(director_of(ikc)), open_round())
    assert application.state == ApplicationState.SUBMITTED
    assert application.plan.summary == texts.PLANS[0]["summary"]


def test_the_same_way_without_javascript_though_the_session_ends_twice(person, ikc):
    plain = person(director_of(ikc), width=320, java_script_enabled=False)
    round_ = open_round()
    plain.go(f"/rondes/{round_.pk}/aanvragen/")
    plain.press("beginnen")
    application = Application.objects.get()
    plain.go(step(application, "details"))
    plain.fill(contact_phone="058 123 45 67", children_0_1=10, children_2_3=20, children_4_12="150")
    plain.press("Opslaan en verder")
    plain.fill(**texts.PLANS[0])
    end_sessions()
    plain.press("Opslaan en verder")
    plain.log_in()
    assert plain.sees("U was uitgelogd toen u dit formulier verstuurde.")
    for name, text in texts.PLANS[0].items():
        if name != "domains":
            assert plain.page.locator(f"main [name={name}]").input_value() == text
    plain.press("Opslaan en verder")
    application.plan.refresh_from_db()
    assert application.plan.support == texts.PLANS[0]["support"]
    plain.fill(**activity(round_))
    plain.press("Opslaan en verder")
    plain.fill(
        costs__0__activity=str(application.activities.get().pk),
        costs__0__kind="material",
        costs__0__description="Boeken",
    )
    plain.press("Regel toevoegen")
    plain.fill(costs__0__amount="9.000", requested_amount="9.000", applied_elsewhere="false")
    plain.press("Opslaan en verder")
    plain.fill(reaches_undertaking="false")
    plain.press("Opslaan en verder")
    plain.fill(kind="support", file=SUPPORT)
    plain.press("Bestanden toevoegen")
    plain.go(step(application, "sign"))
    plain.fill(signed_job_title="waarnemend directeur", declared=True)
    end_sessions()
    plain.press("Ondertekenen en indienen")
    plain.log_in()
    assert plain.page.locator("[name=signed_job_title]").input_value() == "waarnemend directeur"
    application.refresh_from_db()
    assert application.state == ApplicationState.DRAFT
    plain.press("Ondertekenen en indienen")
    assert plain.sees("Tijd van ontvangst")


def test_a_session_that_ends_in_mid_typing_costs_not_a_character(person, ikc):
    director = director_of(ikc)
    application = ApplicationFactory(ikc=ikc, director=director, round=open_round())
    writer = person(director)
    writer.go(step(application, "plan"))
    field = writer.page.locator("[name=analysis]")
    field.fill("")
    field.press_sequentially(STORY[:40])
    end_sessions()
    field.press_sequentially(STORY[40:], delay=20)
    log_in_again(writer)
    saved(writer)
    application.plan.refresh_from_db()
    assert application.plan.analysis == STORY == field.input_value()

    writer.page.locator("[name=support]").fill(STORY)
    end_sessions()
    writer.page.get_by_role("button", name="Opslaan en verder").click()
    log_in_again(writer)
    writer.page.wait_for_url(f"**{step(application, 'activities')}")
    writer.look()
    application.plan.refresh_from_db()
    assert application.plan.support == STORY


def code_of_the_app(later: int = 0) -> str:
    """What the app shows now, or so many half minutes from now: a code works once."""
    now = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(SECRET, now + later))


def test_with_a_second_factor_the_code_is_asked_in_place_and_again_when_filing(person, ikc):
    director = director_of(ikc)
    TOTP.activate(director, SECRET)
    spare = RecoveryCodes.activate(director).get_unused_codes()
    application = ApplicationFactory(ikc=ikc, director=director, round=open_round())
    writer = person(director)
    page = writer.page
    page.goto(writer.base + step(application, "plan"))
    writer.log_in()
    writer.fill(code=spare[0])
    writer.press("Inloggen")
    field = page.locator("[name=analysis]")
    field.fill("")
    field.press_sequentially(STORY[:40])
    end_sessions()
    field.press_sequentially(STORY[40:], delay=20)
    dialog = page.get_by_role("dialog", name="Log opnieuw in")
    dialog.get_by_label("Wachtwoord").fill(PASSWORD)
    dialog.get_by_role("button", name="Inloggen", exact=True).click()
    code = dialog.locator("[name=code]")
    expect(code).to_be_focused()
    writer.look()
    code.fill("000000")
    dialog.get_by_role("button", name="Inloggen", exact=True).click()
    expect(dialog.locator(".lw-form-summary-error")).to_be_visible()
    code.fill(code_of_the_app())
    dialog.get_by_role("button", name="Inloggen", exact=True).click()
    dialog.wait_for(state="hidden")
    saved(writer)
    application.plan.refresh_from_db()
    assert application.plan.analysis == STORY == field.input_value()

    page.goto(writer.base + step(application, "sign"))
    writer.fill(signed_job_title="waarnemend directeur", declared=True)
    end_sessions()
    writer.press("Ondertekenen en indienen")
    writer.log_in()
    writer.fill(code=code_of_the_app(later=1))
    writer.press("Inloggen")
    assert page.locator("[name=signed_job_title]").input_value() == "waarnemend directeur"
    application.refresh_from_db()
    assert application.state == ApplicationState.DRAFT
    writer.press("Ondertekenen en indienen")
    assert writer.sees("Tijd van ontvangst")


def test_somebody_else_who_logs_in_does_not_save_what_another_typed(person, ikc):
    director, colleague = director_of(ikc), director_of(ikc)
    application = ApplicationFactory(bare=True, ikc=ikc, director=director, round=open_round())
    writer = person(director)
    writer.go(step(application, "plan"))
    end_sessions()
    writer.fill(summary=STORY)
    dialog = writer.page.get_by_role("dialog", name="Log opnieuw in")
    dialog.get_by_label("E-mailadres").fill(colleague.email)
    dialog.get_by_label("Wachtwoord").fill(PASSWORD)
    dialog.get_by_role("button", name="Inloggen", exact=True).click()
    dialog.wait_for(state="hidden")
    expect(writer.page.get_by_text("ingelogd met een ander account")).to_be_visible()
    application.plan.refresh_from_db()
    assert application.plan.summary == ""
    assert writer.page.locator("[name=summary]").input_value() == STORY
    writer.complaints.clear()


def test_without_a_network_it_says_so_and_saves_when_it_is_back(person, ikc):
    director = director_of(ikc)
    application = ApplicationFactory(bare=True, ikc=ikc, director=director, round=open_round())
    writer = person(director)
    writer.go(step(application, "plan"))
    writer.context.set_offline(True)
    writer.fill(summary=STORY)
    problem = writer.page.locator("#niet-bewaard")
    expect(problem).to_contain_text("Niet bewaard: er is geen verbinding", timeout=8000)
    writer.page.get_by_role("button", name="Opslaan en verder").click()
    expect(problem).to_be_visible()
    writer.context.set_offline(False)
    saved(writer)
    expect(problem).to_be_hidden()
    application.plan.refresh_from_db()
    assert application.plan.summary == STORY
    writer.look()


def test_text_of_a_closed_tab_is_offered_again(person, ikc):
    director = director_of(ikc)
    application = ApplicationFactory(ikc=ikc, director=director, round=open_round())
    writer = person(director)
    writer.go(step(application, "budget"))
    writer.context.set_offline(True)
    writer.page.get_by_role("button", name="Regel toevoegen").first.click()
    writer.fill(costs__1__description=STORY[:190], costs__1__amount="12,50")
    writer.page.close()
    writer.context.set_offline(False)
    writer.open_page()
    writer.go(step(application, "budget"))
    offer = writer.page.locator("#terugzetten")
    expect(offer).to_contain_text("U had nog tekst die niet bewaard is")
    writer.look()
    offer.get_by_role("button", name="Tekst terugzetten").click()
    assert writer.page.locator("[name=costs-1-description]").input_value() == STORY[:190]
    saved(writer)
    writer.go(step(application, "budget"))
    assert writer.page.locator("[name=costs-1-description]").input_value() == STORY[:190]
    expect(offer).to_be_hidden()


def test_two_editors_see_each_other_and_the_older_page_overwrites_nothing(person, ikc):
    anna = director_of(ikc, first_name="Anna", last_name="de Vries")
    bert = director_of(ikc, first_name="Bert", last_name="Bakker")
    application = ApplicationFactory(ikc=ikc, director=anna, round=open_round())
    first, second = person(anna), person(bert)
    first.go(step(application, "plan"))
    second.go(step(application, "plan"))
    assert second.sees("Ook Anna de Vries heeft deze stap open (sinds ")
    second.fill(title="De titel van Bert", summary="De samenvatting van Bert")
    saved(second)
    first.fill(title="De titel van Anna", support="Het draagvlak van Anna")
    problem = first.page.locator("#niet-bewaard")
    expect(problem).to_contain_text("door een collega gewijzigd", timeout=8000)
    application.refresh_from_db()
    assert application.title == "De titel van Bert"

    first.press("Opslaan en verder")
    assert first.sees("Kies per vraag welke versie u wilt houden")
    title = first.page.get_by_role("group", name="Titel van het plan")
    title.get_by_label("Wat er bewaard is").check()
    summary = first.page.get_by_role("group", name="Vat uw plan samen")
    assert "De samenvatting van Bert" in summary.inner_text()
    summary.get_by_label("Wat er bewaard is").check()
    first.press("Mijn keuzes bewaren")
    application.refresh_from_db()
    application.plan.refresh_from_db()
    assert application.title == "De titel van Bert"
    assert application.plan.summary == "De samenvatting van Bert"
    assert application.plan.support == "Het draagvlak van Anna"


def test_an_older_tab_of_the_same_person_overwrites_nothing(person, ikc):
    director = director_of(ikc)
    application = ApplicationFactory(ikc=ikc, director=director, round=open_round())
    writer = person(director)
    writer.go(step(application, "plan"))
    older = writer.page
    writer.open_page()
    writer.go(step(application, "plan"))
    writer.fill(title="De titel van nu")
    saved(writer)
    older.locator("main [name=title]").fill("De titel van toen")
    expect(older.locator("#niet-bewaard")).to_contain_text("in een ander venster", timeout=8000)
    application.refresh_from_db()
    assert application.title == "De titel van nu"
    assert older.locator("main [name=title]").input_value() == "De titel van toen"


# --- filing


def test_two_clicks_file_once(person, ikc):
    director = director_of(ikc)
    application = ApplicationFactory(ikc=ikc, director=director, round=open_round())
    signer = person(director)
    signer.go(step(application, "sign"))
    signer.fill(signed_job_title="directeur", declared=True)
    signer.page.get_by_role("button", name="Ondertekenen en indienen").dblclick()
    signer.page.wait_for_url(f"**{step(application, 'receipt')}")
    signer.look()
    application.refresh_from_db()
    assert signer.sees(application.number)
    assert Letter.objects.filter(application=application).count() == 1


def test_the_last_second_counts_and_the_next_is_too_late(person, ikc):
    tomorrow = timezone.localdate() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time(), tzinfo=AMSTERDAM)
    round_ = SubsidyRoundFactory(
        opens_at=midnight - timedelta(days=30), closes_at=midnight, open=True
    )
    signers = []
    with time_machine.travel(midnight - timedelta(minutes=1)) as clock:
        for place in (ikc, IkcFactory(name="IKC De Wilp")):
            director = director_of(place)
            application = ApplicationFactory(ikc=place, director=director, round=round_)
            signer = person(director)
            signer.go(step(application, "sign"))
            signer.fill(signed_job_title="waarnemend directeur", declared=True)
            signers.append((signer, application))
        (first, in_time), (second, too_late) = signers
        clock.move_to(midnight - timedelta(milliseconds=1), tick=False)
        first.press("Ondertekenen en indienen")
        assert first.sees("23.59.59 uur")
        clock.move_to(midnight, tick=False)
        second.press("Ondertekenen en indienen")
    assert second.sees("om 24.00 uur. Uw verzoek kwam binnen op ")
    assert second.sees("om 00.00.00 uur.")
    typed = second.page.locator("[name=signed_job_title]")
    assert typed.input_value() == "waarnemend directeur"
    in_time.refresh_from_db()
    too_late.refresh_from_db()
    assert timezone.localtime(in_time.received_at).strftime("%H:%M:%S") == "23:59:59"
    assert (too_late.number, too_late.state) == ("", ApplicationState.DRAFT)
