"""Deeds of a practice card: write it after an action that works, agree to be named, share it, do it too, ask and answer."""

from dataclasses import dataclass, fields
from datetime import datetime

from django.db import transaction

from agreements.models import Goal
from ikc.models import Ikc, User
from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from monitoring.models import Action, Practice, PracticeAdoption, PracticeQuestion
from monitoring.states_pdca import PRACTICE_WORKFLOW, Effect, PracticeState

# Effects after which there is something to share.
WORTH_SHARING = (Effect.WORKS, Effect.PARTLY)


class PracticeRefused(DomainError):
    """A card that cannot be, or that is not there to change any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What stands on a card."""

    title: str
    what: str
    for_whom: str
    age_group: str
    took: str
    seen: str
    goal: Goal


@transaction.atomic
def write_card(action: Action, card: Card, *, by: User, at: datetime) -> Practice:
    """A card about an action that works, or works in part, according to somebody else. Refusal: `PracticeRefused`."""
    action = (
        Action.objects.select_for_update(of=("self",))
        .select_related("conclusion__of_return__agreement")
        .get(pk=action.pk)
    )
    if action.effect not in WORTH_SHARING:
        raise PracticeRefused("Een kaart maakt u van een actie die werkt, of die deels werkt.")
    if Practice.objects.filter(action=action).exists():
        raise PracticeRefused("Over deze actie is er al een kaart.")
    practice = Practice.objects.create(
        action=action,
        ikc_id=action.conclusion.of_return.agreement.ikc_id,
        written_by=by,
        **{name: getattr(card, name) for name in columns(card)},
    )
    record(practice, "practice_written", actor=by, at=at, after=practice.state)
    return practice


def columns(card: Card) -> tuple[str, ...]:
    """The columns of a card."""
    return tuple(part.name for part in fields(card))


@transaction.atomic
def change_card(practice: Practice, card: Card, *, by: User, at: datetime) -> Practice:
    """Other words; what the IKC agreed to share has to be opened first."""
    practice = _locked(practice)
    if not practice.is_draft:
        raise PracticeRefused("Deze kaart is niet meer in bewerking.")
    names = columns(card)
    for name in names:
        setattr(practice, name, getattr(card, name))
    practice.save(update_fields=list(names))
    record(practice, "practice_changed", actor=by, at=at)
    return practice


@transaction.atomic
def move_card(practice: Practice, step: str, *, by: User, at: datetime) -> Practice:
    """`step` is a transition of PRACTICE_WORKFLOW; agreeing is of the IKC, sharing of the project leader."""
    practice = _locked(practice)
    before = practice.state
    practice.state = PRACTICE_WORKFLOW.target(step, state=before)
    if step == "agree":
        practice.agreed_by, practice.agreed_at = by, at
    elif step == "reopen":
        practice.agreed_by = practice.agreed_at = None
    elif step == "publish":
        practice.published_by, practice.published_at = by, at
    practice.save(update_fields=["state", "agreed_by", "agreed_at", "published_by", "published_at"])
    record(practice, f"practice_{PAST[step]}", actor=by, at=at, before=before, after=practice.state)
    return practice


PAST = {
    "agree": "agreed",
    "reopen": "reopened",
    "publish": "published",
    "withdraw": "withdrawn",
}


@transaction.atomic
def do_it_too(practice: Practice, ikc: Ikc, *, by: User, at: datetime) -> PracticeAdoption:
    """Another IKC says that it does this too."""
    practice = _locked(practice)
    _require_published(practice)
    if ikc.pk == practice.ikc_id:
        raise PracticeRefused("Deze kaart is van uw eigen IKC.")
    if practice.adoptions.filter(ikc=ikc).exists():
        raise PracticeRefused("Uw IKC staat er al bij.")
    adoption = PracticeAdoption.objects.create(practice=practice, ikc=ikc, said_by=by, said_at=at)
    record(practice, "practice_followed", actor=by, at=at, reason=ikc.name)
    return adoption


@transaction.atomic
def ask(practice: Practice, text: str, *, by: User, at: datetime) -> PracticeQuestion:
    practice = _locked(practice)
    _require_published(practice)
    if not text.strip():
        raise PracticeRefused("Schrijf uw vraag op.")
    question = PracticeQuestion.objects.create(
        practice=practice, text=text.strip(), asked_by=by, asked_at=at
    )
    record(practice, "practice_asked", actor=by, at=at, reason=question.text)
    return question


@transaction.atomic
def answer(question: PracticeQuestion, text: str, *, by: User, at: datetime) -> PracticeQuestion:
    question = PracticeQuestion.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if question.answer:
        raise PracticeRefused("Deze vraag is al beantwoord.")
    if not text.strip():
        raise PracticeRefused("Schrijf uw antwoord op.")
    question.answer, question.answered_by, question.answered_at = text.strip(), by, at
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    record(question.practice, "practice_answered", actor=by, at=at, reason=question.answer)
    return question


def _locked(practice: Practice) -> Practice:
    return Practice.objects.select_for_update(of=("self",)).get(pk=practice.pk)


def _require_published(practice: Practice) -> None:
    if practice.state != PracticeState.PUBLISHED:
        raise PracticeRefused("Deze kaart is niet gedeeld.")
