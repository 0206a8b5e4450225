"""The scheme of the demonstration rounds: the content of the municipality's own, in force by an invented decision."""

from datetime import date, datetime

from django.conf import settings

from monitoring.demo.people import World
from subsidies.models import SchemeVersion
from subsidies.services import schemes
from subsidies.services.scheme_facts import SCHEME_FILE, make_draft, read_scheme

NAME = "Demonstratieregeling subsidie IKC-ontwikkeling"


def make_scheme(world: World, at: datetime) -> SchemeVersion:
    """Version 1, adopted by the college of the demonstration."""
    facts = read_scheme(settings.MUNICIPALITY_DATA / SCHEME_FILE)
    version = make_draft(
        {
            **facts,
            "name": NAME,
            "citation": "Demonstratieregeling IKC-ontwikkeling",
            "valid_from": date(2021, 1, 1),
        },
        by=world.person("projectleider"),
        at=at,
        is_demo=True,
    )
    return schemes.put_in_force(
        version,
        decision_number="B&W-DEMO-2020",
        decided_on=date(2020, 11, 3),
        publication_reference="Gemeenteblad (demo) 2020, 1",
        published_on=date(2020, 11, 10),
        by=world.person("ondertekenaar"),
        at=at,
    )
