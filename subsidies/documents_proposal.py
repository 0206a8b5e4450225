"""The proposal to the college: every decision of a round beside what was asked and advised, and the sum beside the ceiling."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from kvk2.core.documents import Frozen, Municipality
from subsidies.documents import Addressee, letter_pdf


@dataclass(frozen=True, slots=True)
class ProposedDecision(Frozen):
    """One line. Amounts in euros; `advised` None when nobody advised an amount."""

    reference: str
    ikc: str
    board: str
    decision: str  # as printed: "verlening", "gedeeltelijke verlening", "weigering"
    requested: Decimal
    amount: Decimal
    conclusion: str = ""  # of the advice, as printed
    advised: Decimal | None = None
    deviation: str = ""  # why the advice is not followed (Awb 3:50)
    effort: str = ""  # the duty to make an effort, when there is one


@dataclass(frozen=True, slots=True)
class ProposalContext(Frozen):
    """What the college decides on."""

    municipality: Municipality
    addressee: Addressee
    reference: str
    round_title: str
    scheme: str
    number: int
    ceiling: Decimal
    above_ceiling: Decimal  # for the rest of a reasonable term (Awb 4:51(2))
    method: str
    decisions: tuple[ProposedDecision, ...]
    drafted_by: str
    made_at: datetime
    demo: bool = False

    @property
    def requested(self) -> Decimal:
        return sum((row.requested for row in self.decisions), Decimal(0))

    @property
    def granted(self) -> Decimal:
        return sum((row.amount for row in self.decisions), Decimal(0))

    @property
    def free(self) -> Decimal:
        """What is left of the ceiling."""
        return self.ceiling + self.above_ceiling - self.granted

    @property
    def grants(self) -> int:
        return sum(row.amount > 0 for row in self.decisions)

    @property
    def refusals(self) -> int:
        return len(self.decisions) - self.grants

    @property
    def deviations(self) -> tuple[ProposedDecision, ...]:
        """The lines on which the advice of the commission is not followed."""
        return tuple(row for row in self.decisions if row.deviation)

    @property
    def efforts(self) -> tuple[ProposedDecision, ...]:
        return tuple(row for row in self.decisions if row.effort)


def render_proposal(proposal: ProposalContext) -> bytes:
    """The PDF of the proposal."""
    return letter_pdf(
        "subsidies/pdf/proposal.html", proposal, {"letter": proposal}, created=proposal.made_at
    )
