"""The separate decision on an advance, as one of the later decisions in a case; its law is in `services.advances`."""

from kvk2.nlds.components import Detail
from kvk2.nlds.templatetags.nlds import dutch_date, euro
from subsidies.act_kinds import ActKind
from subsidies.models import Decision, Letter
from subsidies.services import advances


def _facts(decision: Decision) -> list[Detail]:
    return [
        Detail("Voorschot", euro(decision.amount)),
        Detail("Betalen uiterlijk op", dutch_date(advances.pay_on(decision))),
    ]


ADVANCE = ActKind(
    letter=lambda decision: Letter.Code.ADVANCE,
    values=advances.letter_values,
    refuse=advances.refuse_advance,
    on_announce=advances.pay_advance,
    facts=_facts,
)
