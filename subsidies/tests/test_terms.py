"""The terms that run, and whom they concern."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from ikc.tests.factories import IkcFactory, UserFactory
from subsidies.terms import TermKind, upcoming_terms
from subsidies.tests.factories import ApplicationFactory, SubsidyRoundFactory

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

    with django_assert_num_queries(3):
        (term,) = upcoming_terms(user)
    assert term.days_left(TODAY) == 117
    assert term.kind.label == "Beslistermijn"
