"""The proposal to the college: every decision in one document, and a fingerprint that tells when one changed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from ikc.tests.factories import UserFactory
from subsidies import tasks
from subsidies.documents_proposal import ProposalContext
from subsidies.models import CollegeProposal, Decision
from subsidies.services import decisions, proposals
from subsidies.services.proposals import NotReady
from subsidies.tests.factories_assessment import (
    ADVISED_AT,
    DECIDED_AT,
    drafted_round,
    ready_round,
)

pytestmark = pytest.mark.django_db
# Three applications of 15.000: one in full, one in part, one not at all.
SCARCE = {"ceiling": Decimal(25_000), "scores": (5, 4, 3)}


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


def test_it_says_what_is_asked_advised_and_proposed_beside_the_ceiling(leader):
    round_ = ready_round(leader=leader, **SCARCE)
    row = proposals.order_proposal(round_, by=leader, at=DECIDED_AT)

    said = ProposalContext.from_dict(row.content)
    assert [line.amount for line in said.decisions] == [15_000, 10_000, 0]
    assert (said.requested, said.granted, said.ceiling, said.free) == (45_000, 25_000, 25_000, 0)
    assert (said.grants, said.refusals) == (2, 1)
    assert {line.conclusion for line in said.decisions} == {"positief"}
    assert not said.deviations


def test_an_advice_that_is_not_followed_stands_in_it_with_the_reason(leader):
    round_ = ready_round(leader=leader, applications=1)
    why = "Het plan past niet bij de regeling."
    Decision.objects.update(grounds=["scheme_criteria"], motivation=why)
    said = ProposalContext.from_dict(
        proposals.order_proposal(round_, by=leader, at=DECIDED_AT).content
    )
    assert [line.deviation for line in said.deviations] == [why]


def test_what_was_not_checked_does_not_go_to_the_college(leader):
    round_ = drafted_round(leader=leader, applications=1)
    with pytest.raises(NotReady):
        proposals.order_proposal(round_, by=leader, at=DECIDED_AT)


def test_the_same_decisions_are_one_proposal_and_a_changed_one_is_another(leader):
    round_ = ready_round(leader=leader, **SCARCE)
    first = proposals.order_proposal(round_, by=leader, at=DECIDED_AT)
    assert proposals.order_proposal(round_, by=leader, at=DECIDED_AT) == first

    changed, *_ = decisions.standing_decisions(round_)
    decisions.discard_decision(changed, reason="Een rekenfout.", by=leader, at=DECIDED_AT)
    decisions.draft_decisions(round_, by=leader, at=DECIDED_AT)
    # only what changed is checked again; the approvals of the others hold
    states = Decision.objects.exclude(state="discarded").values_list("state", flat=True)
    assert sorted(states) == ["draft", "ready", "ready"]
    decisions.send_to_check(round_, by=leader, at=DECIDED_AT)
    decisions.approve_decisions(
        round_,
        checklist=list(decisions.CHECKLIST),
        by=UserFactory(second_project_leader=True),
        at=ADVISED_AT + timedelta(days=2),
    )
    assert not proposals.is_current(first, list(decisions.standing_decisions(round_)))
    assert proposals.order_proposal(round_, by=leader, at=DECIDED_AT).number == 2


def test_it_is_made_by_a_worker_and_opened_by_the_municipality_only(client, leader):
    round_ = ready_round(leader=leader, applications=1)
    client.force_login(leader)
    bundle = reverse("subsidies:decision_bundle", args=[round_.pk])
    client.post(reverse("subsidies:proposal_order", args=[round_.pk]))
    assert "Versie 1 wordt gemaakt" in client.get(bundle).content.decode()
    row = CollegeProposal.objects.get()
    assert client.get(row.get_absolute_url()).status_code == 404
    assert tasks.render_pending_proposals() == 1
    assert tasks.render_pending_proposals() == 0
    assert client.get(row.get_absolute_url())["Content-Type"] == "application/pdf"
    for role in ("director", "member", "school_board", "researcher"):
        client.force_login(UserFactory(**{role: True}))
        assert client.get(row.get_absolute_url()).status_code in (403, 404), role
        order = reverse("subsidies:proposal_order", args=[round_.pk])
        assert client.post(order).status_code in (403, 404), role


def test_the_database_keeps_one_per_content(leader):
    row = proposals.order_proposal(
        ready_round(leader=leader, applications=1), by=leader, at=DECIDED_AT
    )
    row.pk, row.number = None, 2
    with pytest.raises(IntegrityError, match="proposal_once_per_content"), transaction.atomic():
        row.save()
