"""Decisions on the applications of a round (Awb 1:3, 4:23-4:37; domain reference 3.5).

They come from the locked allocation, one per application, and go together: drafted by a project leader,
checked by a second one, taken by the signer for the college in one transaction. Sending, and with it the
objection term, follows per letter (services/letters.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.documents import LetterContext, MissingElements, Signature
from subsidies.explanation import explain
from subsidies.facts import known
from subsidies.models import (
    AdvancePayment,
    AllocationResult,
    Application,
    CommissionAdvice,
    Criterion,
    Decision,
    Obligation,
    SubsidyRound,
)
from subsidies.motivation import Ground, RankingFacts, grounds_of, motivate
from subsidies.services.allocation_input import DIVIDED
from subsidies.services.continuity import (
    NOTHING,
    History,
    open_assessments,
    refuse_open,
    warned,
)
from subsidies.services.decision_guards import (
    DecisionsIncomplete,
    FourEyes,
    NoLockedRun,
    refuse_above_ceiling,
    refuse_incomplete,
    refuse_own_work,
    signing_mandate_of,
)
from subsidies.services.grant_terms import write_advances, write_obligations
from subsidies.services.letter_contexts import (
    advice_of,
    decision_context,
    deviates_from,
)
from subsidies.services.letters import DECISION_CODES, order_letter
from subsidies.services.refusals import refuse_unheard
from subsidies.services.scheme_terms import READ, grounds
from subsidies.services.state_aid import refuse_without_assessment
from subsidies.states import (
    ADVICE_WORKFLOW,
    APPLICATION_WORKFLOW,
    DECISION_WORKFLOW,
    ROUND_WORKFLOW,
    AllocationRunState,
    DecisionState,
)

if TYPE_CHECKING:
    from ikc.models import User

Kind = Decision.Kind
UNSIGNED = "(nog niet ondertekend)"
# What the second project leader ticks off (domain reference 3.5).
CHECKLIST: Mapping[str, str] = {
    "competence": "De ondertekenaar is bevoegd en het mandaat dekt de bedragen.",
    "term": "De besluiten vallen binnen de beslistermijn.",
    "reasons": "Elk besluit noemt zijn redenen en de regeling waarop het steunt.",
    "view": "Een zienswijze is gevraagd, of is niet nodig (Awb 4:7 en 4:12).",
    "interests": "Beoordelaars met een belang deden niet mee; uitzonderingen zijn vastgelegd.",
    "ceiling": "De bedragen passen samen binnen het subsidieplafond.",
    "state_aid": "De vraag naar staatssteun is beantwoord.",
    "continuity": "Bij drie of meer jaar eerdere subsidie is gekeken naar een redelijke termijn (Awb 4:51).",
}


class DecisionsExist(DomainError):
    """The round has its decisions, or drafts of them."""


class NothingToDecide(DomainError):
    """No decision of the round is in the state that this deed asks for."""


class ChecklistIncomplete(DomainError):
    """The legal check has points that nobody ticked off."""


class ReasonMissing(DomainError):
    """A draft is discarded with its reason."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Amounts in euros of the decisions that stand in a round."""

    ceiling: Decimal
    granted: Decimal
    decisions: int
    grants: int
    refusals: int
    # What won objections added: it comes on top of the ceiling (Awb 4:25(3)).
    by_objection: Decimal

    @property
    def free(self) -> Decimal:
        """Under the ceiling; never less than nothing because of a won objection."""
        return self.ceiling - self.granted + self.by_objection


def standing_decisions(round_: SubsidyRound) -> QuerySet[Decision]:
    """The decisions on the division of a round that count, with all that their letters and pages show."""
    return (
        Decision.objects.filter(application__round=round_)
        .filter(kind__in=(*Decision.GRANTS, Kind.REFUSAL))
        .exclude(state__in=[DecisionState.DISCARDED, DecisionState.REPLACED])
        .select_related(
            "application__round__scheme_version",
            "application__ikc",
            "application__board",
            "application__advice",
            "application__plan",
            "continuity",
            "replaces",
            "drafted_by",
            "checked_by",
            "taken_by",
            "signing_mandate",
        )
        .prefetch_related(
            Prefetch("obligations", Obligation.objects.order_by("order")),
            Prefetch("advances", AdvancePayment.objects.order_by("number")),
            "application__board__bank_accounts",
            *(f"application__round__scheme_version__{relation}" for relation in READ),
        )
        .order_by("application__number")
    )


