"""The terms that run, and whom they concern."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from ikc.tests.factories import IkcFactory, UserFactory
from kvk2.core.models import OutgoingMail
from subsidies.models import LateWarning, ViewRequest
from subsidies.services import completions, default_notices, late_warnings, term_changes
from subsidies.term_kinds import TermKind
from subsidies.terms import upcoming_terms
from subsidies.tests.factories import (
    ApplicationFactory,
    SchemeVersionFactory,
    SubsidyRoundFactory,
)
from subsidies.tests.test_models_intake import refuses
from subsidies.worklist import lateness

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 20)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(datetime(2026, 3, 20, 9, 0, tzinfo=UTC), tick=False):
        yield


def told(user):
    return [(term.kind, term.title, term.due_on) for term in upcoming_terms(user)]


def test_a_round_opens_and_closes():
    SubsidyRoundFactory(
        name="Later",
        published=True,
        opens_at=datetime(2026, 6, 1, 7, 0, tzinfo=UTC),
        closes_at=datetime(2026, 7, 1, 15, 0, tzinfo=UTC),
    )
    SubsidyRoundFactory(name="Nu", open=True)
    SubsidyRoundFactory(name="Voorbij", closed=True)

    assert told(UserFactory(director=True)) == [
        (TermKind.CLOSES, "Nu sluit", date(2026, 4, 15)),
        (TermKind.OPENS, "Later gaat open", date(2026, 6, 1)),
        (TermKind.CLOSES, "Later sluit", date(2026, 7, 1)),
    ]


def test_a_round_that_is_not_published_is_the_municipalitys_own():
    SubsidyRoundFactory(name="Concept", adopted=True, opens_at=datetime(2026, 4, 1, tzinfo=UTC))

    assert told(UserFactory(director=True)) == []
    assert len(told(UserFactory(project_leader=True))) == 2


def test_the_term_to_decide_of_the_own_application():
    ikc = IkcFactory(name="IKC Hofland")
    director = UserFactory(director=True, ikc=ikc)
    round_ = SubsidyRoundFactory(closed=True)
    own = ApplicationFactory(round=round_, ikc=ikc, director=director, submitted=True)
    ApplicationFactory(round=round_, submitted=True)
    ApplicationFactory(round=SubsidyRoundFactory(decided=True), ikc=ikc, decided=True)

    # 13 weeks after 15 April: the term stands in no Act and does not move
    expected = (TermKind.DECIDE, f"Besluit over {own.number} van IKC Hofland", date(2026, 7, 15))
    assert told(director) == [expected]


def test_the_municipality_reads_one_line_for_what_ends_on_one_day():
    round_ = SubsidyRoundFactory(name="Ronde A", closed=True)
    for _ in range(3):
        ApplicationFactory(round=round_, submitted=True)

    assert told(UserFactory(project_leader=True)) == [
        (TermKind.DECIDE, "Besluit over 3 aanvragen in Ronde A", date(2026, 7, 15))
    ]


@pytest.mark.parametrize("role", ["member", "researcher", "admin"])
def test_others_read_of_rounds_only(role):
    ApplicationFactory(round=SubsidyRoundFactory(open=True), submitted=True)

    assert [kind for kind, *_ in told(UserFactory(**{role: True}))] == [TermKind.CLOSES]


@pytest.mark.parametrize("count", [1, 3])
def test_more_applications_cost_no_more_queries(count, django_assert_num_queries):
    round_ = SubsidyRoundFactory(closed=True)
    for _ in range(count):
        ApplicationFactory(round=round_, submitted=True)
    user = UserFactory(project_leader=True)
    assert user.is_municipal

    # Ten thousand are counted as well; only a single one is read, for its name.
    with django_assert_num_queries(11 if count == 1 else 10):
        (term,) = upcoming_terms(user)
    assert term.days_left(TODAY) == 117
    assert term.kind.label == "Beslistermijn"


# --- terms of one application, late ones, and who is told


def asked(application, leader, on):
    completions.request_completion(
        application, items=[completions.Asked("contact", "Klopt niet.")], by=leader, at=on
    )


def test_completing_leaving_promises_and_default_notices_are_terms_too():
    leader = UserFactory(project_leader=True)
    ikc = IkcFactory(name="IKC Hofland")
    round_ = SubsidyRoundFactory(name="Ronde A", closed=True)
    director = UserFactory(director=True, ikc=ikc)
    own = ApplicationFactory(round=round_, ikc=ikc, director=director, submitted=True)
    unused, late = (ApplicationFactory(round=round_, submitted=True) for _ in range(2))
    asked(own, leader, datetime(2026, 4, 20, 9, tzinfo=UTC))
    asked(unused, leader, datetime(2026, 4, 20, 9, tzinfo=UTC))
    completions.expire_completions(at=datetime(2026, 5, 5, 9, tzinfo=UTC))
    asked(own, leader, datetime(2026, 5, 6, 9, tzinfo=UTC))
    term_changes.tell_later_decision(
        late,
        expected_on=date(2026, 9, 1),
        reason="Het is druk.",
        by=leader,
        at=datetime(2026, 5, 6, 9, tzinfo=UTC),
    )
    default_notices.record_default_notice(
        late,
        default_notices.ReceivedNotice(received_on=date(2026, 7, 20), sender="Stichting"),
        by=leader,
        at=datetime(2026, 7, 20, 9, tzinfo=UTC),
    )

    def days(user, today):
        return {
            (term.kind, term.due_on)
            for term in upcoming_terms(user, today=today)
            if term.kind not in (TermKind.DECIDE, TermKind.CLOSES)
        }

    assert days(director, date(2026, 5, 7)) == {(TermKind.COMPLETE, date(2026, 5, 20))}
    assert days(leader, date(2026, 5, 7)) == {
        (TermKind.COMPLETE, date(2026, 5, 20)),
        # Four weeks after the unused 4 May is Whit Monday's week: Monday 1 June.
        (TermKind.LEAVE, date(2026, 6, 1)),
        (TermKind.PROMISED, date(2026, 9, 1)),
        (TermKind.DEFAULT, date(2026, 8, 3)),
    }
    assert (TermKind.LEAVE, date(2026, 6, 1)) not in days(leader, date(2026, 6, 2))


def test_a_view_is_a_term_of_the_applicant_and_of_the_municipality(client):
    ikc = IkcFactory()
    director, leader = UserFactory(director=True, ikc=ikc), UserFactory(project_leader=True)
    own, other = (
        ApplicationFactory(intent=True, director=director, ikc=one) for one in (ikc, IkcFactory())
    )
    for application in (own, other):
        ViewRequest.objects.create(
            application=application,
            grounds=["wrong_data"],
            intention="de subsidie te weigeren",
            reason="De gegevens kloppen niet.",
            asked_at=datetime(2026, 3, 10, 9, tzinfo=UTC),
            asked_by=leader,
            due_on=date(2026, 3, 24),
        )

    def views(user):
        return [term for term in upcoming_terms(user) if term.kind == TermKind.VIEW]

    (mine,) = views(director)
    assert mine.title == f"Zienswijze over {own.number} van {ikc}"
    assert (mine.due_on, mine.url) == (
        date(2026, 3, 24),
        reverse("subsidies:view_give", args=[own.pk]),
    )
    assert len(views(leader)) == 2
    assert views(UserFactory(director=True, ikc=IkcFactory())) == []
    client.force_login(leader)
    page = client.get(reverse("subsidies:term_list"), {"soort": "zienswijze"})
    assertContains(page, "2 termijnen gevonden")
    feed = client.post(reverse("subsidies:calendar")).context["address"]
    assertContains(client.get(feed), "Zienswijze over")
    ViewRequest.objects.filter(application=own).update(state="lapsed")
    assert views(director) == []


def test_a_scheme_that_counts_from_receipt_has_a_line_per_day():
    version = SchemeVersionFactory(decision_term_from="receipt")
    round_ = SubsidyRoundFactory(name="Ronde A", scheme_version=version, closed=True)
    for day in (10, 10, 11):
        # Half past eleven at night in Amsterdam.
        ApplicationFactory(
            round=round_, submitted=True, received_at=datetime(2026, 3, day, 22, 30, tzinfo=UTC)
        )
    lines = upcoming_terms(UserFactory(project_leader=True))
    assert [(term.title[:12], term.due_on) for term in lines] == [
        ("Besluit over", date(2026, 6, 9)),
        ("Besluit over", date(2026, 6, 10)),
    ]
    assert lines[0].title == "Besluit over 2 aanvragen in Ronde A"


def test_the_page_filters_marks_what_is_late_and_exports(client):
    round_ = SubsidyRoundFactory(name="Ronde A", closed=True)
    SubsidyRoundFactory(
        name="Later",
        published=True,
        opens_at=datetime(2026, 9, 1, tzinfo=UTC),
        closes_at=datetime(2026, 10, 1, tzinfo=UTC),
    )
    ApplicationFactory(round=round_, submitted=True)
    address = reverse("subsidies:term_list")
    with time_machine.travel(datetime(2026, 7, 23, 9, tzinfo=UTC), tick=False):
        client.force_login(UserFactory(project_leader=True))
        page = client.get(address)
        assertContains(page, "8 dagen te laat")
        assertContains(page, "Later gaat open")
        late = client.get(address, {"stand": "te-laat", "soort": "beslistermijn"})
        assertContains(late, "1 termijn gevonden")
        assertNotContains(late, "Later gaat open")
        csv = client.get(address, {"stand": "te-laat", "export": "csv"}).content.decode()
        assert csv.splitlines()[1].startswith("2026-07-15;Besluit over")
        assert csv.splitlines()[1].endswith("Beslistermijn;Ronde A;8 dagen te laat")
        assert len(csv.splitlines()) == 2
        sheet = client.get(address, {"export": "xlsx"})
        assert sheet["Content-Type"].endswith("spreadsheetml.sheet")
        assertContains(
            client.get(address, {"soort": "opening", "stand": "te-laat"}), "Geen termijnen gevonden"
        )


@pytest.mark.parametrize(
    ("today", "badge", "kind"),
    [
        (date(2026, 7, 14), None, None),
        (date(2026, 7, 15), "vandaag", "warning"),
        (date(2026, 7, 21), "6 dagen te laat", "warning"),
        (date(2026, 7, 22), "7 dagen te laat", "danger"),
        (date(2026, 7, 29), "14 dagen te laat", "danger"),
    ],
)
def test_who_decides_finds_what_is_late_among_the_tasks(today, badge, kind):
    ApplicationFactory(round=SubsidyRoundFactory(closed=True), submitted=True)
    for role in ("project_leader", "signer"):
        items = lateness.tasks_for(UserFactory(**{role: True}), today=today)
        assert [(item.badge, item.kind) for item in items] == ([(badge, kind)] if badge else [])
    assert lateness.tasks_for(UserFactory(auditor=True), today=today) == []


def test_the_warning_comes_once_on_day_0_7_and_14():
    round_ = SubsidyRoundFactory(closed=True)
    ApplicationFactory(round=round_, submitted=True)
    leader, signer = UserFactory(project_leader=True), UserFactory(signer=True)
    UserFactory(auditor=True)

    def warned(month, day, hour=6):
        return late_warnings.warn_late_decisions(at=datetime(2026, month, day, hour, tzinfo=UTC))

    assert warned(7, 14) == 0
    # In Amsterdam 15 July began already.
    assert warned(7, 14, hour=22) == 1
    assert [warned(7, 15), warned(7, 21)] == [0, 0]
    # The sweep of day 7 did not run: made up for on day 8.
    assert [warned(7, 23), warned(7, 23), warned(7, 29), warned(8, 12)] == [1, 0, 1, 0]
    assert list(LateWarning.objects.order_by("day").values_list("day", flat=True)) == [0, 7, 14]
    mails = OutgoingMail.objects.order_by("pk")
    assert sorted(mails.values_list("to", flat=True)) == sorted([leader.email, signer.email] * 3)
    assert "vandaag de laatste dag" in mails[0].body
    assert "8 dagen te laat" in mails[2].body
    refuses(
        "late_warning_once",
        LateWarning.objects.create,
        round=round_,
        last_day=date(2026, 7, 15),
        day=0,
        applications=1,
        warned_at=mails[0].created_at,
    )
    refuses(
        "late_warning_on_a_day_that_counts",
        LateWarning.objects.create,
        round=round_,
        last_day=date(2026, 7, 15),
        day=3,
        applications=1,
        warned_at=mails[0].created_at,
    )


def test_the_advices_of_the_commission_have_a_clock_of_their_own(settings):
    round_ = SubsidyRoundFactory(name="In beoordeling", assessing=True)
    secretary = UserFactory(secretary=True)

    advises = [term for term in upcoming_terms(secretary) if term.kind == TermKind.ADVISE]
    assert [(term.due_on.month, term.due_on.day) for term in advises] == [(4, 30)]
    assert advises[0].due_on > round_.closes_at.date()
    settings.MUNICIPALITY = {**settings.MUNICIPALITY, "advice_before": ""}
    assert TermKind.ADVISE not in {term.kind for term in upcoming_terms(secretary)}
