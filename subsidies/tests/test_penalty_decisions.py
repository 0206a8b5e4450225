"""The decision that fixes a penalty (Awb 4:18): when, by whom, with which letter, and where it is read."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction
from django.db.utils import IntegrityError
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of, record
from subsidies.documents import MissingElements
from subsidies.documents_penalty import PenaltyContext, render_penalty
from subsidies.models import DefaultNotice, Letter, PenaltyDecision
from subsidies.services import default_notices, letters
from subsidies.services.decision_guards import FourEyes, NoMandate
from subsidies.services.penalty_decisions import NoPenaltyDue, fix_penalty
from subsidies.term_kinds import TermKind
from subsidies.terms import upcoming_terms
from subsidies.tests.factories import ApplicationFactory, move
from subsidies.tests.factories_assessment import SigningMandateFactory
from subsidies.tests.test_models_intake import refuses
from subsidies.tests.test_term_changes import page_of
from subsidies.worklist import lateness

pytestmark = pytest.mark.django_db
# Two weeks after 20 July ran out on 3 August, and forty-two days later on 14 September 2026.
RECEIVED, LAST_DAY, DECIDE_UNTIL = date(2026, 7, 20), date(2026, 9, 14), date(2026, 9, 28)
OVER = datetime(2026, 9, 15, 9, tzinfo=UTC)


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def signer():
    return SigningMandateFactory().user


@pytest.fixture
def notice(leader):
    return noticed(leader)


def noticed(leader, **fields):
    return DefaultNotice.objects.create(
        application=ApplicationFactory(submitted=True, **fields),
        received_on=RECEIVED,
        sender="Stichting De Brug",
        recorded_at=datetime(2026, 7, 20, 9, tzinfo=UTC),
        recorded_by=leader,
    )


def test_the_amount_is_the_sum_of_the_act_and_goes_out_in_a_letter(notice, signer):
    move(notice.application.board, electronic_consent_at=OVER)
    decision = fix_penalty(notice, by=signer, at=OVER)

    assert (decision.amount, decision.days) == (Decimal("1442.00"), 42)
    assert (decision.last_day, decision.decide_until) == (LAST_DAY, DECIDE_UNTIL)
    (event,) = events_of(notice.application).filter(verb="penalty_fixed")
    assert (event.actor, event.data["amount"]) == (signer, "1442.00")
    assert letters.render_letter(decision.letter_id, at=OVER)
    letter = Letter.objects.get(pk=decision.letter_id)
    context = PenaltyContext.from_dict(letter.context)
    assert (letter.code, context.objection.last_day) == ("L04D", date(2026, 10, 27))
    assert [(step.days, step.amount) for step in context.steps] == [(14, 322), (14, 490), (14, 630)]
    assert letter.message.organisation == notice.application.board
    with pytest.raises(NoPenaltyDue, match="al vastgesteld"):
        fix_penalty(notice, by=signer, at=OVER)
    with pytest.raises(default_notices.NoticeExists, match="al vastgesteld"):
        default_notices.set_aside_notice(
            notice, no_penalty="too_late", reason="x", by=signer, at=OVER
        )


def test_a_letter_without_a_mandatory_element_is_not_made(notice, signer):
    stored = fix_penalty(notice, by=signer, at=OVER).letter.context
    without = PenaltyContext.from_dict({**stored, "motivation": []})
    with pytest.raises(MissingElements, match="motivering"):
        render_penalty(without)


def test_it_waits_until_no_day_is_added_any_more(notice, signer):
    for day in (3, 4):  # the second week, and a penalty that runs
        with pytest.raises(NoPenaltyDue, match="loopt nog"):
            fix_penalty(notice, by=signer, at=datetime(2026, 8, day, 9, tzinfo=UTC))
    with pytest.raises(NoPenaltyDue):  # day 42 itself
        fix_penalty(notice, by=signer, at=datetime(2026, 9, 14, 9, tzinfo=UTC))
    assert not PenaltyDecision.objects.exists()


def test_a_withdrawal_ends_it_and_the_days_before_count(leader, signer):
    notice = noticed(leader)
    move(notice.application, state="withdrawn")
    at = datetime(2026, 8, 6, 9, tzinfo=UTC)
    record(notice.application, "application_withdrawn", actor=None, at=at)
    decision = fix_penalty(notice, by=signer, at=at)
    assert (decision.days, decision.amount) == (2, Decimal("46.00"))
    assert decision.decide_until == date(2026, 8, 19)


def test_a_notice_that_was_set_aside_costs_nothing(notice, leader, signer):
    default_notices.set_aside_notice(notice, no_penalty="too_late", reason="x", by=leader, at=OVER)
    with pytest.raises(NoPenaltyDue):
        fix_penalty(notice, by=signer, at=OVER)


def test_four_eyes_and_a_mandate_up_to_the_amount(notice, signer, leader):
    with pytest.raises(FourEyes):
        fix_penalty(notice, by=leader, at=OVER)
    small = SigningMandateFactory(max_amount=Decimal(1441)).user
    with pytest.raises(NoMandate, match=r"1\.442"):
        fix_penalty(notice, by=small, at=OVER)
    with pytest.raises(NoMandate):
        fix_penalty(notice, by=UserFactory(signer=True), at=OVER)


def test_what_must_never_be(notice, signer):
    decision = fix_penalty(notice, by=signer, at=OVER)
    for deed in (decision.delete, lambda: move(decision, amount=1)):
        with pytest.raises(IntegrityError, match="kept as it was"), transaction.atomic():
            deed()
    fields = {
        name: getattr(decision, name)
        for name in ("last_day", "decide_until", "taken_at", "taken_by", "signing_mandate")
    }
    refuses(
        "penalty_decision_is_of_the_act",
        PenaltyDecision.objects.create,
        **fields,
        notice=noticed(UserFactory(project_leader=True)),
        reference="x",
        days=43,
        amount=1,
        letter=letters.order_letter("L04D", notice.application, {}, at=OVER),
    )


@pytest.mark.parametrize("count", [1, 3])
def test_it_is_a_term_and_a_task_until_it_is_fixed(
    leader, signer, count, django_assert_max_num_queries
):
    notices = [noticed(leader) for _ in range(count)]

    def due():
        terms = upcoming_terms(leader, today=OVER.date())
        return [(term.due_on, term.url) for term in terms if term.kind == TermKind.PENALTY]

    with django_assert_max_num_queries(26):
        assert [day for day, _ in due()] == [DECIDE_UNTIL] * count
    tasks = lateness.tasks_for(signer, today=OVER.date())
    assert [one.badge for one in tasks].count("dwangsom vaststellen") == count
    fix_penalty(notices[0], by=signer, at=OVER)
    assert len(due()) == count - 1


def test_the_signer_fixes_it_and_everybody_concerned_reads_it(client, notice, signer, leader):
    application = notice.application
    page, fix = notice.get_absolute_url(), page_of("penalty_fix", application, notice.pk)
    with time_machine.travel(OVER, tick=False):
        client.force_login(leader)
        assertContains(client.get(page), "uiterlijk op 28\N{NO-BREAK SPACE}september 2026")
        assertNotContains(client.get(page), fix)
        assert client.get(fix).status_code == 403
        client.force_login(signer)
        assertContains(client.get(page), fix)
        assertContains(client.get(fix), "€\N{NO-BREAK SPACE}1.442,00")
        assertRedirects(client.post(fix), page)
        assert client.post(fix).status_code == 403
        director = UserFactory(director=True, ikc=application.ikc)
        for user in (leader, director):
            client.force_login(user)
            for address in (
                page,
                page_of("application_term", application),
                application.get_absolute_url(),
            ):
                shown = client.get(address)
                assertContains(shown, "vastgesteld op €\N{NO-BREAK SPACE}1.442,00")
                assertContains(shown, "De betaling volgt")
