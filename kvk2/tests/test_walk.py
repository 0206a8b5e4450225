"""One whole year through the browser: seven steps, each by the people who do it, with real workers behind it."""

import random
import re
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from agreements.models import (
    AgreementVersion,
    Programme,
    YearTarget,
)
from agreements.services.programme import seed_programme
from ikc.models import Ikc
from kvk2.core.tasks import scan_pending_files
from kvk2.tests.browser import Person, chromium, hang_up
from kvk2.tests.walking import Walk, celery_worker, codes_of, dutch, others_score, wait_for
from kvk2.tests.walking_agreement import fill_agreement
from monitoring.demo import rounds as demo_rounds
from monitoring.demo import texts
from monitoring.demo.paper import SUPPORT_PDF
from monitoring.demo.people import OWN_IKC, latest_count, populate
from monitoring.demo.schemes import make_scheme
from monitoring.models import AnnualReport, RuleSet
from monitoring.status import KVK_1
from subsidies.models import (
    Application,
    Decision,
    Letter,
    MessageEvent,
    Review,
    SchemeVersion,
    SubsidyRound,
)
from subsidies.services import commission, rounds
from subsidies.services.admission import USUAL

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def _demo(settings):
    """Demonstration accounts may log in without a second factor, in a demo only."""
    settings.DEMO = True


@pytest.fixture
def world(transactional_db, _demo, clamd):
    call_command("load_leeuwarden", verbosity=0)
    seed_programme(settings.MUNICIPALITY_DATA)
    RuleSet.objects.create(
        code=KVK_1.code,
        parameters=KVK_1.parameters(),
        valid_from=date(2021, 8, 1),
        adopted_by="Ontwikkelgroep",
    )
    world = populate(timezone.now())
    make_scheme(world, timezone.now())
    yield world
    hang_up()


def test_one_year_through_the_browser(live_server, world, clamd, tmp_path):
    # Between midnight in Amsterdam and in Greenwich it is two days at once.
    today = timezone.localtime()
    with chromium() as browser, time_machine.travel(today, tick=True) as clock:
        walk = Walk(browser, live_server.url, clock, today)
        try:
            round_ = make_round(walk)
            apply_(walk, round_, world)
            score(walk, round_, world)
            clock.move_to(today)
            # Only now: the worker lives in the real time, to which the clock of the walk has come.
            with celery_worker():
                divide_and_decide(walk, round_)
                agree(walk)
                measure(walk)
                report(walk)
        except Exception:
            walk.show(tmp_path)
            raise
        assert walk.findings() == []


# --- 1. the round


def make_round(walk: Walk) -> SubsidyRound:
    walk.at(-80)
    leader = walk.as_("projectleider")
    assert leader.go("/") == 200
    leader.go("/rondes/")
    leader.press("Nieuwe ronde")
    opens, closes = walk.today - timedelta(days=60), walk.today - timedelta(days=20)
    start = date(walk.today.year + 1, 8, 1)
    leader.fill(
        scheme_version=SchemeVersion.objects.get(scheme__is_demo=True).pk,
        name="Ronde van de wandeling",
        year=start.year,
        description="Voor extra aanbod voor alle kinderen.",
    )
    leader.press("Ronde beginnen")
    round_ = SubsidyRound.objects.get()
    leader.go(f"/rondes/{round_.pk}/wijzigen/data/")
    leader.fill(
        opens_on=dutch(opens),
        opens_time="09:00",
        closes_on=dutch(closes),
        closes_time="17:00",
        period_start=dutch(start),
        period_end=dutch(start.replace(year=start.year + 1) - timedelta(days=1)),
        reference_date=dutch(latest_count(walk.today)),
    )
    leader.press("Bewaren en verder")
    leader.press("Bewaren en verder")  # the target group as it is proposed
    leader.fill(ceiling="9.500")
    leader.press("Bewaren en verder")
    leader.fill(plus_kind="base_per_child", regular_kind="base_per_child")
    leader.fill(
        plus_base="5.000", plus_per_child="105", regular_base="2.500", regular_per_child="85"
    )
    leader.press("Bewaren en verder")
    leader.fill(floor="1.000", min_score="50", lottery_seed="wandeling|loting")
    leader.press("Bewaren en verder")
    leader.press("Bewaren en verder")  # nobody has priority
    for n, (_, name, question, weight) in enumerate(texts.CRITERIA):
        if n:
            leader.page.locator("main [name='criteria-add']").click()
            leader.page.locator(f"main [name='criteria-{n}-name']").wait_for()
        leader.fill(
            **{
                f"criteria__{n}__name": name,
                f"criteria__{n}__question": question,
                f"criteria__{n}__weight": weight,
            }
        )
    for _ in ("the criteria", "the limits of the scheme", "the usual questions of the check"):
        leader.press("Bewaren en verder")
    assert leader.path == f"/rondes/{round_.pk}/wijzigen/"
    signer = walk.as_("ondertekenaar")
    signer.go(f"/rondes/{round_.pk}/vaststellen/")
    signer.fill(
        decision_number="B&W 12",
        decided_on=dutch(timezone.localdate()),
        document={
            "name": "collegebesluit.pdf",
            "mimeType": "application/pdf",
            "buffer": SUPPORT_PDF,
        },
    )
    signer.press("Ronde vaststellen")
    leader.go(f"/rondes/{round_.pk}/publiceren/")
    leader.fill(
        reference="Gemeenteblad 123", published_on=dutch(timezone.localdate()), states_method=True
    )
    leader.press("Publicatie vastleggen")
    walk.at(-60, 8, 59)
    assert rounds.open_due_rounds(at=timezone.now()) == 0
    walk.at(-60, 9, 0)
    assert rounds.open_due_rounds(at=timezone.now()) == 1
    return round_


