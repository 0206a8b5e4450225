"""What the page of an allocation run shows: the conclusion in words, the picture, the draws and the reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import zip_longest
from typing import Any

from django.db.models import Q, QuerySet

from kvk2.core.charts import Chart
from kvk2.core.money import format_number
from kvk2.nlds.components import Detail, Tile
from kvk2.nlds.templatetags.nlds import dutch_datetime, euro, euro0, upper_first
from subsidies.allocation import WARNING_LABELS, AllocationWarning
from subsidies.continuity_page import in_words, lower_after_years
from subsidies.forms.lists import ListFilter
from subsidies.models import AllocationResult, AllocationRun, SubsidyRound
from subsidies.motivation import RankingFacts
from subsidies.pictures import ceiling_picture
from subsidies.scenario_page import departures
from subsidies.services.allocations import is_reproducible
from subsidies.services.continuity import History

METHODS = dict(SubsidyRound.Method.choices)
POLICIES = dict(SubsidyRound.MarginalPolicy.choices)
OUTCOME_BADGES = {
    AllocationResult.Outcome.GRANT: "success",
    AllocationResult.Outcome.PARTIAL_GRANT: "warning",
    AllocationResult.Outcome.REFUSAL: "invalid",
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One place in a draw: the number, its hash, and what it got."""

    place: int
    number: str
    sha256: str
    granted: Decimal


