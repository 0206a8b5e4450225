"""The moment at which a round stops taking applications; every page, guard and sweep asks it here."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from subsidies.models import SubsidyRound


def closing_moment(round_: "SubsidyRound") -> datetime:
    """When `round_` closes: an application at this second is too late (domain reference 3.1)."""
    return round_.closes_at
