"""Support of IKCs: hours that may be given, what the database refuses, requests, and who sees what."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from ikc.models import SupportRequest, SupportWorkerAllocation
from ikc.services import support as services
from ikc.states_support import SUPPORT_REQUEST_WORKFLOW
from ikc.support_hours import Stretch, average, peak
from ikc.tests.factories import IkcFactory, IkcPartnerFactory, UserFactory
from ikc.tests.factories_support import (
    AllocationFactory,
    SupportPoolFactory,
    SupportRequestFactory,
    SupportWorkerFactory,
)
from kvk2.core.models import OutgoingMail

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def _terms(**changes):
    values = {
        "kind": "vve", "worker": None, "hours_per_week": Decimal(16), "valid_from": FIRST,
        "valid_until": LAST, "source": "resultaatafspraak",
    }  # fmt: skip
    return services.AllocationTerms(**(values | changes))


def _refused(sql, *params):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


days = st.dates(date(2025, 12, 1), date(2027, 1, 31))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 40), days, days), max_size=6))
def test_the_peak_is_what_counting_day_by_day_gives(rows):
    stretches = [Stretch(Decimal(hours), min(a, b), max(a, b)) for hours, a, b in rows]

    brute = max(
        sum(
            (s.hours for s in stretches if s.first.toordinal() <= day <= s.last.toordinal()),
            Decimal(0),
        )
        for day in range(FIRST.toordinal(), LAST.toordinal() + 1)
    )

    assert peak(stretches, FIRST, LAST) == brute
    assert average(stretches, FIRST, LAST) <= brute


CASES = [
    [],
    [(16, "2026-01-01", "2026-12-31")],
    [(16, "2025-06-01", "2026-01-01"), (8, "2026-01-01", "2026-01-01")],
    [(16, "2025-06-01", "2025-12-31"), (8, "2027-01-01", "2027-06-30")],
    [(10, "2026-01-01", "2026-06-30"), (11, "2026-07-01", "2026-12-31"), (5, "2026-06-30", "2026-07-01")],
    [(4, "2025-12-01", "2026-03-01"), (4, "2026-02-01", "2026-05-01"), (6, "2026-03-02", "2027-01-31")],
]  # fmt: skip


@pytest.mark.django_db
def test_the_database_counts_the_same_peak():
    """`ikc_support_peak` is what refuses, `peak` is what explains: one rule in two places."""
    kinds = ["vve", "youth"]
    workers = [SupportWorkerFactory(), None]
    for number, rows in enumerate(CASES):
        SupportWorkerAllocation.objects.all().delete()
        for place, (hours, first, last) in enumerate(rows):
            AllocationFactory(
                kind=kinds[place % 2 if number == 4 else 0], worker=workers[place % 2],
                hours_per_week=hours, valid_from=first, valid_until=last,
            )  # fmt: skip
        stored = list(SupportWorkerAllocation.objects.order_by("pk"))
        for kind in (*kinds, None):
            for worker in workers:
                own = [
                    Stretch(row.hours_per_week, row.valid_from, row.valid_until)
                    for row in stored
                    if kind in (None, row.kind) and (worker is None or row.worker == worker)
                ]
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT ikc_support_peak(%s, %s, %s, %s)",
                        [kind, worker.pk if worker else None, FIRST, LAST],
                    )
                    (found,) = cursor.fetchone()
                assert found == peak(own, FIRST, LAST), (number, kind, worker)


def test_the_states_of_a_request():
    assert {(t.name, frozenset(t.sources), t.target) for t in SUPPORT_REQUEST_WORKFLOW} == {
        ("accept", frozenset({"requested"}), "accepted"),
        ("decline", frozenset({"requested"}), "declined"),
        ("finish", frozenset({"accepted"}), "done"),
        ("withdraw", frozenset({"requested", "accepted"}), "withdrawn"),
    }


@pytest.mark.django_db
class TestHours:
    def test_nine_times_sixteen_fit_and_a_tenth_does_not(self):
        SupportPoolFactory()
        leader = UserFactory(project_leader=True)
        for _ in range(9):
            services.allocate(IkcFactory(plus=True), terms=_terms(), by=leader, at=AT)

        with pytest.raises(services.HoursRefused, match="144"):
            services.allocate(IkcFactory(plus=True), terms=_terms(), by=leader, at=AT)
        with pytest.raises(DatabaseError), transaction.atomic():
            AllocationFactory(worker=None)
        with pytest.raises(services.HoursRefused, match="al"):
            services.set_pool(
                kind="vve",
                year=2026,
                workers=8,
                hours_each=Decimal(16),
                source="x",
                by=leader,
                at=AT,
            )
        _refused("UPDATE ikc_supportpool SET workers = 8 WHERE kind = 'vve'")

    def test_nobody_works_more_than_forty_hours_over_all_ikcs(self):
        SupportPoolFactory(), SupportPoolFactory(kind="youth", workers=3, hours_each=22)
        worker, leader = SupportWorkerFactory(), UserFactory(project_leader=True)
        merged = IkcFactory(plus=True)
        services.allocate(merged, terms=_terms(worker=worker), by=leader, at=AT)
        services.allocate(
            merged, terms=_terms(worker=worker, kind="youth", hours_per_week=Decimal(22)),
            by=leader, at=AT,
        )  # fmt: skip

        with pytest.raises(services.HoursRefused, match="40"):
            services.allocate(
                IkcFactory(plus=True), terms=_terms(worker=worker, hours_per_week=Decimal(3)),
                by=leader, at=AT,
            )  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            AllocationFactory(worker=worker, hours_per_week=3)
        # after the year there is room again
        SupportPoolFactory(year=2027)
        later = _terms(worker=worker, valid_from=date(2027, 1, 1), valid_until=date(2027, 7, 31))
        services.allocate(IkcFactory(plus=True), terms=later, by=leader, at=AT)

    @pytest.mark.parametrize("hours", ["0", "-1", "40.5"])
    def test_hours_are_more_than_0_and_at_most_40(self, hours):
        SupportPoolFactory()
        with pytest.raises(services.HoursRefused):
            services.allocate(
                IkcFactory(plus=True),
                terms=_terms(hours_per_week=Decimal(hours)),
                by=UserFactory(),
                at=AT,
            )
        row = AllocationFactory()
        _refused(
            "UPDATE ikc_supportworkerallocation SET hours_per_week = %s WHERE id = %s",
            Decimal(hours),
            row.pk,
        )

    def test_the_period_lies_within_the_status_plus(self):
        SupportPoolFactory()
        with pytest.raises(services.PeriodRefused, match="Plus"):
            services.allocate(IkcFactory(), terms=_terms(), by=UserFactory(), at=AT)
        with pytest.raises(services.PeriodRefused, match="Plus"):
            services.allocate(
                IkcFactory(plus=True), terms=_terms(valid_from=date(2021, 12, 1)),
                by=UserFactory(), at=AT,
            )  # fmt: skip
        coach = _terms(kind="process_coach", hours_per_week=Decimal(4))
        services.allocate(IkcFactory(village=True), terms=coach, by=UserFactory(), at=AT)

    def test_without_a_pool_nobody_knows_whether_the_hours_are_there(self):
        with pytest.raises(services.HoursRefused, match="2026"):
            services.allocate(IkcFactory(plus=True), terms=_terms(), by=UserFactory(), at=AT)

    def test_an_allocation_ends_earlier_and_stays_readable(self):
        row = AllocationFactory()
        with pytest.raises(services.PeriodRefused):
            services.end_allocation(row, last_day=LAST, reason="x", by=UserFactory(), at=AT)
        services.end_allocation(
            row, last_day=date(2026, 6, 30), reason="Andere baan.", by=UserFactory(), at=AT
        )
        row.refresh_from_db()
        assert row.valid_until == date(2026, 6, 30)

    def test_independent_is_who_works_for_no_party_of_the_ikc(self):
        partner = IkcPartnerFactory()
        ikc = partner.ikc
        assert SupportWorkerFactory().is_independent_of(ikc)
        assert not SupportWorkerFactory(employer=ikc.board).is_independent_of(ikc)
        assert not SupportWorkerFactory(employer=partner.organisation).is_independent_of(ikc)


@pytest.mark.django_db
class TestRequests:
    def _ask(self, ikc, **changes):
        values = {
            "kind": "consultation", "wanted_kind": "pedagogue", "question": "Hoe dan?",
            "wanted_by": None, "both_motivated": False,
        }  # fmt: skip
        return services.request_support(ikc, **(values | changes), by=UserFactory(), at=AT)

    def test_a_regular_ikc_asks_is_answered_and_what_it_took_is_kept(self):
        asked = self._ask(IkcFactory())
        leader = UserFactory(project_leader=True)
        with pytest.raises(services.RequestRefused, match="loopt al"):
            self._ask(asked.ikc)
        services.answer_request(asked, step="accept", answer="Graag.", by=leader, at=AT)
        assert OutgoingMail.objects.get().to == asked.requested_by.email
        with pytest.raises(services.RequestRefused):
            services.finish_request(
                asked, hours_spent=Decimal(0), outcome="Klaar", by=leader, at=AT
            )
        done = services.finish_request(
            asked, hours_spent=Decimal("2.5"), outcome="Goed gesprek.", by=leader, at=AT
        )
        assert (done.state, done.closed_on) == ("done", date(2026, 3, 10))
        _refused("UPDATE ikc_supportrequest SET outcome = 'anders' WHERE id = %s", asked.pk)
        _refused("DELETE FROM ikc_supportrequest WHERE id = %s", asked.pk)
        assert self._ask(asked.ikc).state == "requested"  # a next one may follow

    def test_who_may_ask_for_what(self):
        with pytest.raises(services.RequestRefused, match="eigen ondersteuning"):
            self._ask(IkcFactory(plus=True))
        with pytest.raises(services.RequestRefused, match="dorpen"):
            self._ask(IkcFactory(), kind="process_coach")
        with pytest.raises(services.RequestRefused, match="allebei"):
            self._ask(IkcFactory(village=True), kind="process_coach")
        with pytest.raises(services.RequestRefused, match="geweest"):
            self._ask(IkcFactory(), wanted_by=date(2026, 1, 1))
        coach = self._ask(IkcFactory(village=True), kind="process_coach", both_motivated=True)
        assert coach.wanted_kind == "process_coach"
        assert self._ask(IkcFactory(plus=True), kind="process_coach").kind == "process_coach"

    def test_the_question_stays_as_it_was_asked(self):
        asked = SupportRequestFactory()
        _refused("UPDATE ikc_supportrequest SET question = 'anders' WHERE id = %s", asked.pk)
        _refused("UPDATE ikc_supportrequest SET state = 'done' WHERE id = %s", asked.pk)


@pytest.fixture
def _in_spring():
    with time_machine.travel("2026-03-10T10:00:00+01:00", tick=False):
        yield


@pytest.mark.django_db
@pytest.mark.usefixtures("_in_spring")
class TestPages:
    def test_a_leader_gives_hours_and_too_many_are_told_at_the_form(self, client):
        SupportPoolFactory(workers=1)
        ikc = IkcFactory(plus=True)
        client.force_login(UserFactory(project_leader=True))
        url = reverse("ikc:allocation_add", args=[ikc.pk])
        data = {
            "kind": "vve", "worker": "", "hours_per_week": "16,5", "valid_from": "1-1-2026",
            "valid_until": "31-12-2026", "source": "afspraak",
        }  # fmt: skip

        refused = client.post(url, data)
        assert refused.status_code == 422
        assert "16 uur" in refused.content.decode()
        assert "16,5" in refused.content.decode()  # what was typed stays
        assert client.post(url, data | {"hours_per_week": "41"}).status_code == 422
        assert client.post(url, data | {"hours_per_week": "16"}).status_code == 302
        assert SupportWorkerAllocation.objects.get().hours_per_week == 16
        page = client.get(reverse("ikc:support_overview")).content.decode()
        assert "Helemaal ingezet: jeugdondersteuner VVE" in page
        assert ikc.name in page

    def test_a_director_asks_and_a_stranger_does_not_see_it(self, client):
        ikc = IkcFactory()
        client.force_login(UserFactory(director=True, ikc=ikc))
        url = reverse("ikc:support_request_create", args=[ikc.pk])
        assert client.post(url, {"kind": "consultation"}).status_code == 422
        answer = client.post(
            url, {"kind": "consultation", "wanted_kind": "pedagogue", "question": "Wie?"}
        )
        asked = SupportRequest.objects.get()
        assert answer.url == asked.get_absolute_url()
        assert client.get(answer.url).status_code == 200
        accept = reverse("ikc:support_request_accept", args=[asked.pk])
        assert client.get(accept).status_code == 403

        client.force_login(UserFactory(director=True))
        assert client.get(asked.get_absolute_url()).status_code == 404
        assert client.get(url).status_code == 403
        client.force_login(UserFactory(member=True))
        assert client.get(reverse("ikc:support_overview")).status_code == 403

        client.force_login(UserFactory(project_leader=True))
        assert "1 verzoek om ondersteuning" in client.get(reverse("start")).content.decode()
        assert client.post(accept, {"answer": ""}).status_code == 422
        assert client.post(accept, {"answer": "Ja."}).status_code == 302

    def test_the_ontwikkelgroep_reads_sums_and_no_ikc(self, client):
        row = AllocationFactory()
        client.force_login(UserFactory(development_group=True))

        page = client.get(reverse("ikc:support_overview")).content.decode()

        assert "16 uur" in page
        assert row.ikc.name not in page
        assert row.ikc.name not in client.get(reverse("ikc:allocation_list")).content.decode()

    @pytest.mark.parametrize(
        "name", ["support_overview", "allocation_list", "support_request_list", "worker_list"]
    )
    def test_a_page_asks_the_same_whatever_its_length(
        self, client, name, django_assert_num_queries
    ):
        client.force_login(UserFactory(project_leader=True))
        SupportPoolFactory()
        url = reverse(f"ikc:{name}")

        def make():
            IkcPartnerFactory(ikc=AllocationFactory().ikc)
            SupportRequestFactory()

        make()
        client.get(url)
        with CaptureQueriesContext(connection) as one:
            client.get(url)
        make()
        make()
        with django_assert_num_queries(len(one)):
            assert client.get(url).status_code == 200
