"""A whole year of monitoring in a real browser, by six people who each do their own part, and a reader without account.

Plan, measure, look back, act: the director has one figure off course, says what happens about it, and somebody else
judges whether it worked. The reports are drawn here by the code of the worker; `test_walk.py` has the worker itself.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from agreements.models import ResultAgreement
from agreements.tests.factories import AgreementFactory, ProgrammeFactory
from ikc.models import User
from ikc.tests.factories import AgendaItemFactory, UserFactory
from kvk2.tests.browser import Person, chromium, hang_up
from kvk2.tests.walking import dutch
from monitoring.models import Action, AnnualReport, MonitoringCycle, ReportBatch, Return
from monitoring.services import judging, reports
from monitoring.tests.factories import YEAR, ruleset

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "een lange zin om in te loggen"
BEGIN = datetime(2025, 9, 1, 9, tzinfo=UTC)
TAKEN = BEGIN + timedelta(days=60)  # when the parties had their say
ANSWERS = {
    "recognise": "Ja, wij zien hetzelfde in de groepen.",
    "explain": "Veel gezinnen verhuisden in het voorjaar.",
    "value": "Wij vinden dit nog niet goed genoeg.",
    "improve": "Wij nodigen ouders thuis uit.",
}


class Year:
    """The people around one agreement, each with a window of their own, and the clock."""

    def __init__(self, browser, base: str, clock, agreement: ResultAgreement) -> None:
        self.browser, self.base, self.clock = browser, base, clock
        self.people: list[Person] = []
        board = agreement.versions.get(number=1).parties.get(role="school_board").organisation
        self.leader = self.seat(UserFactory(project_leader=True))
        self.director = self.seat(UserFactory(director=True, ikc=agreement.ikc))
        self.researcher = self.seat(UserFactory(researcher=True))
        self.second = self.seat(UserFactory(researcher=True))
        self.group = self.seat(UserFactory(development_group=True))
        self.board = self.seat(UserFactory(school_board=True, organisation=board))

    def seat(self, user: User) -> Person:
        user.set_password(PASSWORD)
        user.is_demo = True
        user.save()
        person = Person(self.browser, self.base, user.email, PASSWORD)
        self.people.append(person)
        return person

    def findings(self) -> list[str]:
        return [finding for person in self.people for finding in person.findings]


@pytest.fixture
def clock():
    with time_machine.travel(BEGIN, tick=True) as traveller:
        yield traveller


@pytest.fixture
def portal(live_server, settings):
    settings.DEMO = True
    yield live_server.url
    hang_up()


def test_a_year_of_monitoring(portal, clock):
    agreement = AgreementFactory(in_force=True)
    ruleset()
    with chromium() as browser:
        year = Year(browser, portal, clock, agreement)
        cycle = plan(year)
        return_ = cycle.returns.get()
        measure(year, return_)
        look_back(year, return_)
        adopt_figures(year, cycle, return_)
        batch = order(year, cycle)
        hear(year, batch)
        adopt(year, cycle, batch)
        publish(year, cycle, batch)
        act(year, cycle)
        findings = year.findings()
    assert findings == []


def plan(year: Year) -> MonitoringCycle:
    programme_year = ProgrammeFactory().years.get(index=YEAR)
    year.leader.go("/monitoring/")
    year.leader.press("Jaar plannen")
    year.leader.fill(year=programme_year.pk, submit_by="15-10-2025")
    year.leader.press("Monitoring plannen")
    year.leader.press("Invoer openen")
    year.leader.press("Invoer openen")
    return MonitoringCycle.objects.get()


def measure(year: Year, return_: Return) -> None:
    """The director types wrong, then right; one core indicator is far below its target."""
    off = core_percentage(return_)
    director = year.director
    director.go("/")
    director.press("Cijfers invoeren van")
    director.go(reverse("monitoring:figure_edit", args=[return_.pk, off.pk]))
    director.fill(numerator="25", denominator="24")
    director.press_main()
    assert director.page.locator("main [name=numerator]").input_value() == "25"
    assert director.sees("groter")
    target = judging.target_of(off, return_.cycle.year_id).value
    director.fill(numerator="20", denominator="200", note="Veel verhuizingen.")
    director.press_main()
    result = return_.results.get(series_key=off.series_key)
    assert (result.status, result.value, target > 10) == ("RED", 10, True)
    for indicator in judging.indicators_of(return_):
        if indicator.pk != off.pk:
            director.go(reverse("monitoring:figure_edit", args=[return_.pk, indicator.pk]))
            wanted = judging.target_of(indicator, return_.cycle.year_id).value
            if indicator.definition_version.definition.is_percentage:
                facts = {"numerator": str(int(wanted * 2)), "denominator": "200"}
            else:
                facts = {"value": str(wanted).partition(".")[0]}
            director.fill(**facts, note="Geteld op 1 september.")
            director.press_main()
    assert return_.measurements.count() == len(judging.indicators_of(return_))


def core_percentage(return_: Return):
    return next(
        row
        for row in judging.indicators_of(return_)
        if row.is_core and row.definition_version.definition.is_percentage
    )


def look_back(year: Year, return_: Return) -> None:
    """The four questions, and an action for what is off course; before it the figures cannot be handed in."""
    off, director = core_percentage(return_), year.director
    director.go(return_.get_absolute_url())
    assert director.sees("deze kernindicator is niet op koers")
    director.go(
        reverse("monitoring:goal_review", args=[return_.pk, off.result.goal_id]) + "?wijzig=1"
    )
    director.fill(**ANSWERS)
    director.press("Terugblik afronden")
    director.go(reverse("monitoring:action_create", args=[return_.pk, off.result_id]))
    director.fill(
        title="Ouders thuis uitnodigen",
        owner=User.objects.get(email=director.email).pk,
        due_on=dutch(date(2025, 12, 1)),
        effect_check_on=dutch(date(2026, 3, 1)),
    )
    director.press_main()
    director.go(return_.get_absolute_url())
    director.press("Cijfers indienen")
    director.press("Cijfers indienen")
    assert director.sees("ingediend")


def adopt_figures(year: Year, cycle: MonitoringCycle, return_: Return) -> None:
    """Given back once by the bureau, handed in again by one, checked by another, adopted by a third."""
    page = return_.get_absolute_url()
    year.researcher.go(page)
    year.researcher.press("Cijfers teruggeven")
    year.researcher.press("Teruggeven")
    assert year.researcher.sees("Schrijf op waarom")
    year.researcher.fill(reason="De noemer lijkt die van vorig jaar.")
    year.researcher.press("Teruggeven")
    year.director.go(page)
    assert year.director.sees("teruggegeven")
    year.researcher.go(page)
    year.researcher.press("Cijfers indienen")
    year.researcher.press("Cijfers indienen")
    assert year.researcher.go(f"{page}goedkeuren/") == 403  # handed in by themselves
    year.second.go(page)
    year.second.press("Cijfers goedkeuren")
    year.second.press("Cijfers goedkeuren")
    year.group.go(page)
    year.group.press("Cijfers vaststellen")
    year.group.press("Cijfers vaststellen")
    year.leader.go(cycle.get_absolute_url())
    year.leader.press("Invoer sluiten")
    year.leader.press("Invoer sluiten")
    year.researcher.go(cycle.get_absolute_url())
    year.researcher.press("Gegevens vastzetten")
    year.researcher.press("Gegevens vastzetten")
    return_.refresh_from_db()
    assert return_.state == "locked"


def order(year: Year, cycle: MonitoringCycle) -> ReportBatch:
    year.researcher.go(cycle.get_absolute_url())
    year.researcher.press("Conceptrapport klaarzetten")
    assert year.researcher.sees("nog geen jaarrapporten")
    year.leader.go(cycle.get_absolute_url())
    year.leader.press("Jaarrapporten bestellen")
    year.leader.press("Rapporten bestellen")
    draw()
    year.researcher.press("Conceptrapport klaarzetten")
    year.researcher.press("Feiten laten controleren")
    year.researcher.press("Feiten laten controleren")
    return ReportBatch.objects.get()


def draw() -> None:
    """What a worker does with the reports that wait."""
    for report in AnnualReport.objects.filter(state="waiting"):
        assert reports.claim_report(report.pk, at=timezone.now())
        assert reports.make_report(report.pk, at=timezone.now())


def hear(year: Year, batch: ReportBatch) -> None:
    year.leader.go(batch.get_absolute_url())
    year.leader.press("Aan de partijen voorleggen")
    year.leader.fill(until=dutch(date(2025, 9, 30)))
    year.leader.press("Voorleggen")
    report = batch.reports.get(kind="ikc")
    board = year.board
    board.go("/")
    assert board.sees("Reageren op het jaarrapport van")
    board.go(report.get_absolute_url())
    assert board.download("PDF").startswith(b"%PDF")
    board.press("Reageren")
    board.fill(agrees="no")
    board.press("Reactie geven")
    assert board.sees("Schrijf op waar u het niet mee eens bent")
    board.fill(text="De meting was te vroeg in het jaar.")
    board.press("Reactie geven")
    assert board.sees("De meting was te vroeg")


def discussed(subject: Model, **about: str) -> None:
    AgendaItemFactory(
        discussed=True,
        subject=subject,
        meeting__body__kind="development_group",
        meeting__takes_place_on=TAKEN.date(),
        **about,
    )


def adopt(year: Year, cycle: MonitoringCycle, batch: ReportBatch) -> None:
    """At a meeting, after the parties had their say; the figures of the reports are what was adopted."""
    year.clock.move_to(TAKEN)
    group = year.group
    group.go(reverse("monitoring:cycle_adopt", args=[cycle.pk]))
    group.press("Jaarrapport vaststellen")
    assert group.sees("Kies de vergadering")
    discussed(batch, title="Jaarrapporten")
    discussed(cycle, title="Monitoring")
    group.go(batch.get_absolute_url())
    group.press("Vaststellen")
    group.page.locator("main [name=item]").first.check(force=True)
    group.tick_everything()
    group.press("Vaststellen")
    assert set(batch.reports.values_list("stage", flat=True)) == {"adopted"}
    draw()
    group.go(reverse("monitoring:cycle_adopt", args=[cycle.pk]))
    group.page.locator("main [name=item]").select_option(index=1)
    group.press("Jaarrapport vaststellen")
    cycle.refresh_from_db()
    assert cycle.state == "adopted"


def publish(year: Year, cycle: MonitoringCycle, batch: ReportBatch) -> None:
    year.leader.go(batch.get_absolute_url())
    year.leader.press("Publiceren")
    year.leader.press("Publiceren")
    year.leader.go(cycle.get_absolute_url())
    year.leader.press("Publiceren")
    year.leader.press("Publiceren")
    reader = Person(year.browser, year.base, "", "")
    year.people.append(reader)
    assert reader.go("/jaarrapporten/") == 200
    reader.go(reverse("monitoring:public_report", args=[batch.reports.get(kind="public").pk]))
    assert reader.sees("2024/25")
    assert not reader.sees("De meting was te vroeg")  # what a party says of one IKC


def act(year: Year, cycle: MonitoringCycle) -> None:
    year.leader.go(cycle.get_absolute_url())
    year.leader.press("Bijsturen beginnen")
    year.leader.press("Bijsturen beginnen")
    action = Action.objects.get()
    page = action.get_absolute_url()
    year.clock.move_to(BEGIN + timedelta(days=90))
    director = year.director
    director.go(page)
    director.press("Beginnen")
    director.press("Afronden")
    director.fill(result="Twaalf gezinnen kwamen.")
    director.press("Afronden")
    assert director.go(f"{page}effect/") == 403  # of one's own action
    year.clock.move_to(BEGIN + timedelta(days=190))
    year.leader.go(page)
    year.leader.press("Effect beoordelen")
    year.leader.fill(effect="works", note="Meer ouders doen mee; het draagt bij aan deelname.")
    year.leader.press("Oordeel bewaren")
    year.leader.go(cycle.get_absolute_url())
    year.leader.press("Jaar afsluiten")
    year.leader.press("Jaar afsluiten")
    cycle.refresh_from_db()
    assert cycle.state == "closed"
