"""The subsidy register: what is older is public, of what is new some still waits for somebody to look."""

from datetime import datetime, timedelta

from monitoring.demo.people import World
from subsidies.services import subsidy_register as services
from subsidies.subsidy_register_page import clean_entries

OBJECTION = "De namen van onze activiteiten zeggen te veel over een aanbesteding die nog loopt."
# The last that were announced, still to check.
WAITING = 2


def publish_register(world: World, at: datetime) -> None:
    """Prepare what was announced, and make it public three days later."""
    services.prepare_entries(at=at)
    leader = world.person("projectleider")
    services.publish_entries(clean_entries(), by=leader, at=at + timedelta(days=3))


def publish_later_decisions(world: World, now: datetime) -> None:
    """Of what was announced since, the newest wait; a board objects to one of them."""
    services.prepare_entries(at=now - timedelta(days=6))
    leader, clean = world.person("projectleider"), clean_entries()
    services.publish_entries(clean[:-WAITING], by=leader, at=now - timedelta(days=5))
    at = now - timedelta(days=2)
    for entry in clean[-1:]:
        services.record_objection(
            entry, received_on=at.date(), objection=OBJECTION, by=leader, at=at
        )
