"""The subsidy register of an older round: most of it is public, some still waits for somebody to look."""

from datetime import datetime, timedelta

from monitoring.demo.people import World
from subsidies.services import subsidy_register as services
from subsidies.subsidy_register_page import clean_entries

# So many are left to check, one of them with an objection.
WAITING = 3
OBJECTION = "De namen van onze activiteiten zeggen te veel over een aanbesteding die nog loopt."


def publish_register(world: World, at: datetime) -> None:
    """Prepare what was announced, and make public what the check finds nothing in."""
    leader = world.person("projectleider")
    services.prepare_entries(at=at)
    entries = clean_entries()
    services.publish_entries(entries[:-WAITING], by=leader, at=at + timedelta(days=3))
    for entry in entries[-1:]:
        services.record_objection(
            entry,
            received_on=(at + timedelta(days=2)).date(),
            objection=OBJECTION,
            by=leader,
            at=at + timedelta(days=2),
        )