# --- 2. the application


def apply_(walk: Walk, round_: SubsidyRound, world) -> None:
    director = walk.as_("directeur")
    director.go(f"/rondes/{round_.pk}/aanvragen/")
    director.press("beginnen")
    application = Application.objects.get()
    base = f"/aanvragen/{application.pk}/invullen/"
    director.go(f"{base}gegevens/")
    director.fill(contact_phone="058 123 45 67")
    director.press("Opslaan en verder")
    director.go(f"{base}plan/")
    director.fill(**texts.PLANS[0])
    director.press("Opslaan en verder")
    director.go(f"{base}activiteiten/")
    director.fill(
        activities__0__title="Leesatelier",
        activities__0__description="Twee middagen per week lezen wij voor.",
        activities__0__age_groups=["age_2_3", "age_4_7"],
        activities__0__starts_on=dutch(round_.period_start),
        activities__0__ends_on=dutch(round_.period_end),
        activities__0__reach="40",
        activities__0__domains=["language"],
        activities__0__goals=["inequality"],
        activities__0__finding="Veel kinderen hebben een kleine woordenschat.",
        activities__0__paid_otherwise="false",
    )
    director.press("Opslaan en verder")
    director.go(f"{base}begroting/")
    director.fill(
        costs__0__activity=str(application.activities.get().pk),
        costs__0__kind="material",
        costs__0__description="Boeken en materiaal",
        costs__0__amount="9.000",
        requested_amount="9.000",
        applied_elsewhere="false",
    )
    director.press("Opslaan en verder")
    director.go(f"{base}bijlagen/")
    director.fill(
        kind="support",
        file={
            "name": "steunbrief.pdf",
            "mimeType": "application/pdf",
            "buffer": SUPPORT_PDF,
        },
    )
    main = director.page.locator("main")
    main.get_by_role("button", name="Bestanden toevoegen").click()
    expect(main.locator(".lw-file-list__item")).to_contain_text("Wordt nog gecontroleerd")
    director.look()
    _agree_with_partner(walk, director, base)
    assert scan_pending_files() == 2  # the decision about the round, and this letter
    director.go(f"{base}ondertekenen/")
    director.tick_everything()
    director.press("Ondertekenen en indienen")
    application.refresh_from_db()
    assert re.fullmatch(r"KVK2-\d{4}-0001", application.number)
    assert director.sees(application.number)
    _second_applicant(round_, world)
    walk.at(-20, 16, 59)
    assert rounds.close_due_rounds(at=timezone.now()) == 0
    walk.at(-20, 17, 0)
    assert rounds.close_due_rounds(at=timezone.now()) == 1
    leader = walk.as_("projectleider")
    for row in Application.objects.filter(state="submitted").order_by("pk"):
        leader.go(f"/aanvragen/{row.pk}/controle/")
        leader.fill(**{f"answer_{question.code}": "yes" for question in USUAL})
        leader.press("Toelaten tot de beoordeling")
    leader.go(f"/rondes/{round_.pk}/beoordeling-starten/")
    leader.press_main()


