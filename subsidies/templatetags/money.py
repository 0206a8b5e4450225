"""The parts of what happens to money after the grant, for who may look at them."""

from typing import Any

from django import template
from django.urls import reverse

register = template.Library()

# Name, permission, and the view; in the order of the work.
PARTS = (
    ("Verleningen", "subsidies.view_grants", "grant_list"),
    ("Verantwoordingen", "subsidies.view_accounts", "account_list"),
    ("Betalingen", "subsidies.view_payments", "payment_list"),
    ("Betaalopdrachten", "subsidies.view_payment_orders", "payment_order_list"),
    ("Terugvorderingen", "subsidies.view_recoveries", "recovery_list"),
    ("Bedragen", "subsidies.view_amounts", "amount_chain"),
)


@register.inclusion_tag("subsidies/_round_nav.html", takes_context=True)
def money_nav(context: dict[str, Any], current: str) -> dict[str, Any]:
    """Links from one list to the others; `current` is the view name of the list that is shown."""
    user = context["request"].user
    links = [
        (label, reverse(f"subsidies:{view}"), view == current)
        for label, permission, view in PARTS
        if user.has_perm(permission)
    ]
    return {"links": links, "round": "de verleningen"}
