"""The parts of the page of a grant, in the order in which a case goes; each topic brings its own."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from subsidies.account_panels import account_panel
from subsidies.grant_change_act import changes_panel
from subsidies.grant_panel import Panel
from subsidies.payment_page import payments_panel
from subsidies.settlement_page import determination_panel, recovery_panel

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import Grant

# Each says what `user` may see of its topic, or None when there is nothing.
PANELS: "tuple[Callable[[Grant, User], Panel | None], ...]" = (
    payments_panel,
    account_panel,
    changes_panel,
    determination_panel,
    recovery_panel,
)


def panels_of(grant: "Grant", user: "User") -> list[Panel]:
    return [panel for make in PANELS if (panel := make(grant, user)) is not None]
