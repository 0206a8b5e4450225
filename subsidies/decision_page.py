"""What the pages of decisions show: the bundle of a round with its next deed, and one decision."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property

from django.db.models import Q, QuerySet
from django.utils import timezone

from ikc.models import User
from ikc.roles import Role
from kvk2.core.money import format_number
from kvk2.nlds.components import Detail, Milestone, Tile
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime, euro, euro0
from subsidies.facts import known
from subsidies.forms.lists import ListFilter
from subsidies.models import (
    AllocationRun,
    Application,
    CollegeProposal,
    ConflictException,
    Decision,
    Letter,
    Message,
    Obligation,
    SigningMandate,
    SubsidyRound,
)
from subsidies.services.decisions import Totals, standing_decisions, totals
from subsidies.services.letters import DECISION_CODES
from subsidies.services.proposals import is_current
from subsidies.services.refusals import missing_views
from subsidies.services.state_aid import without_assessment
from subsidies.states import COUNTED_REVIEWS, AllocationRunState, DecisionState, RoundState
from subsidies.tables_assessment import DECISION_BADGES

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
        self.kind = wishes.get("status", "")
        self.filter_form = ListFilter(wishes, states=Decision.Kind.choices, state_label="Besluit")

    @cached_property
    def decisions(self) -> list[Decision]:
        return list(standing_decisions(self.round))

    @cached_property
    def rows(self) -> QuerySet[Decision]:
        rows = (
            Decision.objects.visible_to(self.user)
            .filter(application__round=self.round, kind__in=Decision.ANSWERS)
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

    @cached_property
    def to_assess(self) -> list[Application]:
        """Who would get money while nobody assessed the state aid."""
        if self.run is None or self.decisions:
            return []
        results = self.run.results.filter(granted__gt=0).select_related("application__ikc")
        return without_assessment(result.application for result in results.order_by("pk"))

    @cached_property
    def to_judge(self) -> list[Decision]:
        """Drafts of which somebody still has to say whether Awb 4:51 applies."""
        waiting = [getattr(decision, "continuity", None) for decision in self.decisions]
        return [row.decision for row in waiting if row is not None and row.is_open]

    @cached_property
    def to_hear(self) -> list[Decision]:
        """Drafts on which the applicant could not give a view yet."""
        drafts = [row for row in self.decisions if row.state == DecisionState.DRAFT]
        missing = missing_views(drafts)
        return [decision for decision in drafts if decision.pk in missing]

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
    def tiles(self) -> list[Tile]:
        figures = self.totals
        return [
            Tile("Subsidieplafond", euro0(figures.ceiling)),
            Tile("Verleend", euro0(figures.granted), f"{figures.grants} verleningen"),
            Tile("Over", euro0(figures.free)),
            Tile("Weigeringen", str(figures.refusals)),
            *(
                [Tile("Na bezwaar", euro0(figures.by_objection), "boven op het plafond")]
                if figures.by_objection
                else []
            ),
        ]

    @property
    def signing_facts(self) -> list[Detail]:
        """With what power the signer acts, and who worked on the decisions before."""
        mandate, first = self.mandate, next(iter(self.decisions), None)
        rows = []
        if mandate is not None:
            rows.append(
                Detail("Uw mandaat", f"{mandate.number}, tot en met {euro(mandate.max_amount)}")
            )
        if first is not None:
            rows += [
                Detail("Opgesteld door", first.drafted_by),
                Detail("Getoetst door", first.checked_by or "Nog niet getoetst"),
            ]
        return rows

    @property
    def milestones(self) -> list[Milestone]:
        """The steps of the bundle; the first with decisions in it is current."""
        counts = [self.drafts, self.in_check, self.ready, self.taken, self.sent]
        current = next((place for place, count in enumerate(counts) if count), 0)
        last = len(STEPS) - 1
        return [
            Milestone(
                label,
                "done"
                if place < current or place == current == last
                else "current"
                if place == current
                else "todo",
                f"{counts[place]} besluiten" if counts[place] else "",
            )
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

    @property
    def may_propose(self) -> bool:
        checked = bool(self.decisions) and not self.drafts and not self.in_check
        return checked and self.user.has_perm("subsidies.order_proposal", self.round)

    @cached_property
    def proposals(self) -> list[CollegeProposal]:
        """What was made for the college, the newest first."""
        return list(self.round.proposals.select_related("stored").order_by("-number"))

    @cached_property
    def proposal_is_current(self) -> bool:
        """Whether the newest is about the decisions as they stand."""
        return bool(self.proposals) and is_current(self.proposals[0], self.decisions)

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
    def paragraphs(self) -> list[str]:
        return [part for part in self.decision.motivation.split("\n\n") if part.strip()]

    @property
    def is_draft(self) -> bool:
        return self.decision.taken_at is None

    @property
    def letter_name(self) -> str:
        if self.decision.objection_reference:
            return Letter.Code.OBJECTION_DECISION.label
        return Letter.Code(DECISION_CODES[Decision.Kind(self.decision.kind)]).label

    @property
    def _told_in(self) -> Q:
        """The decision whose letter tells of this one: its own, or that on the objection that was won."""
        won = self.decision.objection_reference
        return Q(decision__answers_objection__reference=won) if won else Q(decision=self.decision)

    @cached_property
    def letter(self) -> Letter | None:
        return Letter.objects.filter(self._told_in).select_related("stored").first()

    @cached_property
    def message_url(self) -> str:
        """Where the addressee reads the letter."""
        message = (
            Message.objects.visible_to(self.user)
            .filter(letter__in=Letter.objects.filter(self._told_in))
            .first()
        )
        return message.get_absolute_url() if message else ""

    @property
    def badge(self) -> str:
        return DECISION_BADGES[self.decision.state]

    @property
    def tiles(self) -> list[Tile]:
        decision = self.decision
        tiles = [
            Tile("Verleend", euro(decision.amount)),
            Tile("Gevraagd", euro(self.application.requested_amount)),
        ]
        if self.snapshot["score"] is not None:
            tiles.append(
                Tile("Score", format_number(Decimal(self.snapshot["score"]), 2), "van de 100")
            )
        if self.snapshot["rank"] is not None:
            place = f"van de {self.snapshot['applications']}"
            tiles.append(Tile("Plaats", str(self.snapshot["rank"]), place))
        return tiles

    @property
    def ranking(self) -> list[Detail]:
        """What was left and what was asked when this was decided."""
        facts = self.snapshot
        rows = [
            Detail("Subsidieplafond", euro(facts["ceiling"])),
            Detail("Aanvragen in de rangschikking", facts["applications"]),
            Detail("Samen subsidiabel", euro(facts["total_requested"])),
            Detail("Laatste plaats met subsidie", facts["last_granted_rank"]),
        ]
        if facts["tie_break"]:
            rows.append(Detail("Gelijke score", facts["tie_break"]))
        return rows

    @property
    def signatures(self) -> list[Detail]:
        decision = self.decision
        rows = []
        if self.user.is_municipal:
            rows.append(
                Detail("Opgesteld", f"{decision.drafted_by}, {dutch_date(decision.drafted_at)}")
            )
        if self.user.is_municipal and decision.checked_by:
            rows.append(
                Detail("Getoetst", f"{decision.checked_by}, {dutch_date(decision.checked_at)}")
            )
        if self.user.is_municipal:
            rows += self._exceptions()
        if decision.taken_by:
            signed = f"{decision.taken_by}, {dutch_datetime(decision.taken_at)}"
            rows.append(Detail("Genomen", f"{signed} ({known(decision.signing_mandate).number})"))
        if decision.announced_at:
            rows += [
                Detail("Bekendgemaakt", dutch_datetime(decision.announced_at)),
                Detail(
                    "Beroep tot en met" if decision.objection_reference else "Bezwaar tot en met",
                    dutch_date(decision.objection_until),
                ),
            ]
        return rows

    def _exceptions(self) -> list[Detail]:
        """C4: who scored by an exception of the college, and why, belongs with the decision that rests on it."""
        exceptions = ConflictException.objects.filter(
            round=self.decision.application.round_id,
            member__reviews__application=self.decision.application_id,
            member__reviews__state__in=COUNTED_REVIEWS,
        )
        return [
            Detail(
                "Uitzondering bij belang",
                f"{row.member.user}, {row.decision_number} van {dutch_date(row.decided_on)}: {row.reason}",
            )
            for row in exceptions.select_related("member__user").order_by("pk")
        ]
