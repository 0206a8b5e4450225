"""What came of an effort that a grant asks for (domain reference 3.5; Awb 4:38): evidence, then a verdict with reasons.

A verdict never changes an amount. A lower determination (Awb 4:46(2)b) or a revocation (Awb 4:48(1)b) is a decision of
its own, after the applicant was heard.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core.audit import record, record_download
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from kvk2.core.scanning import require_openable
from subsidies.models import Obligation, ObligationFile
from subsidies.services.round_documents import NewFile, keep_decision
from subsidies.states_obligations import OBLIGATION_WORKFLOW

if TYPE_CHECKING:
    from ikc.models import User

# The transition for each verdict that a project leader may give.
VERDICTS = {"met": "meet", "partly_met": "meet_partly", "not_met": "not_meet"}


class EvidenceMissing(DomainError):
    """Evidence is at least a text that says what was done and what came of it."""


class VerdictIncomplete(DomainError):
    """A verdict is one of three, with its reasons; so is letting an obligation go."""


class NotAnEffort(DomainError):
    """Only the effort of a decision that was sent is followed."""


@transaction.atomic
def submit_evidence(
    obligation: Obligation,
    *,
    evidence: str,
    files: Sequence[NewFile] = (),
    by: "User",
    at: datetime,
) -> Obligation:
    """Say and show what was done; it does not change afterwards. Refusals: `EvidenceMissing`, `FileRefused`, `NotAnEffort`."""
    if not evidence.strip():
        raise EvidenceMissing("Schrijf op wat u deed en wat dat opleverde.")
    obligation = _lock(obligation)
    before = obligation.state
    obligation.state = OBLIGATION_WORKFLOW.target("submit_evidence", state=before)
    obligation.evidence, obligation.evidence_at, obligation.evidence_by = evidence.strip(), at, by
    obligation.save(update_fields=["state", "evidence", "evidence_at", "evidence_by"])
    for file in files:
        ObligationFile.objects.create(
            obligation=obligation, stored=keep_decision(file, by=by, at=at)
        )
    _record(obligation, "obligation_evidence_submitted", before, by=by, at=at)
    return obligation


@transaction.atomic
def judge_obligation(
    obligation: Obligation,
    *,
    verdict: str,
    reason: str,
    commission_view: str = "",
    by: "User",
    at: datetime,
) -> Obligation:
    """Whether the applicant did enough, and why. Refusals: `VerdictIncomplete`, `NotAnEffort`, `TransitionNotAllowed`."""
    if verdict not in VERDICTS or not reason.strip():
        raise VerdictIncomplete("Kies een oordeel en schrijf op waarom.")
    obligation = _lock(obligation)
    obligation.commission_view = commission_view.strip()
    return _settle(obligation, VERDICTS[verdict], "obligation_judged", reason, by=by, at=at)


@transaction.atomic
def waive_obligation(
    obligation: Obligation, *, reason: str, by: "User", at: datetime
) -> Obligation:
    """Ask for it no longer. Refusals: `VerdictIncomplete`, `NotAnEffort`, `TransitionNotAllowed`."""
    if not reason.strip():
        raise VerdictIncomplete("Schrijf op waarom de verplichting vervalt.")
    return _settle(_lock(obligation), "waive", "obligation_waived", reason, by=by, at=at)


@transaction.atomic
def open_evidence(file: ObligationFile, *, by: "User", at: datetime) -> StoredFile:
    """Hand out a file and record who took it. Refusal: `FileRefused`."""
    require_openable(file.stored)
    application = file.obligation.decision.application
    record_download(
        application,
        "obligation_file_opened",
        file.stored,
        about=f"Verplichting bij aanvraag {application}",
        actor=by,
        at=at,
    )
    return file.stored


def _lock(obligation: Obligation) -> Obligation:
    obligation = (
        Obligation.objects.select_for_update(of=("self",))
        .select_related("decision__application")
        .get(pk=obligation.pk)
    )
    sent = obligation.decision.announced_at is not None
    if obligation.kind != Obligation.Kind.EFFORT or not sent:
        raise NotAnEffort("Deze verplichting wordt niet gevolgd.")
    return obligation


def _settle(
    obligation: Obligation, transition: str, verb: str, reason: str, *, by: "User", at: datetime
) -> Obligation:
    before = obligation.state
    obligation.state = OBLIGATION_WORKFLOW.target(transition, state=before)
    obligation.verdict_reason = reason.strip()
    obligation.judged_at, obligation.judged_by = at, by
    obligation.save(
        update_fields=["state", "verdict_reason", "commission_view", "judged_at", "judged_by"]
    )
    _record(obligation, verb, before, by=by, at=at, reason=obligation.verdict_reason)
    return obligation


def _record(
    obligation: Obligation, verb: str, before: str, *, by: "User", at: datetime, reason: str = ""
) -> None:
    record(
        obligation.decision.application,
        verb,
        actor=by,
        at=at,
        reason=reason,
        obligation=obligation.pk,
        was=before,
        became=obligation.state,
    )
