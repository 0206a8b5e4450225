"""What may happen next to a round, by whom, and why not yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from ikc.models import User
from ikc.roles import Role
from subsidies.models import SubsidyRound
from subsidies.services.outages import WITH_OUTAGES
from subsidies.services.round_checks import missing_for_adoption
from subsidies.services.rounds import missing_for_assessment
from subsidies.services.scorers import members_who_may_score
from subsidies.states import RoundState

R = RoundState
# Of the deeds that are not named after the round.
PERMISSIONS = {
    "ceiling": "subsidies.change_ceiling",
    "outage": "subsidies.record_outage",
    "extend": "subsidies.extend_closing",
}


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


def actions_of(round_: SubsidyRound, user: User, *, now: datetime) -> list[Action]:
    """The next steps of `round_`, the main one first."""
    return list(_Actions(round_, user, now).all())


class _Actions:
    def __init__(self, round_: SubsidyRound, user: User, now: datetime) -> None:
        self.round, self.user, self.now = round_, user, now

    def all(self) -> Iterator[Action]:
        round_ = self.round
        match R(round_.state):
            case R.DRAFT:
                missing = [item.text for item in missing_for_adoption(round_)]
                yield self._action(
                    "change",
                    "round_edit",
                    "Ronde invullen",
                    Role.PROJECT_LEADER,
                    primary=bool(missing),
                )
                yield self._action(
                    "adopt", "round_adopt", "Ronde vaststellen", Role.SIGNER, missing
                )
            case R.ADOPTED:
                yield self._action(
                    "publish",
                    "round_publish",
                    "Publicatie vastleggen",
                    Role.PROJECT_LEADER,
                    self._unpublishable(),
                )
            case R.CLOSED:
                missing = missing_for_assessment(round_) if self.user.is_municipal else []
                yield self._action(
                    "assess", "round_assess", "Beoordeling starten", Role.PROJECT_LEADER, missing
                )
            case R.SETTLED:
                yield self._action("archive", "round_archive", "Ronde archiveren", Role.ADMIN)
        yield from self._always()

    def _always(self) -> Iterator[Action]:
        state = self.round.state
        if state in (R.PUBLISHED, R.OPEN, R.CLOSED, R.ASSESSING, R.ADVISED):
            yield self._action(
                "ceiling", "round_ceiling", "Plafond wijzigen", Role.SIGNER, primary=False
            )
        if state in WITH_OUTAGES:
            yield self._action(
                "outage",
                "outage_record",
                "Storing vastleggen",
                Role.PROJECT_LEADER,
                primary=False,
            )
        if state == R.OPEN:
            yield self._action(
                "extend",
                "closing_extend",
                "Sluiting verlengen",
                Role.PROJECT_LEADER,
                primary=False,
            )
        if state in (R.DRAFT, R.ADOPTED, R.PUBLISHED):
            yield self._action(
                "cancel", "round_cancel", "Ronde annuleren", Role.PROJECT_LEADER, primary=False
            )
        yield self._action(
            "copy",
            "round_copy",
            "Kopiëren naar een nieuwe ronde",
            Role.PROJECT_LEADER,
            primary=False,
        )

    def _action(
        self,
        verb: str,
        view: str,
        label: str,
        role: Role,
        reasons: list[str] | None = None,
        *,
        primary: bool = True,
    ) -> Action:
        permission = PERMISSIONS.get(verb, f"subsidies.{verb}_round")
        return Action(
            label=label,
            url=reverse(f"subsidies:{view}", args=[self.round.pk]),
            allowed=self.user.has_perm(permission, self.round),
            who=role.label,
            reasons=tuple(reasons or ()),
            primary=primary,
        )

    def _unpublishable(self) -> list[str]:
        reasons = []
        if self.now >= self.round.opens_at:
            reasons.append("De openingsdatum is voorbij. Annuleer de ronde en maak een nieuwe.")
        scorers = members_who_may_score(self.round, timezone.localdate(self.now))
        if self.round.needs_reviews and scorers.free < self.round.min_reviews:
            why = scorers.why
            reasons.append(
                f"{scorers.free} van de {scorers.total} commissieleden mogen beoordelen; "
                f"er zijn er {self.round.min_reviews} nodig. {'. '.join(why)}{'.' * bool(why)}".strip()
            )
        return reasons
