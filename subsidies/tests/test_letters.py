from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from ikc.tests.factories import UserFactory
from kvk2.core.models import LegalHoliday, OutgoingMail
from subsidies import documents, tasks
from subsidies.documents import LetterContext
from subsidies.models import Decision, Letter, Message, MessageEvent
from subsidies.services import letters
from subsidies.services.letters import LetterAlreadyMade, PostingDateInvalid
from subsidies.states import DecisionState
from subsidies.tests.factories import move
from subsidies.tests.factories_assessment import DECIDED_AT, decided_round

pytestmark = pytest.mark.django_db
POSTED_AT = DECIDED_AT + timedelta(minutes=3)


@pytest.fixture
def letter():
    round_ = decided_round(applications=1)
    return Letter.objects.get(application__round=round_, code="L08")


def test_posting_is_sending_is_one_deed(letter):
    director = UserFactory(director=True, ikc=letter.application.ikc, email="dir@ikc.example")

    assert letters.render_letter(letter.pk, at=POSTED_AT)

    letter.refresh_from_db()
    decision = letter.decision
    with letter.stored.file.open("rb") as file:
        assert file.read(5) == b"%PDF-"
    assert (letter.stored.scan_state, letter.stored.name) == (
        "own",
        f"{letter.application.number}-L08.pdf",
    )
    assert (decision.state, decision.announced_at) == (DecisionState.SENT, POSTED_AT)
    assert decision.objection_until == date(2026, 7, 1)
    message = Message.objects.get()
    assert (message.organisation, message.posted_at) == (letter.application.board, POSTED_AT)
    kinds = sorted(MessageEvent.objects.values_list("kind", flat=True))
    assert kinds == ["notified", "notified", "notified", "posted"]
    mail = OutgoingMail.objects.get(to=director.email)
    assert letter.application.number in mail.subject
    assert "€" not in mail.body
    assert letter.application.ikc.name not in mail.body


def test_the_letter_bears_the_date_of_posting_and_counts_from_there(letter):
    LegalHoliday.objects.create(date=date(2026, 7, 6), name="extra", source="test")
    posted_at = datetime(2026, 5, 25, 22, 30, tzinfo=UTC)  # the 26th on the clock of Leeuwarden

    letters.render_letter(letter.pk, at=posted_at)

    letter.refresh_from_db()
    context = LetterContext.from_dict(letter.context)
    assert context.sent_on == date(2026, 5, 26)
    assert context.objection.last_day == date(2026, 7, 7) == letter.decision.objection_until


def test_a_letter_is_made_once(letter):
    assert letters.render_letter(letter.pk, at=POSTED_AT)
    assert not letters.render_letter(letter.pk, at=POSTED_AT)
    assert Message.objects.count() == 1


def test_a_made_letter_cannot_be_changed(letter):
    letters.render_letter(letter.pk, at=POSTED_AT)

    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(context={})


def test_a_letter_that_fails_waits_longer_each_time_and_leaves_nothing_behind(letter, monkeypatch):
    def broken(context):
        raise OSError("disk full")

    monkeypatch.setitem(letters.RENDERERS, LetterContext, broken)

    told = OutgoingMail.objects.count()  # members heard of their applications
    waits = []
    at = POSTED_AT
    for _ in range(4):
        assert not letters.render_letter(letter.pk, at=at)
        letter.refresh_from_db()
        waits.append(letter.next_attempt_at - at)
        at = letter.next_attempt_at

    assert waits == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert (letter.attempts, letter.error) == (4, "OSError")
    assert not Message.objects.exists()
    assert OutgoingMail.objects.count() == told
    assert letter.decision.state == DecisionState.TAKEN
    monkeypatch.undo()
    assert letters.render_letter(letter.pk, at=at)


def test_a_failure_after_the_pdf_undoes_everything(letter, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("mail")

    monkeypatch.setattr(letters, "notify", broken)

    assert not letters.render_letter(letter.pk, at=POSTED_AT)

    letter.refresh_from_db()
    assert (letter.rendered_at, letter.stored, letter.error) == (None, None, "RuntimeError")
    assert letter.decision.state == DecisionState.TAKEN
    assert not Message.objects.exists()


def test_one_that_fails_does_not_hold_up_the_next(monkeypatch):
    decided_round(applications=2)
    Letter.objects.filter(code="L06").update(next_attempt_at=datetime(2999, 1, 1, tzinfo=UTC))
    first, second = Letter.objects.filter(code="L08").order_by("pk")
    real = documents.render_letter

    def first_breaks(context):
        if context.application.number == first.application.number:
            raise documents.MissingElements("De brief kan nog niet worden gemaakt.")
        return real(context)

    monkeypatch.setitem(letters.RENDERERS, LetterContext, first_breaks)

    assert tasks.render_pending_letters() == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.error == "De brief kan nog niet worden gemaakt."
    assert second.rendered_at is not None


@pytest.fixture
def paper(letter):
    move(letter.application.board, electronic_consent_at=None)
    letter.refresh_from_db()
    return letter


def test_without_consent_a_letter_waits_for_the_post(paper):
    assert not letters.render_letter(paper.pk, at=POSTED_AT)
    assert list(Letter.objects.to_post().filter(code="L08")) == [paper]

    leader = UserFactory(project_leader=True)
    letters.post_letter(paper, posted_on=date(2026, 5, 21), by=leader, at=POSTED_AT)

    paper.refresh_from_db()
    decision = Decision.objects.get(pk=paper.decision_id)
    assert LetterContext.from_dict(paper.context).sent_on == date(2026, 5, 21)
    assert decision.state == DecisionState.SENT
    assert decision.announced_at.date() == date(2026, 5, 21)
    assert decision.objection_until == date(2026, 7, 2)
    assert not Message.objects.exists()
    with pytest.raises(LetterAlreadyMade):
        letters.post_letter(paper, posted_on=date(2026, 5, 21), by=leader, at=POSTED_AT)


@pytest.mark.parametrize("day", [date(2026, 5, 19), date(2026, 5, 26)])
def test_a_letter_is_not_dated_back_or_far_ahead(paper, day):
    leader = UserFactory(project_leader=True)
    with pytest.raises(PostingDateInvalid):
        letters.post_letter(paper, posted_on=day, by=leader, at=POSTED_AT)


def test_a_letter_for_the_portal_is_not_posted_on_paper(letter):
    leader = UserFactory(project_leader=True)
    with pytest.raises(LetterAlreadyMade):
        letters.post_letter(letter, posted_on=POSTED_AT.date(), by=leader, at=POSTED_AT)


def test_the_grant_letter_states_what_the_law_asks_for(letter):
    context = LetterContext.from_dict(letter.context)

    assert context.missing_elements() == ()
    assert context.granted == Decimal("15000.00")
    assert context.advance_total == Decimal("12000.00")
    assert context.iban_last4 == "4300"
    assert len(context.obligations) == 4
    assert context.signature.mandate.startswith("Mandaat 2026-")
