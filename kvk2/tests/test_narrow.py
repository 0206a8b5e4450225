"""Pages at 320 px that no link of the demonstration leads to: each needs a round or a decision at one moment of its life.

The crawl (`test_crawl.py`) sees all others, among them the steps of an application.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from ikc.models import User
from ikc.tests.factories import UserFactory
from kvk2.tests.browser import Person, chromium, hang_up
from subsidies.models import Decision
from subsidies.round_steps import RoundStep
from subsidies.services import allocations, decisions, partial_offers, refusals
from subsidies.services.completions import Asked, request_completion
from subsidies.tests.factories import ApplicationFactory, SubsidyRoundFactory
from subsidies.tests.factories_assessment import ADVISED_AT, advised_round, scored_round
from subsidies.tests.test_continuity import granted_before

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "een lange zin om in te loggen"
SCARCE = {"ceiling": Decimal(25_000), "scores": (5, 4, 3)}
BY_HAND = {"lottery_mode": "manual", "lottery_seed": "", "lottery_drawn_by": "notaris Postma"}


def url(name: str, *args: object) -> str:
    return reverse(f"subsidies:{name}", args=args)


def able_to_log_in(user: User) -> User:
    user.set_password(PASSWORD)
    user.is_demo = True
    user.save()
    return user


@pytest.fixture
def spring():
    """The day after the advice: terms of two weeks run."""
    with time_machine.travel(ADVISED_AT + timedelta(days=1)):
        yield


@pytest.fixture
def pages(live_server, settings, spring) -> dict[User, list[str]]:
    """The addresses, by who opens them."""
    settings.DEMO = True
    leader = able_to_log_in(UserFactory(project_leader=True))
    signer = able_to_log_in(UserFactory(signer=True))
    of_leader, of_signer, of_applicants = [], [], {}

    draft = SubsidyRoundFactory()
    of_leader += [url("round_edit", draft.pk)]
    of_leader += [url("round_step", draft.pk, step.value) for step in RoundStep]

    offered = advised_round(**SCARCE)
    run = allocations.run_allocation(offered, by=leader, at=ADVISED_AT)
    (result,) = partial_offers.offers_to_make(run)
    partial_offers.ask_partial(run, result.application, by=leader, at=ADVISED_AT)
    of_signer.append(url("allocation_lock", offered.pk, run.pk))
    of_applicants[result.application.created_by] = url("partial_offer", result.application.pk)

    drawn = scored_round([(50_000, 80, 1)] * 2, ceiling=60_000, **BY_HAND)
    of_leader.append(url("lottery_draw", drawn.pk))

    # One waits for a view, of one it was asked; one was granted year after year and gets nothing now.
    refused = advised_round(applications=4, ceiling=Decimal(15_000), scores=(5, 5, 4, 3))
    heard, unheard, _, regular = refused.applications.order_by("number")
    for one in (heard, unheard):
        refusals.find_ground(
            one,
            code="insolvent",
            motivation="Het staat in het handelsregister.",
            on_other_data=True,
            by=leader,
            at=ADVISED_AT,
        )
    granted_before(regular.ikc, 2022, 2023, 2024, 2025)
    run = allocations.run_allocation(refused, by=leader, at=ADVISED_AT)
    allocations.lock_run(run, by=leader, at=ADVISED_AT, without_answer="De tijd is om.")
    decisions.draft_decisions(refused, by=leader, at=ADVISED_AT)
    decided = {
        row.application_id: row for row in Decision.objects.filter(application__round=refused)
    }
    view = refusals.ask_view(decided[heard.pk], by=leader, at=ADVISED_AT)
    of_leader += [
        url("continuity_edit", decided[regular.pk].pk),
        url("view_ask", decided[unheard.pk].pk),
        url("view_record", view.pk),
    ]
    of_applicants[heard.created_by] = url("view_give", heard.pk)

    asked = ApplicationFactory(
        round=SubsidyRoundFactory(closed=True, allocation_method="first_come"), submitted=True
    )
    every = [Asked(one, "Klopt dit?") for one in ("children", "activities", "budget", "state_aid")]
    request_completion(asked, items=every, by=leader, at=ADVISED_AT)
    of_applicants[asked.created_by] = url("correction_edit", asked.pk)

    people = {leader: of_leader, signer: of_signer}
    return people | {able_to_log_in(user): [page] for user, page in of_applicants.items()}


def test_the_pages_of_one_moment_at_320_px(pages, live_server):
    with chromium() as browser:
        wrong = []
        for user, addresses in pages.items():
            person = Person(
                browser, live_server.url, user.email, PASSWORD, width=320, contrast=True
            )
            statuses = {address: person.go(address) for address in addresses}
            wrong += [
                f"{address}: {status}" for address, status in statuses.items() if status != 200
            ]
            wrong += person.findings
            person.context.close()
    hang_up()
    assert wrong == []
