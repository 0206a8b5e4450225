"""Changing the ceiling of a published round: a dated decision with a publication of its own (Awb 4:27, 4:28).

`SubsidyRound.ceiling` is the ceiling that counts. Because a lowering is refused while it would not touch the
applications that were filed, one ceiling counts for all of them; `subsidies.allocation.applicable_ceiling` says which.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.money import format_amount
from subsidies.allocation import applicable_ceiling
from subsidies.models import AllocationRun, CeilingChange, SubsidyRound
from subsidies.services.round_content import lock_round
from subsidies.states import FILED, AllocationRunState, RoundState

if TYPE_CHECKING:
    from ikc.models import User

# From the publication until the division is locked.
CHANGEABLE = (
    RoundState.PUBLISHED,
    RoundState.OPEN,
    RoundState.CLOSED,
    RoundState.ASSESSING,
    RoundState.ADVISED,
)


class CeilingNotChangeable(DomainError):
    """The ceiling cannot change in this state, or not any more."""

    code = "CEILING_NOT_CHANGEABLE"


class CeilingChangeIncomplete(DomainError):
    """The decision, its publication, its reason or an amount cannot be right."""

    code = "CEILING_CHANGE_INCOMPLETE"


class LoweringTouchesApplicants(DomainError):
    """Awb 4:27(2): a lowering does not touch who had filed, unless all conditions of 4:28 hold."""

    code = "LOWERING_TOUCHES_APPLICANTS"


@dataclass(frozen=True, slots=True, kw_only=True)
class CeilingDecision:
    """What the college decided. Amounts in euros; `parts` by the code of the part of the ceiling."""

    new_amount: Decimal
    decision_number: str
    decided_on: date
    publication_reference: str
    published_on: date
    reason: str
    filed_before_budget: bool = False
    follows_from_budget: bool = False
    parts: Mapping[str, Decimal] = field(default_factory=dict)


@transaction.atomic
def change_ceiling(
    round_: SubsidyRound, decision: CeilingDecision, *, by: "User | None", at: datetime
) -> CeilingChange:
    """Record the decision; from here on the new ceiling counts.

    Refusals: `CeilingNotChangeable`, `CeilingChangeIncomplete`, `LoweringTouchesApplicants`.
    """
    round_ = lock_round(round_)
    _require_changeable(round_)
    _require_complete(round_, decision, at)
    _require_no_harm(round_, decision)
    old = round_.ceiling
    change = CeilingChange.objects.create(
        round=round_,
        old_amount=old,
        new_amount=decision.new_amount,
        parts={code: str(amount) for code, amount in decision.parts.items()},
        decision_number=decision.decision_number.strip(),
        decided_on=decision.decided_on,
        publication_reference=decision.publication_reference.strip(),
        published_on=decision.published_on,
        filed_before_budget=decision.filed_before_budget,
        follows_from_budget=decision.follows_from_budget,
        reason=decision.reason.strip(),
        changed_at=at,
        changed_by=by,
    )
    for part in round_.sub_ceilings.filter(code__in=decision.parts).order_by("pk"):
        part.amount = decision.parts[part.code]
        part.save(update_fields=["amount"])
    round_.ceiling = decision.new_amount
    round_.save(update_fields=["ceiling"])
    record(
        round_,
        "ceiling_changed",
        actor=by,
        at=at,
        reason=change.reason,
        changes=[["Subsidieplafond", format_amount(old), format_amount(change.new_amount)]],
        decision=change.decision_number,
        publication=change.publication_reference,
    )
    return change


def _require_changeable(round_: SubsidyRound) -> None:
    if round_.state not in CHANGEABLE:
        raise CeilingNotChangeable(
            "Het plafond kan alleen veranderen tussen de publicatie en het vastleggen van de verdeling."
        )
    locked = AllocationRun.objects.filter(round=round_, state=AllocationRunState.LOCKED)
    if locked.exists():
        raise CeilingNotChangeable(
            "De verdeling is vastgelegd. Het plafond kan niet meer veranderen."
        )


def _require_complete(round_: SubsidyRound, decision: CeilingDecision, at: datetime) -> None:
    known = {part.code: part.amount for part in round_.sub_ceilings.all()}
    total = sum({**known, **decision.parts}.values(), Decimal(0))
    checks = (
        (decision.new_amount > 0, "Het nieuwe plafond is hoger dan nul."),
        (decision.new_amount != round_.ceiling, "Dit is al het plafond van de ronde."),
        (decision.decision_number.strip(), "Vul het nummer van het collegebesluit in."),
        (decision.publication_reference.strip(), "Vul de vindplaats van de publicatie in."),
        (decision.reason.strip(), "Schrijf op waarom het plafond verandert."),
        (decision.decided_on <= local_date(at), "De datum van het besluit ligt in de toekomst."),
        (decision.published_on <= local_date(at), "De datum van publicatie ligt in de toekomst."),
        (decision.published_on >= decision.decided_on, "De publicatie ligt vóór het besluit."),
        (set(decision.parts) <= set(known), "Dit deelplafond hoort niet bij de ronde."),
        (
            all(amount > 0 for amount in decision.parts.values()),
            "Een deelplafond is hoger dan nul.",
        ),
        (
            total <= decision.new_amount,
            f"De deelplafonds zijn samen {format_amount(total)}. Dat is meer dan het nieuwe plafond.",
        ),
    )
    for holds, sentence in checks:
        if not holds:
            raise CeilingChangeIncomplete(sentence)


def _require_no_harm(round_: SubsidyRound, decision: CeilingDecision) -> None:
    """Who had filed is judged against the ceiling as it was, so that a lowering needs everything of Awb 4:28."""
    filed = round_.applications.filter(state__in=FILED).count()
    if not filed:
        return
    counts = applicable_ceiling(
        round_.ceiling,
        decision.new_amount,
        filed_before_change=True,
        filed_before_budget=decision.filed_before_budget,
        follows_from_budget=decision.follows_from_budget,
        budget_warning_published=round_.budget_warning_published,
    )
    if counts != decision.new_amount:
        raise LoweringTouchesApplicants(
            f"Er {'is' if filed == 1 else 'zijn'} al {filed} {'aanvraag' if filed == 1 else 'aanvragen'} ingediend. "
            "Verlagen kan dan alleen als aanvragen moest vóór het vaststellen van de begroting, de verlaging daaruit "
            "volgt, en de publicatie van de ronde ervoor waarschuwde (artikel 4:28 Awb)."
        )
