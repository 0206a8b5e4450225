"""Why an application gets what it gets, in sentences; and the facts that they stand on (Awb 3:46, 4:25(3)).

Pure: from the stored input and outcome of a run to Dutch text, for the page, the decision and the letter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from kvk2.core.money import format_amount, format_number


@dataclass(frozen=True, slots=True)
class Ground:
    """A refusal ground in the words of the scheme: `text` completes "omdat ...", `article` is its source."""

    text: str
    article: str

    def __str__(self) -> str:
        return f"{self.text} ({self.article})"


class Result(Protocol):
    """One outcome of a run; money in euros."""

    rank: int | None
    eligible: Decimal
    granted: Decimal
    outcome: str
    reasons: list[str]

    @property
    def application(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class RankingFacts:
    """What the whole ranking looked like. Amounts in euros; ranks from 1."""

    ceiling: Decimal
    applications: int
    total_eligible: Decimal
    last_granted_rank: int
    min_score: Decimal | None
    free: Decimal
    draws: tuple[tuple[str, ...], ...]
    scores: Mapping[str, Decimal]

    @classmethod
    def of(cls, given: Mapping[str, Any], output: Mapping[str, Any]) -> "RankingFacts":
        ranked = [row for row in output["results"] if row["rank"] is not None]
        granted = [row["rank"] for row in ranked if Decimal(row["granted"]) > 0]
        minimum = given["round"]["min_score"]
        return cls(
            ceiling=Decimal(given["round"]["ceiling"]),
            applications=len(ranked),
            total_eligible=sum((Decimal(row["eligible"]) for row in ranked), Decimal(0)),
            last_granted_rank=max(granted, default=0),
            min_score=None if minimum is None else Decimal(minimum),
            free=Decimal(output["free"]),
            draws=tuple(tuple(draw["order"]) for draw in output["lotteries"]),
            scores={row["number"]: Decimal(row["score"]) for row in given["applications"]},
        )

    @property
    def scarce(self) -> bool:
        return self.total_eligible > self.ceiling

    def snapshot(self, result: Result) -> dict[str, Any]:
        """What was left and what was asked when this was decided, for the file and for an objection later."""
        number = result.application.number
        return {
            "ceiling": str(self.ceiling),
            "free": str(self.free),
            "applications": self.applications,
            "total_requested": str(self.total_eligible),
            "scarce": self.scarce,
            "rank": result.rank,
            "score": str(self.scores[number]),
            "eligible": str(result.eligible),
            "last_granted_rank": self.last_granted_rank,
            "tie_break": self.tie_break(number),
        }

    def tie_break(self, number: str) -> str:
        """How an equal score was decided, or nothing."""
        for draw in self.draws:
            if number in draw:
                others = len(draw) - 1
                word = "één andere aanvraag" if others == 1 else f"{others} andere aanvragen"
                return (
                    f"Uw aanvraag eindigde gelijk met {word}. Daarom is geloot met de tekst die vooraf "
                    f"is gepubliceerd. Uw aanvraag kwam als nummer {draw.index(number) + 1} uit de loting."
                )
        return ""


def motivate(result: Result, facts: RankingFacts, grounds: Mapping[str, Ground]) -> str:
    """The reasons of one decision, in paragraphs; the letter itself states the ranking before them."""
    if "scheme_criteria" in result.reasons:
        return _not_by_the_rules(result, facts, grounds["scheme_criteria"])
    if result.outcome == "refusal":
        return _ceiling_reached(result, facts, grounds["ceiling"])
    if result.outcome == "partial_grant":
        return _partial(result, facts, grounds)
    if facts.scarce:
        return (
            f"Uw aanvraag staat op plaats {result.rank} van de {facts.applications}. "
            "Op die plaats past het hele bedrag nog binnen het subsidieplafond."
        )
    return (
        f"Voor deze ronde is {format_amount(facts.ceiling)} beschikbaar. Dat is genoeg voor alle "
        f"{facts.applications} aanvragen die in aanmerking komen. De IKC-commissie gaf uw aanvraag "
        f"{format_number(facts.scores[result.application.number], 2)} van de 100 punten."
    )


def _ceiling_reached(result: Result, facts: RankingFacts, ground: Ground) -> str:
    if (result.rank or 0) > facts.last_granted_rank > 0:
        why = (
            f"Bij plaats {facts.last_granted_rank} was het beschikbare bedrag van "
            f"{format_amount(facts.ceiling)} besteed. Uw aanvraag staat op plaats {result.rank}."
        )
    else:
        why = (
            f"Toen uw aanvraag op plaats {result.rank} aan de beurt was, was er van de "
            f"{format_amount(facts.ceiling)} niet meer genoeg over voor uw aanvraag."
        )
    return f"{why} Wij weigeren de subsidie, omdat {ground}."


def _partial(result: Result, facts: RankingFacts, grounds: Mapping[str, Ground]) -> str:
    parts = []
    if "ceiling" in result.reasons:
        parts.append(
            f"Uw aanvraag staat op plaats {result.rank} van de {facts.applications}. Daar was nog "
            f"{format_amount(result.granted)} over. Voor wat daarboven gaat, weigeren wij de subsidie, "
            f"omdat {grounds['ceiling']}."
        )
    if "eligibility" in result.reasons:
        parts.append(
            f"Van uw aanvraag komt {format_amount(result.eligible)} in aanmerking voor subsidie. "
            f"Meer verlenen wij niet, omdat {grounds['eligibility']}."
        )
    return "\n\n".join(parts)


def _not_by_the_rules(result: Result, facts: RankingFacts, ground: Ground) -> str:
    score = facts.scores[result.application.number]
    if facts.min_score is not None and score < facts.min_score:
        return (
            f"Uw aanvraag kreeg {format_number(score, 2)} van de 100 punten. De regeling vraagt ten "
            f"minste {format_number(facts.min_score, 2)} punten. Wij weigeren de subsidie, omdat {ground}."
        )
    return (
        "De IKC-commissie vindt dat uw aanvraag niet voldoet aan de regeling en geeft een negatief "
        "advies. In de tabel hieronder staat waarom. Wij nemen dit advies over en weigeren de subsidie, "
        f"omdat {ground}."
    )


def in_short(result: Result, facts: RankingFacts) -> str:
    """Why, in one short sentence for the table of the run."""
    number = result.application.number
    if "scheme_criteria" in result.reasons:
        if facts.min_score is not None and facts.scores[number] < facts.min_score:
            return f"score onder het minimum van {format_number(facts.min_score, 2)}"
        return "de commissie adviseert negatief"
    drawn = next((draw for draw in facts.draws if number in draw), ())
    lot = f"; gelijke score, nummer {drawn.index(number) + 1} in de loting" if drawn else ""
    if result.outcome == "grant":
        return f"past binnen het plafond{lot}"
    if result.outcome == "partial_grant":
        return f"{' en '.join(_partial_reasons(result))}{lot}"
    return f"het plafond was bereikt bij plaats {facts.last_granted_rank}{lot}"


def _partial_reasons(result: Result) -> list[str]:
    known = {
        "ceiling": "krijgt wat er nog over was",
        "eligibility": "een deel komt niet in aanmerking",
    }
    return [known[reason] for reason in result.reasons]
