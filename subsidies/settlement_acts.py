"""The determination and the recovery among the later decisions: where their law is, and what their pages tell."""

from decimal import Decimal

from kvk2.core.capitals import upper_first
from kvk2.core.money import format_amount
from kvk2.nlds.components import Detail
from subsidies.act_kinds import ActKind
from subsidies.lowering import GROUNDS
from subsidies.models import Decision, Letter
from subsidies.services import determinations, recoveries


def _determined(decision: Decision) -> list[Detail]:
    details = decision.details
    rows = [
        Detail("Verleend", format_amount(Decimal(details["granted"]))),
        Detail("Betaalde voorschotten", format_amount(Decimal(details["advances"]))),
        Detail("Berekening", details["calculation"]),
    ]
    if details["ground"]:
        ground = GROUNDS[details["ground"]]
        rows.append(Detail("Waarom lager", f"{upper_first(ground.text)} ({ground.article})"))
    if details["proportionality"]:
        rows.append(Detail("Waarom passend", details["proportionality"]))
    return rows


def _claimed(decision: Decision) -> list[Detail]:
    recovery = recoveries.recovery_of(decision)
    return [
        Detail("Vaststelling", recovery.determination.reference),
        Detail("Betaalde voorschotten", format_amount(recovery.advanced)),
        Detail("Vastgesteld", format_amount(recovery.determination.amount)),
    ]


DETERMINATION = ActKind(
    letter=determinations.letter_of,
    values=determinations.values_of,
    refuse=determinations.refuse,
    on_announce=determinations.announce,
    facts=_determined,
)
RECOVERY = ActKind(
    letter=lambda decision: Letter.Code.RECOVERY,
    values=recoveries.values_of,
    refuse=recoveries.refuse,
    on_take=recoveries.take,
    on_announce=recoveries.announce,
    facts=_claimed,
)
