"""Money of a grant on its way: what may be planned, by whom it goes further, and what can never be (domain reference 3.7)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from ikc.models import BankAccount, Organisation
from ikc.services.bank_accounts import propose_account
from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from kvk2.core.errors import DomainError
from kvk2.core.workflow import TransitionNotAllowed
from subsidies.models import Grant, Letter, Payment, PaymentSetoff, PaymentSuspension
from subsidies.services import payment_orders as orders
from subsidies.services import payments as services
from subsidies.services import suspensions
from subsidies.services.payments import AboveGrant, AccountFrozen, PaymentRefused, SetoffRefused
from subsidies.states_payments import PaymentState
from subsidies.statutory_interest import Rate, RateUnknown, interest
from subsidies.tests.factories_assessment import DECIDED_AT, decided_round
from subsidies.tests.factories_payments import approved, granted, paid, people

pytestmark = pytest.mark.django_db
AT = DECIDED_AT + timedelta(days=30)
REFUSED = (IntegrityError, InternalError)


@pytest.fixture
def grant() -> Grant:
    return granted()


@pytest.fixture
def first(grant) -> Payment:
    return grant.payments.get(number=1)


def test_the_announcement_plans_what_the_decision_said(grant):
    payments = list(grant.payments.order_by("number"))

    assert [payment.amount for payment in payments] == [Decimal(3_000)] * 4
    assert [payment.state for payment in payments] == ["planned"] * 4
    # Awb 4:87: six weeks after 20 May 2026, or the later day that the decision names
    assert services.last_day_to_pay(date(2026, 5, 20)) == date(2026, 7, 1)
    assert services.last_day_to_pay(date(2026, 11, 13)) == date(2026, 12, 28)  # T-DL-06
    assert payments[0].due_on == date(2026, 8, 1)
    assert payments[0].reference == f"{grant.application.number}-T1"
    assert {row.verb for row in events_of(grant)} == {"grant_opened", "payment_planned"}


def test_approved_ordered_and_confirmed_by_different_people(first):
    signer, maker, releaser, _ = people()
    (payment,) = services.approve_payments([first], by=signer, at=AT)
    with pytest.raises(orders.OrderRefused, match="goedkeurt"):
        orders.make_order([payment], execute_on=AT.date(), by=signer, at=AT)
    order = orders.make_order([payment], execute_on=AT.date(), by=maker, at=AT)
    with pytest.raises(orders.OrderRefused, match="Een ander"):
        orders.release_order(order, by=maker, at=AT)
    with pytest.raises(orders.PaymentTaken):
        orders.make_order([payment], execute_on=AT.date(), by=maker, at=AT)
    orders.release_order(order, by=releaser, at=AT)
    payment.refresh_from_db()
    assert (payment.state, payment.account.iban) == ("ordered", "NL91ABNA0417164300")
    with pytest.raises(TransitionNotAllowed):
        services.approve_payments([payment], by=signer, at=AT)


def test_never_more_than_the_grant(grant):
    left = grant.amount - services.standing_total(grant)  # 3.000: what the determination brings
    services.plan_advance(grant, grant.decision, amount=left, pay_on=None, at=AT)
    with pytest.raises(AboveGrant):
        services.plan_advance(grant, grant.decision, amount=Decimal("0.01"), pay_on=None, at=AT)
    row = {"grant": grant, "kind": "advance", "decision": grant.decision, "due_on": AT.date()}
    with pytest.raises(REFUSED, match="payments_above_grant"), transaction.atomic():
        Payment.objects.create(number=9, reference="X-T9", amount=1, planned_at=AT, **row)
    services.cancel_open_payments(grant, reason="Ingetrokken.", by=None, at=AT)
    assert not grant.payments.standing().exists()


def test_the_determination_settles_what_was_paid_and_pays_the_rest(grant):
    payment = paid(grant.payments.get(number=1))
    Grant.objects.filter(pk=grant.pk).update(
        state="determined", determined_amount=Decimal(10_000), determined_on=AT.date()
    )
    grant.refresh_from_db()
    assert services.settle_payments(grant, grant.decision, at=AT) == 0
    payment.refresh_from_db()
    assert payment.state == "settled"
    states = dict(grant.payments.values_list("number", "state"))
    assert [states[number] for number in (2, 3, 4)] == ["cancelled"] * 3
    rest = grant.payments.get(kind="balance")
    assert (rest.amount, rest.state) == (Decimal(7_000), "planned")
    assert rest.due_on == services.last_day_to_pay(AT.date())


def test_a_change_of_the_account_stops_approval_and_release(grant, first):
    signer, maker, releaser, _ = people()
    second = grant.payments.get(number=2)
    (payment,) = services.approve_payments([first], by=signer, at=AT)
    order = orders.make_order([payment], execute_on=AT.date(), by=maker, at=AT)
    board = grant.application.board
    propose_account(
        board, iban="NL69INGB0123456789", holder="X", source="brief", by=UserFactory(), at=AT
    )
    for deed in (
        lambda: services.approve_payments([second], by=signer, at=AT),
        lambda: orders.release_order(order, by=releaser, at=AT),
    ):
        with pytest.raises(AccountFrozen):
            deed()
    first.refresh_from_db()
    assert (first.state, order.exports.count()) == ("approved", 0)
    assert first in Payment.objects.frozen()


def test_setting_off_states_both_claims(first):
    signer, maker, *_ = people()
    with pytest.raises(SetoffRefused):
        services.set_off(
            first,
            amount=Decimal(1),
            reference="T",
            claim_amount=Decimal(1),
            reason="x",
            by=maker,
            at=AT,
        )
    payment = approved(first, by=signer)
    claim = {"reference": "KVK2-2025-0001-B2", "claim_amount": Decimal(5_000), "reason": "Awb 4:57"}
    for amount in (Decimal(0), Decimal(3_001), Decimal(5_001)):
        with pytest.raises(SetoffRefused):
            services.set_off(payment, amount=amount, by=maker, at=AT, **claim)
    with pytest.raises(SetoffRefused, match="goedkeurde"):
        services.set_off(payment, amount=Decimal(1), by=signer, at=AT, **claim)
    services.set_off(payment, amount=Decimal("1000.50"), by=maker, at=AT, **claim)
    payment.refresh_from_db()
    assert (payment.to_pay, payment.state) == (Decimal("1999.50"), "approved")
    services.set_off(payment, amount=Decimal("1999.50"), by=maker, at=AT, **claim)
    payment.refresh_from_db()
    assert (payment.to_pay, payment.state, payment.paid_on) == (0, "paid", AT.date())
    with pytest.raises(REFUSED, match="kept as it was"), transaction.atomic():
        PaymentSetoff.objects.all().delete()


def test_suspension_is_announced_lasts_thirteen_weeks_and_moves_the_last_day(grant, first):
    signer = UserFactory(signer=True)
    approved(first)
    with pytest.raises(suspensions.SuspensionRefused):
        suspensions.suspend_payments(grant, suspicion=" ", by=signer, at=AT)
    suspension = suspensions.suspend_payments(
        grant, suspicion="De activiteiten zijn niet uitgevoerd.", by=signer, at=AT
    )
    assert suspension.until == AT.date() + timedelta(weeks=13)
    assert (
        Letter.objects.get(code="L15")
        .context["values"]["texts"]["vermoeden"]
        .startswith("De activ")
    )
    assert set(grant.payments.values_list("state", flat=True)) == {"suspended"}
    with pytest.raises(suspensions.SuspensionRefused):
        suspensions.suspend_payments(grant, suspicion="Nog een keer.", by=signer, at=AT)
    extra = services.plan_advance(grant, grant.decision, amount=Decimal(1), pay_on=None, at=AT)
    with pytest.raises(PaymentRefused, match="opgeschort"):
        services.approve_payments([extra], by=signer, at=AT)

    later = AT + timedelta(days=10)
    suspensions.resume_payments(grant, reason="Het is uitgelegd.", by=signer, at=later)
    states = dict(grant.payments.values_list("number", "state"))
    assert (states[1], states[2]) == ("approved", "planned")  # as they were
    assert grant.payments.get(number=1).due_on == first.due_on + timedelta(days=10)

    suspensions.suspend_payments(grant, suspicion="Toch weer.", by=signer, at=later)
    assert suspensions.end_due_suspensions(at=later + timedelta(weeks=13)) == 0
    assert suspensions.end_due_suspensions(at=later + timedelta(weeks=13, days=1)) == 1
    assert PaymentSuspension.objects.filter(outcome="expired", ended_by=None).count() == 1
    assert not grant.payments.filter(state="suspended").exists()

    suspensions.suspend_payments(grant, suspicion="En nog eens.", by=signer, at=later)
    suspensions.cancel_suspended(
        grant, reason="De subsidie wordt ingetrokken.", by=signer, at=later
    )
    assert set(grant.payments.values_list("state", flat=True)) == {"cancelled"}


REFUSALS = [
    ("payment_ordered_by_another", {"ordered_by": "signer", "order": "order"}),
    ("payment_confirmed_by_another", {"ordered_by": "maker", "confirmed_by": "maker"}),
    ("payment_approved_by_somebody", {"approved_by": None}),
    ("payment_paid_is_confirmed", {"state": "paid", "set_off_amount": "amount"}),
    ("payment_cancelled_with_a_reason", {"state": "cancelled"}),
    ("payment_set_off_within_amount", {"set_off_amount": Decimal(-1)}),
    ("payment_ordered_is_whole", {"state": "ordered"}),
    ("payment_state_is_known", {"state": "x"}),
    ("payment_amount_is_positive", {"amount": Decimal(0)}),
    ("payment_in_an_order_is_approved", {"state": "planned", "order": "order"}),
]


def test_what_the_database_refuses(grant):
    signer, maker, *_ = people()
    first, second = grant.payments.order_by("number")[:2]
    payment = approved(first, by=signer)
    other = approved(second, by=signer)
    order = orders.make_order([other], execute_on=AT.date(), by=maker, at=AT)
    known = {"signer": signer, "maker": maker, "amount": payment.amount, "order": order}
    with connection.cursor() as cursor:  # without the triggers, which have laws of their own
        cursor.execute("SET LOCAL session_replication_role = replica")
    for name, change in REFUSALS:
        values = {
            field: known.get(value, value) if isinstance(value, str) else value
            for field, value in change.items()
        }
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Payment.objects.filter(pk=payment.pk).update(**values)


def test_what_was_paid_stays(first):
    payment = paid(first)
    for change in ({"amount": 1}, {"paid_on": date(2026, 1, 1)}, {"account": None}):
        with pytest.raises(REFUSED), transaction.atomic():
            Payment.objects.filter(pk=payment.pk).update(**change)
    with pytest.raises(REFUSED), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).delete()


RATES = [Rate(date(2025, 1, 1), Decimal(6)), Rate(date(2026, 1, 1), Decimal(4))]


@pytest.mark.parametrize(
    ("amount", "due_on", "paid_on", "owed"),
    [
        (10_000, date(2026, 3, 1), date(2026, 3, 1), "0.00"),  # in time
        (10_000, date(2026, 3, 1), date(2026, 3, 10), "0.00"),  # 9,86: less than ten euros
        (10_000, date(2026, 3, 1), date(2026, 3, 11), "10.96"),
        (
            10_000,
            date(2025, 12, 21),
            date(2026, 1, 10),
            "27.40",
        ),  # ten days of 6 and ten of 4 percent
        (10_000, date(2025, 1, 1), date(2026, 1, 1), "599.45"),  # 364 of 6, one of 4
        (10_000, date(2026, 1, 1), date(2027, 1, 2), "401.14"),  # interest on interest after a year
    ],
)
def test_statutory_interest(amount, due_on, paid_on, owed):
    got = interest(Decimal(amount), due_on=due_on, paid_on=paid_on, rates=RATES)
    assert got == Decimal(owed)


def test_no_interest_without_a_rate():
    with pytest.raises(RateUnknown):
        interest(Decimal(1), due_on=date(2020, 1, 1), paid_on=date(2021, 1, 1), rates=RATES)
    assert services.known_rates()[0].first_day == date(2015, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_orders_at_once_never_pay_twice():
    payment = approved(granted().payments.get(number=1))
    makers = [UserFactory(project_leader=True) for _ in range(2)]
    start = Barrier(2)

    def order(maker) -> bool:
        try:
            start.wait(timeout=20)
            orders.make_order([payment], execute_on=AT.date(), by=maker, at=AT)
        except DomainError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(order, makers))

    assert sorted(outcomes) == [False, True]
    assert Payment.objects.get(pk=payment.pk).order is not None


@pytest.mark.django_db(transaction=True)
def test_two_plans_at_once_stay_within_the_grant():
    grant = granted()
    left = grant.amount - services.standing_total(grant)
    start = Barrier(2)

    def plan(_) -> bool:
        try:
            start.wait(timeout=20)
            services.plan_advance(grant, grant.decision, amount=left, pay_on=None, at=AT)
        except DomainError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(plan, range(2))) == [False, True]
    assert services.standing_total(grant) == grant.amount


def test_a_board_without_an_account_is_never_paid(first):
    board = Organisation.objects.get(pk=first.grant.application.board_id)
    BankAccount.objects.filter(organisation=board).update(
        state="rejected", ended_at=AT, end_reason="Opgeheven."
    )
    with pytest.raises(AccountFrozen):
        services.approve_payments([first], by=UserFactory(signer=True), at=AT)
    assert PaymentState(Payment.objects.get(pk=first.pk).state) == PaymentState.PLANNED


def test_what_was_not_announced_plans_nothing():
    decided_round(applications=1)
    assert not Payment.objects.exists()
