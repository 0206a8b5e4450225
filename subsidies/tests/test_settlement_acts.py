"""Determining a subsidy and claiming back: the way there, the letters, and what may never be (domain reference 3.9, 3.10)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import Error, connection, transaction
from django.urls import reverse

from ikc.tests.factories import UserFactory
from subsidies.models import Application, Decision, Letter, Recovery, ViewRequest
from subsidies.services import acts, determinations, letters, recoveries, refusals, setoffs
from subsidies.services.determinations import LoweringUnfounded, NotDeterminable, Proposal
from subsidies.services.payments import SetoffRefused
from subsidies.services.recoveries import (
    ReasonMissing,
    ReceiptInvalid,
    RecoveryRunning,
    RecoveryTooLate,
)
from subsidies.services.refusals import NoViewNeeded, ViewMissing
from subsidies.settlement import Realised
from subsidies.states_accountability import RECOVERY_BADGES, RecoveryState
from subsidies.tests.factories import move
from subsidies.tests.factories_accounts import OVER_AT, accepted, board_of, director_of, due_reports
from subsidies.tests.factories_assessment import SigningMandateFactory
from subsidies.tests.factories_payments import approved, granted, ordered
from subsidies.tests.test_documents import words
from subsidies.worklist.recoveries import tasks_for

pytestmark = pytest.mark.django_db
AT = datetime(2027, 9, 6, 9, 0, tzinfo=UTC)
AS_GRANTED = Proposal(realised=Realised(), motivation="Alles is uitgevoerd.")
LOWERED = Proposal(
    realised=Realised(lowered_to_percentage=Decimal(70)),
    ground="not_carried_out",
    proportionality="Drie van de tien middagen vervielen.",
    motivation="Niet alles is gedaan.",
)


@pytest.fixture
def grant():
    grant = accepted(due_reports()[0]).grant
    grant.refresh_from_db()
    return grant


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


def taken(decision, *, at=AT) -> Decision:
    """Checked, signed, and announced by its letter."""
    decision = acts.send_act_to_check(decision, by=decision.drafted_by, at=at)
    decision = acts.approve_act(
        decision,
        checklist=list(acts.CHECKLIST),
        by=UserFactory(second_project_leader=True),
        at=at,
    )
    decision = acts.take_act(decision, by=SigningMandateFactory().user, at=at)
    with transaction.atomic():  # the announcement without the PDF, which takes long
        letters._announce(decision.pk, at=at)
    decision.refresh_from_db()
    return decision


def lowered(grant, leader) -> Decision:
    """A draft below the grant, on which the recipient was heard."""
    decision = determinations.draft_determination(grant, LOWERED, by=leader, at=AT)
    determinations.announce_intention(decision, by=leader, at=AT)
    later = AT + timedelta(days=15)
    assert refusals.lapse_views(at=later) == 1
    return decision


def test_as_granted_pays_the_rest(client, grant, leader):
    client.force_login(leader)
    page = client.get(grant.get_absolute_url()).content.decode()
    assert "Vaststelling voorbereiden" in page
    address = reverse("subsidies:determination_draft", args=[grant.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"motivation": ""}).status_code == 422
    answer = client.post(address, {"motivation": "Alles is uitgevoerd."})
    decision = Decision.objects.get(kind="determination")
    assert answer.url == decision.get_absolute_url()
    assert client.get(answer.url).status_code == 200
    decision = taken(decision)
    grant.refresh_from_db()
    assert (grant.state, grant.determined_amount) == ("determined", grant.amount)
    assert decision.letter.code == "L13"
    for name, person in (
        ("objection_make", director_of(grant.report)),
        ("objection_register", UserFactory(second_project_leader=True)),
    ):
        client.force_login(person)
        assert client.get(reverse(f"subsidies:{name}", args=[decision.pk])).status_code == 200
    balance = grant.payments.get(kind="balance")
    assert balance.amount == grant.amount
    assert not Recovery.objects.exists()
    with pytest.raises(NotDeterminable, match="al vastgesteld"):
        determinations.draft_determination(grant, AS_GRANTED, by=leader, at=AT)


def test_lower_needs_a_ground_a_weighing_and_a_view(client, grant, leader):
    for bare in (
        Proposal(realised=LOWERED.realised, motivation="x"),
        Proposal(realised=LOWERED.realised, ground="not_carried_out", motivation="x"),
        Proposal(realised=LOWERED.realised, ground="x", proportionality="x", motivation="x"),
    ):
        with pytest.raises(LoweringUnfounded):
            determinations.draft_determination(grant, bare, by=leader, at=AT)
    decision = determinations.draft_determination(grant, LOWERED, by=leader, at=AT)
    with pytest.raises(ViewMissing):
        acts.send_act_to_check(decision, by=leader, at=AT)
    signer = SigningMandateFactory()
    checker = UserFactory(second_project_leader=True)
    ready = {"checked_by": checker, "checked_at": AT, "taken_by": signer.user, "taken_at": AT}
    move(decision, state="ready")
    with pytest.raises(Error, match="lowering_after_a_view"), transaction.atomic():
        move(decision, state="taken", signing_mandate=signer, **ready)
    move(decision, state="draft")
    client.force_login(leader)
    address = reverse("subsidies:lowering_announce", args=[decision.pk])
    assert client.get(address).status_code == 200
    determinations.announce_intention(decision, by=leader, at=AT)
    view = ViewRequest.objects.get()
    assert (view.grounds, view.due_on) == (["not_carried_out"], date(2027, 9, 20))
    assert Letter.objects.filter(code="L07L").exists()
    with pytest.raises(NoViewNeeded):
        determinations.announce_intention(decision, by=leader, at=AT)
    with pytest.raises(ViewMissing):
        acts.send_act_to_check(decision, by=leader, at=AT)
    board = board_of(grant.report)
    refusals.receive_view(
        view, manner="written", text="Wij waren ziek.", received_on=AT.date(), by=board, at=AT
    )
    decision = taken(decision)
    assert decision.letter.code == "L14"
    assert "Wij waren ziek." in str(decision.letter.context)
    grant.refresh_from_db()
    assert grant.determined_amount == grant.amount * Decimal("0.7")
    client.force_login(director_of(grant.report))
    assert "Vastgesteld bedrag" in client.get(grant.get_absolute_url()).content.decode()


def test_cost_is_counted_and_never_above_the_grant(grant, leader):
    move(grant, subsidy_type="cost")
    high = Proposal(realised=Realised(actual_cost=grant.amount * 2), motivation="x")
    decision = determinations.draft_determination(grant, high, by=leader, at=AT)
    assert decision.amount == grant.amount
    acts.discard_act(decision, reason="Opnieuw.", by=leader, at=AT)
    needless = Realised(actual_cost=grant.amount, unnecessary_cost=Decimal("1000.00"))
    decision = determinations.draft_determination(
        grant, Proposal(realised=needless, motivation="x"), by=leader, at=AT
    )
    assert decision.amount == grant.amount - 1000
    assert not determinations.needs_view(decision)
    assert taken(decision).letter.code == "L14"


def test_without_an_account_only_after_the_new_term(leader):
    report = due_reports()[0]
    grant = report.grant
    with pytest.raises(NotDeterminable):
        determinations.draft_determination(grant, AS_GRANTED, by=leader, at=AT)
    move(report, state="overdue", extra_due_on=date(2027, 12, 1))
    with pytest.raises(NotDeterminable):
        determinations.draft_determination(
            grant, AS_GRANTED, by=leader, at=datetime(2027, 12, 1, 9, tzinfo=UTC)
        )
    late = datetime(2027, 12, 2, 9, tzinfo=UTC)
    decision = determinations.draft_determination(grant, AS_GRANTED, by=leader, at=late)
    assert decision.details["outcome"] == "ex_officio"
    taken(decision, at=late)
    report.refresh_from_db()
    assert report.state == "ex_officio"


@pytest.fixture
def recovery(grant, leader):
    """Eighty percent was paid, seventy stays: ten comes back. Decided and sent."""
    ordered(*grant.payments.order_by("number"))
    decision = lowered(grant, leader)
    taken(decision, at=AT + timedelta(days=16))
    return Recovery.objects.get()


def sent(recovery, leader, *, at=AT + timedelta(days=20)) -> Recovery:
    decision = recoveries.draft_recovery(recovery, motivation="Te veel.", by=leader, at=at)
    taken(decision, at=at)
    recovery.refresh_from_db()
    return recovery


def waiting(user, *, at=AT) -> list[str]:
    return [task.title for task in tasks_for(user, today=at.date())]


def test_what_was_paid_too_much_comes_back_in_parts(client, recovery, leader):
    grant = recovery.grant
    assert recovery.amount == grant.amount * Decimal("0.1")
    assert (recovery.state, recovery.advanced) == ("proposed", grant.amount * Decimal("0.8"))
    client.force_login(leader)
    page = client.get(recovery.get_absolute_url()).content.decode()
    assert "Besluit voorbereiden" in page
    assert waiting(leader) == ["1 terugvordering voorgesteld: neem een besluit"]
    draft = reverse("subsidies:recovery_draft", args=[recovery.pk])
    assert client.post(draft, {"reason": "Te veel betaald."}).status_code == 302
    decision = Decision.objects.get(kind="recovery")
    assert waiting(leader) == []
    with pytest.raises(RecoveryRunning):
        recoveries.draft_recovery(recovery, motivation="x", by=leader, at=AT)
    at = AT + timedelta(days=20)
    assert taken(decision, at=at).letter.code == "L17"
    recovery.refresh_from_db()
    assert (recovery.state, recovery.due_on) == ("sent", date(2027, 11, 8))
    with pytest.raises(ReceiptInvalid):
        recoveries.record_receipt(
            recovery, amount=recovery.amount + 1, received_on=at.date(), by=leader, at=at
        )
    with pytest.raises(ReceiptInvalid):
        recoveries.record_receipt(
            recovery, amount=Decimal(1), received_on=date(2027, 1, 1), by=leader, at=at
        )
    recoveries.record_receipt(
        recovery, amount=Decimal("0.01"), received_on=at.date(), by=leader, at=at
    )
    recovery.refresh_from_db()
    assert recovery.state == "partly_paid"
    left = recovery.amount - Decimal("0.01")
    with pytest.raises(Error, match="recovery_receipts_within_claim"), transaction.atomic():
        recovery.receipts.create(
            amount=left + 1, received_on=at.date(), recorded_at=at, recorded_by=leader
        )
    with pytest.raises(Error, match="recovery_receipt_stays"), transaction.atomic():
        recovery.receipts.update(amount=5)
    recoveries.record_receipt(recovery, amount=left, received_on=at.date(), by=leader, at=at)
    recovery.refresh_from_db()
    assert recovery.state == "paid"
    assert client.get(recovery.get_absolute_url()).status_code == 200
    csv = client.get(reverse("subsidies:recovery_list"), {"export": "csv"}).content.decode()
    assert grant.application.number in csv


def test_late_is_reminded_once_with_its_fee_and_then_enforced(recovery, leader):
    recovery = sent(recovery, leader)
    assert recoveries.pass_terms(at=datetime(2027, 11, 8, 9, tzinfo=UTC)) == 0
    late = datetime(2027, 11, 9, 9, tzinfo=UTC)
    assert recoveries.pass_terms(at=late) == 1
    assert waiting(leader, at=late) == ["1 terugvordering niet op tijd betaald: maan aan"]
    (task,) = tasks_for(director_of(recovery.grant.report), today=late.date())
    assert (task.url, task.badge, task.due) == (
        recovery.get_absolute_url(),
        "te laat",
        date(2027, 11, 8),
    )
    recovery = recoveries.remind(recovery, by=leader, at=late)
    assert waiting(leader, at=late) == []
    assert (recovery.fee, recovery.reminder_due_on) == (Decimal(20), date(2027, 11, 23))
    assert Letter.objects.filter(code="L18").count() == 1
    assert recoveries.reminder_fee(Decimal("453.99"), late.date()) == Decimal(9)
    assert recoveries.reminder_fee(Decimal(454), late.date()) == Decimal(20)
    with pytest.raises(RecoveryRunning):
        recoveries.enforce(recovery, by=leader, at=late)
    over = datetime(2027, 11, 24, 9, tzinfo=UTC)
    assert waiting(leader, at=over) == ["1 terugvordering ook na de aanmaning niet betaald"]
    recovery = recoveries.enforce(recovery, by=leader, at=over)
    assert waiting(leader, at=over) == []
    assert recovery.state == "enforced"
    assert recovery.lapses_on == date(2032, 11, 24)
    assert recoveries.pass_terms(at=datetime(2032, 11, 25, 9, tzinfo=UTC)) == 1
    recovery.refresh_from_db()
    assert recovery.state == "time_barred"


def test_more_time_and_letting_go_say_why(recovery, leader):
    recovery = sent(recovery, leader)
    at = AT + timedelta(days=21)
    with pytest.raises(ReasonMissing):
        recoveries.defer(recovery, until=date(2028, 1, 1), reason=" ", by=leader, at=at)
    recovery = recoveries.defer(
        recovery, until=date(2028, 1, 1), reason="Geldnood.", by=leader, at=at
    )
    assert recoveries.pass_terms(at=datetime(2027, 12, 31, 9, tzinfo=UTC)) == 0
    recovery = recoveries.let_go(recovery, how="waive", reason="Onbillijk.", by=leader, at=at)
    assert recovery.state == "waived"
    assert set(RECOVERY_BADGES) == set(RecoveryState)


def test_claiming_is_possible_for_five_years(recovery, leader):
    announced = recovery.determination.announced_at
    last = announced.replace(year=announced.year + 5)
    assert recovery.decide_before == last.date()
    with pytest.raises(RecoveryTooLate):
        recoveries.draft_recovery(recovery, motivation="x", by=leader, at=last + timedelta(days=1))
    decision = recoveries.draft_recovery(recovery, motivation="x", by=leader, at=AT)
    move(decision, taken_at=last + timedelta(days=1))
    with pytest.raises(Error, match="recovery_within_five_years"), transaction.atomic():
        move(recovery, state="decided", decision=decision)
    assert recoveries.pass_terms(at=last + timedelta(days=1)) == 1


CONSTRAINTS = {
    "recovery_claimed_by_a_decision|recovery_state_is_known": {"state": "gone"},
    "recovery_is_an_amount": {"fee": -1},
    "recovery_stays": {"amount": 1},
    "recovery_claimed_by_a_decision": {"state": "sent", "due_on": date(2027, 12, 1)},
    "recovery_reminder_is_whole": {"fee": 20},
    "recovery_deferred_until_a_day": {"deferred_on": OVER_AT.date()},
    "recovery_let_go_with_a_reason": {"state": "waived", "ended_at": OVER_AT},
    "recovery_ended_is_dated": {"ended_at": OVER_AT},
}
LEADER = {"project_leader"}
OWED = {"sent", "partly_paid", "overdue", "reminded", "enforced", "deferred"}
MATRIX = {
    "draft_recovery": {"proposed"},
    "record_receipt": OWED,
    "remind_recovery": {"overdue"},
    "enforce_recovery": {"reminded"},
    "defer_recovery": {"sent", "partly_paid", "overdue", "reminded"},
    "end_recovery": {"proposed"} | OWED,
}
ROLES = (
    "project_leader",
    "director",
    "member",
    "secretary",
    "development_group",
    "researcher",
    "signer",
    "school_board",
    "childcare_board",
    "admin",
    "auditor",
)


def test_what_the_database_refuses_and_who_may(recovery):
    for name, values in CONSTRAINTS.items():
        with pytest.raises(Error, match=name), transaction.atomic():
            move(recovery, **values)
    grant = recovery.grant
    people = {role: UserFactory(**{role: True}) for role in ROLES}
    people["own_director"] = director_of(grant.report)
    for role, user in people.items():
        for verb, states in MATRIX.items():
            for state in RecoveryState.values:
                recovery.state = state
                allowed = user.has_perm(f"subsidies.{verb}", recovery)
                assert allowed == (role in LEADER and state in states), f"{role} {verb} {state}"
        for state in ("active", "accounting", "determined", "closed", "revoked"):
            grant.state = state
            allowed = user.has_perm("subsidies.draft_determination", grant)
            assert allowed == (role in LEADER and state in ("active", "accounting")), role
        sees = Recovery.objects.visible_to(user).filter(pk=recovery.pk).exists()
        assert sees == (role in {"project_leader", "signer", "auditor"}), f"{role} sees a proposal"


def same_board(grant, other) -> None:
    """As if one board applied for both; the database itself keeps what was filed as it was."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE subsidies_application DISABLE TRIGGER USER")
        board = Application.objects.get(pk=other.application_id).board
        Application.objects.filter(pk=grant.application_id).update(board=board)
        cursor.execute("ALTER TABLE subsidies_application ENABLE TRIGGER USER")


