"""A default notice: what it starts, what a late decision costs each day, and when that stops (Awb 4:17)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.utils import IntegrityError
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from ikc.tests.factories import IkcFactory, UserFactory
from kvk2.core.audit import events_of
from subsidies.models import DefaultNotice, PenaltyTariff
from subsidies.penalties import NoticeState, penalty_of
from subsidies.services import default_notices as services
from subsidies.services.default_notices import ReceivedNotice
from subsidies.tests.factories import PDF, ApplicationFactory
from subsidies.tests.test_models_intake import refuses
from subsidies.tests.test_permissions_intake import applications, ikc, people  # noqa: F401
from subsidies.tests.test_term_changes import ALL_OPEN, page_of, printed

RATES = (Decimal(23), Decimal(35), Decimal(45))
# Thirteen weeks after the closing of 15 April 2026.
LAST_DAY = date(2026, 7, 15)
RECEIVED = date(2026, 7, 20)
AT = datetime(2026, 7, 20, 9, tzinfo=UTC)


def penalty_on(today, **facts):
    return penalty_of(
        **{
            "received_on": RECEIVED,
            "term_ended_on": LAST_DAY,
            "ended_on": None,
            "rates": RATES,
            **facts,
        },
        today=today,
    )


@pytest.mark.parametrize(
    ("today", "state", "days", "amount"),
    [
        (date(2026, 7, 20), NoticeState.GRACE, 0, "0.00"),
        (date(2026, 8, 3), NoticeState.GRACE, 0, "0.00"),
        (date(2026, 8, 4), NoticeState.RUNNING, 1, "23.00"),
        (date(2026, 8, 17), NoticeState.RUNNING, 14, "322.00"),
        (date(2026, 8, 18), NoticeState.RUNNING, 15, "357.00"),
        (date(2026, 8, 31), NoticeState.RUNNING, 28, "812.00"),
        (date(2026, 9, 1), NoticeState.RUNNING, 29, "857.00"),
        (date(2026, 9, 14), NoticeState.MAXIMUM, 42, "1442.00"),
        (date(2027, 1, 1), NoticeState.MAXIMUM, 42, "1442.00"),
    ],
)
def test_the_penalty_of_each_day(today, state, days, amount):
    penalty = penalty_on(today)
    assert (penalty.state, penalty.days, penalty.amount) == (state, days, Decimal(amount))
    assert sum(step.amount for step in penalty.steps) == penalty.amount


def test_two_weeks_that_end_on_a_holiday_move_and_the_penalty_with_them():
    # 11 December and two weeks is Christmas Day, then Boxing Day and a Sunday (Atw 1).
    facts = {"received_on": date(2026, 12, 11)}
    assert penalty_on(date(2026, 12, 28), **facts).grace_ends == date(2026, 12, 28)
    assert penalty_on(date(2026, 12, 28), **facts).state is NoticeState.GRACE
    assert penalty_on(date(2026, 12, 29), **facts).days == 1
    decree = penalty_on(date(2026, 12, 28), **facts, holidays={date(2026, 12, 28)})
    assert decree.grace_ends == date(2026, 12, 29)


def test_days_are_counted_over_the_change_of_the_clock():
    # Winter time begins on 25 October 2026; the forty-two days are not moved.
    penalty = penalty_on(date(2026, 11, 9), received_on=date(2026, 10, 12))
    assert (penalty.first_day, penalty.days) == (date(2026, 10, 27), 14)


@pytest.mark.parametrize(
    ("facts", "state", "days"),
    [
        ({"received_on": LAST_DAY}, NoticeState.TOO_EARLY, 0),
        ({"without_penalty": True}, NoticeState.NO_PENALTY, 0),
        ({"ended_on": date(2026, 8, 3)}, NoticeState.IN_TIME, 0),
        ({"ended_on": date(2026, 8, 4)}, NoticeState.IN_TIME, 0),
        ({"ended_on": date(2026, 8, 5)}, NoticeState.STOPPED, 1),
    ],
)
def test_the_decision_stops_it_and_some_notices_start_nothing(facts, state, days):
    penalty = penalty_on(date(2026, 8, 20), **facts)
    assert (penalty.state, penalty.days) == (state, days)


# --- as rows


@pytest.fixture
def leader(db):
    return UserFactory(project_leader=True)


@pytest.fixture
def application(db):
    return ApplicationFactory(submitted=True)


def received(application, leader, at=AT, **fields):
    values = {"received_on": RECEIVED, "sender": "Stichting De Brug", **fields}
    return services.record_default_notice(application, ReceivedNotice(**values), by=leader, at=at)


def test_the_amounts_are_those_of_the_first_day_that_costs_money(application, leader):
    notice = received(application, leader)
    PenaltyTariff.objects.create(
        valid_from=date(2026, 9, 1),
        first_rate=30,
        second_rate=40,
        third_rate=50,
        source="Staatsblad",
    )
    assert services.penalty_for(notice, today=date(2026, 9, 14)).amount == Decimal("1442.00")
    later = services.penalty_for(
        DefaultNotice(application=application, received_on=date(2026, 9, 1)),
        today=date(2026, 9, 16),
    )
    assert later.amount == Decimal("30.00")


def test_of_before_the_first_row_the_amounts_of_the_worked_cases_count(db):
    assert services.rates_on(date(2018, 12, 31)) == RATES


def test_a_notice_that_came_too_early_may_be_followed_by_one_that_counts(application, leader):
    early = received(application, leader, received_on=LAST_DAY)
    assert services.penalty_for(early, today=AT.date()).state is NoticeState.TOO_EARLY
    notice = received(application, leader)
    assert services.counting_notice(application, today=AT.date()) == notice
    with pytest.raises(services.NoticeExists, match="loopt al"):
        received(application, leader, at=AT + timedelta(days=1), received_on=date(2026, 7, 21))
    event = events_of(application).filter(verb="default_notice_recorded").first()
    assert event.data == {"received_on": "2026-07-20", "sender": "Stichting De Brug"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"received_on": date(2026, 7, 21)}, "in de toekomst"),
        ({"received_on": date(2026, 3, 1)}, "na de aanvraag"),
        ({"sender": " "}, "van wie"),
    ],
)
def test_a_notice_that_cannot_be(fields, sentence, application, leader):
    with pytest.raises(services.NoticeIncomplete, match=sentence):
        received(application, leader, **fields)


def test_after_setting_it_aside_no_penalty_is_due(application, leader):
    notice = received(application, leader)
    judged = services.set_aside_notice(
        notice, no_penalty="unfounded", reason="De ronde was al gesloten.", by=leader, at=AT
    )
    assert services.penalty_for(judged, today=date(2026, 9, 1)).amount == 0
    with pytest.raises(services.NoticeExists):
        services.set_aside_notice(notice, no_penalty="unfounded", reason="x", by=leader, at=AT)


def test_what_must_never_be(application, leader):
    base = {
        "application": application,
        "sender": "x",
        "recorded_at": AT,
        "recorded_by": leader,
        "received_on": RECEIVED,
    }
    create = DefaultNotice.objects.create
    refuses("default_notice_has_a_sender", create, **{**base, "sender": ""})
    refuses("default_notice_without_penalty_says_why", create, **base, no_penalty="too_late")
    notice = create(**base)
    refuses("default_notice_once_a_day", create, **base)
    tariff = {"valid_from": date(2030, 1, 1), "first_rate": 1, "second_rate": 1, "third_rate": 1}
    refuses("penalty_tariff_has_a_source", PenaltyTariff.objects.create, **tariff, source="")
    refuses(
        "penalty_tariff_is_positive",
        PenaltyTariff.objects.create,
        **{**tariff, "third_rate": 0},
        source="x",
    )
    for deed in (notice.delete, lambda: DefaultNotice.objects.update(sender="y")):
        with pytest.raises(IntegrityError, match="kept as it was written"), transaction.atomic():
            deed()


# --- who may, and the pages


@pytest.mark.django_db
def test_who_may_record_and_judge(people, applications):  # noqa: F811
    records = {
        role: {
            state
            for state, one in applications.items()
            if user.has_perm("subsidies.record_default_notice", one)
        }
        for role, user in people.items()
    }
    assert {role: states for role, states in records.items() if states} == {
        "project_leader": ALL_OPEN
    }
    running = applications["admitted"]
    DefaultNotice.objects.create(
        application=running,
        received_on=date(2026, 7, 20),
        sender="x",
        recorded_at=AT,
        recorded_by=people["project_leader"],
    )
    with time_machine.travel(AT, tick=False):
        assert not people["project_leader"].has_perm("subsidies.record_default_notice", running)
    notices = {"new": DefaultNotice(), "judged": DefaultNotice(set_aside_at=AT)}
    judges = {
        role: {
            name
            for name, one in notices.items()
            if user.has_perm("subsidies.set_aside_default_notice", one)
        }
        for role, user in people.items()
    }
    assert {role: names for role, names in judges.items() if names} == {"project_leader": {"new"}}
    fixers = {
        role: {name for name, one in notices.items() if user.has_perm("subsidies.fix_penalty", one)}
        for role, user in people.items()
    }
    assert {role: names for role, names in fixers.items() if names} == {"signer": {"new"}}


def test_the_page_shows_the_running_sum_and_hands_out_the_letter(client, application, leader):
    with time_machine.travel(AT, tick=False):
        client.force_login(leader)
        response = client.post(
            page_of("default_notice_record", application),
            {
                "received_on": "20-7-2026",
                "sender": "Stichting De Brug",
                "file": SimpleUploadedFile("brief.pdf", PDF),
            },
        )
    notice = DefaultNotice.objects.get()
    assert response.url == notice.get_absolute_url()
    assert notice.document.name == "brief.pdf"
    with time_machine.travel(datetime(2026, 8, 20, 9, tzinfo=UTC), tick=False):
        client.force_login(leader)
        page = client.get(notice.get_absolute_url())
        assertContains(page, "3 × €\N{NO-BREAK SPACE}35,00 = €\N{NO-BREAK SPACE}105,00")
        assertContains(page, "17 van hoogstens 42 dagen")
        assertContains(client.get(page_of("application_term", application)), "Dwangsom loopt")
        # Not scanned yet: told, and not handed out.
        waiting = client.get(page_of("default_notice_file", application, notice.pk))
        assertRedirects(waiting, notice.get_absolute_url())


def test_strangers_and_lookers(client, application, leader):
    notice = received(application, leader)
    pages = [
        page_of(name, application, notice.pk)
        for name in ("default_notice", "default_notice_file", "default_notice_set_aside")
    ]
    for user in (UserFactory(director=True, ikc=IkcFactory()), UserFactory(member=True)):
        client.force_login(user)
        assert {client.get(page).status_code for page in pages} == {404}
    with time_machine.travel(AT, tick=False):
        client.force_login(UserFactory(director=True, ikc=application.ikc))
        page = client.get(pages[0])
        assertContains(page, printed("Beslis uiterlijk op 3 augustus 2026"))
        assertNotContains(page, "Er is geen dwangsom")
        assert client.get(pages[2]).status_code == 403
        assert client.get(page_of("default_notice_record", application)).status_code == 403
    other = ApplicationFactory(submitted=True, round=application.round)
    client.force_login(leader)
    wrong = reverse("subsidies:default_notice", args=[other.pk, notice.pk])
    assert client.get(wrong).status_code == 404
