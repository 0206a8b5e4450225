"""What the timeline says of the payments of a grant."""

SENTENCES = {
    "payment_planned": "Een betaling is gepland",
    "payment_approved": "heeft een betaling goedgekeurd",
    "payment_ordered": "heeft een betaalopdracht vrijgegeven",
    "payment_paid": "heeft een betaling bevestigd",
    "payment_failed": "heeft vastgelegd dat een betaling niet lukte",
    "payment_settled": "Een betaling is verrekend met de vaststelling",
    "payment_cancelled": "heeft een betaling laten vervallen",
    "payment_set_off": "heeft een vordering met een betaling verrekend",
    "payment_suspended": "heeft een betaling opgeschort",
    "payment_resumed": "heeft een betaling hervat",
    "payments_suspended": "heeft de betaling opgeschort wegens een ernstig vermoeden",
    "suspension_ended": "De opschorting van de betaling is voorbij",
    "payment_order_made": "heeft een betaalopdracht gemaakt",
    "payment_order_released": "heeft de betaalopdracht vrijgegeven",
    "payment_order_discarded": "heeft de betaalopdracht laten vervallen",
    "payment_order_exported": "heeft het bestand voor de bank gedownload",
    "payment_feedback_kept": "heeft een terugmelding van de bank ingelezen",
    "payment_feedback_applied": "heeft een terugmelding van de bank verwerkt",
}
