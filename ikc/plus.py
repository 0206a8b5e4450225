"""Where an IKC stands with the status Plus, in one or two words."""

from ikc.models import Ikc
from ikc.states import PlusState

IN_FORCE = "Plus IKC"
# What is shown of an IKC that has no status Plus in force; other states are for its own page.
ON_THE_WAY = {
    PlusState.CANDIDATE: "kandidaat",
    PlusState.CONDITIONS_CHECK: "in toetsing",
    PlusState.PROPOSED: "voorgesteld",
}
PLUS_BADGES = {IN_FORCE: "success", **dict.fromkeys(ON_THE_WAY.values(), "neutral")}


def plus_label(ikc: Ikc) -> str:
    """Over the annotations of `with_plus` and `with_plus_state`; empty when there is nothing to show."""
    if ikc.is_plus:
        return IN_FORCE
    return ON_THE_WAY.get(PlusState(ikc.plus_state), "") if ikc.plus_state else ""
