"""The moment at which a round stops taking applications; every page, guard and sweep asks it here."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from subsidies.models import SubsidyRound


def closing_moment(round_: "SubsidyRound") -> datetime:
    """When `round_` closes: an application at this second is too late (domain reference 3.1).

    After an outage that is the moment to which the college put it off (Awb 2:21).
    """
    return round_.extended_until or round_.closes_at
