"""The amendment and the revocation of a grant as later decisions of `subsidies.act_kinds`, and their place on its page."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from kvk2.nlds.components import Detail
from kvk2.nlds.templatetags.nlds import dutch_date, euro
from subsidies.act_kinds import ActKind
from subsidies.grant_panel import Panel
from subsidies.models import Decision, Grant, GrantIntent, Letter
from subsidies.services import grant_intents as services
from subsidies.states import ViewState

if TYPE_CHECKING:
    from ikc.models import User

BADGES = {ViewState.ASKED: "warning", ViewState.RECEIVED: "success", ViewState.LAPSED: "neutral"}


def facts(decision: Decision) -> list[Detail]:
    details = decision.details
    rows = [
        Detail("Grond", services.in_words(details["ground"])),
        Detail("Was", euro(Decimal(details["was"]))),
        Detail("Blijft over", euro(decision.amount)),
        Detail("Werkt vanaf", dutch_date(date.fromisoformat(details["works_from"]))),
        Detail("Afweging", details["proportionality"]),
    ]
    if details["compensation"]:
        rows.append(Detail("Vergoeding", details["compensation"]))
    return rows


ACT = ActKind(
    letter=lambda decision: Letter.Code.REVOCATION,
    values=services.values,
    refuse=services.refuse,
    on_announce=services.on_announce,
    facts=facts,
)


def intent_rows(intent: GrantIntent) -> list[Detail]:
    """What was said by both sides."""
    reaction = {
        ViewState.ASKED: f"kan tot en met {dutch_date(intent.due_on)}",
        ViewState.LAPSED: "niet gekomen; de termijn is voorbij",
    }.get(
        ViewState(intent.state),
        f"{dutch_date(intent.received_on)}, {intent.get_manner_display()}: {intent.text}",
    )
    return [
        Detail("Grond", services.in_words(intent.ground)),
        Detail("Blijft over", euro(intent.new_amount)),
        Detail("Reden", intent.reason),
        Detail("Reactie van de ontvanger", reaction),
    ]


def changes_panel(grant: Grant, user: "User") -> Panel | None:
    """The intentions so far; for a project leader also where changing begins."""
    intents = list(grant.intents.order_by("-pk"))
    may_change = user.has_perm("subsidies.change_grant", grant)
    if not intents and not may_change:
        return None
    rows = [{"intent": intent, "badge": BADGES[ViewState(intent.state)]} for intent in intents]
    context = {"grant": grant, "rows": rows, "may_change": may_change}
    return Panel("wijzigen", "Wijzigen of intrekken", "subsidies/_grant_changes.html", context)
