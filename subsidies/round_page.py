"""What the page of a round tells: its time line, its money, and who may do what next and why not yet."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.functional import cached_property

from ikc.models import User
from kvk2.core.charts import Chart, bullet_chart
from kvk2.core.money import format_whole
from kvk2.nlds.components import Detail, Milestone, Tile
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime, euro0, upper_first
from subsidies.closing import closing_moment
from subsidies.models import CeilingChange, ClosingExtension, SubsidyRound
from subsidies.round_actions import Action, actions_of
from subsidies.round_steps import RoundStep
from subsidies.round_words import lines
from subsidies.services.decisions import standing_decisions, totals
from subsidies.services.round_content import RoundContent, content_of
from subsidies.services.scorers import Scorers, members_who_may_score
from subsidies.states import RoundState

R = RoundState
# The way of a round; a cancelled one left it.
WAY = (
    R.DRAFT,
    R.ADOPTED,
    R.PUBLISHED,
    R.OPEN,
    R.CLOSED,
    R.ASSESSING,
    R.ADVISED,
    R.DECIDED,
    R.SETTLED,
)


class RoundPage:
    """Reads of one round for one reader; each is asked at most once."""

    def __init__(self, round_: SubsidyRound, user: User, *, now: datetime) -> None:
        self.round, self.user, self.now = round_, user, now

    @cached_property
    def budget_chart(self) -> Chart | None:
        """What was asked against the ceiling; nothing before anything was asked."""
        if not self.user.is_municipal or not self.asked:
            return None
        return bullet_chart(
            self.asked,
            self.round.ceiling,
            title="Gevraagd bedrag en plafond",
            description=(
                f"Alle aanvragen samen vragen {euro0(self.asked)}, {self._share()} "
                f"van {euro0(self.round.ceiling)}."
            ),
            unit="€",
            actual_label="Gevraagd",
            target_label="Plafond",
        )

    @cached_property
    def milestones(self) -> list[Milestone]:
        """What is behind, where the round is, and what is to come."""
        reached = WAY.index(R(self.round.state)) if self.round.state in WAY else -1
        dates = {
            R.ADOPTED: dutch_date(self.round.decided_on),
            R.PUBLISHED: dutch_date(self.round.published_on),
            R.OPEN: dutch_datetime(self.round.opens_at),
            R.CLOSED: dutch_datetime(closing_moment(self.round)),
        }
        return [
            Milestone(state.label.capitalize(), _place(index, reached), dates.get(state, ""))
            for index, state in enumerate(WAY)
        ]

    @cached_property
    def scorers(self) -> Scorers:
        return members_who_may_score(self.round, timezone.localdate(self.now))

    @cached_property
    def actions(self) -> list[Action]:
        """What can happen next: everything for municipal eyes, for others what they may do themselves."""
        found = actions_of(self.round, self.user, now=self.now)
        return found if self.user.is_municipal else [each for each in found if each.allowed]

    @property
    def now_sentence(self) -> str:
        """Where the round stands, for everybody, in one sentence."""
        round_ = self.round
        return {
            R.DRAFT: "De projectleider vult de ronde in. Daarna stelt het college haar vast.",
            R.ADOPTED: "Het college heeft de ronde vastgesteld. Nu moet zij bekend worden gemaakt.",
            R.PUBLISHED: f"Aanvragen kan vanaf {dutch_datetime(round_.opens_at)}.",
            R.OPEN: f"Aanvragen kan tot {dutch_datetime(closing_moment(round_))}.",
            R.CLOSED: "De ronde is gesloten. De gemeente controleert of de aanvragen volledig zijn.",
            R.ASSESSING: "De commissie beoordeelt de aanvragen.",
            R.ADVISED: "De commissie heeft geadviseerd. Het college verdeelt het geld en besluit.",
            R.DECIDED: "Het college heeft besloten. De aanvragers hebben bericht gekregen.",
            R.SETTLED: "Alle subsidies van deze ronde zijn vastgesteld en afgesloten.",
            R.ARCHIVED: f"De ronde is gearchiveerd en wordt bewaard tot en met {dutch_date(round_.retention_until)}.",
            R.CANCELLED: f"De ronde gaat niet door. {round_.cancellation_reason}".strip(),
        }[R(round_.state)]

    @cached_property
    def ceiling_changes(self) -> list[CeilingChange]:
        """The decisions that changed the ceiling, newest first."""
        return list(self.round.ceiling_changes.order_by("-pk"))

    @cached_property
    def closing_extensions(self) -> list[ClosingExtension]:
        """The decisions that put off the closing, newest first; no query for a round that never was."""
        if self.round.extended_until is None:
            return []
        return list(self.round.closing_extensions.select_related("outage").order_by("-pk"))

    @cached_property
    def may_start(self) -> bool:
        return self.user.has_perm("subsidies.start_application", self.round)

    @cached_property
    def criteria(self) -> list:
        return sorted(self.round.criteria.all(), key=lambda criterion: criterion.order)

    @property
    def total_weight(self) -> int:
        return sum(criterion.weight for criterion in self.criteria)

    @cached_property
    def tiles(self) -> list[Tile]:
        """The figures on top; what was asked and granted only for municipal eyes."""
        round_ = self.round
        tiles = [
            Tile("Plafond", euro0(round_.ceiling), "te verdelen"),
            Tile(
                "Subsidieperiode",
                f"{round_.period_start:%Y}–{round_.period_end:%Y}",
                self._period(),
            ),
        ]
        if not self.user.is_municipal:
            return tiles
        tiles += [
            Tile("Ingediend", str(round_.filed_count), "aanvragen"),
            Tile("Gevraagd", euro0(self.asked), self._share()),
            Tile(
                "Commissie",
                f"{self.scorers.free} van {self.scorers.total}",
                "leden mogen beoordelen zonder belang",
            ),
        ]
        if round_.granted_total is not None:
            tiles.append(Tile("Verleend", euro0(round_.granted_total), self._above()))
        return tiles

    def _above(self) -> str:
        """What was won by objection comes on top of the ceiling (Awb 4:25(3)); asked only when there is more than that."""
        round_ = self.round
        if (round_.granted_total or 0) <= round_.ceiling:
            return ""
        won = totals(round_, list(standing_decisions(round_))).by_objection
        return f"waarvan {euro0(won)} na bezwaar, boven het plafond" if won else ""

    def _period(self) -> str:
        return f"{dutch_date(self.round.period_start)} t/m {dutch_date(self.round.period_end)}"

    def _share(self) -> str:
        return f"{format_whole(self.asked * 100 / self.round.ceiling)}% van het plafond"

    @property
    def asked(self) -> Decimal:
        """Euros asked for by all filed applications; needs `with_figures`."""
        return self.round.requested_total or Decimal(0)

    @cached_property
    def content(self) -> RoundContent:
        """What the round says, with the closing that counts."""
        return replace(content_of(self.round), closes_at=closing_moment(self.round))

    @cached_property
    def rules(self) -> list[Detail]:
        """The published rules, in the words of the round; its criteria stand in a table of their own."""
        round_ = self.round
        said = [
            Detail(line.term, upper_first(line.text))
            for line in lines(self.content)
            if line.step not in (RoundStep.ABOUT, RoundStep.CRITERIA)
        ]
        return [
            *said,
            Detail(
                "Collegebesluit",
                f"{round_.decision_number}, {dutch_date(round_.decided_on)}"
                if round_.decided_on
                else "Nog niet genomen",
            ),
            Detail(
                "Publicatie",
                f"{round_.publication_reference}, {dutch_date(round_.published_on)}"
                if round_.published_on
                else "Nog niet gepubliceerd",
            ),
        ]


def _place(index: int, reached: int) -> str:
    if index < reached:
        return "done"
    return "current" if index == reached else "todo"
