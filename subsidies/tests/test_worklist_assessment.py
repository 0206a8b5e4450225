"""What each person finds on the start page, from the assessment to the letter."""

from datetime import date
from decimal import Decimal

import pytest

from ikc.tests.factories import UserFactory
from kvk2.core.models import AuditEvent
from subsidies.events import SENTENCES
from subsidies.models import Letter
from subsidies.services import advice, allocations, decisions, letters
from subsidies.tests.factories import SchemeVersionFactory, move
from subsidies.tests.factories_assessment import (
    ADVISED_AT,
    DECIDED_AT,
    CommissionMemberFactory,
    SigningMandateFactory,
    adopted,
    advised_round,
    assessing_round,
    assigned,
    decided_round,
    drafted_round,
    ready_round,
    reviewed,
    submitted,
)
from subsidies.worklist.assessment import panels_for, tasks_for

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 1)


def titles(user):
    return [task.title for task in tasks_for(user, today=TODAY)]


def test_a_member_declares_first_and_then_scores():
    round_ = assessing_round(applications=2)
    newcomer = CommissionMemberFactory()
    assert titles(newcomer.user) == [f"Geef uw belangen op voor {round_}"]

    review = assigned(round_)[0]
    user = review.member.user
    assert titles(user) == ["Beoordeel 2 aanvragen"]
    submitted(review)
    assert titles(user) == ["Beoordeel 1 aanvraag"]


def progress(user):
    return [
        (row.done, row.total)
        for panel in panels_for(user, today=TODAY)
        for row in panel.context["rows"]
    ]


def test_a_member_and_the_secretary_see_how_far_the_round_is():
    round_ = assessing_round(applications=2)
    secretary = UserFactory(secretary=True)
    review = assigned(round_)[0]
    assert progress(review.member.user) == [(0, 2)]

    submitted(review)
    assert progress(review.member.user) == [(1, 2)]
    assert progress(secretary) == [(0, 2)]
    assert progress(UserFactory(director=True)) == []


def test_the_secretary_assigns_advises_sends_and_finishes():
    round_ = assessing_round(applications=1)
    secretary = UserFactory(secretary=True)
    assert titles(secretary) == ["Koppel beoordelaars aan 1 aanvraag"]

    reviewed(round_)
    assert titles(secretary) == ["Werk aan 1 advies"]

    document = adopted(round_.applications.get(), by=secretary)
    assert titles(secretary) == ["Verstuur 1 advies"]

    advice.send_advice(document, by=secretary, at=ADVISED_AT)
    assert titles(secretary) == [f"Rond de advisering af van {round_}"]


def test_project_leaders_divide_draft_and_check_each_others_work():
    leader, second = UserFactory(project_leader=True), UserFactory(second_project_leader=True)
    round_ = advised_round(applications=1)
    assert titles(leader) == [f"Verdeel het geld van {round_}"]

    signer = UserFactory(signer=True)
    assert titles(signer) == []
    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    assert titles(leader) == []
    assert titles(signer) == [f"Leg de verdeling vast van {round_}"]
    allocations.lock_run(run, by=signer, at=ADVISED_AT)
    assert titles(signer) == []
    assert titles(leader) == [f"Maak conceptbesluiten voor {round_}"]

    decisions.draft_decisions(round_, by=leader, at=ADVISED_AT)
    assert titles(leader) == ["Leg 1 conceptbesluit voor"]

    decisions.send_to_check(round_, by=leader, at=ADVISED_AT)
    assert titles(leader) == []
    assert titles(second) == ["Toets 1 besluit van een collega"]


def test_the_signer_decides_before_the_term_ends():
    round_ = ready_round(applications=1)
    signer = SigningMandateFactory().user

    (task,) = tasks_for(signer, today=TODAY)

    assert task.title == f"Neem de besluiten van {round_}"
    assert task.due == date(2026, 7, 15)


def test_letters_that_wait_for_the_post_or_fail_are_for_the_project_leader():
    decided_round(applications=2)
    leader = UserFactory(project_leader=True)
    assert titles(leader) == []
    paper, broken = Letter.objects.filter(code="L08").order_by("pk")
    for letter in Letter.objects.filter(code="L06"):
        letters.render_letter(letter.pk, at=DECIDED_AT)
    move(paper.application.board, electronic_consent_at=None)
    move(broken, error="OSError")

    assert titles(leader) == [
        "Verstuur 1 brief per post",
        "Kijk naar 1 brief die niet gemaakt kan worden",
    ]


def test_the_director_has_something_to_read_until_it_was_read(client):
    decided_round(applications=1)
    letter = Letter.objects.get(code="L08")
    letters.render_letter(letter.pk, at=DECIDED_AT)
    director = letter.application.created_by
    assert titles(director) == ["U hebt 1 nieuw bericht"]

    client.force_login(director)
    response = client.post(f"/berichten/{letter.message.pk}/openen/")
    assert b"".join(response.streaming_content).startswith(b"%PDF-")

    assert titles(director) == []


@pytest.mark.parametrize("role", ["admin", "researcher", "development_group", "auditor"])
def test_who_has_nothing_to_do_here_costs_nothing(role, django_assert_num_queries):
    drafted_round(applications=1)
    user = UserFactory(**{role: True})
    assert user.active_roles

    with django_assert_num_queries(0):
        assert tasks_for(user, today=TODAY) == []


def test_every_verb_that_a_whole_round_leaves_has_its_sentence():
    decided_round(ceiling=Decimal(25_000), scores=(5, 4, 3))
    for letter in Letter.objects.order_by("pk"):
        letters.render_letter(letter.pk, at=DECIDED_AT)

    verbs = set(AuditEvent.objects.values_list("verb", flat=True))

    assert len(verbs) > 20
    assert verbs <= set(SENTENCES)


def test_the_signer_is_asked_to_put_a_complete_scheme_in_force():
    signer = SigningMandateFactory().user
    version = SchemeVersionFactory(draft=True)
    assert titles(signer) == [f"Laat de regeling ‘{version.scheme}’ in werking treden"]
    version.obligations.all().delete()
    assert titles(signer) == []
    assert titles(UserFactory(project_leader=True)) == []
