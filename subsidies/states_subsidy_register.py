"""The state machine of an entry of the public subsidy register (Woo 3.3a; domain reference 8.3)."""

from django.db.models import TextChoices

from kvk2.core.workflow import Transition, Workflow


class RegisterState(TextChoices):
    PREPARED = "prepared", "te controleren"
    PUBLISHED = "published", "openbaar"
    LEFT_OUT = "left_out", "niet openbaar"
    WITHDRAWN = "withdrawn", "teruggetrokken"


R = RegisterState
LEADER = "projectleider"

# Nothing is published by itself: a person looks for personal data first (Woo 5.1).
REGISTER_WORKFLOW = Workflow(
    "Regel van het subsidieregister",
    RegisterState,
    [
        Transition(
            "publish",
            frozenset({R.PREPARED, R.LEFT_OUT, R.WITHDRAWN}),
            R.PUBLISHED,
            "Openbaar maken",
            f"{LEADER} of ondertekenaar",
        ),
        Transition("correct", frozenset({R.PUBLISHED}), R.PUBLISHED, "Verbeteren", LEADER),
        Transition("leave_out", frozenset({R.PREPARED}), R.LEFT_OUT, "Niet openbaar maken", LEADER),
        Transition("withdraw", frozenset({R.PUBLISHED}), R.WITHDRAWN, "Terugtrekken", LEADER),
    ],
)
REGISTER_BADGES = {
    R.PREPARED: "warning",
    R.PUBLISHED: "success",
    R.LEFT_OUT: "inactive",
    R.WITHDRAWN: "danger",
}
EDITABLE = (R.PREPARED, R.LEFT_OUT, R.WITHDRAWN)
