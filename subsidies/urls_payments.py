from django.urls import path

from subsidies.views import amount_chains, payment_orders, payments

urlpatterns_payments = [
    path("betalingen/", payments.payment_list, name="payment_list"),
    path("betalingen/goedkeuren/", payments.payment_approve, name="payment_approve"),
    path("betalingen/<int:pk>/", payments.payment_detail, name="payment_detail"),
    path("betalingen/<int:pk>/vervallen/", payments.payment_cancel, name="payment_cancel"),
    path("betalingen/<int:pk>/verrekenen/", payments.payment_set_off, name="payment_set_off"),
    path("verleningen/<int:pk>/opschorten/", payments.payments_suspend, name="payments_suspend"),
    path(
        "verleningen/<int:pk>/opschorting-beeindigen/",
        payments.suspension_end,
        name="suspension_end",
    ),
    path("verleningen/<int:pk>/voorschot/", payments.advance_draft, name="advance_draft"),
    path("geld/", amount_chains.amount_chain, name="amount_chain"),
    path("betaalopdrachten/", payment_orders.payment_order_list, name="payment_order_list"),
    path("betaalopdrachten/maken/", payment_orders.payment_order_make, name="payment_order_make"),
    path(
        "betaalopdrachten/terugmelding/",
        payment_orders.payment_feedback_read,
        name="payment_feedback_read",
    ),
    path(
        "betaalopdrachten/terugmelding/<int:pk>/",
        payment_orders.payment_feedback_detail,
        name="payment_feedback_detail",
    ),
    path(
        "betaalopdrachten/terugmelding/<int:pk>/verwerken/",
        payment_orders.payment_feedback_apply,
        name="payment_feedback_apply",
    ),
    path(
        "betaalopdrachten/<int:pk>/",
        payment_orders.payment_order_detail,
        name="payment_order_detail",
    ),
    path(
        "betaalopdrachten/<int:pk>/vrijgeven/",
        payment_orders.payment_order_release,
        name="payment_order_release",
    ),
    path(
        "betaalopdrachten/<int:pk>/vervallen/",
        payment_orders.payment_order_discard,
        name="payment_order_discard",
    ),
    path(
        "betaalopdrachten/<int:pk>/downloaden/",
        payment_orders.payment_order_export,
        name="payment_order_export",
    ),
]
