"""The decision on an objection: what it may say, who signs it, and what it does to decision, grant and ceiling."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from ikc.tests.factories import UserFactory
from subsidies.models import Decision, Grant, Letter, Objection
from subsidies.services import acts, finality, letters
from subsidies.services import objection_answers as services
from subsidies.services import objections as objection_services
from subsidies.services.decision_guards import NoMandate
from subsidies.services.decisions import standing_decisions, totals
from subsidies.services.objection_answers import Answer, AnswerRefused, SignerInvolved
from subsidies.services.payments import standing_total
from subsidies.tests.factories_assessment import SigningMandateFactory
from subsidies.tests.factories_objections import (
    advised,
    handler,
    judged,
    objected,
    sent_decisions,
)
from subsidies.tests.test_documents import words

pytestmark = pytest.mark.django_db
# Three applications of 15.000: one in full, one in part, one not at all.
SCARCE = {"applications": 3, "ceiling": Decimal(25_000), "scores": (5, 4, 3)}
ANSWERED = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def leader():
    return handler()


def ready(objection: Objection, answer: Answer, leader) -> Decision:
    decision = services.draft_answer(objection, answer, by=leader, at=ANSWERED)
    acts.send_act_to_check(decision, by=leader, at=ANSWERED)
    checker = UserFactory(project_leader=True)
    return acts.approve_act(decision, checklist=list(acts.CHECKLIST), by=checker, at=ANSWERED)


def answered(objection: Objection, answer: Answer, leader) -> Decision:
    """Taken by a signer without a part in the contested decision, and sent."""
    decision = ready(objection, answer, leader)
    acts.take_act(decision, by=SigningMandateFactory().user, at=ANSWERED)
    for letter in Letter.objects.filter(rendered_at=None).order_by("pk"):
        assert letters.render_letter(letter.pk, at=ANSWERED), Letter.objects.get(pk=letter.pk).error
    decision.refresh_from_db()
    objection.refresh_from_db()
    return decision


def test_a_won_objection_is_paid_above_the_ceiling_and_shown(client, leader):
    refusal = sent_decisions(**SCARCE)[2]
    assert refusal.kind == "refusal"
    objection = advised(
        objected(refusal, by=leader, costs_requested=True), by=leader, outcome="founded_replaced"
    )
    answer = Answer(
        outcome="founded_replaced",
        motivation="De score was te laag.",
        new_amount=Decimal(15_000),
        costs_awarded=Decimal(647),
    )

    decision = answered(objection, answer, leader)

    refusal.refresh_from_db()
    new = refusal.replaced_by
    assert (decision.state, refusal.state, new.state) == ("sent", "replaced", "sent")
    assert (new.kind, new.amount, new.objection_reference) == ("grant", 15_000, objection.reference)
    assert new.ceiling_snapshot["above_ceiling"] == "15000.00"
    assert new.ceiling_snapshot["ceiling"] == "25000.00"
    assert new.obligations.exists()
    assert new.advances.exists()
    assert Grant.objects.get(application=refusal.application_id).decision == new
    refusal.application.refresh_from_db()
    assert refusal.application.granted_amount == 15_000
    assert (objection.state, objection.outcome, objection.costs_awarded) == (
        "decided",
        "founded_replaced",
        647,
    )
    round_ = refusal.application.round
    figures = totals(round_, list(standing_decisions(round_)))
    assert (figures.granted, figures.by_objection, figures.free) == (40_000, 15_000, 0)
    letter = Letter.objects.get(decision=decision)
    with letter.stored.file.open("rb") as file:
        text = words(file.read())
    assert "Wij verklaren uw bezwaar gegrond." in text
    assert f"komt in de plaats van besluit {refusal.reference}" in text
    assert "boven het plafond betaald" in text
    assert "in beroep gaan bij" in text
    assert "€ 647,00 van uw kosten" in text

    client.force_login(leader)
    with time_machine.travel(ANSWERED, tick=False):
        old = client.get(refusal.get_absolute_url()).content.decode()
        page = client.get(new.get_absolute_url()).content.decode()
        bundle = client.get(reverse("subsidies:decision_bundle", args=[round_.pk]))
        round_page = client.get(round_.get_absolute_url()).content.decode()
        shown = client.get(objection.get_absolute_url()).content.decode()
    assert new.reference in old
    assert refusal.reference in page
    assert "Beslissing op bezwaar" in page
    assert "boven op het plafond" in bundle.content.decode()
    assert "na bezwaar, boven het plafond" in round_page
    assert decision.reference in shown
    # against this there is appeal, no second objection
    with pytest.raises(objection_services.NotContestable):
        objected(new, by=leader, received_at=ANSWERED)


def test_more_than_a_partial_grant_changes_the_grant_that_there_is(leader):
    partial = sent_decisions(**SCARCE)[1]
    grant = Grant.objects.get(application=partial.application_id)
    assert grant.amount == 10_000
    objection = advised(objected(partial, by=leader), by=leader, outcome="founded_replaced")
    answer = Answer(outcome="founded_replaced", motivation="Meer.", new_amount=Decimal(12_500))

    answered(objection, answer, leader)

    grant.refresh_from_db()
    assert (grant.amount, grant.state) == (12_500, "active")
    assert grant.decision.replaces == partial
    # 80 per cent in advance, as of a decision of that amount
    assert standing_total(grant) == 10_000
    assert grant.decision.kind == "partial_grant"


def test_an_unfounded_objection_leaves_the_decision_as_it_was(leader):
    decision, other = sent_decisions(applications=2)
    first = advised(objected(decision, by=leader), by=leader)
    second = objected(
        decision,
        by=leader,
        party="other",
        name="J. Concurrent",
        own_application=other.application,
    )
    answer = Answer(outcome="unfounded", motivation="De gronden slagen niet.")

    answered(first, answer, leader)

    decision.refresh_from_db()
    assert decision.state == "contested"  # the other objection still runs
    answered(advised(second, by=leader), answer, leader)
    decision.refresh_from_db()
    assert decision.state == "upheld"
    copies = Letter.objects.filter(code="L21", decision=None)
    copy = copies.get(application=other.application)  # the competitor reads it as well
    assert copy.context["addressee"]["organisation"] == other.application.board.name
    assert not copies.exclude(pk=copy.pk).exists()


def test_what_an_answer_cannot_say(leader):
    partial = sent_decisions(**SCARCE)[1]
    objection = advised(objected(partial, by=leader), by=leader)
    for said, sentence in (
        ({"outcome": "founded_replaced"}, "nieuw bedrag hoort"),
        ({"outcome": "unfounded", "new_amount": Decimal(1)}, "nieuw bedrag hoort"),
        ({"outcome": "founded_replaced", "new_amount": Decimal(10_000)}, "gelijk aan het oude"),
        ({"outcome": "founded_replaced", "new_amount": Decimal(9_000)}, "niet slechter"),
        (
            {"outcome": "founded_replaced", "new_amount": Decimal(15_001)},
            "hoogstens wat is gevraagd",
        ),
        ({"outcome": "unfounded", "costs_awarded": Decimal(10)}, "niet om vergoeding"),
        ({"outcome": "nonsense"}, "Kies wat de beslissing is"),
    ):
        answer = Answer(motivation="Zo.", **said)
        with pytest.raises(AnswerRefused, match=sentence):
            services.draft_answer(objection, answer, by=leader, at=ANSWERED)
    assert not Decision.objects.filter(kind="objection").exists()


def test_late_without_an_excuse_is_inadmissible_and_nothing_else(leader):
    decision = sent_decisions()[0]
    late = datetime(2026, 7, 20, 9, tzinfo=UTC)
    finality.finalise_decisions(at=late)
    objection = objected(decision, by=leader, received_at=late)
    objection = advised(objection, by=leader, at=late)
    with pytest.raises(AnswerRefused, match="niet-ontvankelijk"):
        services.draft_answer(
            objection, Answer(outcome="unfounded", motivation="Nee."), by=leader, at=ANSWERED
        )
    answered(objection, Answer(outcome="inadmissible", motivation="Te laat."), leader)
    decision.refresh_from_db()
    assert decision.state == "final"
    assert objection.outcome == "inadmissible"


def test_costs_need_a_revoked_decision(leader):
    decision = sent_decisions()[0]
    objection = advised(objected(decision, by=leader, costs_requested=True), by=leader)
    answer = Answer(outcome="unfounded", motivation="Nee.", costs_awarded=Decimal(10))
    with pytest.raises(AnswerRefused, match="herroepen"):
        services.draft_answer(objection, answer, by=leader, at=ANSWERED)


def test_not_before_the_advice_and_not_twice(leader):
    decision = sent_decisions()[0]
    objection = judged(objected(decision, by=leader), by=leader)
    answer = Answer(outcome="unfounded", motivation="Nee.")
    with pytest.raises(AnswerRefused, match="advies ontbreekt"):
        services.draft_answer(objection, answer, by=leader, at=ANSWERED)


def test_who_signed_before_does_not_sign_again_and_the_mandate_covers_the_new_amount(leader):
    refusal = sent_decisions(**SCARCE)[2]
    objection = advised(objected(refusal, by=leader), by=leader)
    answer = Answer(outcome="founded_replaced", motivation="Ja.", new_amount=Decimal(15_000))
    decision = ready(objection, answer, leader)
    with pytest.raises(SignerInvolved):
        acts.take_act(decision, by=refusal.taken_by, at=ANSWERED)
    small = SigningMandateFactory(max_amount=Decimal(14_999)).user
    with pytest.raises(NoMandate):
        acts.take_act(decision, by=small, at=ANSWERED)
    decision.refresh_from_db()
    objection.refresh_from_db()
    assert (decision.state, objection.state) == ("ready", "advised")


def test_from_the_pages_to_the_court(client, leader):
    decision = sent_decisions()[0]
    objection = advised(objected(decision, by=leader), by=leader)
    client.force_login(leader)
    address = reverse("subsidies:objection_answer", args=[objection.pk])
    with time_machine.travel(ANSWERED, tick=False):
        assert client.post(address, {"outcome": "unfounded"}).status_code == 422
        data = {"outcome": "unfounded", "motivation": "De gronden slagen niet."}
        done = client.post(address, data)
        act = Decision.objects.get(kind="objection")
        assert done.url == act.get_absolute_url()
        assert "Bestreden besluit" in client.get(act.get_absolute_url()).content.decode()
        preview = client.get(reverse("subsidies:act_preview", args=[act.pk]))
        assert "Concept" in words(preview.content)
        assert act.get_absolute_url() in client.get(objection.get_absolute_url()).content.decode()
    acts.send_act_to_check(act, by=leader, at=ANSWERED)
    checker = UserFactory(project_leader=True)
    acts.approve_act(act, checklist=list(acts.CHECKLIST), by=checker, at=ANSWERED)
    acts.take_act(act, by=SigningMandateFactory().user, at=ANSWERED)
    letters.render_letter(Letter.objects.get(decision=act).pk, at=ANSWERED)
    with time_machine.travel(ANSWERED, tick=False):
        appeal = reverse("subsidies:objection_appeal", args=[objection.pk])
        data = {"court": "Rechtbank", "number": "26/1234", "appealed_on": "3-8-2026"}
        assert client.post(appeal, {}).status_code == 422
        assert client.post(appeal, data).status_code == 302
        # while the court has it, the answer is not final
        after = datetime(2026, 12, 1, 9, tzinfo=UTC)
        finality.finalise_decisions(at=after)
        act.refresh_from_db()
        assert act.state == "sent"
        outcome = reverse("subsidies:objection_appeal_outcome", args=[objection.pk])
        assert client.post(outcome, {"outcome": "Beroep ongegrond."}).status_code == 302
        finality.finalise_decisions(at=after)
        act.refresh_from_db()
        assert act.state == "final"
        assert "Beroep ongegrond." in client.get(objection.get_absolute_url()).content.decode()
