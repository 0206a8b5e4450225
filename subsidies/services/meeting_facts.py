"""What meetings tell: who takes part in an item, the quorum, the votes, and what an advice still lacks (domain 3.4)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from subsidies.models import (
    AdviceResponse,
    AgendaItem,
    CommissionAdvice,
    CommissionMeeting,
    CommissionMember,
    CommissionSettings,
    ItemVote,
)
from subsidies.states_meetings import MeetingState

Vote = ItemVote.Vote
NOT_ON_AN_AGENDA = (
    "Deze aanvraag staat op geen agenda. In deze ronde adviseert de commissie in een vergadering, "
    "met een quorum van stemmen."
)


def quorum() -> int:
    """How many members must vote on an item for an advice, as the college settled (domain reference 3.4)."""
    return CommissionSettings.current().quorum


@dataclass(frozen=True, slots=True)
class VoteCount:
    """The votes on one item."""

    votes_for: int
    against: int
    abstained: int

    @property
    def total(self) -> int:
        return self.votes_for + self.against + self.abstained

    @property
    def carried(self) -> bool:
        """More for than against; who abstains counts for the quorum only."""
        return self.votes_for > self.against

    @property
    def words(self) -> str:
        return f"{self.votes_for} voor, {self.against} tegen, {self.abstained} onthouden"


def vote_count(item: AgendaItem) -> VoteCount:
    votes = [row.vote for row in item.votes.all()]
    return VoteCount(votes.count(Vote.FOR), votes.count(Vote.AGAINST), votes.count(Vote.ABSTAINED))


def item_of(advice: CommissionAdvice) -> AgendaItem | None:
    """The latest slot of the application on an agenda of a meeting that goes on; None for a meeting that is not kept in the portal."""
    return (
        AgendaItem.objects.standing()
        .filter(application=advice.application_id)
        .select_related("meeting__round", "application")
        .order_by("-starts_at", "-pk")
        .first()
    )


def participants(item: AgendaItem) -> list[CommissionMember]:
    """Who has a say, was at the meeting and stayed at the item, by name."""
    return list(
        CommissionMember.objects.scoring()
        .filter(attendance__meeting=item.meeting_id, attendance__present=True)
        .exclude(recusals__item=item)
        .select_related("user", "organisation")
        .order_by("user__last_name", "user__first_name", "pk")
    )


def text_digest(advice: CommissionAdvice) -> str:
    """A fingerprint of all that members agree with: when any of it changes, they are asked anew."""
    parts = [
        advice.conclusion,
        advice.text,
        *(f"{code}={text}" for code, text in sorted(advice.criterion_texts.items())),
        str(advice.proposed_amount),
        advice.effort_finding,
        advice.effort_text,
        advice.effort_evidence,
        str(advice.effort_due_on),
    ]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def responses_of(advice: CommissionAdvice) -> list[AdviceResponse]:
    """All reactions on the advice, on this text and on earlier ones."""
    rows = AdviceResponse.objects.filter(advice=advice).select_related("member__user")
    return list(rows.order_by("pk"))


def waiting_for(
    advice: CommissionAdvice, item: AgendaItem, responses: Sequence[AdviceResponse]
) -> list[CommissionMember]:
    """Who took part and did not react on the text as it stands now."""
    digest = text_digest(advice)
    done = {row.member_id for row in responses if row.digest == digest}
    return [member for member in participants(item) if member.pk not in done]


def why_not_discussed(advice: CommissionAdvice) -> str:
    """Why the commission did not discuss the advice in a meeting of the round; empty when it did, or need not.

    It need not when no meeting of the round is kept in the portal, or when the college settled so.
    """
    item = item_of(advice)
    return _why_not(advice, item, vote_count(item) if item else None)


def _why_not(advice: CommissionAdvice, item: AgendaItem | None, votes: VoteCount | None) -> str:
    rules = CommissionSettings.current()
    if item is not None and votes is not None:
        if votes.total >= rules.quorum:
            return ""
        return (
            f"Het quorum is niet gehaald: {votes.total} leden stemden en er zijn er "
            f"minstens {rules.quorum} nodig."
        )
    meetings = CommissionMeeting.objects.filter(round=advice.application.round_id)
    if not rules.advice_in_meeting:
        return ""
    return NOT_ON_AN_AGENDA if meetings.exclude(state=MeetingState.CANCELLED).exists() else ""


def missing_in_meeting(advice: CommissionAdvice) -> list[str]:
    """What the meeting still lacks before its advice can be adopted, as sentences."""
    item = item_of(advice)
    votes = vote_count(item) if item else None
    if why := _why_not(advice, item, votes):
        return [why]
    if item is None or votes is None:
        return []
    found = []
    if not votes.carried:
        found.append(f"De meerderheid stemde niet voor dit advies ({votes.words}).")
    responses = responses_of(advice)
    if open_ := [row for row in responses if row.is_open]:
        names = ", ".join(row.member.user.full_name for row in open_)
        found.append(f"Beantwoord eerst de opmerkingen over de tekst van {names}.")
    if waiting := waiting_for(advice, item, responses):
        names = ", ".join(member.user.full_name for member in waiting)
        found.append(f"Nog geen reactie op de tekst van {names}.")
    return found
