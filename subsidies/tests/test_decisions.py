from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from ikc.tests.factories import UserFactory
from kvk2.core.errors import DomainError
from subsidies.documents import LetterContext, MissingElements
from subsidies.models import CommissionAdvice, Decision, Letter, Obligation
from subsidies.services import allocations, decisions, letters
from subsidies.services.decision_guards import (
    DecisionsIncomplete,
    FourEyes,
    NoLockedRun,
    NoMandate,
)
from subsidies.services.decisions import (
    CHECKLIST,
    ChecklistIncomplete,
    DecisionsExist,
    NothingToDecide,
    ReasonMissing,
)
from subsidies.states import AdviceState, ApplicationState, DecisionState, RoundState
from subsidies.tests.factories import move
from subsidies.tests.factories_assessment import (
    ADVISED_AT,
    DECIDED_AT,
    SigningMandateFactory,
    advised_round,
    decided_round,
    drafted_round,
    ready_round,
)

pytestmark = pytest.mark.django_db
# Three applications of 15.000: one in full, one in part, one not at all.
SCARCE = {"ceiling": Decimal(25_000), "scores": (5, 4, 3)}


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


def by_number(round_):
    return list(Decision.objects.filter(application__round=round_).order_by("application__number"))


def test_the_drafts_follow_the_locked_run(leader):
    round_ = drafted_round(leader=leader, **SCARCE)

    grant, partial, refusal = by_number(round_)

    assert [row.kind for row in (grant, partial, refusal)] == ["grant", "partial_grant", "refusal"]
    assert [row.amount for row in (grant, partial, refusal)] == [15_000, 10_000, 0]
    assert grant.reference == f"{grant.application.number}-B1"
    assert refusal.grounds == ["ceiling"]
    explanation = refusal.ceiling_snapshot.pop("explanation")
    assert (
        explanation["sentence"] == "De aanvraag krijgt niets: het plafond was bereikt bij plaats 2."
    )
    assert refusal.ceiling_snapshot == {
        "method": "tender",
        "ceiling": "25000.00",
        "free": "0.00",
        "applications": 3,
        "total_requested": "45000.00",
        "scarce": True,
        "rank": 3,
        "score": "60.00",
        "eligible": "15000.00",
        "last_granted_rank": 2,
        "tie_break": "",
    }
    assert "plaats 3" in refusal.motivation
    assert "artikel 4:25, tweede lid, Awb" in refusal.motivation
    assert grant.obligations.count() == 4
    assert not refusal.obligations.exists()
    amounts = list(partial.advances.order_by("number").values_list("amount", flat=True))
    assert amounts == [Decimal(2_000)] * 4


def test_an_effort_obligation_of_the_advice_becomes_a_duty_and_never_a_condition():
    round_ = drafted_round(applications=1, conclusions=["positive_with_effort"])

    duty = Obligation.objects.get(kind="effort")

    assert duty.due_on == date(2027, 2, 1)
    assert duty.text.startswith("U spant zich ervoor in dat er één dagprogramma komt.")
    assert "voorwaarde" not in duty.text
    assert duty.decision.application.round == round_


def test_the_first_advance_waits_for_the_period_and_the_rest_are_spread():
    round_ = drafted_round(applications=1)

    days = list(by_number(round_)[0].advances.order_by("number").values_list("due_on", flat=True))

    assert days == [date(2026, 8, 1), date(2026, 10, 31), date(2027, 1, 30), date(2027, 5, 1)]


def test_no_decisions_without_a_locked_run(leader):
    round_ = advised_round(applications=1)
    with pytest.raises(NoLockedRun):
        decisions.draft_decisions(round_, by=leader, at=ADVISED_AT)
    allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    with pytest.raises(NoLockedRun):
        decisions.draft_decisions(round_, by=leader, at=ADVISED_AT)


def test_drafting_twice_makes_nothing_twice(leader):
    round_ = drafted_round(leader=leader, applications=1)
    with pytest.raises(DecisionsExist):
        decisions.draft_decisions(round_, by=leader, at=ADVISED_AT)


