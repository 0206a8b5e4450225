"""No sequence of deeds makes the sums of a grant disagree: pay, fail, amend by objection, determine, recover, set off.

Hypothesis picks the deeds; each goes through the services, as a screen would ask it. What a service refuses
changes nothing, and after every deed the rows add up (domain reference 3.6-3.11).
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ikc.tests.factories import UserFactory
from kvk2.core.errors import DomainError
from subsidies.amount_chain import STEPS, chain, total
from subsidies.models import AccountabilityReport, Application, Decision, Grant, Payment, Recovery
from subsidies.services import (
    accounts,
    acts,
    determinations,
    letters,
    payments,
    recoveries,
    refusals,
)
from subsidies.services import payment_feedback as feedback_services
from subsidies.services import payment_orders as orders
from subsidies.services.objection_answers import Answer, draft_answer
from subsidies.settlement import Realised
from subsidies.states_payments import PaymentState
from subsidies.tests.factories_accounts import OVER_AT, accepted
from subsidies.tests.factories_assessment import DECIDED_AT, SigningMandateFactory
from subsidies.tests.factories_objections import advised, objected
from subsidies.tests.factories_payments import granted, people

pytestmark = pytest.mark.django_db
ZERO = Decimal(0)
PAID = (PaymentState.PAID, PaymentState.SETTLED)


def total_of(rows) -> Decimal:
    return rows.aggregate(total=Sum("amount"))["total"] or ZERO


class Money(RuleBasedStateMachine):
    """One grant of 15.000 with four advances of 3.000."""

    @initialize()
    def grant_it(self):
        self.grant = granted()
        self.at = DECIDED_AT + timedelta(days=10)
        self.leader = UserFactory(project_leader=True)
        self.approver, self.maker, self.releaser, self.confirmer = people()
        self.accounted = False

    # --- what people do

    def attempt(self, deed, *args, **wishes):
        """Do it or be refused; a refusal is one sentence and leaves nothing behind."""
        try:
            with transaction.atomic():
                return deed(*args, **wishes)
        except DomainError:
            return None

    def pick(self, state: str, place: int) -> Payment | None:
        rows = list(self.grant.payments.filter(state=state).order_by("pk"))
        return rows[place % len(rows)] if rows else None

    @rule(place=st.integers(0, 5))
    def approve(self, place):
        if payment := self.pick("planned", place):
            self.attempt(payments.approve_payments, [payment], by=self.approver, at=self.at)

    @rule(place=st.integers(0, 5))
    def order(self, place):
        payment = self.pick("approved", place)
        if payment is None:
            return
        order = self.attempt(
            orders.make_order, [payment], execute_on=self.at.date(), by=self.maker, at=self.at
        )
        if order is not None:
            self.attempt(orders.release_order, order, by=self.releaser, at=self.at)

    @rule(place=st.integers(0, 5), succeeds=st.booleans())
    def hear_from_the_bank(self, place, succeeds):
        payment = self.pick("ordered", place)
        if payment is None:
            return
        outcome = f"betaald;{self.at.date().isoformat()};" if succeeds else "mislukt;;onbekend"
        text = f"kenmerk;status;datum;reden\r\n{payment.reference};{outcome}\r\n"
        row = self.attempt(
            feedback_services.keep_feedback,
            "bank.csv",
            text.encode(),
            by=self.confirmer,
            at=self.at,
        )
        if row is not None:
            self.attempt(feedback_services.apply_feedback, row, by=self.confirmer, at=self.at)

    @rule(place=st.integers(0, 5))
    def cancel(self, place):
        if payment := self.pick("planned", place):
            self.attempt(
                payments.cancel_payment, payment, reason="Vervalt.", by=self.leader, at=self.at
            )

    @rule(euros=st.integers(1, 16_000))
    def give_more_in_advance(self, euros):
        self.attempt(
            payments.plan_advance,
            self.grant,
            self.grant.decision,
            amount=Decimal(euros) / 100,
            pay_on=None,
            at=self.at,
        )

    @rule(place=st.integers(0, 5), cents=st.integers(1, 400_000))
    def set_off(self, place, cents):
        if payment := self.pick("approved", place):
            self.attempt(
                payments.set_off,
                payment,
                amount=Decimal(cents) / 100,
                reference="T-2025-1",
                claim_amount=Decimal(3_000),
                reason="Zelfde activiteiten, vorig tijdvak.",
                by=self.leader,
                at=self.at,
            )

    @precondition(lambda self: Decision.objects.filter(kind__in=Decision.GRANTS).count() == 1)
    @rule(euros=st.integers(0, 15_000))
    def object_and_win(self, euros):
        contested = Decision.objects.get(kind__in=Decision.GRANTS)
        objection = self.attempt(objected, contested, by=self.leader)
        if objection is None or euros == contested.amount:
            return
        objection = advised(objection, by=self.leader, outcome="founded_replaced")
        answer = Answer(
            outcome="founded_replaced",
            motivation="De gronden slagen.",
            new_amount=Decimal(euros),
        )
        decision = self.attempt(draft_answer, objection, answer, by=self.leader, at=self.at)
        if decision is not None:
            self.announce(decision)

    @precondition(lambda self: not self.accounted)
    @rule()
    def account(self):
        """The period ends, the recipient accounts and the municipality agrees."""
        self.grant.refresh_from_db()
        if self.grant.state != "active":
            return
        self.at, self.accounted = OVER_AT, True
        accounts.start_reports(at=self.at)
        accounts.open_due_reports(at=self.at)
        accepted(AccountabilityReport.objects.get(grant=self.grant))

    @precondition(lambda self: self.accounted)
    @rule(percentage=st.integers(0, 100))
    def determine(self, percentage):
        lower = percentage < 100
        proposal = determinations.Proposal(
            realised=Realised(lowered_to_percentage=Decimal(percentage) if lower else None),
            ground="not_carried_out" if lower else "",
            proportionality="Een deel is niet gedaan." if lower else "",
            motivation="Zie het verslag.",
        )
        self.grant.refresh_from_db()
        decision = self.attempt(
            determinations.draft_determination, self.grant, proposal, by=self.leader, at=self.at
        )
        if decision is None:
            return
        if lower:
            determinations.announce_intention(decision, by=self.leader, at=self.at)
            self.at += timedelta(days=16)
            refusals.lapse_views(at=self.at)
        self.announce(decision)

    @rule()
    def recover(self):
        recovery = Recovery.objects.filter(grant=self.grant, state="proposed").first()
        if recovery is None:
            return
        decision = self.attempt(
            recoveries.draft_recovery, recovery, motivation="Te veel.", by=self.leader, at=self.at
        )
        if decision is not None:
            self.announce(decision)

    @rule(cents=st.integers(1, 2_000_000))
    def pay_back(self, cents):
        recovery = Recovery.objects.filter(grant=self.grant).exclude(state="proposed").first()
        if recovery is not None:
            self.attempt(
                recoveries.record_receipt,
                recovery,
                amount=Decimal(cents) / 100,
                received_on=self.at.date(),
                by=self.leader,
                at=self.at,
            )

    def announce(self, decision: Decision) -> None:
        """Checked, signed, and announced; the PDF is left out because it takes long."""
        checker = UserFactory(second_project_leader=True)
        signer = SigningMandateFactory().user
        acts.send_act_to_check(decision, by=self.leader, at=self.at)
        acts.approve_act(decision, checklist=list(acts.CHECKLIST), by=checker, at=self.at)
        acts.take_act(decision, by=signer, at=self.at)
        with transaction.atomic():
            letters._announce(decision.pk, at=self.at)

    # --- what always holds

    @invariant()
    def the_rows_add_up(self):
        if not hasattr(self, "grant"):
            return
        grant = Grant.objects.get(pk=self.grant.pk)
        standing = total_of(grant.payments.exclude(state="cancelled"))
        claimed = total_of(Recovery.objects.filter(grant=grant))
        limit = grant.amount if grant.determined_amount is None else grant.determined_amount
        underway = total_of(grant.payments.filter(state__in=("ordered", *PAID)))
        if grant.is_determined and grant.state != "revoked":
            # determined = what was or will be paid, less what comes back (Awb 4:95(4))
            assert standing - claimed == limit
        else:
            # only what was on its way before the amount went down is above it
            assert standing <= max(limit, underway)
            assert not claimed

    @invariant()
    def nobody_pays_back_more_than_was_claimed(self):
        for recovery in Recovery.objects.all():
            assert ZERO <= recoveries.received(recovery) <= recovery.amount

    @invariant()
    def decision_application_and_grant_say_the_same(self):
        if not hasattr(self, "grant"):
            return
        grant = Grant.objects.select_related("decision", "application").get(pk=self.grant.pk)
        if grant.state != "revoked":
            assert grant.amount == grant.decision.amount == grant.application.granted_amount

    @invariant()
    def the_chain_is_the_sum_of_the_rows(self):
        if not hasattr(self, "grant"):
            return
        grant = Grant.objects.get(pk=self.grant.pk)
        one = Application.objects.filter(pk=grant.application_id)
        amounts = total(chain(one, "ikc")).amounts
        sums = dict(zip((step.key for step in STEPS), amounts, strict=True))
        assert sums["advanced"] == total_of(grant.payments.filter(state__in=PAID))
        assert sums["determined"] == (grant.determined_amount or ZERO)
        announced = Decision.objects.filter(kind="recovery", announced_at__isnull=False)
        assert sums["reclaimed"] == total_of(announced)


def test_no_sequence_of_deeds_makes_the_sums_disagree():
    class Isolated(Money):
        def __init__(self):
            super().__init__()
            self.savepoint = transaction.atomic()
            self.savepoint.__enter__()

        def teardown(self):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    run_state_machine_as_test(
        Isolated,
        settings=settings(
            max_examples=8,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            phases=(
                Phase.generate,
            ),  # each deed is slow: name the sequence, leave shrinking to who repairs it
            suppress_health_check=list(HealthCheck),
        ),
    )
