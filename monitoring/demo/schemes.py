"""The scheme of the demonstration rounds: the content of the municipality's own, in force by an invented decision.

Its next version is being written, so that the difference between two versions can be seen.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings

from kvk2.core.deadlines import local_date
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


def draft_next_version(world: World, version: SchemeVersion, at: datetime) -> SchemeVersion:
    """Version 2 in draft: a stricter limit that warns, and a duty with a last day."""
    leader = world.person("projectleider")
    draft = schemes.create_version(
        version.scheme, valid_from=local_date(at) + timedelta(days=200), by=leader, at=at
    )
    limits = [row.content() for row in schemes.rows_of(draft, "budget_rules")]
    for limit in limits:
        if limit["kind"] == "overhead":
            limit |= {
                "limit": Decimal(15),
                "severity": "warning",
                "text": "Leg uit waarom u meer nodig heeft.",
            }
    duties = [row.content() for row in schemes.rows_of(draft, "obligations")]
    duties[-1]["due_weeks"] = 8
    for slug, rows in (("begroting", limits), ("verplichtingen", duties)):
        schemes.save_section(
            draft,
            slug,
            columns={},
            rows=rows,
            source="Verzonnen voorstel voor de volgende ronde",
            to_verify=True,
            by=leader,
            at=at,
        )
    return draft