def test_the_letters_are_complete_before_the_check(leader):
    round_ = drafted_round(leader=leader, applications=1)
    application = round_.applications.get()
    application.board.bank_accounts.update(state="rejected", ended_at=ADVISED_AT, end_reason="x")

    with pytest.raises(MissingElements, match=rf"{application.number}: bevoorschotting"):
        decisions.send_to_check(round_, by=leader, at=ADVISED_AT)


def test_four_eyes_and_the_whole_checklist(leader):
    round_ = drafted_round(leader=leader, applications=1)
    decisions.send_to_check(round_, by=leader, at=ADVISED_AT)
    second = UserFactory(second_project_leader=True)

    with pytest.raises(FourEyes):
        decisions.approve_decisions(round_, checklist=list(CHECKLIST), by=leader, at=ADVISED_AT)
    with pytest.raises(ChecklistIncomplete, match="4:51"):
        decisions.approve_decisions(
            round_, checklist=list(CHECKLIST)[:-1], by=second, at=ADVISED_AT
        )

    decisions.approve_decisions(round_, checklist=list(CHECKLIST), by=second, at=ADVISED_AT)
    assert by_number(round_)[0].state == DecisionState.READY
    with pytest.raises(NothingToDecide):
        decisions.approve_decisions(round_, checklist=list(CHECKLIST), by=second, at=ADVISED_AT)


def test_a_discarded_draft_can_be_drafted_again_under_its_own_reference(leader):
    round_ = drafted_round(leader=leader, applications=1)
    (first,) = by_number(round_)
    with pytest.raises(ReasonMissing):
        decisions.discard_decision(first, reason="", by=leader, at=ADVISED_AT)

    decisions.discard_decision(first, reason="andere tekst", by=leader, at=ADVISED_AT)
    (second,) = decisions.draft_decisions(round_, by=leader, at=ADVISED_AT)

    assert second.reference.endswith("-B2")


def test_taking_decides_the_whole_round_at_once():
    signer = SigningMandateFactory().user
    round_ = decided_round(signer=signer, **SCARCE)

    assert round_.state == RoundState.DECIDED
    rows = by_number(round_)
    assert {row.state for row in rows} == {DecisionState.TAKEN}
    assert {row.taken_by for row in rows} == {signer}
    decided = round_.applications.order_by("number").values_list("state", "granted_amount")
    assert list(decided) == [
        ("decided", Decimal(15_000)),
        ("decided", Decimal(10_000)),
        ("decided", Decimal(0)),
    ]
    ordered = Letter.objects.exclude(code="L06").order_by("application__number")
    assert [letter.code for letter in ordered] == ["L08", "L09", "L10"]
    assert set(CommissionAdvice.objects.values_list("state", flat=True)) == {AdviceState.FOLLOWED}
    for letter in ordered:
        context = LetterContext.from_dict(letter.context)
        assert context.missing_elements() == ()
        assert context.ranking.last_granted_rank == 2
        assert context.signature.name == signer.full_name


def test_a_partial_grant_says_what_the_ceiling_took():
    decided_round(**SCARCE)
    context = LetterContext.from_dict(Letter.objects.get(code="L09").context)

    (reduction,) = context.reductions
    assert (reduction.amount, context.refused) == (Decimal(5_000), Decimal(5_000))
    assert "subsidieplafond" in reduction.reason


def test_no_mandate_no_decision():
    round_ = ready_round(applications=1)
    signer = UserFactory(signer=True, job_title="wethouder")
    with pytest.raises(NoMandate, match="geen ondertekeningsmandaat"):
        decisions.take_decisions(round_, by=signer, at=DECIDED_AT)
    mandate = SigningMandateFactory(user=signer, max_amount=Decimal("14999.99"))
    with pytest.raises(NoMandate, match=r"14\.999,99"):
        decisions.take_decisions(round_, by=signer, at=DECIDED_AT)
    move(mandate, max_amount=Decimal(15_000), valid_until=date(2026, 5, 19))
    with pytest.raises(NoMandate):
        decisions.take_decisions(round_, by=signer, at=DECIDED_AT)
    move(mandate, valid_until=date(2026, 5, 20))
    assert decisions.take_decisions(round_, by=signer, at=DECIDED_AT)


def test_who_drafted_or_checked_does_not_sign():
    checker = UserFactory(second_project_leader=True)
    round_ = ready_round(checker=checker, applications=1)
    SigningMandateFactory(user=checker)

    with pytest.raises(FourEyes):
        decisions.take_decisions(round_, by=checker, at=DECIDED_AT)