def totals(round_: SubsidyRound, decisions: Sequence[Decision]) -> Totals:
    refusals = sum(decision.kind == Kind.REFUSAL for decision in decisions)
    return Totals(
        ceiling=round_.ceiling,
        granted=sum((decision.amount for decision in decisions), Decimal(0)),
        decisions=len(decisions),
        grants=len(decisions) - refusals,
        refusals=refusals,
        by_objection=sum((won_by_objection(decision) for decision in decisions), Decimal(0)),
    )


def won_by_objection(decision: Decision) -> Decimal:
    """What a decision gives more than the one that it took the place of after an objection, in euros."""
    earlier = decision.replaces
    if not decision.objection_reference or earlier is None:
        return Decimal(0)
    return max(decision.amount - earlier.amount, Decimal(0))


@transaction.atomic
def draft_decisions(round_: SubsidyRound, *, by: "User", at: datetime) -> list[Decision]:
    """One draft per application of the locked run that has none yet.

    Raises NoLockedRun, DecisionsExist, StateAidMissing, DeMinimisExceeded, or TransitionNotAllowed when the round is not advised.
    """
    round_ = _lock_round(round_)
    ROUND_WORKFLOW.target("decide", state=round_.state)
    run = round_.runs.filter(state=AllocationRunState.LOCKED).first()
    if run is None:
        raise NoLockedRun("Leg eerst een verdeling vast.")
    results = list(
        run.results.filter(application__state__in=DIVIDED)
        .exclude(application__in=standing_decisions(round_).values("application"))
        .select_related("application__advice", "application__ikc")
        .order_by("application__number")
    )
    if not results:
        raise DecisionsExist("Voor alle aanvragen van deze ronde staat er al een besluit klaar.")
    facts = RankingFacts.of(run.input, run.output)
    known_grounds = grounds(round_.scheme_version)
    versions = _versions([result.application_id for result in results])
    refuse_without_assessment(
        {result.application: result.granted for result in results}, day=local_date(at)
    )
    earlier = warned(round_, [result.application for result in results])
    decisions = Decision.objects.bulk_create(
        [
            _draft(result, facts, versions, known_grounds, earlier, by=by, at=at)
            for result in results
        ]
    )
    open_assessments(round_, decisions)
    write_obligations(decisions, round_)
    write_advances(decisions, round_, today=local_date(at))
    for decision in decisions:
        record(decision, "decision_drafted", actor=by, at=at, after=decision.state)
    return decisions


@transaction.atomic
def edit_motivation(decision: Decision, *, motivation: str, by: "User", at: datetime) -> Decision:
    """The project leader words the reasons; amounts and grounds stay those of the run."""
    decision = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    if decision.state != DecisionState.DRAFT:
        raise DecisionsIncomplete("De motivering kan veranderen zolang het besluit een concept is.")
    if not motivation.strip():
        raise ReasonMissing("Een besluit heeft een motivering (artikel 3:46 Awb).")
    decision.motivation = motivation.strip()
    decision.save(update_fields=["motivation"])
    record(
        decision, "decision_changed", actor=by, at=at, before=decision.state, after=decision.state
    )
    return decision


@transaction.atomic
def send_to_check(round_: SubsidyRound, *, by: "User", at: datetime) -> list[Decision]:
    """Hand the drafts to the second project leader. Raises NothingToDecide, ContinuityOpen, ViewMissing or MissingElements."""
    round_ = _lock_round(round_)
    decisions = _locked_in_state(round_, DecisionState.DRAFT)
    refuse_open(decisions)
    refuse_unheard(decisions)
    criteria = _criteria(round_)
    problems = [
        f"{decision.application.number}: {', '.join(missing)}."
        for decision in decisions
        if (missing := _context(decision, criteria, at=at).missing_elements())
    ]
    if problems:
        raise MissingElements(f"Nog niet alle brieven zijn compleet. {' '.join(problems)}")
    _move(decisions, "check", "decision_sent_to_check", by=by, at=at)
    return decisions


