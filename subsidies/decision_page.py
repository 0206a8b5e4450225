"""What the pages of decisions show: the bundle of a round with its next deed, and one decision."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property

from django.db.models import Q, QuerySet
from django.utils import timezone

from ikc.models import User
from ikc.roles import Role
from subsidies.models import (
    AllocationRun,
    Decision,
    Letter,
    Obligation,
    SigningMandate,
    SubsidyRound,
)
from subsidies.services.decisions import (
    CHECKLIST,
    Totals,
    standing_decisions,
    totals,
)
from subsidies.services.letters import DECISION_CODES
from subsidies.states import AllocationRunState, DecisionState, RoundState

# The way of a bundle; the page shows where it is.
STEPS = (
    (DecisionState.DRAFT, "Opstellen"),
    (DecisionState.LEGAL_CHECK, "Juridische toets"),
    (DecisionState.READY, "Besluiten nemen"),
    (DecisionState.TAKEN, "Brieven maken"),
    (DecisionState.SENT, "Bekendgemaakt"),
)
SENT = (
    DecisionState.SENT,
    DecisionState.FINAL,
    DecisionState.CONTESTED,
    DecisionState.UPHELD,
)


class BundlePage:
    """Reads of the decisions of one round for one reader; each is asked at most once."""

    def __init__(self, round_: SubsidyRound, user: User, wishes: Mapping[str, str]) -> None:
        self.round, self.user = round_, user
        self.search = wishes.get("zoek", "").strip()
        self.kind = wishes.get("besluit", "")
        self.kinds = Decision.Kind.choices

    @cached_property
    def decisions(self) -> list[Decision]:
        return list(standing_decisions(self.round))

    @cached_property
    def rows(self) -> QuerySet[Decision]:
        rows = (
            Decision.objects.visible_to(self.user)
            .filter(application__round=self.round)
            .exclude(state=DecisionState.REPLACED)
            .select_related("application__ikc")
        )
        if self.search:
            rows = rows.filter(
                Q(reference__icontains=self.search)
                | Q(application__ikc__name__icontains=self.search)
            )
        if self.kind in Decision.Kind.values:
            rows = rows.filter(kind=self.kind)
        return rows.order_by("application__number")

    @property
    def filtered(self) -> bool:
        return bool(self.search or self.kind)

    @cached_property
    def totals(self) -> Totals:
        return totals(self.round, self.decisions)

    @cached_property
    def states(self) -> dict[str, int]:
        states = [decision.state for decision in self.decisions]
        return {state: states.count(state) for state in dict.fromkeys(states)}

    def _count(self, *states: str) -> int:
        return sum(self.states.get(state, 0) for state in states)

    @property
    def drafts(self) -> int:
        return self._count(DecisionState.DRAFT)

    @property
    def in_check(self) -> int:
        return self._count(DecisionState.LEGAL_CHECK)

    @property
    def ready(self) -> int:
        return self._count(DecisionState.READY)

    @property
    def taken(self) -> int:
        """Taken, the letter still to be made or posted."""
        return self._count(DecisionState.TAKEN)

    @property
    def sent(self) -> int:
        return self._count(*SENT)

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Label and state (done, current, todo) of each step; the first with decisions in it is current."""
        counts = [self.drafts, self.in_check, self.ready, self.taken, self.sent]
        current = next((place for place, count in enumerate(counts) if count), 0)
        return [
            (label, "done" if place < current else "current" if place == current else "todo")
            for place, (_, label) in enumerate(STEPS)
        ]

    @cached_property
    def run(self) -> AllocationRun | None:
        return self.round.runs.filter(state=AllocationRunState.LOCKED).first()

    @property
    def first_in_check(self) -> Decision | None:
        return next((row for row in self.decisions if row.state == DecisionState.LEGAL_CHECK), None)

    @cached_property
    def may_draft(self) -> bool:
        undecided = self.run is not None and not self.decisions
        return undecided and self.user.has_perm("subsidies.draft_decisions", self.round)

    @cached_property
    def may_draft_rest(self) -> bool:
        """Some drafts were discarded; a new one can be made for those."""
        if self.run is None or not self.decisions or self.round.state != RoundState.ADVISED:
            return False
        short = len(self.run.output["results"]) > len(self.decisions)
        return short and self.user.has_perm("subsidies.draft_decisions", self.round)

    @cached_property
    def may_check(self) -> bool:
        return bool(self.drafts) and self.user.has_perm("subsidies.check_decisions", self.round)

    @cached_property
    def may_approve(self) -> bool:
        return self.user.has_perm("subsidies.approve_decision", self.first_in_check)

    @property
    def waits_for_colleague(self) -> bool:
        """A project leader looks at a check that somebody else has to do."""
        return bool(self.in_check) and not self.may_approve

    @cached_property
    def may_take(self) -> bool:
        return bool(self.ready) and self.user.has_perm("subsidies.take_decisions", self.round)

    @cached_property
    def mandate(self) -> SigningMandate | None:
        """The mandate with which this reader would sign today."""
        if not self.user.has_role(Role.SIGNER):
            return None
        mandates = SigningMandate.objects.active_on(timezone.localdate()).filter(user=self.user)
        return mandates.order_by("-max_amount", "pk").first()

    @cached_property
    def to_post(self) -> int:
        return Letter.objects.to_post().filter(application__round=self.round).count()

    @cached_property
    def failing(self) -> int:
        return Letter.objects.failing().filter(application__round=self.round).count()

    @property
    def checklist(self) -> Mapping[str, str]:
        return CHECKLIST


class DecisionPage:
    """One decision with what belongs to it."""

    def __init__(self, decision: Decision, user: User) -> None:
        self.decision, self.user = decision, user
        self.application = decision.application
        self.snapshot = decision.ceiling_snapshot

    @cached_property
    def obligations(self) -> list[Obligation]:
        return list(self.decision.obligations.order_by("order"))

    @cached_property
    def advances(self) -> list:
        return list(self.decision.advances.order_by("number"))

    @property
    def advance_total(self) -> Decimal:
        return sum((advance.amount for advance in self.advances), Decimal(0))

    @property
    def refused(self) -> Decimal:
        return self.application.requested_amount - self.decision.amount

    @property
    def paragraphs(self) -> list[str]:
        return [part for part in self.decision.motivation.split("\n\n") if part.strip()]

    @property
    def is_draft(self) -> bool:
        return self.decision.taken_at is None

    @property
    def letter_name(self) -> str:
        return Letter.Code(DECISION_CODES[Decision.Kind(self.decision.kind)]).label

    @cached_property
    def letter(self) -> Letter | None:
        return Letter.objects.filter(decision=self.decision).select_related("stored").first()

    @property
    def score(self) -> Decimal:
        return Decimal(self.snapshot["score"])

    @property
    def ceiling(self) -> Decimal:
        return Decimal(self.snapshot["ceiling"])

    @property
    def total_requested(self) -> Decimal:
        return Decimal(self.snapshot["total_requested"])
