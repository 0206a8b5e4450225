"""Who plans, approves, orders and confirms payments (domain reference 6.2; rule G2). Seeing is for `visible_to`."""

from typing import TYPE_CHECKING

import rules

from ikc.rules import is_municipal
from subsidies.rules.assessment import allows
from subsidies.rules.grants import is_recipient_role
from subsidies.rules.intake import is_project_leader, is_signer
from subsidies.services.advances import ADVANCEABLE
from subsidies.states_payments import (
    PAYMENT_ORDER_WORKFLOW,
    PAYMENT_WORKFLOW,
    PaymentOrderState,
    PaymentState,
)

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import Grant, Payment, PaymentOrder


@rules.predicate
def was_made_by_another(user: "User", order: "PaymentOrder | None") -> bool:
    return order is not None and order.made_by_id != user.pk


@rules.predicate
def is_released(user: "User", order: "PaymentOrder | None") -> bool:
    return order is not None and order.state == PaymentOrderState.RELEASED


@rules.predicate
def can_be_set_off(user: "User", payment: "Payment | None") -> bool:
    """Approved by another, and not on its way to the bank."""
    return (
        payment is not None
        and payment.state == PaymentState.APPROVED
        and payment.order_id is None
        and payment.approved_by_id != user.pk
    )


@rules.predicate
def has_open_suspension(user: "User", grant: "Grant | None") -> bool:
    return grant is not None and any(row.ended_on is None for row in grant.suspensions.all())


@rules.predicate
def can_have_an_advance(user: "User", grant: "Grant | None") -> bool:
    return grant is not None and grant.state in ADVANCEABLE


rules.add_perm("subsidies.view_amounts", is_municipal)
rules.add_perm("subsidies.view_payments", is_municipal | is_recipient_role)
rules.add_perm("subsidies.view_payment_orders", is_municipal)
# Without a payment: whether the page on which many are approved is for this user.
rules.add_perm("subsidies.approve_payments", is_signer)
rules.add_perm("subsidies.approve_payment", is_signer & allows(PAYMENT_WORKFLOW, "approve"))
rules.add_perm("subsidies.cancel_payment", is_signer & allows(PAYMENT_WORKFLOW, "cancel"))
rules.add_perm("subsidies.set_off_payment", is_project_leader & can_be_set_off)
rules.add_perm("subsidies.make_payment_order", is_project_leader)
rules.add_perm(
    "subsidies.release_payment_order",
    (is_project_leader | is_signer)
    & allows(PAYMENT_ORDER_WORKFLOW, "release")
    & was_made_by_another,
)
rules.add_perm(
    "subsidies.discard_payment_order",
    is_project_leader & allows(PAYMENT_ORDER_WORKFLOW, "discard"),
)
rules.add_perm("subsidies.export_payment_order", is_project_leader & is_released)
rules.add_perm("subsidies.read_payment_feedback", is_project_leader)
rules.add_perm("subsidies.suspend_payments", is_signer & ~has_open_suspension)
rules.add_perm("subsidies.end_suspension", is_signer & has_open_suspension)
rules.add_perm("subsidies.draft_advance", is_project_leader & can_have_an_advance)
