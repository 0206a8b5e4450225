"""What the page of a round tells: its time line, its money, and who may do what next and why not yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from ikc.models import User
from ikc.roles import Role
from kvk2.core.charts import Chart, bullet_chart
from kvk2.core.money import format_whole
from kvk2.nlds.components import Detail, Milestone, Tile
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime, euro0
from subsidies.models import SubsidyRound
from subsidies.round_steps import RoundStep
from subsidies.round_words import lines
from subsidies.services.round_checks import missing_for_adoption
from subsidies.services.round_content import RoundContent, content_of
from subsidies.services.rounds import missing_for_assessment
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


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do next; `reasons` say why it cannot be done now, by this person or at all."""

    label: str
    url: str
    allowed: bool
    who: str
    reasons: tuple[str, ...] = ()
    primary: bool = True

    @property
    def ready(self) -> bool:
        return self.allowed and not self.reasons


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
            R.CLOSED: dutch_datetime(self.round.closes_at),
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
        return list(self._actions())

    def _actions(self) -> Iterator[Action]:
        state = R(self.round.state)
        if state == R.DRAFT:
            yield self._action(
                "change", "round_edit", "Ronde invullen", Role.PROJECT_LEADER, primary=False
            )
            missing = tuple(item.text for item in missing_for_adoption(self.round))
            yield self._action("adopt", "round_adopt", "Ronde vaststellen", Role.SIGNER, missing)
        elif state == R.ADOPTED:
            yield self._action(
                "publish",
                "round_publish",
                "Publicatie vastleggen",
                Role.PROJECT_LEADER,
                self._unpublishable(),
            )
        elif state == R.CLOSED:
            missing = tuple(missing_for_assessment(self.round)) if self.user.is_municipal else ()
            yield self._action(
                "assess", "round_assess", "Beoordeling starten", Role.PROJECT_LEADER, missing
            )
        if state in (R.DRAFT, R.ADOPTED, R.PUBLISHED):
            yield self._action(
                "cancel", "round_cancel", "Ronde annuleren", Role.PROJECT_LEADER, primary=False
            )

    def _action(
        self,
        verb: str,
        view: str,
        label: str,
        role: Role,
        reasons: tuple[str, ...] = (),
        *,
        primary: bool = True,
    ) -> Action:
        return Action(
            label=label,
            url=reverse(f"subsidies:{view}", args=[self.round.pk]),
            allowed=self.user.has_perm(f"subsidies.{verb}_round", self.round),
            who=role.label,
            reasons=reasons,
            primary=primary,
        )

    def _unpublishable(self) -> tuple[str, ...]:
        reasons = []
        if self.now >= self.round.opens_at:
            reasons.append("De openingsdatum is voorbij. Annuleer de ronde en maak een nieuwe.")
        if self.scorers.free < self.round.min_reviews:
            reasons.append(
                f"{self.scorers.free} van de {self.scorers.total} commissieleden mogen beoordelen; "
                f"er zijn er {self.round.min_reviews} nodig."
            )
        return tuple(reasons)

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
            tiles.append(Tile("Verleend", euro0(round_.granted_total)))
        return tiles

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
        return content_of(self.round)

    @cached_property
    def rules(self) -> list[Detail]:
        """The published rules, in the words of the round; its criteria stand in a table of their own."""
        round_ = self.round
        said = [
            Detail(line.term, line.text)
            for line in lines(self.content)
            if line.step not in (RoundStep.ABOUT, RoundStep.CRITERIA)
        ]
        return [
            *said,
            Detail(
                "Collegebesluit",
                f"{round_.decision_number}, {dutch_date(round_.decided_on)}"
                if round_.decided_on
                else "nog niet genomen",
            ),
            Detail(
                "Publicatie",
                f"{round_.publication_reference}, {dutch_date(round_.published_on)}"
                if round_.published_on
                else "nog niet gepubliceerd",
            ),
        ]


def _place(index: int, reached: int) -> str:
    if index < reached:
        return "done"
    return "current" if index == reached else "todo"
