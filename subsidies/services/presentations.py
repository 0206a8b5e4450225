"""The conversation with an applicant: the invitation (L05), and questions that are asked and answered beforehand."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.models import AgendaItem, CommissionMeeting, CommissionMember, Letter, MemberQuestion
from subsidies.services.invitations import order_invitation
from subsidies.services.letters import recipients
from subsidies.services.meetings import MeetingFixed, lock_planned
from subsidies.services.ready_mail import say_ready

if TYPE_CHECKING:
    from ikc.models import User

DAY = "l j F Y"


class QuestionsFixed(DomainError):
    """The questions were sent already, or answered already."""


class QuestionMissing(DomainError):
    """An empty question or answer."""


class AnswerTooLate(DomainError):
    """The moment until which the applicant could answer has passed."""


@transaction.atomic
def invite(meeting: CommissionMeeting, items: Collection[int], *, by: "User", at: datetime) -> int:
    """Order the invitation (L05) for each of `items` (ids) that has none yet; the number ordered. Raises MeetingFixed."""
    meeting = lock_planned(meeting)
    if meeting.starts_at <= at:
        raise MeetingFixed("De vergadering is al begonnen.")
    waiting = (
        AgendaItem.objects.select_for_update(of=("self",))
        .filter(meeting=meeting, pk__in=items, invited_at=None)
        .select_related("application__board", "application__ikc", "application__round")
        .order_by("starts_at", "pk")
    )
    count = 0
    for item in waiting:
        item.meeting = meeting
        item.invited_at = at
        item.save(update_fields=["invited_at"])
        order_invitation(Letter.Code.INVITATION, item, contact=by.full_name, at=at)
        record(item, "presentation_invited", actor=by, at=at)
        count += 1
    return count


@transaction.atomic
def ask_question(
    item: AgendaItem, member: CommissionMember, *, text: str, by: "User", at: datetime
) -> MemberQuestion:
    """A member hands in a question. Raises QuestionMissing, QuestionsFixed or MeetingFixed."""
    if not text.strip():
        raise QuestionMissing("Schrijf uw vraag op.")
    item = _lock(item)
    if item.questions_sent_at:
        raise QuestionsFixed(
            "De vragen zijn al naar de aanvrager gestuurd. Stel uw vraag in het gesprek."
        )
    question = MemberQuestion.objects.create(
        item=item, member=member, text=text.strip(), asked_at=at
    )
    record(item, "question_asked", actor=by, at=at)
    return question


@transaction.atomic
def send_questions(item: AgendaItem, *, text: str, by: "User", at: datetime) -> AgendaItem:
    """Put the questions, made into one text without names, before the applicant. Raises as `ask_question`."""
    if not text.strip():
        raise QuestionMissing("Schrijf de vragen aan de aanvrager op.")
    item = _lock(item)
    if item.questions_sent_at:
        raise QuestionsFixed("De vragen zijn al naar de aanvrager gestuurd.")
    if item.invited_at is None:
        raise QuestionsFixed("Nodig de aanvrager eerst uit.")
    item.questions, item.questions_sent_at = text.strip(), at
    item.save(update_fields=["questions", "questions_sent_at"])
    _tell_applicant(item, at=at)
    record(item, "questions_sent", actor=by, at=at)
    return item


@transaction.atomic
def answer_questions(item: AgendaItem, *, text: str, by: "User", at: datetime) -> AgendaItem:
    """The applicant answers, once. Raises QuestionMissing, QuestionsFixed, AnswerTooLate or MeetingFixed."""
    if not text.strip():
        raise QuestionMissing("Schrijf uw antwoord op.")
    item = _lock(item)
    if item.questions_sent_at is None or item.answered_at:
        raise QuestionsFixed("Er zijn nu geen vragen om te beantwoorden.")
    if at > (item.meeting.answers_until or item.meeting.starts_at):
        raise AnswerTooLate(
            "U kunt niet meer vooraf antwoorden. Beantwoord de vragen in het gesprek."
        )
    item.answer, item.answered_at, item.answered_by = text.strip(), at, by
    item.save(update_fields=["answer", "answered_at", "answered_by"])
    record(item, "questions_answered", actor=by, at=at)
    return item


def _tell_applicant(item: AgendaItem, *, at: datetime) -> None:
    """A mail that something waits, without what it says (L33)."""
    say_ready(
        recipients(item.application, day=local_date(at)),
        reference=item.application.number,
        path=reverse("subsidies:presentation", args=[item.pk]),
        at=at,
    )


def _lock(item: AgendaItem) -> AgendaItem:
    meeting = lock_planned(item.meeting)
    locked = AgendaItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    locked.meeting = meeting
    return locked
