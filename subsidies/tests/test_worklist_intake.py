"""What waits for whom on the start page, as far as rounds and applications go."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ikc.tests.factories import IkcFactory, UserFactory
from subsidies.models import ClockStop
from subsidies.services import default_notices
from subsidies.tests.factories import ApplicationFactory, SubsidyRoundFactory
from subsidies.worklist import intake, lateness

pytestmark = pytest.mark.django_db


def titles(user):
    return [item.title for item in intake.tasks_for(user, today=timezone.localdate())]


def test_the_signer_adopts_drafts():
    SubsidyRoundFactory(name="Ronde A")

    assert titles(UserFactory(signer=True)) == ["Stel Ronde A vast"]


def test_the_project_leader_finishes_publishes_checks_and_starts():
    SubsidyRoundFactory(name="Concept")
    SubsidyRoundFactory(name="Vastgesteld", adopted=True)
    busy = SubsidyRoundFactory(name="Open", open=True)
    ApplicationFactory(round=busy, submitted=True)
    ApplicationFactory(round=busy, checking=True)
    SubsidyRoundFactory(name="Gesloten", closed=True)

    assert sorted(titles(UserFactory(project_leader=True))) == [
        "Controleer 2 aanvragen in Open",
        "Maak Concept af",
        "Publiceer Vastgesteld",
        "Start de beoordeling van Gesloten",
    ]


def test_a_director_starts_and_finishes():
    ikc = IkcFactory(name="IKC Hofland")
    director = UserFactory(director=True, ikc=ikc)
    round_ = SubsidyRoundFactory(open=True)
    assert titles(director) == ["Vraag subsidie aan voor IKC Hofland"]

    draft = ApplicationFactory(round=round_, ikc=ikc, director=director)
    items = intake.tasks_for(director, today=timezone.localdate())
    assert [item.title for item in items] == ["Maak uw aanvraag af voor IKC Hofland"]
    assert items[0].due == timezone.localdate(round_.closes_at)
    assert draft.number == ""


def test_an_ikc_outside_the_target_group_is_not_asked():
    SubsidyRoundFactory(open=True, eligible_forms=["village"])

    assert titles(UserFactory(director=True)) == []


@pytest.mark.parametrize("role", ["member", "researcher", "admin", "auditor"])
def test_others_have_nothing_to_do_here_and_cost_no_query(role, django_assert_num_queries):
    SubsidyRoundFactory()
    user = UserFactory(**{role: True})
    assert user.active_roles

    with django_assert_num_queries(0):
        assert titles(user) == []


def test_the_panel_shows_running_rounds_to_municipal_eyes():
    now = timezone.now()
    round_ = SubsidyRoundFactory(
        opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1), open=True
    )
    SubsidyRoundFactory(settled=True)

    panels = intake.panels_for(UserFactory(signer=True), today=now.date())
    assert panels[0].context["rounds"] == [round_]
    assert intake.panels_for(UserFactory(director=True), today=now.date()) == []


@pytest.mark.parametrize("count", [1, 3])
def test_an_applicant_sees_the_own_applications_at_the_same_cost(count, django_assert_num_queries):
    ikc = IkcFactory()
    director = UserFactory(director=True, ikc=ikc)
    applications = [
        ApplicationFactory(
            ikc=ikc, director=director, round=SubsidyRoundFactory(open=True), checking=True
        )
        for _ in range(count)
    ]
    ApplicationFactory(submitted=True)  # of another IKC
    assert director.active_roles

    with django_assert_num_queries(1):
        (panel,) = intake.panels_for(director, today=timezone.localdate())
    items = panel.context["items"]
    assert {item.url for item in items} == {each.get_absolute_url() for each in applications}
    assert {item.badge for item in items} == {"ontvangen"}


@pytest.mark.parametrize("count", [1, 3])
def test_the_whole_start_page_costs_as_much_for_one_as_for_three(
    count, client, django_assert_num_queries
):
    for _ in range(count):
        SubsidyRoundFactory()
        round_ = SubsidyRoundFactory(closed=True)
        for _ in range(2):
            ApplicationFactory(round=round_, submitted=True)
    client.force_login(UserFactory(project_leader=True))
    client.get(reverse("start"))  # the session remembers the second factor from here on

    with django_assert_num_queries(33):
        page = client.get(reverse("start"))
    # A draft, applications to check, and the decision on them that is late: of each round.
    assert len(page.context["tasks"]) == 3 * count
    assert len(page.context["panels"]) == 1


def test_what_is_late_after_a_stop_of_the_clock_is_told_once_it_is_late(no_repeated_sql):
    leader = UserFactory(project_leader=True)
    application = ApplicationFactory(round=SubsidyRoundFactory(closed=True), submitted=True)
    ClockStop.objects.create(
        application=application,
        reason=ClockStop.Reason.AGREED,
        first_day=date(2026, 5, 1),
        resumes_on=date(2026, 5, 11),
        note="Op verzoek.",
        recorded_by=leader,
        recorded_at=datetime(2026, 5, 1, 9, tzinfo=UTC),
    )

    def late(day):
        return [item.badge for item in lateness.tasks_for(leader, today=day)]

    # 13 weeks after the closing is 15 July; ten days are added to it.
    assert late(date(2026, 7, 24)) == []
    assert late(date(2026, 7, 25)) == ["vandaag"]

    default_notices.record_default_notice(
        application,
        default_notices.ReceivedNotice(received_on=date(2026, 7, 27), sender="Stichting"),
        by=leader,
        at=datetime(2026, 7, 27, 9, tzinfo=UTC),
    )
    with no_repeated_sql():  # the stops are those of the late decision and of the notice alike
        assert late(date(2026, 7, 27)) == ["2 dagen te laat", "in gebreke gesteld"]
