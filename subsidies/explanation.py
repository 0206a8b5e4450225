"""How the outcome of one application came about, step by step: for its page, and as an annex to the decision.

Pure, from the stored run to plain Dutch; anybody who reads the steps can do the sum along (Awb 3:46, 4:26).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from kvk2.core.deadlines import local_date
from kvk2.core.money import format_amount, format_number
from subsidies.motivation import (
    SHARED,
    PotFacts,
    RankingFacts,
    Result,
    in_short,
    per_child,
    percentage,
)

MONTHS = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the sum, under a short title."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The outcome in one sentence, and the steps that lead to it."""

    sentence: str
    steps: tuple[Step, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "sentence": self.sentence,
            "steps": [{"title": step.title, "text": step.text} for step in self.steps],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Explanation":
        return cls(stored["sentence"], tuple(Step(**step) for step in stored["steps"]))


def explain(result: Result, facts: RankingFacts, years: Sequence[int] = ()) -> Explanation:
    """Every step of one application in a run, in the order of the rules; `years`: of earlier subsidy in a row."""
    steps = list(_steps(result, facts))
    if years and result.outcome != "grant":
        steps.append(_earlier(years))
    return Explanation(_sentence(result, facts), tuple(steps))


def _earlier(years: Sequence[int]) -> Step:
    text = f"Dit IKC kreeg {len(years)} jaar achter elkaar subsidie, van {min(years)} tot en met {max(years)}."
    return Step(
        "Eerdere subsidie",
        f"{text} Bij minder subsidie gaat de gemeente na of het IKC een redelijke termijn nodig heeft "
        "(artikel 4:51 Awb).",
    )


def _sentence(result: Result, facts: RankingFacts) -> str:
    requested = Decimal(facts.rows[result.application.number]["requested"])
    if result.outcome == "grant":
        start = f"De aanvraag krijgt het hele bedrag van {_amount(result.granted)}"
    elif result.outcome == "partial_grant":
        start = f"De aanvraag krijgt {_amount(result.granted)} van de {_amount(requested)}"
    else:
        start = "De aanvraag krijgt niets"
    return f"{start}: {in_short(result, facts)}.{_priority(result, facts)}"


def _priority(result: Result, facts: RankingFacts) -> str:
    """What brought the application forward, where an order decided."""
    number = result.application.number
    priority = facts.priority(number)
    if not priority or result.rank is None or not facts.pots[number].scarce:
        return ""
    return f" De aanvraag had voorrang: {priority}."


def _steps(result: Result, facts: RankingFacts) -> Iterator[Step]:
    number = result.application.number
    row, pot = facts.rows[number], facts.pots[number]
    yield Step("Subsidiabel bedrag", _eligible(result, row))
    if "scheme_criteria" in result.reasons:
        yield Step(
            "Meedoen", f"De aanvraag doet niet mee in de verdeling: {in_short(result, facts)}."
        )
        return
    yield Step("Beschikbaar bedrag", _available(pot))
    if not pot.scarce:
        yield Step("Verdeling", "Er is genoeg voor alle aanvragen. Een volgorde is niet nodig.")
    elif facts.method in SHARED:
        yield from _shared_steps(result, facts, row, pot)
    else:
        yield from _ordered_steps(result, facts, row, pot)
    yield Step("Uitkomst", _sentence(result, facts))


def _eligible(result: Result, row: Mapping[str, Any]) -> str:
    requested = Decimal(row["requested"])
    parts = [f"Gevraagd is {_amount(requested)}."]
    limits = (
        (row["max_amount"], "Volgens de regeling en de begroting komt hoogstens {} in aanmerking."),
        (row["proposed_amount"], "De commissie stelt {} voor."),
    )
    for amount, words in limits:
        if amount is not None and Decimal(amount) < requested:
            parts.append(words.format(_amount(Decimal(amount))))
    if len(parts) > 1:
        parts.append(f"Het laagste bedrag telt: {_amount(result.eligible)}.")
    else:
        parts.append("Dat hele bedrag komt in aanmerking.")
    return " ".join(parts)


def _available(pot: PotFacts) -> str:
    where = f"het deelplafond ‘{pot.name}’" if pot.name else "het subsidieplafond"
    text = f"De aanvraag valt onder {where}. Er is {_amount(pot.available)} beschikbaar"
    if pot.received:
        text += f", waarvan {_amount(pot.received)} overbleef bij een eerder deelplafond"
    return (
        f"{text}. De {pot.applications} aanvragen die meedoen, vragen samen "
        f"{_amount(pot.total_eligible)}."
    )


def _ordered_steps(
    result: Result, facts: RankingFacts, row: Mapping[str, Any], pot: PotFacts
) -> Iterator[Step]:
    number, turn = row["number"], facts.turns[row["number"]]
    if facts.tiers is None or facts.tiers:
        yield Step("Voorrangsgroep", _group(row["tier"], facts))
    if facts.method == "tender":
        score = format_number(facts.score(number) or Decimal(0), 2)
        place = f"De score is {score} van de 100 punten. Dat geeft plaats {result.rank} van de {pot.applications}."
        yield Step("Score en plaats", place)
    else:
        day = _day(row["complete_at"])
        yield Step(
            "Dag en plaats",
            f"De aanvraag was volledig op {day}. Dat geeft plaats {result.rank} van de {pot.applications}. "
            "Het uur telt niet mee.",
        )
    if drawn := next((draw for draw in facts.draws if number in draw), ()):
        how = "met de hand" if facts.drawn_by_hand else "met de vooraf gepubliceerde tekst"
        yield Step(
            "Loting",
            f"{len(drawn)} aanvragen eindigden gelijk en pasten niet allemaal. Er is {how} geloot. Deze aanvraag kwam "
            f"als nummer {drawn.index(number) + 1} uit de loting.",
        )
    came = (
        "Geen andere aanvraag kwam eerder"
        if not turn.before
        else f"Eerder kwamen er {turn.before} aan de beurt"
    )
    yield Step(
        "Wat er over was",
        f"{came}. Toen was er nog {_amount(turn.room)} over. Nodig was {_amount(result.eligible)}.",
    )


def _group(tier: int, facts: RankingFacts) -> str:
    if facts.tiers is None:
        return f"De aanvraag valt in voorrangsgroep {tier}."
    if label := facts.tiers.get(tier):
        return f"De aanvraag valt in voorrangsgroep {tier}: {label}."
    return "De aanvraag valt in geen van de voorrangsgroepen. Die komen eerst aan de beurt."


def _shared_steps(
    result: Result, facts: RankingFacts, row: Mapping[str, Any], pot: PotFacts
) -> Iterator[Step]:
    if row["number"] in pot.dropped:
        yield Step(
            "Kleinste zinvolle bedrag",
            "Bij gelijk delen komt de aanvraag onder het kleinste zinvolle bedrag. Van die aanvragen valt steeds de "
            "laagste in de rangorde af, en wordt er opnieuw gedeeld. Dat gebeurde met deze aanvraag.",
        )
        return
    if pot.dropped:
        yield Step(
            "Wie afviel",
            f"Er vielen {len(pot.dropped)} aanvragen af, omdat zij onder het kleinste zinvolle bedrag kwamen.",
        )
    if facts.method == "pro_rata":
        yield Step(
            "Aandeel",
            f"Elke aanvraag krijgt {percentage(pot)} van het subsidiabele bedrag, naar beneden afgerond op de cent. De "
            "centen die dan overblijven, gaan naar de aanvragen die het meest verloren door het afronden.",
        )
        return
    exact = (pot.per_unit or 0) * row["children"]
    text = (
        f"Elk IKC krijgt {per_child(pot)} per kind. Dit IKC telt {row['children']} kinderen: "
        f"{format_number(exact, 2)} euro."
    )
    if result.granted == result.eligible:
        text += (
            " Dat is niet minder dan het subsidiabele bedrag, dus dat hele bedrag wordt verleend."
        )
    yield Step("Bedrag per kind", text)


def _amount(figure: Decimal) -> str:
    """Never broken over two lines, on a phone or in the letter."""
    return format_amount(figure, space="\xa0")


def _day(moment: str) -> str:
    day = local_date(datetime.fromisoformat(moment))
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
