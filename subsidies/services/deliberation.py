"""What the commission decides in the meeting: the votes, and a text that the members agree with (domain reference 3.4)."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.models import (
    AdviceResponse,
    AgendaItem,
    CommissionAdvice,
    CommissionMeeting,
    CommissionMember,
    ItemVote,
)
from subsidies.services.advice import AdviceMissing, discuss_advice
from subsidies.services.meeting_facts import item_of, participants, quorum, text_digest
from subsidies.services.meetings import MeetingFixed, refuse_fixed
from subsidies.states import AdviceState

if TYPE_CHECKING:
    from ikc.models import User


class NoQuorum(DomainError):
    """Fewer members took part in the item than an advice needs."""


class VoteInvalid(DomainError):
    """A vote of somebody who was not there or left at the item, or a vote that is missing."""


class ResponseRefused(DomainError):
    """The reader did not take part, reacted already, or the text is not before the members."""


@transaction.atomic
def record_votes(
    item: AgendaItem, votes: Mapping[int, str], *, by: "User", at: datetime
) -> AgendaItem:
    """The votes on the advice, per member id; with them the application was discussed.

    Raises MeetingFixed, NoQuorum, VoteInvalid or AdviceMissing.
    """
    meeting = CommissionMeeting.objects.select_for_update(of=("self",)).get(pk=item.meeting_id)
    refuse_fixed(meeting)
    advice = (
        CommissionAdvice.objects.select_for_update(of=("self",))
        .filter(application=item.application_id)
        .first()
    )
    if advice is None:
        raise AdviceMissing("Maak eerst een conceptadvies; daarover stemt de commissie.")
    if advice.state not in (AdviceState.DRAFT, AdviceState.DISCUSSED):
        raise MeetingFixed("Het advies is vastgesteld; over dit punt is gestemd.")
    there = {member.pk for member in participants(item)}
    needed = quorum()
    if len(there) < needed:
        raise NoQuorum(
            f"Het quorum is niet gehaald: {len(there)} leden deden mee en er zijn er minstens {needed} nodig. "
            "Zonder quorum is er geen advies."
        )
    if set(votes) != there:
        raise VoteInvalid("Leg van ieder lid dat meedeed de stem vast, en van niemand anders.")
    for member, vote in votes.items():
        ItemVote.objects.update_or_create(item=item, member_id=member, defaults={"vote": vote})
    record(item, "votes_recorded", actor=by, at=at, votes=len(votes))
    if advice.state == AdviceState.DRAFT:
        discuss_advice(advice, meeting_on=local_date(meeting.starts_at), by=by, at=at)
    return item


@transaction.atomic
def respond(
    advice: CommissionAdvice, member: CommissionMember, *, comment: str, by: "User", at: datetime
) -> AdviceResponse:
    """A member agrees with the text as it stands (no comment), or comments on it. Raises ResponseRefused."""
    advice = CommissionAdvice.objects.select_for_update(of=("self",)).get(pk=advice.pk)
    item = item_of(advice)
    if advice.state != AdviceState.DISCUSSED or item is None:
        raise ResponseRefused("Over deze tekst kunt u nu niet reageren.")
    if member.pk not in {row.pk for row in participants(item)}:
        raise ResponseRefused("Alleen leden die meededen in de vergadering reageren op de tekst.")
    digest = text_digest(advice)
    if advice.responses.filter(member=member, digest=digest).exists():
        raise ResponseRefused("U hebt al op deze tekst gereageerd.")
    response = AdviceResponse.objects.create(
        advice=advice, member=member, digest=digest, comment=comment.strip(), given_at=at
    )
    verb = "advice_commented" if response.comment else "advice_agreed"
    record(advice, verb, actor=by, at=at)
    return response


@transaction.atomic
def answer_comment(
    response: AdviceResponse, *, answer: str, by: "User", at: datetime
) -> AdviceResponse:
    """The secretary says what happened with a comment; then it no longer holds up the adoption. Raises ResponseRefused."""
    if not answer.strip():
        raise ResponseRefused("Schrijf op wat u met de opmerking deed.")
    response = (
        AdviceResponse.objects.select_for_update(of=("self",))
        .select_related("advice")
        .get(pk=response.pk)
    )
    if not response.is_open or response.advice.state != AdviceState.DISCUSSED:
        raise ResponseRefused("Op deze opmerking is al geantwoord.")
    response.answer, response.answered_at = answer.strip(), at
    response.save(update_fields=["answer", "answered_at"])
    record(response.advice, "comment_answered", actor=by, at=at)
    return response