@transaction.atomic
def approve_decisions(
    round_: SubsidyRound, *, checklist: Sequence[str], by: "User", at: datetime
) -> list[Decision]:
    """The second project leader finds them in order. Raises ChecklistIncomplete, FourEyes or NothingToDecide."""
    round_ = _lock_round(round_)
    if missing := [text for code, text in CHECKLIST.items() if code not in checklist]:
        raise ChecklistIncomplete(f"Controleer ook: {missing[0]}")
    decisions = _locked_in_state(round_, DecisionState.LEGAL_CHECK)
    if any(decision.drafted_by_id == by.pk for decision in decisions):
        raise FourEyes("Wie de besluiten opstelt, toetst ze niet. Vraag een andere projectleider.")
    for decision in decisions:
        decision.checked_by, decision.checked_at = by, at
    _move(
        decisions,
        "approve",
        "decision_approved",
        "checked_by",
        "checked_at",
        by=by,
        at=at,
        checklist=list(checklist),
    )
    return decisions


@transaction.atomic
def discard_decision(decision: Decision, *, reason: str, by: "User", at: datetime) -> Decision:
    """Give up a decision that was not taken, so that a new draft can be made. Raises ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing("Vul in waarom dit conceptbesluit vervalt.")
    _lock_round(decision.application.round)
    decision = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    before = decision.state
    decision.state = DECISION_WORKFLOW.target("discard", state=before)
    decision.save(update_fields=["state"])
    record(
        decision,
        "decision_discarded",
        actor=by,
        at=at,
        before=before,
        after=decision.state,
        reason=reason.strip(),
    )
    return decision


@transaction.atomic
def take_decisions(round_: SubsidyRound, *, by: "User", at: datetime) -> list[Decision]:
    """The college decides on the whole round at once: all of it, or nothing.

    Raises DecisionsIncomplete, FourEyes, ContinuityOpen, ViewMissing, StateAidMissing, DeMinimisExceeded, NoMandate, CeilingExceeded, MissingElements, or
    TransitionNotAllowed when the round was decided already.
    """
    round_ = _lock_round(round_)
    target = ROUND_WORKFLOW.target("decide", state=round_.state)
    applications = _lock_applications(round_)
    decisions = list(standing_decisions(round_).select_for_update(of=("self",)))
    refuse_incomplete(round_, applications, decisions)
    refuse_own_work(decisions, by)
    refuse_open(decisions)
    refuse_unheard(decisions)
    refuse_without_assessment(
        {decision.application: decision.amount for decision in decisions}, day=local_date(at)
    )
    mandate = signing_mandate_of(by, decisions, day=local_date(at))
    granted = totals(round_, decisions).granted
    refuse_above_ceiling(round_, decisions, granted)
    for decision in decisions:
        decision.taken_by, decision.taken_at, decision.signing_mandate = by, at, mandate
    written = ("taken_by", "taken_at", "signing_mandate")
    _move(decisions, "take", "decision_taken", *written, by=by, at=at, mandate=mandate.number)
    _decide_applications(decisions, by=by, at=at)
    _order_letters(decisions, _criteria(round_), at=at)
    _settle_advice(decisions, at=at)
    before, round_.state = round_.state, target
    round_.save(update_fields=["state"])
    record(round_, "round_decided", actor=by, at=at, before=before, after=target, granted=granted)
    return decisions


def preview_context(decision: Decision, *, at: datetime) -> LetterContext:
    """The letter of a decision as it would read today."""
    return _context(decision, _criteria(decision.application.round), at=at)


def _draft(
    result: AllocationResult,
    facts: RankingFacts,
    versions: Mapping[int, int],
    known_grounds: Mapping[str, Ground],
    earlier: Mapping[int, History],
    *,
    by: "User",
    at: datetime,
) -> Decision:
    application = result.application
    years = earlier.get(application.ikc_id, NOTHING).years
    return Decision(
        application=application,
        kind=Kind(result.outcome),
        reference=f"{application.number}-B{versions.get(application.pk, 0) + 1}",
        amount=result.granted,
        grounds=grounds_of(result, facts),
        motivation=motivate(result, facts, known_grounds),
        ceiling_snapshot=facts.snapshot(result)
        | {"explanation": explain(result, facts, years).as_json()},
        drafted_by=by,
        drafted_at=at,
    )


def _versions(application_ids: Sequence[int]) -> dict[int, int]:
    """How many decisions each application had; a discarded one keeps its reference."""
    counts: dict[int, int] = {}
    rows = Decision.objects.filter(application__in=application_ids)
    for pk in rows.values_list("application_id", flat=True):
        counts[pk] = counts.get(pk, 0) + 1
    return counts


def _context(decision: Decision, criteria: Sequence[Criterion], *, at: datetime) -> LetterContext:
    """The letter; an unsigned draft names who still has to sign, so that nothing else can hide behind it."""
    if decision.taken_by is None:
        signature = Signature(
            name=UNSIGNED, function="ondertekenaar", mandate=UNSIGNED, signed_at=at
        )
    else:
        signature = Signature(
            name=decision.taken_by.full_name,
            function=decision.taken_by.job_title,
            mandate=known(decision.signing_mandate).number,
            signed_at=known(decision.taken_at),
        )
    return decision_context(decision, criteria=criteria, signature=signature, at=at)


def _decide_applications(decisions: Sequence[Decision], *, by: "User", at: datetime) -> None:
    for decision in decisions:
        application = decision.application
        before = application.state
        application.state = APPLICATION_WORKFLOW.target("decide", state=before)
        application.granted_amount = decision.amount
        record(
            application,
            "application_decided",
            actor=by,
            at=at,
            before=before,
            after=application.state,
            kind=decision.kind,
            amount=decision.amount,
        )
    Application.objects.bulk_update(
        [decision.application for decision in decisions], ["state", "granted_amount"], 500
    )


def _order_letters(
    decisions: Sequence[Decision], criteria: Sequence[Criterion], *, at: datetime
) -> None:
    for decision in decisions:
        context = _context(decision, criteria, at=at)
        if missing := context.missing_elements():
            raise MissingElements(
                f"De brief bij {decision.reference} is niet compleet: {', '.join(missing)}."
            )
        order_letter(
            DECISION_CODES[Kind(decision.kind)],
            decision.application,
            context.as_dict(),
            decision=decision,
            at=at,
        )


def _settle_advice(decisions: Sequence[Decision], *, at: datetime) -> None:
    """Record whether each advice was followed (Awb 3:50)."""
    settled = []
    for decision in decisions:
        advice = advice_of(decision.application)
        if advice is None:
            continue
        before = advice.state
        verb = "deviate" if deviates_from(advice, decision) else "follow"
        advice.state = ADVICE_WORKFLOW.target(verb, state=before)
        record(advice, "advice_settled", actor=None, at=at, before=before, after=advice.state)
        settled.append(advice)
    CommissionAdvice.objects.bulk_update(settled, ["state"], 500)


def _lock_round(round_: SubsidyRound) -> SubsidyRound:
    return SubsidyRound.objects.select_for_update(of=("self",)).get(pk=round_.pk)


def _lock_applications(round_: SubsidyRound) -> dict[int, Application]:
    rows = round_.applications.select_for_update(of=("self",)).filter(state__in=DIVIDED)
    return {application.pk: application for application in rows.order_by("pk")}


def _locked_in_state(round_: SubsidyRound, state: str) -> list[Decision]:
    decisions = list(standing_decisions(round_).select_for_update(of=("self",)).filter(state=state))
    if not decisions:
        label = DecisionState(state).label
        raise NothingToDecide(f"Er zijn geen besluiten met de status ‘{label}’.")
    return decisions


def _criteria(round_: SubsidyRound) -> list[Criterion]:
    return list(round_.criteria.order_by("order"))


def _move(
    decisions: Sequence[Decision],
    transition: str,
    verb: str,
    *written: str,
    by: "User",
    at: datetime,
    **data: Any,
) -> None:
    for decision in decisions:
        before = decision.state
        decision.state = DECISION_WORKFLOW.target(transition, state=before)
        record(decision, verb, actor=by, at=at, before=before, after=decision.state, **data)
    Decision.objects.bulk_update(decisions, ["state", *written], 500)
