"""Efforts that grants ask for: one that was done, one that waits for a verdict, and one that is still to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kvk2.core.deadlines import local_date
from monitoring.demo.people import World
from subsidies.models import Obligation, SubsidyRound
from subsidies.services.obligations import judge_obligation, submit_evidence

SHOWN = (
    "Sinds de herfst werken groepsleiding en leerkrachten met één dagprogramma. Het team besprak het twee keer, "
    "en de ouders lazen erover in de nieuwsbrief."
)
ENOUGH = "Het dagprogramma is er, en het verslag laat zien dat het team ermee werkt."


@dataclass(frozen=True, slots=True)
class Effort:
    """What the commission asks; the texts complete the sentences of the letter."""

    finding: str
    text: str
    evidence: str
    due_on: date

    @property
    def asked(self) -> Mapping[str, Any]:
        return {
            "effort_finding": self.finding,
            "effort_text": self.text,
            "effort_evidence": self.evidence,
            "effort_due_on": self.due_on,
        }


def efforts_of(now: datetime) -> list[Effort]:
    """The first was due two months ago, the second two weeks ago, the third is due in a month."""
    today = local_date(now)
    programme = Effort(
        "onderwijs en opvang nog los van elkaar plannen",
        "er één dagprogramma komt voor school en opvang",
        "het dagprogramma en een verslag van het team",
        today - timedelta(days=60),
    )
    team = Effort(
        "de overdracht van peuter naar kleuter per groep verschilt",
        "elke overdracht van peuter naar kleuter gaat volgens één afspraak",
        "de afspraak en drie voorbeelden zonder namen",
        today - timedelta(days=14),
    )
    parents = Effort(
        "ouders van nieuwe kinderen nog weinig meedoen",
        "ouders van nieuwe kinderen in het eerste halfjaar een gesprek krijgen",
        "een kort verslag van wat die gesprekken opleverden",
        today + timedelta(days=30),
    )
    return [programme, team, parents]


def follow_up(world: World, round_: SubsidyRound, now: datetime) -> None:
    """Two applicants showed what they did; on the first the project leader gave a verdict."""
    rows = Obligation.objects.filter(
        decision__application__round=round_,
        decision__announced_at__isnull=False,
        kind=Obligation.Kind.EFFORT,
    ).select_related("decision__application__created_by")
    done = list(rows.order_by("due_on", "pk")[:2])
    for row in done:
        applicant = row.decision.application.created_by
        submit_evidence(row, evidence=SHOWN, by=applicant, at=_before(row.due_on, now))
    for row in done[:1]:
        leader = world.person("projectleider")
        judge_obligation(row, verdict="met", reason=ENOUGH, by=leader, at=_daytime(now, 40))


def _before(due_on: date | None, now: datetime) -> datetime:
    """A week before the last day."""
    days = (local_date(now) - due_on).days if due_on else 0
    return _daytime(now, days + 7)


def _daytime(now: datetime, days: int) -> datetime:
    """So many days ago, in the morning."""
    return (now - timedelta(days=days)).replace(hour=9, minute=15, second=0, microsecond=0)