def test_every_application_needs_its_decision(leader):
    round_ = ready_round(leader=leader, applications=2)
    signer = SigningMandateFactory().user
    first, _ = by_number(round_)
    decisions.discard_decision(first, reason="fout", by=leader, at=ADVISED_AT)
    with pytest.raises(DecisionsIncomplete, match=first.application.number):
        decisions.take_decisions(round_, by=signer, at=DECIDED_AT)
    decisions.draft_decisions(round_, by=leader, at=ADVISED_AT)
    with pytest.raises(DecisionsIncomplete, match="nog niet getoetst"):
        decisions.take_decisions(round_, by=signer, at=DECIDED_AT)


def test_a_withdrawn_application_is_not_decided(leader):
    round_ = ready_round(leader=leader, applications=2)
    signer = SigningMandateFactory().user
    first, _ = by_number(round_)
    move(first.application, state="withdrawn")

    with pytest.raises(DecisionsIncomplete, match="ingetrokken"):
        decisions.take_decisions(round_, by=signer, at=DECIDED_AT)

    decisions.discard_decision(first, reason="ingetrokken", by=leader, at=ADVISED_AT)
    assert len(decisions.take_decisions(round_, by=signer, at=DECIDED_AT)) == 1


def test_a_failure_halfway_leaves_nothing(monkeypatch):
    round_ = ready_round(**SCARCE)
    signer = SigningMandateFactory().user
    calls = []

    def second_breaks(*args, **kwargs):
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError("halverwege")
        return letters.order_letter(*args, **kwargs)

    monkeypatch.setattr(decisions, "order_letter", second_breaks)
    with pytest.raises(RuntimeError):
        decisions.take_decisions(round_, by=signer, at=DECIDED_AT)

    round_.refresh_from_db()
    assert round_.state == RoundState.ADVISED
    assert {row.state for row in by_number(round_)} == {DecisionState.READY}
    assert not Letter.objects.exclude(code="L06").exists()
    assert not round_.applications.filter(state=ApplicationState.DECIDED).exists()


def test_a_taken_decision_cannot_be_changed():
    round_ = decided_round(applications=1)
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        Decision.objects.filter(application__round=round_).update(amount=1)


def test_a_low_score_is_refused_on_the_scheme_and_not_on_the_ceiling():
    decided_round(applications=2, scores=[4, 2], conclusions=["positive", "negative"])
    context = LetterContext.from_dict(Letter.objects.get(code="L10").context)

    assert context.ranking is None
    assert "ten minste 55,00 punten" in context.motivation[0]
    assert context.adviser.followed


@pytest.mark.django_db(transaction=True)
def test_two_signers_cannot_both_decide():
    with transaction.atomic():
        round_ = ready_round(**SCARCE)
    signers = [SigningMandateFactory().user for _ in range(2)]

    def take(signer):
        try:
            decisions.take_decisions(round_, by=signer, at=DECIDED_AT)
        except DomainError:
            return "refused"
        finally:
            connection.close()
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(take, signers))

    assert outcomes == ["refused", "taken"]
    assert Letter.objects.exclude(code="L06").count() == 3
    assert sum(round_.applications.values_list("granted_amount", flat=True)) == 25_000


@pytest.mark.django_db(transaction=True)
def test_two_leaders_cannot_both_lock():
    with transaction.atomic():
        round_ = advised_round(applications=1)
    leaders = [UserFactory(project_leader=True) for _ in range(2)]
    run = allocations.run_allocation(round_, by=leaders[0], at=ADVISED_AT)

    def lock(leader):
        try:
            allocations.lock_run(run, by=leader, at=ADVISED_AT)
        except DomainError:
            return "refused"
        finally:
            connection.close()
        return "locked"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(lock, leaders)) == ["locked", "refused"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_post_a_letter_once():
    with transaction.atomic():
        decided_round(applications=1)
    letter = Letter.objects.get(code="L08")

    def render(_):
        try:
            return letters.render_letter(letter.pk, at=DECIDED_AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(render, range(2))) == [False, True]
    assert letter.message.events.filter(kind="posted").count() == 1