def test_a_claim_is_paid_by_paying_less_of_another_grant(client, recovery, leader):
    claim = sent(recovery, leader)
    other = granted()
    payment = approved(other.payments.get(number=1))
    at = AT + timedelta(days=21)
    with pytest.raises(SetoffRefused, match="geen open vordering"):
        setoffs.set_off_claim(payment, claim, amount=Decimal(1), reason="x", by=leader, at=at)
    same_board(other, claim.grant)
    payment = type(payment).objects.get(pk=payment.pk)
    owed = recoveries.open_amount(claim)
    with pytest.raises(SetoffRefused):
        setoffs.set_off_claim(
            payment, claim, amount=owed + 1, reason="Zelfde activiteiten.", by=leader, at=at
        )
    address = reverse("subsidies:payment_set_off", args=[payment.pk])
    data = {"claim": str(claim.pk), "amount": "100,50", "reason": "Zelfde activiteiten."}
    with time_machine.travel(at, tick=False):
        client.force_login(leader)
        assert claim.decision.reference in client.get(address).content.decode()
        assert client.post(address, {**data, "claim": ""}).status_code == 422
        assert client.post(address, {**data, "claim": "999999"}).status_code == 422
        assert client.post(address, data).status_code == 302
    setoff = claim.setoffs.get()
    assert (setoff.payment, setoff.amount, setoff.claim_amount) == (
        payment,
        Decimal("100.50"),
        owed,
    )
    claim.refresh_from_db()
    assert (claim.state, recoveries.open_amount(claim)) == ("partly_paid", owed - setoff.amount)
    letter = Letter.objects.get(code="L18V")
    assert letters.render_letter(letter.pk, at=at)
    letter.refresh_from_db()
    with letter.stored.file.open("rb") as source:
        text = words(source.read())
    assert claim.decision.reference in text
    assert payment.reference in text
    assert "100,50" in text
    rest = recoveries.open_amount(claim)
    setoffs.set_off_claim(payment, claim, amount=rest, reason="Zelfde.", by=leader, at=at)
    claim.refresh_from_db()
    assert claim.state == "paid"
    with pytest.raises(SetoffRefused, match="geen open vordering"):
        setoffs.set_off_claim(payment, claim, amount=Decimal(1), reason="x", by=leader, at=at)
