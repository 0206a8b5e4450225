"""The decision on an objection as a later decision of `subsidies.act_kinds`."""

from kvk2.nlds.components import Detail
from kvk2.nlds.templatetags.nlds import euro
from subsidies.act_kinds import ActKind
from subsidies.models import Decision, Letter, Objection
from subsidies.services import objection_answers as services


def facts(decision: Decision) -> list[Detail]:
    objection = services.objection_of(decision)
    contested = objection.decision
    outcome = Objection.Outcome(decision.details["outcome"]).label
    rows = [
        Detail("Bezwaar", f"{objection.reference} van {objection.objector}"),
        Detail("Bestreden besluit", contested.reference),
        Detail("Beslissing", outcome),
    ]
    amount = services.new_amount_of(decision)
    if amount is not None:
        above = services.above_ceiling(contested, amount)
        rows += [
            Detail("Nieuw bedrag", f"{euro(amount)} (was {euro(contested.amount)})"),
            Detail(
                "Boven het plafond van toen", euro(above) if above else "niets: het past eronder"
            ),
        ]
    costs = services.costs_of(decision)
    if costs is not None:
        rows.append(Detail("Vergoeding van kosten", euro(costs)))
    return rows


ACT = ActKind(
    letter=lambda decision: Letter.Code.OBJECTION_DECISION,
    values=services.values,
    refuse=services.refuse,
    on_take=services.on_take,
    on_announce=services.on_announce,
    facts=facts,
)
