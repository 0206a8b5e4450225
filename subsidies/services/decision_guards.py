"""What the college may not sign: somebody's own work, half a round, more than the ceiling, or without the law's checks."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from kvk2.core.errors import DomainError
from kvk2.core.money import format_amount
from subsidies.models import AllocationRun, Application, Decision, SigningMandate, SubsidyRound
from subsidies.services.continuity import above_division
from subsidies.states import AllocationRunState, DecisionState

if TYPE_CHECKING:
    from ikc.models import User


class NoLockedRun(DomainError):
    """Decisions stand on a division that was locked."""


class FourEyes(DomainError):
    """Somebody would check or take what they drafted themselves (rule G2)."""


class NoMandate(DomainError):
    """No signing mandate on this day, or not up to this amount (Awb 10:10)."""


class CeilingExceeded(DomainError):
    """Together the grants would go over the ceiling (Awb 4:25)."""


class DecisionsIncomplete(DomainError):
    """An application has no decision that is ready, or has one that no longer fits."""


def refuse_incomplete(
    round_: SubsidyRound, applications: Mapping[int, Application], decisions: Sequence[Decision]
) -> None:
    """Every application that waits has one decision that is ready, with the amount of the locked run."""
    run = AllocationRun.objects.filter(round=round_, state=AllocationRunState.LOCKED).first()
    if run is None:
        raise NoLockedRun("Er is geen vastgelegde verdeling.")
    amounts = dict(run.results.values_list("application_id", "granted"))
    on_top = above_division(decisions)
    decided = {decision.application_id for decision in decisions}
    if missing := [row.number for pk, row in applications.items() if pk not in decided]:
        raise DecisionsIncomplete(f"Er is nog geen besluit over {', '.join(missing)}.")
    for decision in decisions:
        number = decision.application.number
        if decision.application_id not in applications:
            raise DecisionsIncomplete(
                f"Aanvraag {number} is ingetrokken. Laat het conceptbesluit eerst vervallen."
            )
        if decision.state != DecisionState.READY:
            raise DecisionsIncomplete(f"Het besluit over {number} is nog niet getoetst.")
        if decision.amount - on_top.get(decision.pk, 0) != amounts.get(decision.application_id):
            raise DecisionsIncomplete(f"Het besluit over {number} wijkt af van de verdeling.")


def refuse_above_ceiling(
    round_: SubsidyRound, decisions: Sequence[Decision], granted: Decimal
) -> None:
    """What Awb 4:51 asks for comes on top of the ceiling; nothing else does."""
    divided = granted - sum(above_division(decisions).values(), Decimal(0))
    if divided > round_.ceiling:
        raise CeilingExceeded(
            f"Samen is er {format_amount(divided)} verleend. Het plafond is {format_amount(round_.ceiling)}."
        )


def refuse_own_work(decisions: Sequence[Decision], by: "User") -> None:
    if any(by.pk in (decision.drafted_by_id, decision.checked_by_id) for decision in decisions):
        raise FourEyes("Wie een besluit opstelt of toetst, ondertekent het niet.")


def signing_mandate_of(by: "User", decisions: Sequence[Decision], *, day: date) -> SigningMandate:
    """The widest mandate of the signer that is in force on `day`. Raises NoMandate."""
    highest = max((decision.amount for decision in decisions), default=Decimal(0))
    return mandate_up_to(by, highest, day=day)


def mandate_up_to(by: "User", highest: Decimal, *, day: date) -> SigningMandate:
    """The same, for a decision of `highest` euros."""
    mandate = (
        SigningMandate.objects.active_on(day).filter(user=by).order_by("-max_amount", "pk").first()
    )
    if mandate is None:
        raise NoMandate("U hebt op dit moment geen ondertekeningsmandaat.")
    if highest > mandate.max_amount:
        raise NoMandate(
            f"Uw mandaat gaat tot en met {format_amount(mandate.max_amount)}. "
            f"Er is een besluit van {format_amount(highest)}."
        )
    return mandate
