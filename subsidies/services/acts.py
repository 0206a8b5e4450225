"""Later decisions in a case: an advance, an amendment, a revocation, a determination, a recovery, an answer to an objection.

Each goes the same way as a decision of a round, but alone: drafted by a project leader, checked by a second one, taken
by a signer with a mandate (domain reference 3.5, rule G2). What the law asks of one kind is in `subsidies/act_kinds.py`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.act_kinds import act_of
from subsidies.models import Application, Decision, Grant
from subsidies.services.decision_guards import FourEyes, mandate_up_to
from subsidies.services.decisions import ChecklistIncomplete, ReasonMissing
from subsidies.services.standard_letters import order_standard_letter, standard_context
from subsidies.states import DECISION_WORKFLOW, DecisionState

if TYPE_CHECKING:
    from ikc.models import User

# What the second project leader ticks off for one decision (domain reference 3.5).
CHECKLIST: Mapping[str, str] = {
    "competence": "De ondertekenaar is bevoegd en het mandaat dekt het bedrag.",
    "term": "Het besluit valt binnen de termijn die de wet of de regeling stelt.",
    "facts": "De feiten en de bedragen kloppen met het dossier.",
    "reasons": "Het besluit noemt zijn redenen en de artikelen waarop het steunt.",
    "view": "Een zienswijze is gevraagd, of is niet nodig (Awb 4:7, 4:8 en 4:12).",
    "weighed": "De gevolgen voor de ontvanger zijn niet zwaarder dan nodig (Awb 3:4).",
}


class ActOpen(DomainError):
    """Such a decision is being prepared already."""

    code = "ACT_OPEN"


@transaction.atomic
def draft_act(
    application: Application,
    kind: str,
    *,
    amount: Decimal,
    motivation: str,
    details: Mapping[str, Any] | None = None,
    grant: Grant | None = None,
    replaces: Decision | None = None,
    by: "User",
    at: datetime,
) -> Decision:
    """A draft of one later decision. `amount` in euros; `details` are the facts that its kind lays down, as JSON.

    Refusals: `ReasonMissing`, `ActOpen`, and those of the kind.
    """
    application = _lock(application)
    if not motivation.strip():
        raise ReasonMissing("Een besluit heeft een motivering (artikel 3:46 Awb).")
    if application.decisions.filter(kind=kind, state__in=UNTAKEN).exists():
        label = Decision.Kind(kind).label
        raise ActOpen(f"Er ligt al een concept van een besluit met de soort ‘{label}’.")
    decision = Decision(
        application=application,
        kind=kind,
        grant=grant,
        replaces=replaces,
        details=dict(details or {}),
        reference=f"{application.number}-B{application.decisions.count() + 1}",
        amount=amount,
        motivation=motivation.strip(),
        drafted_by=by,
        drafted_at=at,
    )
    act_of(kind).refuse(decision, at)
    decision.save()
    record(decision, "decision_drafted", actor=by, at=at, after=decision.state)
    return decision


@transaction.atomic
def edit_act(decision: Decision, *, motivation: str, by: "User", at: datetime) -> Decision:
    """Other words for the reasons of a draft. Refusals: `ReasonMissing`, `TransitionNotAllowed`."""
    decision = _locked(decision)
    DECISION_WORKFLOW.target("check", state=decision.state)
    if not motivation.strip():
        raise ReasonMissing("Een besluit heeft een motivering (artikel 3:46 Awb).")
    decision.motivation = motivation.strip()
    decision.save(update_fields=["motivation"])
    record(decision, "decision_changed", actor=by, at=at, after=decision.state)
    return decision


@transaction.atomic
def send_act_to_check(decision: Decision, *, by: "User", at: datetime) -> Decision:
    """Hand the draft to the second project leader. Refusals: `MissingElements`, and those of the kind."""
    decision = _locked(decision)
    act = act_of(decision.kind)
    act.refuse(decision, at)
    standard_context(
        act.letter(decision),
        decision.application,
        act.values(decision, at),
        decision=decision,
        at=at,
    ).require_complete()
    return _move(decision, "check", "decision_sent_to_check", by=by, at=at)


@transaction.atomic
def approve_act(
    decision: Decision, *, checklist: Sequence[str], by: "User", at: datetime
) -> Decision:
    """The second project leader finds it in order. Refusals: `ChecklistIncomplete`, `FourEyes`."""
    decision = _locked(decision)
    if missing := [text for code, text in CHECKLIST.items() if code not in checklist]:
        raise ChecklistIncomplete(f"Controleer ook: {missing[0]}")
    if decision.drafted_by_id == by.pk:
        raise FourEyes("Wie het besluit opstelt, toetst het niet. Vraag een andere projectleider.")
    decision.checked_by, decision.checked_at = by, at
    return _move(
        decision,
        "approve",
        "decision_approved",
        "checked_by",
        "checked_at",
        by=by,
        at=at,
        checklist=list(checklist),
    )


@transaction.atomic
def take_act(decision: Decision, *, by: "User", at: datetime) -> Decision:
    """The college decides, and the letter is ordered; it takes effect when that is announced (Awb 3:40).

    Refusals: `FourEyes`, `NoMandate`, `MissingElements`, `TransitionNotAllowed`, and those of the kind.
    """
    decision = _locked(decision)
    act = act_of(decision.kind)
    DECISION_WORKFLOW.target("take", state=decision.state)
    if by.pk in (decision.drafted_by_id, decision.checked_by_id):
        raise FourEyes("Wie een besluit opstelt of toetst, ondertekent het niet.")
    act.refuse(decision, at)
    decision.signing_mandate = mandate_up_to(by, decision.amount, day=local_date(at))
    decision.taken_by, decision.taken_at = by, at
    written = ("taken_by", "taken_at", "signing_mandate")
    number = decision.signing_mandate.number
    decision = _move(decision, "take", "decision_taken", *written, by=by, at=at, mandate=number)
    act.on_take(decision, by=by, at=at)
    order_standard_letter(
        act.letter(decision),
        decision.application,
        act.values(decision, at),
        decision=decision,
        at=at,
    )
    return decision


@transaction.atomic
def discard_act(decision: Decision, *, reason: str, by: "User", at: datetime) -> Decision:
    """Give up a decision that was not taken. Refusals: `ReasonMissing`, `TransitionNotAllowed`."""
    if not reason.strip():
        raise ReasonMissing("Vul in waarom dit conceptbesluit vervalt.")
    decision = _locked(decision)
    return _move(decision, "discard", "decision_discarded", by=by, at=at, reason=reason.strip())


UNTAKEN = (DecisionState.DRAFT, DecisionState.LEGAL_CHECK, DecisionState.READY)


def _lock(application: Application) -> Application:
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("round__scheme_version", "ikc", "board")
        .get(pk=application.pk)
    )


def _locked(decision: Decision) -> Decision:
    """The row itself, after its application: every deed in a case takes its locks in this order."""
    application = _lock(decision.application)
    decision = (
        Decision.objects.select_for_update(of=("self",))
        .select_related("grant", "taken_by", "drafted_by")
        .get(pk=decision.pk)
    )
    decision.application = application
    return decision


def _move(
    decision: Decision,
    transition: str,
    verb: str,
    *written: str,
    by: "User",
    at: datetime,
    **data: Any,
) -> Decision:
    before = decision.state
    decision.state = DECISION_WORKFLOW.target(transition, state=before)
    decision.save(update_fields=["state", *written])
    record(decision, verb, actor=by, at=at, before=before, after=decision.state, **data)
    return decision
