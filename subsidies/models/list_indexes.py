"""What the list of applications may be sorted on, each with an index: kvk2.core.keyset walks it in both directions."""

from django.db.models import Index

SORTED_ON = {
    "number": "application_number_order",
    "title": "application_title_order",
    "requested_amount": "application_asked_order",
    "max_amount": "application_max_order",
    "eligible_amount": "application_elig_order",
    "granted_amount": "application_grant_order",
    "score": "application_score_order",
    "received_at": "application_received_order",
    "complete_at": "application_complete_order",
    "created_at": "application_created_order",
    "state": "application_state_order",
    "is_plus": "application_plus_order",
    "tier": "application_tier_order",
}
APPLICATION_INDEXES = [
    *(Index(fields=[field, "id"], name=name) for field, name in SORTED_ON.items()),
    # Inside one round; the other orders sort the rows of a round, which are few.
    Index(fields=["round", "number", "id"], name="application_by_number"),
    Index(fields=["round", "score", "id"], name="application_by_score"),
    Index(fields=["round", "state", "id"], name="application_by_state"),
]
