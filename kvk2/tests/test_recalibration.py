"""The herijking on the 22 real districts, in a real browser: analysed, proposed, discussed, adopted, in effect."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from ikc.models import AreaFigure, AreaIndicator, AreaRecalibration, AttentionArea, District, Ikc
from ikc.services import governance
from ikc.services import recalibrations as services
from ikc.services.facts import load_facts
from ikc.states import PlusState
from ikc.states_governance import ItemOutcome
from ikc.tests.factories import ConsultationFactory, PlusStatusFactory, UserFactory
from kvk2.tests.browser import Person, chromium, hang_up

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "een lange zin om in te loggen"
LEAVES, ENTERS = "Huizum-West", "Sonnenborgh e.o."


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now()) as traveller:
        yield traveller


def account(**role):
    user = UserFactory(**role)
    user.set_password(PASSWORD)
    user.is_demo = True
    user.save()
    return user


@pytest.fixture
def world(live_server, settings, clock):
    """Leeuwarden as the programme decided it, with figures in which one area does better and one district worse."""
    settings.DEMO = True
    load_facts(settings.MUNICIPALITY_DATA, at=timezone.now())
    indicator = AreaIndicator.objects.get(code="oab-achterstand")
    areas = set(AttentionArea.objects.values_list("district", flat=True))
    for place, district in enumerate(District.objects.order_by("code")):
        worse = district.pk in areas and district.name != LEAVES
        for year in (2024, 2026):
            value = (
                60 + place if worse or (district.name == ENTERS and year == 2026) else 20 + place
            )
            AreaFigure.objects.create(
                indicator=indicator, district=district, map_year=2024, year=year, value=value,
                reliability="I" if place == 3 else "B", source="test", retrieved_on=timezone.localdate(),
            )  # fmt: skip
    leader = account(project_leader=True)
    ikc = Ikc.objects.get(brin_location="16MB00")
    ikc.attention_area = AttentionArea.objects.get(name=LEAVES)
    ikc.save()
    PlusStatusFactory(ikc=ikc)
    plan = services.Plan(2027, 2024, 2026, "")
    recalibration = services.plan(plan, by=leader, at=timezone.now())
    yield leader, account(signer=True), recalibration, ikc
    hang_up()


def meet(recalibration, leader) -> None:
    """The boards meet and talk about it."""
    meeting = ConsultationFactory(takes_place_on=timezone.localdate())
    deed = {"by": leader, "at": timezone.now()}
    item = services.put_on_agenda(recalibration, meeting, **deed)
    governance.hold_meeting(meeting, attendance="Allen", **deed)
    item.refresh_from_db()
    governance.write_minutes(item, outcome=ItemOutcome.DISCUSSED, minutes="Akkoord.", **deed)


def test_one_area_goes_and_one_comes_on_the_real_districts(world, live_server, clock):
    leader, signer, recalibration, ikc = world
    address = recalibration.get_absolute_url()
    with chromium() as browser:
        person = Person(browser, live_server.url, leader.email, PASSWORD)
        assert person.go(address) == 200
        for step in ("Cijfers verzamelen", "Analyse vastleggen"):
            person.press(step)
            person.press_main()
        for name, choice, why in (
            (LEAVES, "no", "Het gaat hier beter."),
            (ENTERS, "yes", "Sterk verslechterd."),
        ):
            person.press(f"Wijzig het voorstel voor {name}")
            person.fill(is_attention_area=choice, rationale=why)
            person.press("Opslaan")
        assert person.sees("Sterk verslechterd.")
        assert person.sees("het predicaat komt in herijking")
        drawing = person.page.locator("main figure svg").first.inner_html()
        assert drawing.count("stroke-dasharray") == 1  # the one that goes

        meet(recalibration, leader)
        person.press("Bespreking vastleggen")
        person.press_main()

        college = Person(browser, live_server.url, signer.email, PASSWORD)
        college.go(reverse("ikc:recalibration_adopt", args=[recalibration.pk]))
        today = timezone.localdate()
        college.fill(
            decision="collegebesluit over de herijking",
            valid_from=f"{today + timedelta(days=20):%d-%m-%Y}",
        )
        college.press("Vaststellen")
        assert college.sees("vastgesteld")

        clock.shift(timedelta(days=20))
        person.go(address)
        person.press("Laten ingaan")
        person.press_main()
        assert person.sees("ligt niet meer in een aandachtsgebied") or person.sees(
            "Gaat uit aandachtsgebied"
        )
        assert person.sees("predicaat in herijking")
        person.go(reverse("ikc:area_map"))
        assert person.sees(ENTERS)
        assert (
            not person.page.locator("main section[aria-labelledby=gebieden]")
            .get_by_text(LEAVES)
            .count()
        )
        assert person.findings + college.findings == []

    recalibration.refresh_from_db()
    assert recalibration.state == "effective"
    assert recalibration.designations.count() == 22
    status = ikc.plus_statuses.get(valid_from__isnull=False)
    assert status.state == PlusState.UNDER_RECALIBRATION  # never ended by itself
    now = set(AttentionArea.objects.active_on(timezone.localdate()).values_list("name", flat=True))
    assert ENTERS in now
    assert LEAVES not in now
    assert len(now) == 7
    assert AreaRecalibration.objects.count() == 2
