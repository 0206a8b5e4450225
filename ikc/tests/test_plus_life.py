"""The status Plus after it was given (domain reference 5.2, T-PL-02, T-RA-05)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from ikc.models import NoticePreference, PlusLapse, PlusReview
from ikc.services import plus, plus_life, plus_terms
from ikc.services.plus_record import PlusRefused
from ikc.states import ConditionOutcome, PlusState
from ikc.tests.factories import (
    AreaRecalibrationFactory,
    IkcFactory,
    IkcPartnerFactory,
    PlusStatusFactory,
    UserFactory,
)
from ikc.tests.plus_cases import AT, END_OF_PROGRAMME, PROGRAMME, being_checked, granted, proposed
from ikc.worklist_plus import plus_tasks
from kvk2.core.models import OutgoingMail
from kvk2.core.workflow import TransitionNotAllowed

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=30)
UNTIL = date(2026, 6, 5)
WORDS = {"reason": "Het gebied is veranderd.", "run_out": "De inzet stopt op 31 juli."}


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def signer():
    return UserFactory(signer=True)


@pytest.fixture
def reviewed(leader):
    status = granted(leader, valid_from=date(2026, 1, 1))
    plus_life.take_into_recalibration(status, reason="Nieuwe gebieden.", by=None, at=AT)
    status.refresh_from_db()
    return status


def announce(status, leader, intent="end", **values):
    return plus_life.announce_intent(
        status,
        **{"intent": intent, "reason": "Het gebied vervalt.", "respond_until": UNTIL, **values},
        by=leader,
        at=AT,
    )


def test_t_pl_02_an_area_that_goes_leads_to_a_review_and_not_to_an_end(reviewed):
    assert reviewed.state == PlusState.UNDER_RECALIBRATION
    assert reviewed.ikc.plus_statuses.granted().active_on(AT.date()).exists()
    assert reviewed.reviews.get().opened_by is None
    with pytest.raises(TransitionNotAllowed):
        plus_life.take_into_recalibration(reviewed, reason="Nog eens.", by=None, at=AT)


def test_it_goes_on_and_is_reviewed_again_two_years_later(reviewed, leader):
    with pytest.raises(PlusRefused):
        plus_life.continue_status(reviewed, reason=" ", by=leader, at=AT)
    status = plus_life.continue_status(reviewed, reason="Weinig veranderd.", by=leader, at=AT)
    assert (status.state, status.valid_until) == (PlusState.CONTINUED, END_OF_PROGRAMME)

    plus_life.take_into_recalibration(status, reason="Herijking 2028.", by=leader, at=LATER)

    assert status.reviews.count() == 2


def test_what_takes_away_is_announced_and_the_board_is_heard_first(reviewed, leader, signer):
    def end(at=LATER, ends_on=date(2026, 7, 31), **values):
        words = {**WORDS, **values}
        return plus_life.end(reviewed, **words, ends_on=ends_on, by=signer, at=at)

    with pytest.raises(PlusRefused, match="4:8"):
        end()
    with pytest.raises(PlusRefused, match="na vandaag"):
        announce(reviewed, leader, respond_until=AT.date())
    with pytest.raises(PlusRefused, match="geen voornemen"):
        plus_life.give_view(reviewed, view="Nee.", by=leader, at=AT)
    announce(reviewed, leader, intent="adjust")
    with pytest.raises(PlusRefused, match="4:8"):
        end()  # another intent than this
    announce(reviewed, leader)
    with pytest.raises(PlusRefused, match="5 juni 2026"):
        end(at=AT)
    plus_life.give_view(reviewed, view="Wij zijn het ermee eens.", by=leader, at=AT)
    for deed in (lambda: announce(reviewed, leader), lambda: plus_life.give_view(
        reviewed, view="Nog iets.", by=leader, at=AT)):  # fmt: skip
        with pytest.raises(PlusRefused):
            deed()
    for refused in (
        {"reason": ""},
        {"run_out": ""},
        {"ends_on": date(2026, 1, 1)},
        {"ends_on": date(2029, 1, 1)},
    ):
        with pytest.raises(PlusRefused):
            end(at=AT, **refused)

    status = end(at=AT)

    assert (status.state, status.valid_until) == (PlusState.ENDED, date(2026, 7, 31))
    given = status.ikc.plus_statuses.granted()
    assert given.active_on(date(2026, 7, 31)).exists()
    assert not given.active_on(date(2026, 8, 1)).exists()


def test_without_an_answer_the_term_is_enough(reviewed, leader, signer):
    announce(reviewed, leader, intent="adjust")

    status = plus_life.adjust(reviewed, **WORDS, ends_on=END_OF_PROGRAMME, by=signer, at=LATER)

    assert status.state == PlusState.ADJUSTED
    assert status.is_running


def test_it_expires_after_its_last_day_and_closes_what_was_open(reviewed):
    with pytest.raises(PlusRefused, match="loopt nog"):
        plus_life.expire(reviewed, at=AT)
    status = plus_life.expire(reviewed, at=AT + timedelta(days=1200))
    assert status.state == PlusState.EXPIRED
    assert status.reviews.get().outcome == PlusReview.Outcome.EXPIRED


def settle(ikc, outcome, note="De afspraak is van kracht."):
    plus_life.settle_condition(ikc, "P04", outcome, note, by=None, at=AT)


def test_t_ra_05_an_agreement_in_force_meets_p04_and_one_that_ends_does_not(leader, signer):
    ikc = IkcFactory(in_area=True)
    settle(ikc, ConditionOutcome.MET)  # an IKC that is no candidate: nothing to do
    status = plus.nominate(ikc, source="programma", by=leader, at=AT)
    settle(ikc, ConditionOutcome.MET)
    plus.check(status, by=leader, at=AT)
    assert status.conditions.get(code="P04").outcome == ConditionOutcome.MET
    settle(ikc, ConditionOutcome.NOT_MET, "De afspraak is opgezegd.")
    settle(ikc, ConditionOutcome.NOT_MET, "De afspraak is opgezegd.")
    assert status.conditions.get(code="P04").outcome == ConditionOutcome.NOT_MET


def test_t_ra_05_after_the_grant_the_end_of_an_agreement_is_a_task(leader):
    status = granted(leader)
    settle(status.ikc, ConditionOutcome.NOT_MET, "De afspraak is opgezegd.")
    settle(status.ikc, ConditionOutcome.NOT_MET, "De afspraak is opgezegd.")
    lapse = PlusLapse.objects.get()
    assert status.conditions.get(code="P04").outcome == ConditionOutcome.MET  # granted on
    settle(status.ikc, ConditionOutcome.MET)
    lapse.refresh_from_db()
    assert lapse.settled_at == AT
    settle(status.ikc, ConditionOutcome.NOT_MET, "Weer opgezegd.")
    second = PlusLapse.objects.get(settled_at=None)
    with pytest.raises(PlusRefused):
        plus_life.settle_lapse(second, settlement="", by=leader, at=AT)
    plus_life.settle_lapse(second, settlement="Nieuwe afspraak in de maak.", by=leader, at=AT)
    with pytest.raises(PlusRefused, match="al afgehandeld"):
        plus_life.settle_lapse(second, settlement="x", by=leader, at=AT)


def test_an_agreement_that_ends_under_a_proposal_holds_the_grant(leader, signer):
    status = proposed(leader)
    settle(status.ikc, ConditionOutcome.NOT_MET, "De afspraak is opgezegd.")
    with pytest.raises(plus.ConditionsNotMet, match="resultaatafspraak"):
        plus.grant(
            status,
            valid_from=date(2026, 6, 1),
            programme=PROGRAMME,
            by=signer,
            at=AT,
        )


def test_a_review_needs_a_reason_and_a_status_that_runs(leader):
    status = PlusStatusFactory()
    with pytest.raises(PlusRefused):
        plus_life.take_into_recalibration(status, reason="", by=leader, at=AT)
    with pytest.raises(TransitionNotAllowed):
        plus_life.take_into_recalibration(being_checked(leader), reason="x", by=leader, at=AT)
    with pytest.raises(PlusRefused, match="niet in herijking"):
        announce(status, leader)


def test_the_database_keeps_reviews_and_lapses_as_they_were(reviewed, leader):
    plus_life.continue_status(reviewed, reason="Weinig veranderd.", by=leader, at=AT)
    settle(reviewed.ikc, ConditionOutcome.NOT_MET, "Opgezegd.")
    settle(reviewed.ikc, ConditionOutcome.MET)
    for name, sql in (
        ("plus_review_stays", "UPDATE ikc_plusreview SET outcome_reason = 'anders'"),
        ("plus_review_stays", "DELETE FROM ikc_plusreview"),
        ("plus_lapse_stays", "UPDATE ikc_pluslapse SET note = 'anders'"),
        ("plus_lapse_stays", "DELETE FROM ikc_pluslapse"),
    ):
        with (
            pytest.raises(IntegrityError, match=name),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


def test_warnings_go_out_once_each_and_the_end_comes_by_itself(leader):
    ending = PlusStatusFactory(valid_from=date(2023, 6, 1), valid_until=date(2027, 5, 31))
    UserFactory(director=True, ikc=ending.ikc)
    first = datetime(2026, 6, 1, 5, tzinfo=UTC)

    def run(months):
        at = first + timedelta(days=months * 31)
        plus_terms.expire_ended(at=at)
        return plus_terms.warn_ending(at=at)

    assert [run(0), run(1), run(6), run(7), run(9.1), run(11)] == [1, 0, 1, 0, 1, 0]
    assert OutgoingMail.objects.count() == 6
    assert "12 maanden" in OutgoingMail.objects.order_by("pk")[0].subject
    run(13)
    ending.refresh_from_db()
    assert ending.state == PlusState.EXPIRED


def test_each_has_its_own_tasks(leader, signer, django_assert_num_queries):
    today = AT.date()
    status = being_checked(leader)
    PlusStatusFactory.create_batch(3, state="candidate", valid_from=None, valid_until=None)
    PlusStatusFactory(valid_from=date(2023, 1, 1), valid_until=date(2026, 12, 31))
    running = granted(leader)
    plus_life.take_into_recalibration(running, reason="Nieuwe gebieden.", by=None, at=AT)
    announce(running, leader)
    proposed(leader)

    def titles(user, day=today):
        user.active_roles  # noqa: B018 - read before the queries are counted
        with django_assert_num_queries(1):
            return [task.title.split(" IKC ")[0] for task in plus_tasks(user, today=day)]

    assert titles(leader) == [
        "Toets de voorwaarden van 3 kandidaten voor Plus",
        "Toets de voorwaarden voor Plus van",
        "Bereid een nieuwe periode Plus voor van",
        "Herijk het predicaat Plus van",
    ]
    assert titles(signer) == ["Beslis over het predicaat Plus van"]
    assert len(titles(signer, date(2026, 7, 1))) == 2
    assert titles(UserFactory(director=True, ikc=status.ikc)) == ["Lever bewijs aan voor Plus:"]
    board = UserFactory(school_board=True, organisation=running.ikc.board)
    assert titles(board) == ["Reageer op het voornemen voor Plus van"]
    assert plus_tasks(UserFactory(auditor=True), today=today) == []


def test_who_stands_behind_the_ikc_is_asked_to_confirm_what_was_supplied(leader):
    status = being_checked(leader)
    partner = IkcPartnerFactory(ikc=status.ikc).organisation
    left = IkcPartnerFactory(ikc=status.ikc, valid_until=date(2022, 7, 31)).organisation
    board = UserFactory(school_board=True, organisation=status.ikc.board)
    childcare = UserFactory(childcare_board=True, organisation=partner)
    stranger = UserFactory(school_board=True)
    gone = UserFactory(childcare_board=True, organisation=left)

    def asked():
        everybody = (board, childcare, stranger, gone)
        return [len(plus_tasks(user, today=AT.date())) for user in everybody]

    assert asked() == [0, 0, 0, 0]
    plus.supply_evidence(
        status.conditions.get(code="P01"),
        text="Visie op www.voorbeeld.nl",
        file=None,
        by=UserFactory(director=True, ikc=status.ikc),
        at=AT,
    )
    assert asked() == [1, 1, 0, 0]
    plus.confirm(status, status.ikc.board, by=board, at=AT)
    assert asked() == [0, 1, 0, 0]
    (task,) = plus_tasks(childcare, today=AT.date())
    assert task.title == f"Bevestig wat is aangeleverd voor Plus van {status.ikc}"
    plus.confirm(status, partner, by=childcare, at=AT)
    assert asked() == [0, 0, 0, 0]


def test_every_second_year_the_portal_begins_the_review_by_itself(leader):
    AreaRecalibrationFactory(origin="programme", year=2021)
    status = granted(leader, valid_from=date(2026, 1, 1))
    fresh = PlusStatusFactory(valid_from=date(2027, 2, 1))

    def sweep(year: int) -> int:
        return plus_terms.review_due(at=datetime(year, 3, 1, 6, tzinfo=UTC))

    assert sweep(2026) == 0  # not a year of review
    director = UserFactory(director=True, ikc=status.ikc)
    assert [sweep(2027), sweep(2027)] == [1, 0]
    status.refresh_from_db()
    fresh.refresh_from_db()
    assert status.state == PlusState.UNDER_RECALIBRATION
    assert fresh.state == PlusState.GRANTED
    review = status.reviews.get()
    assert (review.opened_by, review.reason) == (None, "Tweejaarlijkse herijking van 2027.")
    assert OutgoingMail.objects.filter(to=director.email, subject__contains="herijkt").exists()

    plus_life.continue_status(
        status, reason="Weinig veranderd.", by=leader, at=datetime(2027, 4, 1, tzinfo=UTC)
    )
    assert sweep(2027) == 0


def test_an_intent_reaches_director_and_boards_at_once(reviewed, leader):
    ikc = reviewed.ikc
    partner, gone = IkcPartnerFactory(ikc=ikc), IkcPartnerFactory(ikc=ikc)
    gone.valid_until = date(2026, 1, 31)
    gone.save(update_fields=["valid_until"])
    people = [
        UserFactory(director=True, ikc=ikc),
        UserFactory(school_board=True, organisation=ikc.board),
        UserFactory(childcare_board=True, organisation=partner.organisation),
    ]
    NoticePreference.objects.create(user=people[0], kind="plus", choice="never")
    UserFactory(childcare_board=True, organisation=gone.organisation)
    UserFactory(director=True)

    announce(reviewed, leader)

    mails = OutgoingMail.objects.filter(subject__startswith="Voornemen")
    assert sorted(mail.to for mail in mails) == sorted(user.email for user in people)
    assert all("5 juni 2026" in mail.body.replace("\xa0", " ") for mail in mails)