def _agree_with_partner(walk: Walk, director: Person, base: str) -> None:
    """No money for an undertaking; the childcare partner reads the plan and stands behind it."""
    director.go(f"{base}staatssteun/")
    director.fill(reaches_undertaking="false")
    director.press("Opslaan en verder")
    director.go(f"{base}kinderopvang/")
    director.press("Vraag om bevestiging")
    partner = walk.as_("kinderopvang")
    partner.go("/")
    partner.press("Bevestig het plan")
    partner.fill(confirmed="true")
    partner.press("Antwoord versturen")


def _second_applicant(round_: SubsidyRound, world) -> None:
    """A competitor, so that somebody is refused; a regular IKC of another board."""
    ikc = (
        Ikc.objects.exclude(brin_location=OWN_IKC)
        .filter(plus_candidate=False, child_counts__band="4_12", child_counts__children__gte=150)
        .order_by("brin_location")
        .first()
    )
    demo_rounds._apply(
        world,
        round_,
        ikc,
        timezone.now(),
        random.Random(3),
        submit=True,
    )


# --- 3. the commission


def score(walk: Walk, round_: SubsidyRound, world) -> None:
    walk.at(-10)
    round_.refresh_from_db()
    for seat in world.seats:
        commission.declare_interests(seat, round_, by=seat.user, at=timezone.now())
    secretary = walk.as_("secretaris")
    secretary.go(f"/rondes/{round_.pk}/commissie/")
    secretary.press("Beoordelaars koppelen")
    secretary.press("Beoordelaars koppelen")
    own, other = Application.objects.filter(round=round_).order_by("number")
    member = walk.as_("commissielid")
    for application, level in ((own, "5"), (other, "3")):
        review = Review.objects.get(application=application, member__user__email=member.email)
        member.go(f"/beoordelen/{review.pk}/")
        if member.page.locator("main").get_by_role("button", name="geen belang").count():
            member.press("geen belang")
        if member.page.locator("#belang").count():
            member.press("Nee, geen belang")
        for code in codes_of(round_):
            member.fill(
                **{
                    f"score_{code}": level,
                    f"text_{code}": texts.MOTIVATIONS[int(level)],
                }
            )
        member.page.wait_for_load_state("networkidle")  # the last draft is on its way
        member.press("Beoordeling indienen")
        others_score(application, review, int(level))
    conflicted = walk.as_("commissielid4")
    conflicted.go("/beoordelen/")
    assert not conflicted.sees(own.number)
    for application in (own, other):
        _advise(secretary, walk.as_("voorzitter"), application)
    secretary.go(f"/rondes/{round_.pk}/adviezen/versturen/")
    secretary.press("Adviezen versturen")
    secretary.go(f"/rondes/{round_.pk}/adviezen/afronden/")
    secretary.press("Advisering afronden")
    round_.refresh_from_db()
    assert round_.state == "advised"


def _advise(secretary: Person, chair: Person, application: Application) -> None:
    base = f"/aanvragen/{application.pk}/advies/"
    secretary.go(base)
    secretary.press("Conceptadvies maken")
    secretary.go(f"{base}schrijven/")
    secretary.fill(conclusion="positive")
    secretary.press("Advies bewaren")
    secretary.go(f"{base}bespreken/")
    secretary.fill(meeting_on=dutch(timezone.localdate()))
    secretary.press("Bespreking vastleggen")
    chair.go(f"{base}vaststellen/")
    chair.press("Advies vaststellen")


# --- 4. division, decisions, letters


def divide_and_decide(walk: Walk, round_: SubsidyRound) -> None:
    leader = walk.as_("projectleider")
    leader.go(f"/rondes/{round_.pk}/verdeling/")
    leader.press("Verdeling berekenen")
    signer = walk.as_("ondertekenaar")
    signer.go(f"/rondes/{round_.pk}/verdeling/")
    signer.press("Verdeling vastleggen")
    signer.press("Verdeling vastleggen")
    leader = walk.as_("projectleider")
    leader.go(f"/rondes/{round_.pk}/besluiten/")
    leader.press("Conceptbesluiten maken")
    leader.press("Voorleggen voor toets")
    second = walk.as_("projectleider2")
    second.go(f"/rondes/{round_.pk}/besluiten/toetsen/")
    second.tick_everything()
    second.press("Akkoord: klaar voor de ondertekenaar")
    signer = walk.as_("ondertekenaar")
    signer.go(f"/rondes/{round_.pk}/besluiten/nemen/")
    signer.fill(agreed=True)
    signer.press("Besluiten nemen en ondertekenen")
    granted = dict(
        Application.objects.filter(round=round_).values_list("ikc__brin_location", "granted_amount")
    )
    assert granted.pop(OWN_IKC) == Decimal(9000)
    assert set(granted.values()) == {
        Decimal(0)
    }  # what is left is less than the floor: refused on the ceiling
    # they go out at one moment, once each of them is made
    wait_for(lambda: not Decision.objects.exclude(state="sent").exists(), "een brief")
    wait_for(lambda: not Letter.objects.filter(rendered_at=None).exists(), "een brief")
    assert set(Letter.objects.values_list("decision__state", flat=True)) == {None, "sent"}
    assert set(Letter.objects.exclude(decision=None).values_list("code", flat=True)) == {
        "L08",
        "L10",
    }
    director = walk.as_("directeur")
    director.go("/berichten/")
    assert director.sees("Beschikking subsidieverlening")
    with director.page.expect_response(re.compile("/openen/")) as answer:
        director.page.get_by_role("button", name="Lees de brief").first.click()
    assert answer.value.status == 200
    assert answer.value.headers["content-type"] == "application/pdf"
    assert MessageEvent.objects.filter(kind="opened", user__email=director.email).count() == 1