class AllocationPage:
    """Reads of one run; each is asked at most once."""

    def __init__(self, run: AllocationRun, wishes: Mapping[str, str]) -> None:
        self.run = run
        self.search = wishes.get("zoek", "").strip()
        self.outcome = wishes.get("status", "")
        self.filter_form = ListFilter(
            wishes, states=AllocationResult.Outcome.choices, state_label="Uitkomst"
        )

    @cached_property
    def facts(self) -> RankingFacts:
        return RankingFacts.of(self.run.input, self.run.output)

    @cached_property
    def results(self) -> QuerySet[AllocationResult]:
        results = self.run.results.select_related("application__ikc", "application__board")
        if self.search:
            results = results.filter(
                Q(application__number__icontains=self.search)
                | Q(application__ikc__name__icontains=self.search)
                | Q(application__title__icontains=self.search)
            )
        if self.outcome in AllocationResult.Outcome.values:
            results = results.filter(outcome=self.outcome)
        return results.order_by("rank", "application__number")

    @cached_property
    def earlier(self) -> dict[int, History]:
        """Of who gets less than was asked: the IKCs (ids) with years of subsidy in a row (Awb 4:51)."""
        rows = self.run.results.select_related("application").order_by("pk")
        return lower_after_years(self.run.round, rows)

    @property
    def filtered(self) -> bool:
        return bool(self.search or self.outcome)

    @cached_property
    def outcomes_by_kind(self) -> dict[str, int]:
        kinds = [row["outcome"] for row in self.run.output["results"]]
        return {kind: kinds.count(kind) for kind in AllocationResult.Outcome.values}

    @property
    def granted(self) -> Decimal:
        return Decimal(self.run.output["total_granted"])

    @property
    def grants(self) -> int:
        return self.outcomes_by_kind["grant"]

    @property
    def partial(self) -> int:
        return self.outcomes_by_kind["partial_grant"]

    @property
    def refused(self) -> int:
        return self.outcomes_by_kind["refusal"]

    @cached_property
    def reproducible(self) -> bool:
        return is_reproducible(self.run)

    @property
    def conclusion(self) -> str:
        """The outcome in a few sentences."""
        total = len(self.run.output["results"])
        given = self.grants + self.partial
        text = (
            f"Van de {euro(self.facts.ceiling)} gaat {euro(self.granted)} naar "
            f"{format_number(given, 0)} van de {format_number(total, 0)} aanvragen."
        )
        if self.partial:
            text += f" {self.partial} daarvan krijgt een deel van het bedrag."
        if self.facts.free:
            text += f" Er blijft {euro(self.facts.free)} over."
        if self.facts.scarce and self.facts.last_granted_rank:
            text += f" Het geld is genoeg tot en met plaats {self.facts.last_granted_rank}."
        return text

    @property
    def badge(self) -> str:
        return {"draft": "warning", "locked": "success", "discarded": "inactive"}[self.run.state]

    @property
    def tiles(self) -> list[Tile]:
        getting = self.grants + self.partial
        return [
            Tile("Subsidieplafond", euro0(self.facts.ceiling)),
            Tile("Te verlenen", euro0(self.granted), f"aan {getting} {_applications(getting)}"),
            Tile("Over", euro0(self.facts.free)),
            Tile("Te weigeren", str(self.refused), _applications(self.refused)),
        ]

    @cached_property
    def picture(self) -> Chart:
        return ceiling_picture(self.run.input, self.run.output, conclusion=self.conclusion)

    @property
    def proof(self) -> list[Detail]:
        """What an auditor needs to do the sum again."""
        rules = self.run.input["round"]
        rows = [
            Detail("Verdeelwijze", upper_first(METHODS[rules["method"]])),
            Detail("Bij de laatste aanvraag", upper_first(POLICIES[rules["marginal_policy"]])),
            Detail("Kleinste zinvolle bedrag", euro(rules["floor"]) or "Niet bepaald"),
            Detail(
                "Minimumscore",
                format_number(self.facts.min_score, 2) if self.facts.min_score else "Geen",
            ),
            Detail("Loting", upper_first(_lottery_words(rules["lottery"]))),
            Detail("Rekenregels", f"Versie {self.run.algorithm}"),
            Detail("Controlecode van invoer en uitkomst (SHA-256)", self.run.sha256),
        ]
        if self.run.locked_at:
            rows.append(
                Detail("Vastgelegd", f"{dutch_datetime(self.run.locked_at)}, {self.run.locked_by}")
            )
        if self.run.without_answer:
            rows.append(Detail("Zonder antwoord op een lager bedrag", self.run.without_answer))
        return rows

    @cached_property
    def draws(self) -> list[list[Drawn]]:
        granted = {row["number"]: Decimal(row["granted"]) for row in self.run.output["results"]}
        return [
            [
                Drawn(place, number, sha256, granted[number])
                for place, (number, sha256) in enumerate(
                    zip_longest(draw["order"], draw["hashes"], fillvalue=""), 1
                )
            ]
            for draw in self.run.output["lotteries"]
        ]

    @property
    def warnings(self) -> list[str]:
        """What whoever locks the run should know first."""
        warnings = [WARNING_LABELS[AllocationWarning(code)] for code in self.run.output["warnings"]]
        return [text for text in (*warnings, in_words(self.earlier)) if text]

    @property
    def departs(self) -> list[str]:
        return list(departures(self.run))

    @property
    def pots(self) -> list[Detail]:
        """The parts of the ceiling, each in a sentence."""
        names = {pot["code"]: pot["name"] for pot in self.run.input["round"]["sub_ceilings"]}
        return [Detail(names[pot["code"]], _pot_words(pot)) for pot in self.run.output["pots"]]

    @property
    def seed(self) -> str:
        return self.run.input["round"]["lottery"].get("seed", "")


def _pot_words(pot: Mapping[str, str]) -> str:
    text = f"{_euro(pot['granted'])} verleend van {_euro(pot['ceiling'])}"
    if Decimal(pot["received"]):
        text += f" en {_euro(pot['received'])} van een eerder deelplafond"
    if Decimal(pot["passed_on"]):
        text += f"; {_euro(pot['passed_on'])} ging naar een later deelplafond"
    return f"{text}; {_euro(pot['free'])} over"


def _lottery_words(rule: Mapping[str, Any]) -> str:
    if rule["mode"] == "manual":
        return "met de hand, volgens het proces-verbaal"
    return f"door het portaal, met de tekst {rule['seed']}"


def _euro(amount: str) -> str:
    return str(euro(Decimal(amount)))


def _applications(number: int) -> str:
    return "aanvraag" if number == 1 else "aanvragen"
