"""What the page of a decision says of objections to it, and who may object or register one."""

from dataclasses import dataclass
from datetime import date

from ikc.models import User
from kvk2.nlds.templatetags.nlds import dutch_date
from subsidies.models import Decision, Objection
from subsidies.objection_page import ObjectionLine
from subsidies.services.objections import contestable


@dataclass(frozen=True, slots=True)
class ObjectionCard:
    """The objections that the reader may see, in order of receipt, and a sentence about the term."""

    decision: Decision
    rows: list[ObjectionLine]
    sentence: str
    may_file: bool
    may_register: bool


def objection_card(decision: Decision, user: User, *, today: date) -> ObjectionCard | None:
    """Nothing while the decision was not sent, when there is only appeal, or for who has no business with it."""
    until = decision.objection_until
    if until is None or not contestable(decision):
        return None
    if not user.has_perm("subsidies.view_objections"):
        return None
    found = (
        Objection.objects.visible_to(user)
        .filter(decision=decision)
        .select_related("decision__application__ikc", "answer")
        .order_by("received_at", "pk")
    )
    over = until < today
    return ObjectionCard(
        decision=decision,
        rows=[ObjectionLine(row, today=today) for row in found],
        sentence=(
            f"De termijn liep tot en met {dutch_date(until)}. Wie later bezwaar maakt, legt uit waarom."
            if over
            else f"Bezwaar maken kan tot en met {dutch_date(until)}."
        ),
        may_file=user.has_perm("subsidies.file_objection", decision),
        may_register=user.has_perm("subsidies.register_objection", decision),
    )
