"""What fills the pages beside the flow: scenarios of a division, lists that were kept, and an outage."""

from datetime import datetime, timedelta
from decimal import Decimal

from monitoring.demo.people import World
from subsidies.application_list import KEY
from subsidies.models import AllocationRun, SubsidyRound
from subsidies.services import partial_offers
from subsidies.services.allocations import WhatIf, lock_run, run_allocation, run_scenario
from subsidies.services.lists import save_view
from subsidies.services.outages import record_outage


def run_and_compare(world: World, round_: SubsidyRound, at: datetime) -> None:
    """The division by the published rules, and beside it a higher ceiling and a division by share."""
    leader = world.person("projectleider")
    run = run_allocation(round_, by=leader, at=at)
    published = (round_.allocation_method, round_.marginal_policy, round_.floor, round_.min_score)
    method, policy, floor, score = published
    for what_if in (
        WhatIf("Plafond € 10.000 hoger", round_.ceiling + 10_000, method, policy, floor, score),
        WhatIf("Iedereen een deel", round_.ceiling, "pro_rata", policy, Decimal(2_500), score),
    ):
        run_scenario(round_, what_if, by=leader, at=at)
    accept_the_remainder(world, run, at + timedelta(hours=1))
    lock_run(run, by=world.person("ondertekenaar"), at=at + timedelta(hours=3))


def accept_the_remainder(world: World, run: AllocationRun, at: datetime) -> None:
    """Who would get what is left, is asked first, and can do with it."""
    for result in partial_offers.offers_to_make(run):
        leader = world.person("projectleider")
        offer = partial_offers.ask_partial(run, result.application, by=leader, at=at)
        partial_offers.answer_partial(
            offer,
            accepts=True,
            note="Wij doen dan één activiteit minder.",
            by=world.directors[result.application.ikc_id],
            at=at + timedelta(hours=1),
        )


def keep_lists(world: World, now: datetime) -> None:
    """Two lists of the project leader, of which the colleagues see one, and an hour in which nobody could get in."""
    leader = world.person("projectleider")
    for name, query, shared in (
        ("Nog te controleren", "state=submitted", True),
        ("Meer dan € 20.000 gevraagd", "asked_min=20000&sort=-requested_amount", False),
    ):
        save_view(KEY, name=name, query=query, is_shared=shared, by=leader, at=now)
    began = now - timedelta(days=4, hours=1)
    record_outage(
        started_at=began,
        ended_at=began + timedelta(minutes=55),
        description="Inloggen lukte niet door onderhoud bij de leverancier.",
        by=leader,
        at=now - timedelta(days=4),
    )