# --- 5. the agreement


def agree(walk: Walk) -> None:
    leader = walk.as_("projectleider")
    ikc = Ikc.objects.get(brin_location=OWN_IKC)
    programme = Programme.objects.get()
    leader.go("/resultaatafspraken/nieuw/")
    leader.fill(
        ikc=ikc.pk,
        period_start="1-1-2022",
        period_end="31-12-2028",
        effective_year=programme.years.get(index=1).pk,
    )
    leader.press("Concept maken")
    version = AgreementVersion.objects.get()
    fill_agreement(leader, version)
    leader.go(f"{version.get_absolute_url()}controle/")
    leader.press("Voorleggen aan de partijen")
    leader.press("Voorleggen aan de partijen")
    parties = ("ondertekenaar", "bestuur", "kinderopvang")
    for name in parties:
        reader = walk.as_(name)
        reader.go("/")
        reader.press("Lees de resultaatafspraak")
        reader.press("Lezen en akkoord gaan")
        reader.fill(read=True)
        reader.press("Akkoord")
    leader.go(f"{version.get_absolute_url()}")
    leader.press("Aanbieden om te tekenen")
    leader.press_main()
    for name in parties:
        signer = walk.as_(name)
        signer.go("/")
        signer.press("Onderteken de resultaatafspraak")
        signer.fill(read=True)
        signer.press("Ondertekenen")
    version.refresh_from_db()
    assert version.state == "in_force"


# --- 6. measuring


def measure(walk: Walk) -> None:
    leader = walk.as_("projectleider")
    year = Programme.objects.get().years.get(index=4)
    leader.go("/monitoring/")
    leader.press("Jaar plannen")
    leader.fill(year=year.pk, submit_by=dutch(timezone.localdate() + timedelta(days=30)))
    leader.press("Monitoring plannen")
    leader.press("Invoer openen")
    leader.press("Invoer openen")
    researcher = walk.as_("onderzoeker")
    researcher.go("/")
    researcher.press("Cijfers invoeren van IKC Het Palet")
    researcher.press("Cijfer invoeren")
    target = YearTarget.objects.filter(year=year).order_by("indicator__result__goal__order")
    for row in target:
        if row.indicator.definition.is_percentage:
            researcher.fill(numerator=str(row.value * 2).split(".")[0], denominator="200")
        else:
            researcher.fill(value=str(row.value).split(".")[0])
        researcher.page.locator("#oordeel .lw-status--success").wait_for()
        researcher.press("Bewaren en volgende")
    assert researcher.sees("Alles is ingevuld")
    researcher.page.get_by_text("Waarom deze kleur?").first.click()
    assert researcher.sees("dus op koers")
    researcher.press("Cijfers indienen")
    researcher.press("Cijfers indienen")


# --- 7. the reports


def report(walk: Walk) -> None:
    leader = walk.as_("projectleider")
    leader.go("/monitoring/")
    leader.press("chooljaar 2024/25")
    leader.press("Jaarrapporten bestellen")
    leader.press("Rapporten bestellen")
    wait_for(lambda: not AnnualReport.objects.exclude(state="done").exists(), "een rapport")
    leader.page.get_by_text("3 van 3 klaar").first.wait_for()
    leader.look()
    group = walk.as_("ontwikkelgroep")
    group.go("/rapporten/")
    group.press("Samenvattend jaarrapport")
    assert group.download("PDF").startswith(b"%PDF")
    group.go("/rapporten/")
    archive = zipfile.ZipFile(BytesIO(group.download("Alles downloaden")))
    assert archive.testzip() is None
    assert len(archive.namelist()) == 3
