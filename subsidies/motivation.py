"""Why an application gets what it gets, in sentences; and the facts that they stand on (Awb 3:46, 4:25(3)).

Pure: from the stored input and outcome of a run to Dutch text, for the page, the decision and the letter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any, Protocol

from kvk2.core.money import format_amount, format_number, round_half_up

SHARED = ("pro_rata", "per_child")


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
class PotFacts:
    """The ceiling, or one part of it, with what came in from an earlier part. Amounts in euros; ranks from 1.

    `per_unit`: of one euro asked for or of one child, when it was shared out and there was too little.
    """

    name: str
    available: Decimal
    received: Decimal
    applications: int
    total_eligible: Decimal
    last_granted_rank: int
    per_unit: Fraction | None
    dropped: tuple[str, ...]

    @property
    def scarce(self) -> bool:
        return self.total_eligible > self.available


@dataclass(frozen=True, slots=True)
class Turn:
    """What was left in the pot when an application was served, and how many came before it."""

    room: Decimal
    before: int


@dataclass(frozen=True, slots=True)
class RankingFacts:
    """What the whole division looked like. Amounts in euros; ranks from 1."""

    method: str
    ceiling: Decimal
    applications: int
    total_eligible: Decimal
    last_granted_rank: int
    min_score: Decimal | None
    free: Decimal
    draws: tuple[tuple[str, ...], ...]
    drawn_by_hand: bool
    rows: Mapping[str, Mapping[str, Any]]
    pots: Mapping[str, PotFacts]
    turns: Mapping[str, Turn]
    # The published priorities by rank; None in a run of before they were kept with it.
    tiers: Mapping[int, str] | None

    @classmethod
    def of(cls, given: Mapping[str, Any], output: Mapping[str, Any]) -> "RankingFacts":
        rules = given["round"]
        rows = {row["number"]: row for row in given["applications"]}
        taking_part = [row for row in output["results"] if "scheme_criteria" not in row["reasons"]]
        by_pot: dict[str, list[Mapping[str, Any]]] = {
            pot["code"]: [] for pot in rules["sub_ceilings"]
        } or {"": []}
        for row in taking_part:
            by_pot[_pot_of(rules, rows[row["number"]])].append(row)
        pots = {code: _pot_facts(code, rules, output, part) for code, part in by_pot.items()}
        minimum, tiers = rules["min_score"], rules.get("tiers")
        return cls(
            method=rules["method"],
            ceiling=Decimal(rules["ceiling"]),
            applications=len(taking_part),
            total_eligible=sum((pot.total_eligible for pot in pots.values()), Decimal(0)),
            last_granted_rank=max(pot.last_granted_rank for pot in pots.values()),
            min_score=None if minimum is None else Decimal(minimum),
            free=Decimal(output["free"]),
            draws=tuple(tuple(draw["order"]) for draw in output["lotteries"]),
            drawn_by_hand=rules["lottery"]["mode"] == "manual",
            rows=rows,
            pots={number: pots[_pot_of(rules, row)] for number, row in rows.items()},
            turns={
                number: turn
                for code, part in by_pot.items()
                for number, turn in _turns(pots[code].available, part).items()
            },
            tiers=None if tiers is None else {tier["rank"]: tier["label"] for tier in tiers},
        )

    @property
    def scarce(self) -> bool:
        return any(pot.scarce for pot in self.pots.values())

    def score(self, number: str) -> Decimal | None:
        text = self.rows[number]["score"]
        return None if text is None else Decimal(text)

    def priority(self, number: str) -> str:
        """The published priority with which this application came before others; empty without one."""
        return (self.tiers or {}).get(self.rows[number]["tier"], "")

    def snapshot(self, result: Result) -> dict[str, Any]:
        """What was left and what was asked when this was decided, for the file and for an objection later."""
        number = result.application.number
        pot = self.pots[number]
        score = self.score(number)
        return {
            "method": self.method,
            "ceiling": str(pot.available),
            "free": str(self.free),
            "applications": pot.applications,
            "total_requested": str(pot.total_eligible),
            "scarce": pot.scarce,
            "rank": result.rank,
            "score": None if score is None else str(score),
            "eligible": str(result.eligible),
            "last_granted_rank": pot.last_granted_rank,
            "tie_break": self.tie_break(number),
        }

    def tie_break(self, number: str) -> str:
        """How an equal place was decided, or nothing."""
        for draw in self.draws:
            if number in draw:
                others = len(draw) - 1
                word = "één andere aanvraag" if others == 1 else f"{others} andere aanvragen"
                how = (
                    "Daarom is geloot. Het proces-verbaal kunt u opvragen."
                    if self.drawn_by_hand
                    else "Daarom is geloot met de tekst die vooraf is gepubliceerd."
                )
                return (
                    f"Uw aanvraag eindigde gelijk met {word}. {how} "
                    f"Uw aanvraag kwam als nummer {draw.index(number) + 1} uit de loting."
                )
        return ""


def motivate(result: Result, facts: RankingFacts, grounds: Mapping[str, Ground]) -> str:
    """The reasons of one decision, in paragraphs; in a tender the letter states the ranking before them."""
    if "scheme_criteria" in result.reasons:
        return _not_by_the_rules(result, facts, grounds)
    pot = facts.pots[result.application.number]
    if not pot.scarce:
        parts = [_enough(result, facts, pot)]
    elif facts.method in SHARED:
        parts = [_share(result, facts, pot, grounds["ceiling"])]
    elif result.outcome == "refusal":
        return _ceiling_reached(result, facts, pot, grounds["ceiling"])
    elif "ceiling" in result.reasons:
        parts = [
            f"Uw aanvraag staat op plaats {result.rank} van de {pot.applications}. Daar was nog "
            f"{format_amount(result.granted)} over. Voor wat daarboven gaat, weigeren wij de subsidie, "
            f"omdat {grounds['ceiling']}."
        ]
    else:
        parts = [
            f"Uw aanvraag staat op plaats {result.rank} van de {pot.applications}. "
            "Op die plaats past het hele bedrag nog binnen het subsidieplafond."
        ]
    if facts.method != "tender" and (drawn := facts.tie_break(result.application.number)):
        parts.append(drawn)
    if "eligibility" in result.reasons:
        parts.append(
            f"Van uw aanvraag komt {format_amount(result.eligible)} in aanmerking voor subsidie. "
            f"Meer verlenen wij niet, omdat {grounds['eligibility']}."
        )
    return "\n\n".join(parts)


def _enough(result: Result, facts: RankingFacts, pot: PotFacts) -> str:
    text = (
        f"Voor deze ronde is {format_amount(pot.available)} beschikbaar. Dat is genoeg voor alle "
        f"{pot.applications} aanvragen die in aanmerking komen."
    )
    score = facts.score(result.application.number)
    if facts.method == "tender" and score is not None:
        text += f" De IKC-commissie gaf uw aanvraag {format_number(score, 2)} van de 100 punten."
    return text


def _share(result: Result, facts: RankingFacts, pot: PotFacts, ground: Ground) -> str:
    number = result.application.number
    if number in pot.dropped:
        return (
            "Bij een gelijke verdeling kreeg uw aanvraag minder dan het kleinste zinvolle bedrag. Er zijn dan te "
            "veel aanvragen voor het beschikbare bedrag, en de aanvraag met de laagste plaats valt af. "
            f"Wij weigeren de subsidie, omdat {ground}."
        )
    text = (
        f"Er is {format_amount(pot.available)} beschikbaar. De {pot.applications} aanvragen die in aanmerking komen, "
        f"vragen samen {format_amount(pot.total_eligible)}. Dat is meer dan er is: {ground}. "
    )
    if facts.method == "pro_rata":
        return text + f"Daarom krijgt elke aanvraag {percentage(pot)} van het subsidiabele bedrag."
    if result.granted == result.eligible:
        return text + (
            f"Daarom krijgt elk IKC {per_child(pot)} per kind. Meer dan uw subsidiabele bedrag krijgt u niet."
        )
    children = facts.rows[number]["children"]
    return (
        text + f"Daarom krijgt elk IKC {per_child(pot)} per kind. Uw IKC telt {children} kinderen."
    )


def percentage(pot: PotFacts) -> str:
    """The share in PRO_RATA: `51,72%`."""
    return f"{format_number(round_half_up((pot.per_unit or Fraction(1)) * 100, 2), 2)}%"


def per_child(pot: PotFacts) -> str:
    """The share of one child in PER_CHILD, rounded to the cent."""
    return format_amount(round_half_up(pot.per_unit or Fraction(0), 2))


def _ceiling_reached(result: Result, facts: RankingFacts, pot: PotFacts, ground: Ground) -> str:
    if (result.rank or 0) > pot.last_granted_rank > 0:
        why = (
            f"Bij plaats {pot.last_granted_rank} was het beschikbare bedrag van "
            f"{format_amount(pot.available)} besteed. Uw aanvraag staat op plaats {result.rank}."
        )
    else:
        why = (
            f"Toen uw aanvraag op plaats {result.rank} aan de beurt was, was er van de "
            f"{format_amount(pot.available)} niet meer genoeg over voor uw aanvraag."
        )
    if facts.method != "tender" and (drawn := facts.tie_break(result.application.number)):
        why += f" {drawn}"
    return f"{why} Wij weigeren de subsidie, omdat {ground}."


def grounds_of(result: Result, facts: RankingFacts) -> list[str]:
    """The refusal grounds of a decision: what a person found, incompatible state aid, else what the division says."""
    row = facts.rows[result.application.number]
    if "scheme_criteria" not in result.reasons:
        return result.reasons
    if found := row.get("grounds"):
        return [ground["code"] for ground in found]
    return ["state_aid"] if row.get("state_aid") == "incompatible" else result.reasons


def _found(found: Sequence[Mapping[str, str]], grounds: Mapping[str, Ground]) -> str:
    """Each ground that was found, in the words of the scheme, with why."""
    return "\n\n".join(
        f"Wij weigeren de subsidie, omdat {grounds[ground['code']]}. {ground['why']}"
        for ground in found
    )


def _not_by_the_rules(result: Result, facts: RankingFacts, grounds: Mapping[str, Ground]) -> str:
    number, ground = result.application.number, grounds["scheme_criteria"]
    score = facts.score(number)
    if found := facts.rows[number].get("grounds"):
        return _found(found, grounds)
    if facts.rows[number].get("state_aid") == "incompatible":
        return (
            "De subsidie zou staatssteun zijn die niet verenigbaar is met de interne markt (artikel 107 en 108 VWEU). "
            "Dan moeten wij de subsidie weigeren (artikel 4:35, derde lid, Awb)."
        )
    if facts.min_score is not None and score is not None and score < facts.min_score:
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
        return _out_in_short(number, facts)
    drawn = next((draw for draw in facts.draws if number in draw), ())
    lot = f"; gelijke plaats, nummer {drawn.index(number) + 1} in de loting" if drawn else ""
    pot = facts.pots[number]
    if facts.method in SHARED and pot.scarce:
        return _share_in_short(result, facts, pot)
    if result.outcome == "grant":
        return f"past binnen het plafond{lot}"
    if result.outcome == "partial_grant":
        return f"{' en '.join(_partial_reasons(result))}{lot}"
    return f"het plafond was bereikt bij plaats {pot.last_granted_rank}{lot}"


def _share_in_short(result: Result, facts: RankingFacts, pot: PotFacts) -> str:
    if result.application.number in pot.dropped:
        return "valt af: minder dan het kleinste zinvolle bedrag"
    if facts.method == "pro_rata":
        return f"{percentage(pot)} van het subsidiabele bedrag"
    children = facts.rows[result.application.number]["children"]
    if result.granted == result.eligible:
        return f"het hele bedrag: minder dan {per_child(pot)} per kind"
    return f"{children} kinderen, {per_child(pot)} per kind"


def _out_in_short(number: str, facts: RankingFacts) -> str:
    score = facts.score(number)
    if facts.rows[number].get("grounds"):
        return "er geldt een weigeringsgrond"
    if facts.rows[number].get("state_aid") == "incompatible":
        return "onverenigbare staatssteun"
    if facts.min_score is not None and score is not None and score < facts.min_score:
        return f"score onder het minimum van {format_number(facts.min_score, 2)}"
    return "de commissie adviseert negatief"


def _partial_reasons(result: Result) -> list[str]:
    known = {
        "ceiling": "krijgt wat er nog over was",
        "eligibility": "een deel komt niet in aanmerking",
    }
    return [known[reason] for reason in result.reasons]


def _pot_of(rules: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    return (row["sub_ceiling"] or "") if rules["sub_ceilings"] else ""


def _pot_facts(
    code: str,
    rules: Mapping[str, Any],
    output: Mapping[str, Any],
    part: Sequence[Mapping[str, Any]],
) -> PotFacts:
    pot = next((each for each in output["pots"] if each["code"] == code), None)
    share = next((each for each in output["shares"] if (each["code"] or "") == code), None)
    received = Decimal(pot["received"]) if pot else Decimal(0)
    names = {each["code"]: each["name"] for each in rules["sub_ceilings"]}
    return PotFacts(
        name=names.get(code, ""),
        available=(Decimal(pot["ceiling"]) if pot else Decimal(rules["ceiling"])) + received,
        received=received,
        applications=len(part),
        total_eligible=sum((Decimal(row["eligible"]) for row in part), Decimal(0)),
        last_granted_rank=max(
            (row["rank"] or 0 for row in part if Decimal(row["granted"]) > 0), default=0
        ),
        per_unit=Fraction(share["per_unit"]) if share and share["per_unit"] else None,
        dropped=tuple(share["dropped"]) if share else (),
    )


def _turns(available: Decimal, part: Sequence[Mapping[str, Any]]) -> dict[str, Turn]:
    """Of those that were served one after another; equals that were not drawn share their turn."""
    ranked = sorted(
        (row for row in part if row["rank"] is not None),
        key=lambda row: (row["rank"], row["number"]),
    )
    turns: dict[str, Turn] = {}
    room, before = available, 0
    for _, equals in groupby(ranked, key=lambda row: row["rank"]):
        group = list(equals)
        turns |= {row["number"]: Turn(room, before) for row in group}
        room -= sum((Decimal(row["granted"]) for row in group), Decimal(0))
        before += len(group)
    return turns
