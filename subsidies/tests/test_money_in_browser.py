"""From the account of a grant to money that comes back, in a browser, each step by who does it; on small data of its own."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from ikc.models import User
from ikc.tests.factories import UserFactory
from kvk2.tests.browser import Person, chromium, hang_up
from kvk2.tests.walking import dutch
from monitoring.demo.paper import SUPPORT_PDF
from subsidies import tasks
from subsidies.models import Decision, Letter, Objection, PaymentOrder, Recovery
from subsidies.services import recoveries, refusals
from subsidies.tests.factories_accounts import OVER_AT, board_of, director_of, due_reports
from subsidies.tests.factories_assessment import SigningMandateFactory
from subsidies.tests.factories_payments import ordered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "een lange zin om in te loggen"
REPORT = {"name": "verslag.pdf", "mimeType": "application/pdf", "buffer": SUPPORT_PDF}


class People:
    """Who takes part, each at a window of their own."""

    def __init__(self, browser, base: str) -> None:
        self.browser, self.base = browser, base
        self.there: list[Person] = []

    def at_screen(self, user: User, **options) -> Person:
        user.is_demo = True  # logs in without a second factor
        user.set_password(PASSWORD)
        user.save()
        person = Person(self.browser, self.base, user.email, PASSWORD, **options)
        self.there.append(person)
        return person

    def findings(self) -> list[str]:
        return [finding for person in self.there for finding in person.findings]

    def show(self, folder: Path) -> str:
        for number, person in enumerate(self.there):
            person.page.screenshot(path=str(folder / f"{number}.png"), full_page=True)
        return "\n".join(f"{person.email}: {person.path}" for person in self.there)


@pytest.fixture
def people(transactional_db, live_server, settings, tmp_path):
    settings.DEMO = True
    with chromium() as browser:
        people = People(browser, live_server.url)
        yield people
        people.show(tmp_path)
    hang_up()


@pytest.fixture
def reports(transactional_db):
    """Two grants whose period is over; of the first the advances were paid."""
    first, second = due_reports(2)
    # the factory announced without these
    Letter.objects.update(next_attempt_at=OVER_AT + timedelta(days=3650))
    ordered(*first.grant.payments.order_by("number"))
    return first, second


def test_from_the_account_to_the_money_that_comes_back(people, reports):
    report = reports[0]
    director = people.at_screen(director_of(report))
    leader = people.at_screen(UserFactory(project_leader=True))
    second = people.at_screen(UserFactory(second_project_leader=True))
    signer = people.at_screen(SigningMandateFactory().user)
    other_signer = people.at_screen(SigningMandateFactory().user)
    with time_machine.travel(OVER_AT, tick=True) as clock:
        fill_in(director, report)
        hand_in(people.at_screen(board_of(report)), report)
        judge(leader, report)
        determine(leader, report)
        clock.move_to(OVER_AT + timedelta(days=15))
        assert refusals.lapse_views(at=timezone.now()) == 1
        determination = Decision.objects.get(kind="determination")
        decide(determination, leader, second, signer)
        object_to(director, determination)
        objection = Objection.objects.get()
        handle(second, objection, clock)
        decide(Decision.objects.get(kind="objection"), second, leader, other_signer)
        recovery = Recovery.objects.get()
        claim_back(leader, recovery)
        decide(Decision.objects.get(kind="recovery"), leader, second, signer)
        clock.move_to(timezone.now() + timedelta(days=60))
        assert recoveries.pass_terms(at=timezone.now()) == 1
        remind(leader, recovery)
        pay(signer, leader, second)
        look_at_320_px(people, director_of(report), report, objection, recovery)
    assert people.findings() == []


def fill_in(director: Person, report) -> None:
    """The director tells what became of it; the board signs."""
    director.go("/")
    director.press("Verantwoord de subsidie van")
    director.press("Invullen")
    rows = list(report.results.order_by("order"))
    answers = {f"outcome_{row.pk}": "done" for row in rows}
    answers[f"outcome_{rows[0].pk}"] = "partly"
    answers[f"explanation_{rows[0].pk}"] = "De vakdocent was zes weken ziek."
    director.fill(**answers, summary="Alle kinderen deden mee, ook die van de opvang.")
    director.press("Opslaan en verder")
    director.press("Opslaan en verder")  # the amounts as they were planned
    for name in report.documents:
        director.fill(document=name, files=REPORT)
        director.press("Bestanden toevoegen")
    director.press("Verder")
    assert director.sees("Het schoolbestuur ondertekent")


def hand_in(board: Person, report) -> None:
    board.go("/")
    board.press("Verantwoord de subsidie van")
    board.press("Controleren en indienen")
    board.fill(declared=True, signed_job_title="bestuurder")
    board.press("Ondertekenen en indienen")
    assert board.sees("De verantwoording is ingediend")
    report.refresh_from_db()
    assert report.state == "submitted"


def judge(leader: Person, report) -> None:
    leader.go("/")
    leader.press("1 verantwoording te beoordelen")
    leader.press(str(report.grant.application.ikc))
    leader.press("Beoordelen")
    if leader.path == report.get_absolute_url():
        leader.press("Oordeel geven")
    rows = list(report.results.order_by("order"))
    verdicts = {f"activity_{row.pk}": "done" for row in rows}
    verdicts[f"activity_{rows[0].pk}"] = "partly"
    verdicts[f"activity_note_{rows[0].pk}"] = "Zes van de twintig middagen vervielen."
    duties = report.grant.decision.obligations.filter(kind="standard")
    verdicts |= {f"duty_{duty.pk}": "met" for duty in duties}
    leader.fill(**verdicts, assessment="De verantwoording is volledig en navolgbaar.")
    leader.press("Opslaan en akkoord geven")
    assert leader.sees("De verantwoording is akkoord")


def determine(leader: Person, report) -> None:
    """Lower than was paid: the recipient reads the intention first."""
    leader.press("Vaststelling voorbereiden")
    leader.fill(
        lowered_to_percentage="60",
        ground="not_carried_out",
        proportionality="Alleen de middagen die vervielen, tellen niet mee.",
        motivation="Niet alle middagen zijn gegeven.",
    )
    leader.press("Concept maken")
    leader.go(report.grant.get_absolute_url())
    leader.press("Voornemen versturen")
    leader.press("Voornemen versturen")
    tasks.render_pending_letters()


def decide(decision: Decision, drafter: Person, checker: Person, signer: Person) -> None:
    """Four eyes, a signature, and the worker that sends."""
    address = decision.get_absolute_url()
    drafter.go(address)
    drafter.press("Voorleggen voor toets")
    checker.go("/")
    checker.go(address)
    checker.press("Juridisch toetsen")
    checker.tick_everything()
    checker.press("Toets akkoord")
    signer.go("/")
    signer.go(address)
    signer.press("Besluit nemen")
    signer.fill(agreed=True)
    signer.press("Besluit nemen")
    tasks.render_pending_letters()
    decision.refresh_from_db()
    assert decision.announced_at is not None


def object_to(director: Person, decision: Decision) -> None:
    """The director reads the letter, and does not agree."""
    director.go(decision.letter.message.get_absolute_url())
    with director.page.expect_response(re.compile("/openen/")) as answer:
        director.page.get_by_role("button", name="Lees de brief").first.click()
    assert answer.value.headers["content-type"] == "application/pdf"
    director.page.wait_for_load_state()
    director.go(decision.get_absolute_url())
    director.press("Bezwaar maken")
    director.fill(grounds="De middagen vervielen door ziekte.", signed=True)
    director.press("Bezwaar indienen")
    assert director.sees("Wij beslissen uiterlijk")


def handle(handler: Person, objection: Objection, clock) -> None:
    """By who did not draft what is contested: admissible, heard, and advised on."""
    handler.go("/bezwaren/")
    handler.press(objection.name)
    handler.press("Ontvangst bevestigen")
    handler.press_main()
    handler.press("Ontvankelijkheid beoordelen")
    handler.fill(interested="ja", judgement="Op tijd, en van de ontvanger zelf.")
    handler.press("Oordeel vastleggen")
    handler.press("Hoorzitting plannen")
    today = timezone.localdate()
    handler.fill(
        held_on=dutch(today + timedelta(days=14)),
        begins="10:00",
        place="Stadskantoor, kamer 2.14",
        chair="mr. A. Visser",
        file_open_from=dutch(today + timedelta(days=2)),
    )
    handler.press("Hoorzitting plannen")
    clock.move_to(timezone.now() + timedelta(days=15))
    handler.go(objection.get_absolute_url())
    handler.press("Verslag vastleggen")
    handler.fill(report="Het bestuur lichtte de uitval toe.")
    handler.press("Verslag vastleggen")
    handler.press("Advies vastleggen")
    handler.fill(
        advised_by="mr. A. Visser",
        advised_on=dutch(timezone.localdate()),
        outcome="unfounded",
        advice="De verlaging past bij wat er niet is gedaan.",
    )
    handler.press("Advies vastleggen")
    handler.press("Beslissing voorbereiden")
    handler.fill(outcome="unfounded", motivation="Wij nemen het advies over.")
    handler.press("Concept maken")


def claim_back(leader: Person, recovery: Recovery) -> None:
    leader.go("/")
    leader.press("1 terugvordering voorgesteld")
    leader.press(str(recovery.grant.application.ikc))
    leader.press("Besluit voorbereiden")
    leader.fill(reason="Er is meer betaald dan waarop u recht heeft.")
    leader.press("Concept maken")


def remind(leader: Person, recovery: Recovery) -> None:
    """Nobody paid."""
    leader.go("/")
    leader.press("1 terugvordering niet op tijd betaald")
    leader.press(str(recovery.grant.application.ikc))
    leader.press("Aanmanen")
    leader.press_main()
    recovery.refresh_from_db()
    assert recovery.state == "reminded"


def pay(signer: Person, leader: Person, releaser: Person) -> None:
    """What is due on the other grant: approved by one, put in an order by another, released by a third."""
    signer.go("/betalingen/")
    signer.press("Goedkeuren")
    signer.press("Goedkeuren")
    leader.go("/betalingen/")
    leader.press("Opdracht maken")
    leader.tick_everything()
    leader.fill(execute_on=dutch(timezone.localdate() + timedelta(days=1)))
    leader.press("Opdracht maken")
    order = PaymentOrder.objects.order_by("-pk")[0]
    assert leader.path == order.get_absolute_url()
    releaser.go(order.get_absolute_url())
    releaser.press("Vrijgeven")
    releaser.press("Opdracht vrijgeven")
    assert releaser.sees("Het bestand voor de bank staat klaar")


def look_at_320_px(people: People, director: User, report, objection, recovery) -> None:
    """What the recipient reads of all this on a small telephone."""
    small = people.at_screen(director, width=320)
    pages = [
        reverse(f"subsidies:{name}_list") for name in ("grant", "account", "payment", "recovery")
    ]
    pages += [thing.get_absolute_url() for thing in (report.grant, report, objection, recovery)]
    pages += [decision.get_absolute_url() for decision in report.grant.acts.order_by("pk")]
    for page in pages:
        assert small.go(page) == 200
