"""The proposal to the college: one document of all decisions of a round, frozen, with a fingerprint of what is in it."""

import hashlib
import json
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.text import capfirst

from kvk2.core import storage
from kvk2.core.audit import record
from kvk2.core.documents import Municipality
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from subsidies.documents import Addressee
from subsidies.documents_proposal import ProposalContext, ProposedDecision, render_proposal
from subsidies.facts import known
from subsidies.models import CollegeProposal, Decision, Obligation, SubsidyRound
from subsidies.services.continuity import above_division
from subsidies.services.decisions import NothingToDecide, standing_decisions
from subsidies.services.letter_contexts import CONCLUSIONS, advice_of, deviates_from
from subsidies.states import DecisionState

if TYPE_CHECKING:
    from ikc.models import User

logger = logging.getLogger(__name__)
LONGEST_WAIT = timedelta(hours=12)


class NotReady(DomainError):
    """A decision did not pass the legal check yet."""

    code = "NOT_READY"


@transaction.atomic
def order_proposal(round_: SubsidyRound, *, by: "User", at: datetime) -> CollegeProposal:
    """Freeze the decisions as they stand for the college; the same decisions give the same proposal.

    Refusals: `NothingToDecide`, `NotReady`.
    """
    round_ = SubsidyRound.objects.select_for_update(of=("self",)).get(pk=round_.pk)
    decisions = list(standing_decisions(round_))
    if not decisions:
        raise NothingToDecide("Er zijn nog geen besluiten om voor te leggen.")
    if waiting := [row.reference for row in decisions if row.state in UNCHECKED]:
        raise NotReady(f"Nog niet getoetst: {', '.join(waiting[:5])}.")
    mark = fingerprint(decisions)
    present = round_.proposals.filter(fingerprint=mark).first()
    if present is not None:
        return present
    number = round_.proposals.count() + 1
    row = CollegeProposal.objects.create(
        round=round_,
        number=number,
        content=proposal_context(round_, decisions, number=number, by=by, at=at).as_dict(),
        fingerprint=mark,
        ordered_by=by,
        ordered_at=at,
        next_attempt_at=at,
    )
    record(round_, "proposal_ordered", actor=by, at=at, number=number, fingerprint=mark)
    return row


def fingerprint(decisions: Sequence[Decision]) -> str:
    """SHA-256 (hex) over what the college decides on: who gets what, and why."""
    content = [
        [row.reference, row.kind, str(row.amount), row.motivation, sorted(row.grounds)]
        for row in sorted(decisions, key=lambda row: row.reference)
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def is_current(proposal: CollegeProposal, decisions: Sequence[Decision]) -> bool:
    """Whether the decisions are still those of the proposal."""
    return proposal.fingerprint == fingerprint(decisions)


def proposal_context(
    round_: SubsidyRound,
    decisions: Sequence[Decision],
    *,
    number: int,
    by: "User",
    at: datetime,
) -> ProposalContext:
    """What the document says; `decisions` as `standing_decisions` reads them."""
    return ProposalContext(
        municipality=Municipality.from_settings(),
        addressee=Addressee(capfirst(Municipality.from_settings().college), salutation=""),
        reference=f"CV-{round_.pk}-{number}",
        round_title=round_.name,
        scheme=round_.scheme_version.citation,
        number=number,
        ceiling=round_.ceiling,
        above_ceiling=sum(above_division(decisions).values(), start=round_.ceiling * 0),
        method=f"volgens de methode ‘{round_.get_allocation_method_display()}’",
        decisions=tuple(_line(row) for row in decisions),
        drafted_by=by.full_name,
        made_at=at,
        demo=settings.DEMO,
    )


def render_proposal_file(proposal_id: int, *, at: datetime) -> bool:
    """Make one waiting PDF and keep it. False when somebody else does, or when it failed (then the row says why)."""
    try:
        with transaction.atomic():
            row = _waiting(proposal_id, at)
            if row is None:
                return False
            row.stored = storage.store(
                render_proposal(ProposalContext.from_dict(row.content)),
                name=f"collegevoorstel-{row.round_id}-{row.number}.pdf",
                content_type="application/pdf",
                scan_state=StoredFile.ScanState.OWN,
                by=None,
                at=at,
            )
            row.attempts, row.error = row.attempts + 1, ""
            row.save(update_fields=["stored", "attempts", "error"])
    except Exception as error:  # the row's own record of what went wrong; the sweep goes on
        _postpone(proposal_id, error, at=at)
        return False
    return True


UNCHECKED = (DecisionState.DRAFT, DecisionState.LEGAL_CHECK)


def _line(decision: Decision) -> ProposedDecision:
    application, advice = decision.application, advice_of(decision.application)
    effort = next(
        (duty.text for duty in decision.obligations.all() if duty.kind == Obligation.Kind.EFFORT),
        "",
    )
    deviates = advice is not None and deviates_from(advice, decision)
    return ProposedDecision(
        reference=decision.reference,
        ikc=application.ikc.name,
        board=application.board.name,
        decision=decision.get_kind_display(),
        requested=known(application.requested_amount),
        amount=decision.amount,
        conclusion=CONCLUSIONS[advice.conclusion] if advice else "",
        advised=advice.proposed_amount if advice else None,
        deviation=decision.motivation.replace("\n\n", " ") if deviates else "",
        effort=effort,
    )


def _waiting(proposal_id: int, at: datetime) -> CollegeProposal | None:
    found: CollegeProposal | None = (
        CollegeProposal.objects.to_make(at)
        .select_for_update(skip_locked=True, of=("self",))
        .filter(pk=proposal_id)
        .first()
    )
    return found


def _postpone(proposal_id: int, error: Exception, *, at: datetime) -> None:
    """Write down what went wrong and wait 1, 2, 4 … minutes before the next attempt."""
    logger.warning(
        "proposal_failed", extra={"proposal": proposal_id, "error": type(error).__name__}
    )
    with transaction.atomic():
        row = _waiting(proposal_id, at)
        if row is None:
            return
        row.attempts += 1
        wait = min(timedelta(minutes=2 ** min(row.attempts - 1, 12)), LONGEST_WAIT)
        row.next_attempt_at = at + wait
        row.error = (error.message if isinstance(error, DomainError) else type(error).__name__)[
            :300
        ]
        row.save(update_fields=["attempts", "next_attempt_at", "error"])
