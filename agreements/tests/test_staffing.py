"""What was delivered of a function: what the database and the service refuse, and what counts in a next version."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection

from agreements.models import StaffingCommitment, StaffingRealisation
from agreements.services.drafting import draft_new_version
from agreements.services.staffing import HoursRefused, record_hours
from agreements.staffing import hours_of
from agreements.tests.factories import OFFERED_AT, AgreementFactory, offer, sign_all, version_of
from agreements.tests.test_models import change, refused
from kvk2.core.models import AuditEvent

pytestmark = pytest.mark.django_db
# The first year of the programme is over, the second runs.
LATER = {"by": None, "at": datetime(2022, 10, 1, 9, tzinfo=UTC)}
AFTER = datetime(2026, 10, 1, 9, tzinfo=UTC)
AGREED = Decimal(880)  # 22 hours in 40 weeks


@pytest.fixture
def version():
    return version_of(AgreementFactory(in_force=True))


@pytest.fixture
def function(version):
    return version.staffing.select_related("version", "from_year", "until_year").get()


@pytest.fixture
def years(version):
    return list(version.agreement.programme.years.in_order())


def insert(function, year, hours, *, weeks=None, reason="'x'") -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO agreements_staffingrealisation (commitment_id, year_id, hours, vacancy_weeks, reason,"
            f" recorded_at) VALUES (%s, %s, %s, %s, {reason}, now())",
            [function.pk, year.pk, hours, weeks],
        )


def test_hours_of_a_year_add_up_and_the_last_weeks_count(function, years):
    record_hours(
        function, year=years[0], hours=AGREED - 80, vacancy_weeks=4, reason="ziek", **LATER
    )
    record_hours(
        function, year=years[0], hours=Decimal(100), vacancy_weeks=3, reason="ziek", **LATER
    )
    record_hours(function, year=years[0], hours=Decimal("-20.5"), reason=" dubbel ", **LATER)
    own, empty = hours_of([function.version], years[:2])
    assert (own.agreed, own.delivered, own.vacancy_weeks) == (AGREED, Decimal("879.5"), 3)
    assert own.reasons == ["ziek", "dubbel"]
    assert (empty.delivered, empty.vacancy_weeks) == (None, None)
    assert AuditEvent.objects.filter(verb="staffing.recorded").count() == 3


def test_the_database_keeps_what_was_recorded(function, years):
    record_hours(function, year=years[0], hours=AGREED, **LATER)
    row = StaffingRealisation.objects.get()
    with refused("recorded hours cannot be changed"):
        change(row, hours=1)
    with refused("recorded hours cannot be changed"):
        row.delete()
    with refused("staffing_realisation_within_a_year"):
        insert(function, years[0], "2080.1")
    with refused("staffing_vacancy_within_a_year"):
        insert(function, years[0], 1, weeks=53)
    for hours, weeks in ((0, None), (-1, None), (10, 2)):
        with refused("staffing_realisation_is_explained"):
            insert(function, years[0], hours, weeks=weeks, reason="''")
    with refused("more hours taken back than were recorded"):
        insert(function, years[0], -881)
    with refused("more hours taken back than were recorded"):
        insert(function, years[1], -1)
    insert(function, years[0], -880)


def test_the_database_knows_the_years_and_the_state_of_a_function(version, years):
    draft = version_of(AgreementFactory(complete=True))
    with refused("once the agreement was signed"):
        insert(draft.staffing.get(), years[0], 10)
    short = StaffingCommitment.objects.filter(version=draft)
    short.update(until_year=years[2])
    sign_all(offer(draft))
    insert(short.get(), years[2], 10)
    with refused("not agreed for this year"):
        insert(short.get(), years[3], 10)
    with pytest.raises(HoursRefused, match="niet afgesproken voor schooljaar 2024/25"):
        record_hours(short.get(), year=years[3], hours=AGREED, by=None, at=AFTER)


def test_the_service_refuses_with_a_sentence(function, years):
    def refuses(sentence, **facts):
        with pytest.raises(HoursRefused, match=sentence):
            record_hours(function, **{"year": years[0], "hours": AGREED, **LATER, **facts})

    refuses("nog niet begonnen", year=years[2])
    refuses("minder uren zijn geleverd", hours=AGREED - 1)
    refuses("niet was ingevuld", vacancy_weeks=1)
    refuses("meer uren af dan", hours=Decimal(-1), reason="fout")
    refuses("2.080 uur", hours=Decimal("2080.1"))
    record_hours(function, year=years[1], hours=Decimal(10), **LATER)  # the year runs on
    refuses("uren aftrekt", year=years[1], hours=Decimal(-1))


def test_a_draft_takes_no_hours(years):
    draft = version_of(AgreementFactory(complete=True))
    with pytest.raises(HoursRefused, match="niet in werking"):
        record_hours(draft.staffing.get(), year=years[0], hours=AGREED, **LATER)


def test_what_was_recorded_counts_in_the_next_version(version, function, years):
    record_hours(function, year=years[0], hours=AGREED, **LATER)
    draft = draft_new_version(
        version.agreement,
        kind="amendment",
        reason="Meer inzet.",
        effective_year=version.effective_year,
        by=None,
        at=OFFERED_AT,
    )
    twin = draft.staffing.get()
    # Another of the same kind and employer: what was recorded belongs to the first of them.
    twin.pk = None
    twin.save()
    other = StaffingCommitment.objects.create(
        version=draft,
        function="pedagogue",
        hours_per_week=4,
        employer="GGD",
        from_year=years[0],
        until_year=years[-1],
    )
    first, second, third = hours_of([draft], years[:1])
    assert (first.delivered, second.delivered, third.delivered) == (AGREED, None, None)
    assert third.commitment == other

    sign_all(offer(draft, at=OFFERED_AT), at=OFFERED_AT)
    record_hours(first.commitment, year=years[0], hours=-AGREED, reason="verkeerd jaar", **LATER)
    assert hours_of([draft], years[:1])[0].delivered == 0
    with pytest.raises(HoursRefused, match="niet in werking"):
        record_hours(function, year=years[0], hours=AGREED, **LATER)
