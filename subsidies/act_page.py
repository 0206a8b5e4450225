"""What the page of one later decision shows, and what its reader may do next."""

from functools import cached_property

from ikc.models import User
from kvk2.nlds.components import Detail, Milestone, Tile
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime, euro
from subsidies.act_kinds import ActKind, act_of
from subsidies.facts import known
from subsidies.models import Decision, Letter, Message
from subsidies.states import DecisionState
from subsidies.tables_assessment import DECISION_BADGES

STEPS = (
    (DecisionState.DRAFT, "Opstellen"),
    (DecisionState.LEGAL_CHECK, "Juridische toets"),
    (DecisionState.READY, "Besluit nemen"),
    (DecisionState.TAKEN, "Brief maken"),
    (DecisionState.SENT, "Bekendgemaakt"),
)


class ActPage:
    """One later decision for one reader."""

    def __init__(self, decision: Decision, user: User) -> None:
        self.decision, self.user, self.application = decision, user, decision.application

    @cached_property
    def kind(self) -> ActKind:
        return act_of(self.decision.kind)

    @property
    def badge(self) -> str:
        return DECISION_BADGES[self.decision.state]

    @property
    def tiles(self) -> list[Tile]:
        decision = self.decision
        tiles = [Tile("Bedrag van dit besluit", euro(decision.amount))] if decision.amount else []
        if decision.grant:
            tiles.append(Tile("Verleend", euro(decision.grant.amount)))
            if decision.grant.is_determined:
                tiles.append(Tile("Vastgesteld", euro(decision.grant.determined_amount)))
        return tiles

    @property
    def facts(self) -> list[Detail]:
        return self.kind.facts(self.decision)

    @property
    def paragraphs(self) -> list[str]:
        return [part for part in self.decision.motivation.split("\n\n") if part.strip()]

    @property
    def milestones(self) -> list[Milestone]:
        order = [state for state, _ in STEPS]
        state = DecisionState(self.decision.state)
        if state == DecisionState.DISCARDED:
            return []
        place = order.index(state) if state in order else len(order) - 1
        ended = place == len(order) - 1
        return [
            Milestone(
                label,
                "done" if n < place or ended else "current" if n == place else "todo",
                self._when(step),
            )
            for n, (step, label) in enumerate(STEPS)
        ]

    def _when(self, step: DecisionState) -> str:
        moments = {
            DecisionState.DRAFT: self.decision.drafted_at,
            DecisionState.LEGAL_CHECK: self.decision.checked_at,
            DecisionState.READY: self.decision.taken_at,
            DecisionState.SENT: self.decision.announced_at,
        }
        moment = moments.get(step)
        return dutch_date(moment) if moment else ""

    @property
    def signatures(self) -> list[Detail]:
        decision, rows = self.decision, []
        if self.user.is_municipal:
            rows.append(
                Detail("Opgesteld", f"{decision.drafted_by}, {dutch_date(decision.drafted_at)}")
            )
            if decision.checked_by:
                rows.append(
                    Detail("Getoetst", f"{decision.checked_by}, {dutch_date(decision.checked_at)}")
                )
        if decision.taken_by:
            signed = f"{decision.taken_by}, {dutch_datetime(decision.taken_at)}"
            rows.append(Detail("Genomen", f"{signed} ({known(decision.signing_mandate).number})"))
        if decision.announced_at:
            rows.append(Detail("Bekendgemaakt", dutch_datetime(decision.announced_at)))
            appeal = decision.kind == Decision.Kind.OBJECTION_DECISION
            remedy = "Beroep tot en met" if appeal else "Bezwaar tot en met"
            rows.append(Detail(remedy, dutch_date(decision.objection_until)))
        return rows

    @property
    def letter_name(self) -> str:
        return Letter.Code(self.kind.letter(self.decision)).label

    @cached_property
    def letter(self) -> Letter | None:
        return Letter.objects.filter(decision=self.decision).select_related("stored").first()

    @cached_property
    def message_url(self) -> str:
        """Where the addressee reads the letter."""
        found = Message.objects.visible_to(self.user).filter(letter__decision=self.decision).first()
        return found.get_absolute_url() if found else ""

    def _may(self, verb: str) -> bool:
        return self.user.has_perm(f"subsidies.{verb}", self.decision)

    @property
    def may_edit(self) -> bool:
        return self._may("change_act")

    @property
    def may_approve(self) -> bool:
        return self._may("approve_act")

    @property
    def may_take(self) -> bool:
        return self._may("take_act")

    @property
    def may_discard(self) -> bool:
        return self._may("discard_act")

    @property
    def may_preview(self) -> bool:
        return self._may("preview_act")

    @property
    def waits_for(self) -> str:
        """Who has to do the next thing when this reader may not."""
        state = self.decision.state
        if state == DecisionState.LEGAL_CHECK and not self.may_approve:
            return "Een andere projectleider dan de opsteller toetst het besluit."
        if state == DecisionState.READY and not self.may_take:
            return "De ondertekenaar neemt het besluit namens het college."
        return ""
