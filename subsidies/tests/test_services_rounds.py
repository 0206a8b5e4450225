"""Writing, adopting and publishing a round; the clock that opens and closes it; the start of the assessment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection

from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from kvk2.core.uploads import FileRefused
from kvk2.core.workflow import TransitionNotAllowed
from subsidies.models import CommissionMember, ConflictException, SubsidyRound
from subsidies.services import rounds as services
from subsidies.services.round_checks import missing_for_adoption
from subsidies.services.round_documents import NewFile
from subsidies.services.scorers import members_who_may_score
from subsidies.states import ApplicationState, RoundState
from subsidies.tests.factories import (
    AFTER,
    CLOSES_AT,
    DURING,
    OPENS_AT,
    PDF,
    ApplicationFactory,
    SubsidyRoundFactory,
    move,
)

pytestmark = pytest.mark.django_db
BEFORE = OPENS_AT - timedelta(days=20)


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def signer():
    return UserFactory(signer=True)


def seat(**role):
    user = UserFactory(member=True, **role)
    organisation = user.assignments.get().organisation
    return CommissionMember.objects.create(
        user=user, organisation=organisation, valid_from=date(2025, 1, 1)
    )


@pytest.fixture
def members():
    return [seat() for _ in range(3)]


def adopt(round_, signer, **changed):
    values = {
        "decision_number": "B&W 7",
        "decided_on": date(2026, 1, 20),
        "document": NewFile("besluit.pdf", PDF),
        **changed,
    }
    return services.adopt_round(round_, **values, by=signer, at=BEFORE)


def test_adopting_writes_the_decision(signer):
    round_ = adopt(SubsidyRoundFactory(), signer)

    assert (round_.state, round_.decision_number) == (RoundState.ADOPTED, "B&W 7")
    event = events_of(round_).get()
    assert (event.verb, event.actor, event.state_before, event.state_after) == (
        "round_adopted",
        signer,
        "draft",
        "adopted",
    )


INCOMPLETE = {
    "no criteria": (lambda r: r.criteria.all().delete(), "ten minste één criterium"),
    "weights": (lambda r: r.criteria.filter(order=1).update(weight=19), "tellen op tot 99%"),
    "formula": (lambda r: r.formulas.filter(group="plus").delete(), "bedragformule in voor Plus"),
    "forms": (lambda r: move(r, eligible_forms=[]), "mogen meedoen"),
    "lottery": (lambda r: move(r, lottery_seed=" "), "tekst voor de loting"),
    "reviews": (lambda r: move(r, min_reviews=0), "hoeveel beoordelingen"),
    "floor": (lambda r: move(r, floor=r.ceiling + 1), "hoger dan het subsidieplafond"),
}


@pytest.mark.parametrize("what", INCOMPLETE)
def test_an_incomplete_round_is_not_adopted(what, signer):
    spoil, sentence = INCOMPLETE[what]
    round_ = SubsidyRoundFactory()
    spoil(round_)

    with pytest.raises(services.RoundNotComplete, match=sentence):
        adopt(round_, signer)
    assert missing_for_adoption(SubsidyRound.objects.get()) != []


@pytest.mark.parametrize(
    "changed", [{"decision_number": " "}, {"decided_on": BEFORE.date() + timedelta(days=1)}]
)
def test_adopting_asks_for_a_decision_that_was_taken(changed, signer):
    with pytest.raises(services.DecisionMissing):
        adopt(SubsidyRoundFactory(), signer, **changed)


def test_a_round_is_adopted_once(signer):
    with pytest.raises(TransitionNotAllowed):
        adopt(SubsidyRoundFactory(published=True), signer)


def publish(round_, leader, *, at=BEFORE, **changed):
    values = {
        "reference": "Gemeenteblad 2026, 1",
        "published_on": date(2026, 2, 2),
        "states_method": True,
        **changed,
    }
    return services.publish_round(round_, **values, by=leader, at=at)


def test_publishing_writes_where_and_when(leader, members):
    round_ = publish(SubsidyRoundFactory(adopted=True), leader, budget_warning=True)

    assert round_.state == RoundState.PUBLISHED
    assert round_.publication_reference == "Gemeenteblad 2026, 1"
    assert round_.budget_warning_published


PUBLICATION_REFUSALS = {
    "no reference": ({"reference": ""}, services.PublicationMissing),
    "no method": ({"states_method": False}, services.PublicationMissing),
    "in the future": ({"published_on": date(2027, 1, 1)}, services.PublicationMissing),
    "before the decision": ({"published_on": date(2026, 1, 1)}, services.PublicationMissing),
    "after opening": ({"at": OPENS_AT}, services.PublicationTooLate),
}


@pytest.mark.parametrize("what", PUBLICATION_REFUSALS)
def test_a_publication_must_be_real_and_in_time(what, leader, members):
    changed, refusal = PUBLICATION_REFUSALS[what]

    with pytest.raises(refusal):
        publish(SubsidyRoundFactory(adopted=True), leader, **changed)


def test_a_round_is_published_before_its_period_starts(leader, members):
    round_ = SubsidyRoundFactory(period_start=date(2026, 2, 1), adopted=True)

    with pytest.raises(services.PublicationTooLate, match="subsidieperiode"):
        publish(round_, leader)


def test_a_ranked_round_needs_members_without_an_interest(leader):
    seat(), seat()
    tied = UserFactory(member=True, school_board=True)
    CommissionMember.objects.create(
        user=tied, organisation=tied.assignments.last().organisation, valid_from=date(2025, 1, 1)
    )

    why = "2 van de 3 commissieleden mogen beoordelen. 1 lid zit er namens een schoolbestuur"
    with pytest.raises(services.TooFewReviewers, match=why):
        publish(SubsidyRoundFactory(adopted=True), leader)


def test_an_exception_of_the_college_lets_a_member_score(members):
    round_ = SubsidyRoundFactory(adopted=True)
    tied = UserFactory(school_board=True)
    member = CommissionMember.objects.create(
        user=tied, organisation=tied.assignments.get().organisation, valid_from=date(2025, 1, 1)
    )
    assert members_who_may_score(round_, BEFORE.date())[:2] == (3, 4)

    ConflictException.objects.create(
        member=member,
        round=round_,
        reason="enige deskundige",
        decided_on=date(2026, 1, 1),
        decision_number="1",
    )
    assert members_who_may_score(round_, BEFORE.date())[:2] == (4, 4)


@pytest.mark.parametrize("state", ["adopted", "published"])
def test_a_round_that_has_not_opened_can_be_cancelled(state, leader):
    round_ = services.cancel_round(
        SubsidyRoundFactory(**{state: True}),
        reason="geen geld",
        reference="Gemeenteblad 2026, 2",
        by=leader,
        at=BEFORE,
    )

    assert round_.state == RoundState.CANCELLED
    assert round_.cancellation_reason == "geen geld"
    assert round_.cancellation_reference == "Gemeenteblad 2026, 2"
    assert events_of(round_).get().reason == "geen geld"


def test_cancelling_says_why(leader):
    with pytest.raises(services.ReasonMissing):
        services.cancel_round(SubsidyRoundFactory(), reason=" ", by=leader, at=BEFORE)


def test_what_was_published_is_taken_back_in_public(leader):
    with pytest.raises(services.PublicationMissing, match="doorgaat"):
        services.cancel_round(
            SubsidyRoundFactory(published=True), reason="geen geld", by=leader, at=BEFORE
        )


def test_adopting_keeps_the_decision_of_the_college(signer):
    round_ = adopt(SubsidyRoundFactory(), signer)

    assert round_.decision_document.name == "besluit.pdf"
    assert events_of(round_).get().data["sha256"] == round_.decision_document.sha256


def test_a_decision_that_is_no_document_is_refused(signer):
    with pytest.raises(FileRefused):
        adopt(SubsidyRoundFactory(), signer, document=NewFile("besluit.exe", b"MZ"))
    assert SubsidyRound.objects.get().state == RoundState.DRAFT


def test_by_proportion_no_commission_is_needed(leader):
    round_ = SubsidyRoundFactory(adopted=True, allocation_method="pro_rata")

    assert publish(round_, leader).state == RoundState.PUBLISHED


def test_an_open_round_is_not_cancelled(leader):
    with pytest.raises(TransitionNotAllowed):
        services.cancel_round(SubsidyRoundFactory(open=True), reason="x", by=leader, at=DURING)


def test_a_round_opens_at_its_moment_and_not_a_second_before():
    round_ = SubsidyRoundFactory(published=True)

    assert services.open_due_rounds(at=OPENS_AT - timedelta(seconds=1)) == 0
    assert services.open_due_rounds(at=OPENS_AT) == 1
    assert services.open_due_rounds(at=OPENS_AT) == 0
    round_.refresh_from_db()
    assert round_.state == RoundState.OPEN
    assert events_of(round_).get().actor is None


def test_a_round_closes_at_its_moment_and_its_drafts_lapse():
    round_ = SubsidyRoundFactory(open=True)
    draft, filed = (
        ApplicationFactory(round=round_),
        ApplicationFactory(round=round_, submitted=True),
    )

    assert services.close_due_rounds(at=CLOSES_AT - timedelta(seconds=1)) == 0
    assert services.close_due_rounds(at=CLOSES_AT) == 1

    for thing in (round_, draft, filed):
        thing.refresh_from_db()
    assert round_.state == RoundState.CLOSED
    assert draft.state == ApplicationState.LAPSED
    assert filed.state == ApplicationState.SUBMITTED
    assert events_of(round_).get().data == {"lapsed_drafts": 1}
    assert events_of(draft).get().verb == "application_lapsed"


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_close_a_round_once():
    round_ = SubsidyRoundFactory(open=True)

    def sweep(_):
        try:
            return services.close_due_rounds(at=CLOSES_AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        closed = sorted(pool.map(sweep, range(2)))

    assert closed == [0, 1]
    assert events_of(round_).count() == 1


def test_the_assessment_starts_when_all_is_checked(leader):
    round_ = SubsidyRoundFactory(closed=True)
    ApplicationFactory(round=round_, admitted=True)
    ApplicationFactory(round=round_, withdrawn=True)
    ApplicationFactory(round=round_, not_processed=True)

    assert services.start_assessment(round_, by=leader, at=AFTER).state == RoundState.ASSESSING


@pytest.mark.parametrize(
    ("states", "sentence"),
    [
        (["admitted", "checking"], "^1 aanvraag is nog niet gecontroleerd.$"),
        (["admitted", "submitted", "incomplete"], "^2 aanvragen zijn nog niet gecontroleerd.$"),
        (["not_processed"], "nog geen aanvraag toegelaten"),
        ([], "nog geen aanvraag toegelaten"),
    ],
)
def test_the_assessment_waits_for_the_checks(states, sentence, leader):
    round_ = SubsidyRoundFactory(closed=True)
    for state in states:
        ApplicationFactory(round=round_, **{state: True})

    with pytest.raises(services.ChecksNotFinished, match=sentence):
        services.start_assessment(round_, by=leader, at=AFTER)


def test_the_assessment_does_not_start_while_the_round_is_open(leader):
    with pytest.raises(TransitionNotAllowed):
        services.start_assessment(SubsidyRoundFactory(open=True), by=leader, at=DURING)
