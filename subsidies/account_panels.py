"""What the page of a grant tells of its account."""

from typing import TYPE_CHECKING

from kvk2.nlds.components import Detail
from kvk2.nlds.templatetags.nlds import dutch_date
from subsidies.grant_panel import Panel
from subsidies.states_accountability import AccountState

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import Grant


def account_panel(grant: "Grant", user: "User") -> Panel | None:
    """When the recipient accounts for it, how far that is, and the way there; nothing for a small grant."""
    if grant.account_due_on is None:
        return None
    report = getattr(grant, "report", None)
    opened = report is not None and report.state != AccountState.NOT_DUE
    rows = [Detail("In te dienen uiterlijk", dutch_date(grant.account_due_on))]
    if report is not None and report.extra_due_on:
        rows.append(Detail("Nieuwe termijn", dutch_date(report.extra_due_on)))
    return Panel(
        "verantwoording",
        "Verantwoording",
        "subsidies/_account_panel.html",
        {"rows": rows, "report": report if opened else None},
    )
