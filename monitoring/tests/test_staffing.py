"""'Uren per functie': the page, its form and file, and what the reports say of the same hours."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreements.models import StaffingCommitment, StaffingRealisation
from agreements.services.staffing import record_hours
from agreements.staffing import hours_of
from agreements.tests.factories import AgreementFactory, signer_of, version_of
from ikc.tests.factories import UserFactory
from monitoring import datasets
from monitoring.delivery import judge_hours
from monitoring.explain import explain_hours
from monitoring.staffing import tiles_of
from monitoring.status import KVK_1, Status
from monitoring.tests.factories import AT, open_cycle, ordered, return_of

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2022, 10, 1, 9, tzinfo=UTC)
AGREED = Decimal(880)  # 22 hours in 40 weeks


@pytest.fixture
def version():
    return version_of(AgreementFactory(in_force=True))


@pytest.fixture
def function(version):
    return version.staffing.select_related("version", "from_year", "until_year").get()


@pytest.fixture
def year(version):
    return version.agreement.programme.years.get(index=1)


def page_of(version) -> str:
    return reverse("monitoring:version_hours", args=[version.pk])


def form_of(function) -> str:
    return reverse("monitoring:hours_record", args=[function.pk])


def deliver(function, year, hours, weeks=None, reason="later begonnen", at=LONG_AGO) -> None:
    record_hours(
        function,
        year=year,
        hours=Decimal(hours),
        vacancy_weeks=weeks,
        reason=reason,
        by=None,
        at=at,
    )


def test_who_sees_the_page_and_who_records(client, version, function, no_repeated_sql):
    ikc, path = version.agreement.ikc, page_of(version)
    for stranger in (UserFactory(director=True), UserFactory(development_group=True)):
        client.force_login(stranger)
        assert client.get(path).status_code == 404
        assert client.get(form_of(function)).status_code == 404
    client.force_login(UserFactory(auditor=True))
    assert "Uren vastleggen" not in client.get(path).content.decode()
    assert client.get(form_of(function)).status_code == 403
    party = version.parties.get(role="childcare")
    for person in (UserFactory(director=True, ikc=ikc), signer_of(party)):
        client.force_login(person)
        assert form_of(function) in client.get(path).content.decode()
        with no_repeated_sql():
            assert client.get(form_of(function)).status_code == 200
        assert path in client.get(version.get_absolute_url()).content.decode()


def test_hours_are_recorded_and_judged_with_their_sentence(client, version, function, year):
    client.force_login(UserFactory(project_leader=True))
    assert "Nog niets vastgelegd" in client.get(page_of(version), {"jaar": 1}).content.decode()
    typed = {"year": year.pk, "hours": "660,5", "vacancy_weeks": "8", "reason": "geen opvolger"}
    answer = client.post(form_of(function), typed)
    assert answer.url == f"{page_of(version)}?jaar=1"
    page = client.get(answer.url).content.decode()
    assert "Afgesproken 880 uur; 660,5 uur geleverd, dat is 75%; vanaf 75% vraagt het" in page
    assert "Aandacht" in page
    assert "Geen opvolger" in page
    assert StaffingRealisation.objects.get().vacancy_weeks == 8


BAD = {
    "hours over 40 a week": ({"hours": "2.081"}, "hoogstens 2.080 uur"),
    "letters": ({"hours": "veel"}, "een getal in"),
    "a point as comma": ({"hours": "12.5"}, "een getal in"),
    "two decimals": ({"hours": "12,55"}, "hoogstens één cijfer achter de komma"),
    "nothing": ({"hours": ""}, "hoeveel uur er is geleverd"),
    "a year outside": ({"year": "0"}, "waarvoor deze functie is afgesproken"),
    "no year": ({"year": ""}, "Kies het schooljaar"),
    "too many weeks": ({"vacancy_weeks": "53"}, "Een jaar heeft 52 weken"),
    "half a week": ({"vacancy_weeks": "1,5"}, "een heel getal in"),
    "less without reason": ({"hours": "800"}, "minder uren zijn geleverd"),
    "a vacancy without reason": ({"vacancy_weeks": "2"}, "niet was ingevuld"),
    "below nought": ({"hours": "-1", "reason": "fout"}, "trekt meer uren af"),
    "too long": ({"reason": "x" * 201}, "200"),
}


def test_what_cannot_be_is_refused_on_its_field(client, function, year):
    client.force_login(UserFactory(project_leader=True))
    good = {"year": str(year.pk), "hours": "880", "vacancy_weeks": "", "reason": ""}
    for name, (changes, sentence) in BAD.items():
        answer = client.post(form_of(function), good | changes)
        assert answer.status_code == 422, name
        assert sentence in answer.content.decode(), name
    assert not StaffingRealisation.objects.exists()
    assert client.post(form_of(function), good).status_code == 302


def test_the_file_has_every_year_and_no_formulas(client, version, function, year):
    deliver(function, year, 800, 3, "=1+1")
    client.force_login(UserFactory(project_leader=True))
    lines = client.get(page_of(version), {"csv": 1}).getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 9
    assert ";880,0;800,0;3;op koers;" in lines[1]
    assert lines[1].endswith(";'=1+1")
    assert ";880,0;;;" in lines[2]


def test_what_is_not_known_is_not_nought(client, version, function, year):
    deliver(function, year, 880)
    tiles = tiles_of(hours_of([version], version.agreement.programme.years.in_order()[:2]))
    assert [(tile.value, tile.note) for tile in tiles] == [
        ("1.760 uur", ""),
        ("880 uur", "vastgelegd bij 1 van 2 functies"),
        ("–", "nog niet vastgelegd"),
    ]
    client.force_login(UserFactory(project_leader=True))
    page = client.get(page_of(version), {"jaar": 2}).content.decode()
    assert "geleverd: niet bekend" in page


def test_another_year_and_an_agreement_without_functions(client, version):
    client.force_login(UserFactory(project_leader=True))
    for asked in ("9", "x"):
        assert client.get(page_of(version), {"jaar": asked}).status_code == 404
    draft = version_of(AgreementFactory(complete=True))
    draft.staffing.get().delete()
    assert "Geen functies afgesproken" in client.get(page_of(draft)).content.decode()


def test_the_page_costs_the_same_for_more_functions(
    client, version, function, year, no_repeated_sql
):
    client.force_login(UserFactory(project_leader=True))
    deliver(function, year, 880)
    path = f"{page_of(version)}?jaar=1"
    client.get(path)
    with no_repeated_sql() as few:
        client.get(path)
    other = version_of(AgreementFactory(complete=True))
    row = other.staffing.get()
    for _ in range(2):
        row.pk = None
        row.save()
    with CaptureQueriesContext(connection) as many:
        client.get(f"{page_of(other)}?jaar=1")
    assert len(few) == len(many)


@pytest.mark.parametrize(
    ("delivered", "is_over", "words"),
    [
        ("880", True, "dat is 100%; vanaf 90% is het op koers; dus op koers."),
        ("791.9", True, "dat is 89%; vanaf 75% vraagt het aandacht en vanaf 90% is het op koers"),
        ("659.9", True, "dat is 74%; minstens 75% is nodig; dus niet op koers."),
        ("1000", True, "dat is meer dan afgesproken"),
        (None, True, "Afgesproken 880 uur; er is nog niets vastgelegd; dus geen gegevens."),
        ("100", False, "het jaar is nog niet voorbij; dus te vroeg om te beoordelen."),
        (None, False, "het jaar is nog niet voorbij; dus nog niet beoordeeld."),
    ],
)
def test_every_judgement_of_hours_has_its_sentence(delivered, is_over, words):
    hours = Decimal(delivered) if delivered else None
    judgement = judge_hours(Decimal(22), 40, hours, KVK_1, is_over=is_over)
    assert words in explain_hours(judgement, AGREED, hours, KVK_1)


def test_the_reports_tell_the_same_hours(db):
    cycle = open_cycle(agreements=2)
    return_ = return_of(cycle)
    batch = ordered(cycle)
    assert datasets.programme_report(batch, at=AT).staffing[0].delivered is None
    (unknown,) = datasets.ikc_report(batch, return_, at=AT).staffing
    assert (unknown.delivered, unknown.status, unknown.remark) == (None, Status.NO_DATA, "")

    function = StaffingCommitment.objects.get(version=return_.version)
    deliver(function, cycle.year, 700, 6, "geen opvolger", at=AT)
    (row,) = datasets.ikc_report(batch, return_, at=AT).staffing
    assert (row.function, row.weeks, row.delivered) == ("Jeugdondersteuner", 40, 700)
    assert (row.status, row.remark) == (Status.AMBER, "6 weken vacature: geen opvolger")
    (total,) = datasets.programme_report(batch, at=AT).staffing
    assert total.function == "Jeugdondersteuner (vastgelegd: 1 van 2)"
    assert (total.agreed, total.delivered) == (1760, 700)

    versions = [row.version for row in cycle.returns.select_related("version")]
    for several in (versions[:1], versions):
        with CaptureQueriesContext(connection) as made:
            datasets.staffing_totals(several, cycle.year)
        assert len(made) == 2
