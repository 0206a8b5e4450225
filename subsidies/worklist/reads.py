"""What more than one part of the start page reads: asked once, and only when a part asks for it."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.db.models import Count, Q, QuerySet, Sum, Value

from ikc.models import User
from ikc.roles import Role
from kvk2.core.models import StoredFile
from subsidies.models import Attachment, Correction, Decision, SubsidyRound
from subsidies.states import FILED, ApplicationState, CorrectionState, DecisionState, RoundState
from subsidies.terms import OF_A_ROUND

UNCHECKED = (ApplicationState.SUBMITTED, ApplicationState.CHECKING)
IN_PROGRESS = (
    RoundState.DRAFT,
    RoundState.ADOPTED,
    RoundState.PUBLISHED,
    RoundState.OPEN,
    RoundState.CLOSED,
    RoundState.ASSESSING,
    RoundState.ADVISED,
)


class Matter(StrEnum):
    """What waits about one application."""

    FILE = "file"
    CORRECTION = "correction"
    TO_CHECK = DecisionState.LEGAL_CHECK.value
    TO_SIGN = DecisionState.READY.value


@dataclass(frozen=True, slots=True)
class Waiting:
    """`pk` is that of the correction, `name` that of the refused file or else of the IKC."""

    matter: Matter
    pk: int
    application: int
    number: str
    name: str


class StartReads:
    """The reads of one start page of `user`; for municipal eyes only."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def rounds(self) -> list[SubsidyRound]:
        """All rounds that are being prepared, run or assessed, the first to open on top, with their figures."""
        filed = Q(applications__state__in=FILED)
        rounds = (
            SubsidyRound.objects.filter(state__in=IN_PROGRESS)
            .annotate(
                unchecked=Count("applications", filter=Q(applications__state__in=UNCHECKED)),
                filed_count=Count("applications", filter=filed),
                requested_total=Sum("applications__requested_amount", filter=filed),
            )
            .select_related("scheme_version")
            .only("state", "opens_at", "ceiling", *OF_A_ROUND)
        )
        return list(rounds.order_by("opens_at", "pk"))

    def rounds_in(self, *states: RoundState) -> list[SubsidyRound]:
        return [round_ for round_ in self.rounds if round_.state in states]

    def newest_in(self, *states: RoundState) -> list[SubsidyRound]:
        """The last to open on top."""
        found = self.rounds_in(*states)
        return sorted(found, key=lambda round_: (-round_.opens_at.timestamp(), round_.pk))

    @cached_property
    def _waiting(self) -> list[Waiting]:
        """Files to ask for again, completions to judge and decisions not to process; the oldest on top."""
        matters: list[QuerySet] = []
        if self.user.has_role(Role.PROJECT_LEADER):
            matters += [_infected(), _corrections(), self._decisions(Matter.TO_CHECK)]
        if self.user.has_role(Role.SIGNER):
            matters.append(self._decisions(Matter.TO_SIGN))
        first, *others = matters
        rows = sorted(first.union(*others, all=True), key=lambda row: row[:2])
        return [Waiting(Matter(matter), *about) for _, *about, matter in rows]

    def about(self, *matters: Matter) -> list[Waiting]:
        return [row for row in self._waiting if row.matter in matters]

    def _decisions(self, matter: Matter) -> QuerySet:
        """Decisions not to process in one state, drafted and checked by somebody else."""
        return (
            Decision.objects.filter(kind=Decision.Kind.NOT_PROCESSED, state=matter)
            .exclude(drafted_by=self.user)
            .exclude(checked_by=self.user)
            .values_list(
                "drafted_at",
                "pk",
                "application_id",
                "application__number",
                "application__ikc__name",
                Value(matter.value),
            )
        )


def _infected() -> QuerySet:
    return Attachment.objects.filter(
        stored__scan_state=StoredFile.ScanState.INFECTED, application__state__in=UNCHECKED
    ).values_list(
        "stored__created_at",
        "pk",
        "application_id",
        "application__number",
        "stored__name",
        Value(Matter.FILE.value),
    )


def _corrections() -> QuerySet:
    return Correction.objects.filter(
        state=CorrectionState.SUBMITTED, request__application__state=ApplicationState.CHECKING
    ).values_list(
        "submitted_at",
        "pk",
        "request__application_id",
        "request__application__number",
        "request__application__ikc__name",
        Value(Matter.CORRECTION.value),
    )
