"""The ranking of a round for one reader: the order, the bands, how firm each place is, and how far the money reaches.

Domain reference 4.2. The money is divided by the order; what stands beside it says how much that order means.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from ikc.models import User
from ikc.roles import Role
from kvk2.core.charts import Chart
from kvk2.core.money import format_number
from kvk2.core.spreadsheet import EURO, Heading
from kvk2.nlds.components import Tile
from kvk2.nlds.templatetags.nlds import euro0
from subsidies.models import PriorityTier, SubsidyRound
from subsidies.ranking_picture import Span, ranking_picture
from subsidies.scoring import CriterionWeight, heaviest_first, ranking_groups
from subsidies.sensitivity import Firmness, Order, Trials, bands, smallest_step, trials
from subsidies.services.rankings import Contender, Field, Outside, field_of

WORDS = ("nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien")


@dataclass(frozen=True, slots=True)
class Row:
    """One application with its place; `order` from 0, `total` what the money comes to with this one, in its part of the ceiling."""

    entry: Contender
    firmness: Firmness
    order: int
    total: Decimal
    fits: bool
    why: str

    @property
    def range_words(self) -> str:
        first, last = self.firmness.best, self.firmness.worst
        return f"plaats {first}" if first == last else f"plaats {first} tot en met {last}"

    @property
    def members_words(self) -> str:
        entry = self.entry
        if entry.low is None or entry.high is None:
            return "–"
        return f"{format_number(entry.low, 1)} tot {format_number(entry.high, 1)}"


@dataclass(frozen=True, slots=True)
class Band:
    """Applications whose difference means nothing, or one that stands alone; in the order of the ranking."""

    rows: Sequence[Row]
    margin: Decimal
    tier: str

    @property
    def first(self) -> int:
        return self.rows[0].firmness.place

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def is_shared(self) -> bool:
        return len(self.rows) > 1

    @property
    def heading(self) -> str:
        if not self.is_shared:
            return f"Plaats {self.first}"
        return f"Plaats {self.first} tot en met {self.last}: ongeveer gelijk"

    @property
    def straddles(self) -> bool:
        """The money runs out between applications that hardly differ."""
        return len({row.fits for row in self.rows}) > 1

    @property
    def why(self) -> str:
        if not self.is_shared:
            return ""
        gap = self.rows[0].entry.score - self.rows[-1].entry.score
        said = f"Deze {_count(len(self.rows))} verschillen {_points(gap)}. Dat is niet meer dan {_points(self.margin)}."
        if self.straddles:
            said += " Het geld raakt binnen deze groep op: leg uit waarom de volgorde zo is."
        return said


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What changes without the scores of one member."""

    who: str
    sentences: Sequence[str]


class RankingPage:
    """`round_` comes from `services.rankings.rounds_with_rules`."""

    def __init__(self, round_: Any, user: User) -> None:
        self.round, self.user = round_, user

    @property
    def is_tender(self) -> bool:
        return bool(self.round.allocation_method == SubsidyRound.Method.TENDER)

    @cached_property
    def field(self) -> Field:
        if not self.is_tender:
            return Field((), (), (), (), {})
        return field_of(self.round, self.user)

    @property
    def outside(self) -> Sequence[Outside]:
        return self.field.outside

    @cached_property
    def chain(self) -> Sequence[CriterionWeight]:
        """What breaks a tie by the published rules, the heaviest first."""
        breaks = SubsidyRound.TieBreak.CRITERIA in self.round.tie_chain
        return heaviest_first(self.field.criteria) if breaks else ()

    @cached_property
    def entries(self) -> dict[str, Contender]:
        return {entry.number: entry for entry in self.field.contenders}

    @cached_property
    def trials(self) -> Trials:
        return trials(self.field.criteria, self.field.assessed, chain=self.chain)

    @cached_property
    def margin(self) -> Decimal:
        fewest = min((entry.counted for entry in self.field.contenders), default=1)
        return smallest_step(self.field.criteria, fewest)

    @property
    def margin_words(self) -> str:
        """Why differences up to the margin mean nothing."""
        return (
            f"Aanvragen die niet meer dan {_points(self.margin)} verschillen, staan als één groep. Zoveel verandert een "
            "score al als één lid op het zwaarste criterium één punt hoger of lager geeft. Het geld volgt wel de "
            "volgorde binnen de groep, want zo staat het in de regels van de ronde."
        )

    @cached_property
    def rows(self) -> list[Row]:
        """In ranking order; full equals by number, as a draw has to decide between them."""
        ordered = [self.entries[number] for group in self.trials.order for number in group]
        totals = _totals(ordered)
        firm = {each.number: each for each in self.trials.firmness}
        before: list[Contender | None] = [None, *ordered]
        return [
            Row(
                entry=entry,
                firmness=firm[entry.number],
                order=order,
                total=total,
                fits=total <= self._room(entry.pot),
                why=self._why(earlier, entry),
            )
            for order, (earlier, entry, total) in enumerate(
                zip(before, ordered, totals, strict=False)
            )
        ]

    @cached_property
    def bands(self) -> list[Band]:
        groups = ranking_groups(self.chain, self.field.contenders)
        rows = {row.entry.number: row for row in self.rows}
        found: list[Band] = []
        for each in bands(groups, margin=self.margin):
            tier = each[0].tier
            is_next = not found or found[-1].rows[0].entry.tier != tier
            # Full equals come by number, as in `rows`.
            ordered = sorted((rows[entry.number] for entry in each), key=lambda row: row.order)
            found.append(Band(ordered, self.margin, self._tier_words(tier) if is_next else ""))
        return found

    @property
    def firm(self) -> int:
        return sum(row.firmness.is_firm for row in self.rows)

    @property
    def fitting(self) -> int:
        return sum(row.fits for row in self.rows)

    @property
    def to_discuss(self) -> int:
        return sum(row.entry.discuss for row in self.rows)

    @property
    def tiles(self) -> list[Tile]:
        count = len(self.rows)
        limit = format_number(self.round.spread_limit, 0)
        return [
            Tile("Op volgorde", str(count), f"van {count + len(self.outside)} aanvragen"),
            Tile("Vaste plaatsen", f"{self.firm} van {count}", "wie er ook ontbreekt"),
            Tile("Binnen het plafond", str(self.fitting), f"van {euro0(self.round.ceiling)}"),
            Tile("Te bespreken", str(self.to_discuss), f"meer dan {limit} punten verschil"),
        ]

    @cached_property
    def conclusion(self) -> str:
        """The picture in words."""
        shared = [band for band in self.bands if band.is_shared]
        parts = [
            f"{self.fitting} van de {len(self.rows)} aanvragen passen binnen {euro0(self.round.ceiling)}."
        ]
        if shared:
            together = sum(len(band.rows) for band in shared)
            parts.append(
                f"{together} aanvragen staan in een groep die ongeveer gelijk scoort."
                if together > 1
                else ""
            )
        if any(band.straddles for band in shared):
            parts.append("Het geld raakt op binnen zo’n groep.")
        return " ".join(part for part in parts if part)

    @cached_property
    def picture(self) -> Chart:
        spans = [
            Span(
                name=row.entry.ikc,
                score=row.entry.score,
                low=row.entry.low,
                high=row.entry.high,
                places=band.heading.split(":")[0],
                band=place if band.is_shared else None,
                fits=row.fits,
            )
            for place, band in enumerate(self.bands)
            for row in band.rows
        ]
        # With parts of the ceiling there is no single line.
        ceiling = None if self.round.rule_pots else self.round.ceiling
        return ranking_picture(spans, ceiling=ceiling, conclusion=self.conclusion)

    @cached_property
    def left_out(self) -> list[LeftOut]:
        """Per member whose scores change a place when they are left out; those who change most come first."""
        fitting = self._fitting(self.trials.order)
        found: list[tuple[str, list[str]]] = []
        for reviewer, order in self.trials.without.items():
            moves = self.trials.moves(reviewer)
            then = self._fitting(order)
            sentences = [
                *(self._money(number, "wel") for number in sorted(then - fitting)),
                *(self._money(number, "niet meer") for number in sorted(fitting - then)),
                *(
                    f"{self.entries[number].ikc} gaat van plaats {now} naar {later}"
                    for number, (now, later) in moves.items()
                ),
            ]
            if sentences:
                found.append((reviewer, sentences))
        found.sort(key=lambda each: -len(each[1]))
        return [
            LeftOut(self._who(reviewer, place), sentences)
            for place, (reviewer, sentences) in enumerate(found, 1)
        ]

    @property
    def members(self) -> int:
        return len(self.trials.without)

    def export(self) -> tuple[list[str], list[list[Any]]]:
        """The same as on the page; without the names of members."""
        headings, rows = self._sheet()
        return [heading.label for heading in headings], rows

    def sheet(self) -> tuple[list[Heading], list[list[Any]], list[tuple[str, str]]]:
        headings, rows = self._sheet()
        return headings, rows, [("Ronde", str(self.round)), ("Groepen", self.margin_words)]

    def _sheet(self) -> tuple[list[Heading], list[list[Any]]]:
        headings = [
            Heading("Plaats", width=8),
            Heading("Groep van plaats", width=10),
            Heading("Groep tot en met plaats", width=10),
            Heading("Nummer"),
            Heading("IKC", width=32),
            Heading("Voorrang", width=10),
            Heading("Score", "0.00", 10),
            Heading("Beoordelingen", width=14),
            Heading("Toegewezen", width=12),
            Heading("Laagste lid", "0.00", 12),
            Heading("Hoogste lid", "0.00", 12),
            Heading("Bespreken", width=10),
            *(Heading(each.code, "0.00", 12) for each in self.field.criteria),
            Heading("Bedrag", EURO),
            Heading("Opgeteld", EURO),
            Heading("Binnen het plafond", width=12),
            Heading("Beste plaats zonder één lid", width=12),
            Heading("Laagste plaats zonder één lid", width=12),
            Heading("Uitleg", width=60),
        ]
        rows = [self._export_row(band, row) for band in self.bands for row in band.rows]
        rows += [self._export_outside(each, len(headings)) for each in self.outside]
        return headings, rows

    def _export_row(self, band: Band, row: Row) -> list[Any]:
        entry, firm = row.entry, row.firmness
        return [
            firm.place, band.first, band.last, entry.number, entry.ikc, entry.tier, entry.score, entry.counted,
            entry.assigned, entry.low, entry.high, entry.discuss,
            *(entry.criterion_scores.get(each.code) for each in self.field.criteria),
            entry.amount, row.total, row.fits, firm.best, firm.worst, row.why,
        ]  # fmt: skip

    @staticmethod
    def _export_outside(each: Outside, width: int) -> list[Any]:
        known: list[Any] = [None, None, None, each.number, each.ikc]
        return [*known, *([None] * (width - len(known) - 1)), each.why]

    @cached_property
    def _rooms(self) -> dict[str, Decimal]:
        return {pot["code"]: Decimal(pot["amount"]) for pot in self.round.rule_pots}

    def _room(self, pot: str | None) -> Decimal:
        room: Decimal = self.round.ceiling
        return room if pot is None else self._rooms[pot]

    def _fitting(self, order: Order) -> set[str]:
        """Which of them fit whole, in this order."""
        ordered = [self.entries[number] for group in order for number in group]
        return {
            entry.number
            for entry, total in zip(ordered, _totals(ordered), strict=True)
            if total <= self._room(entry.pot)
        }

    def _money(self, number: str, word: str) -> str:
        return f"{self.entries[number].ikc} past dan {word} binnen het plafond"

    def _who(self, reviewer: str, place: int) -> str:
        """Only the commission's own chair and secretary read who it is."""
        if self.user.has_role(Role.COMMISSION_SECRETARY):
            return f"Zonder de scores van {self.field.names[reviewer]}"
        return f"Zonder de scores van één lid ({place})"

    def _tier_words(self, tier: int) -> str:
        rules = {row["rank"]: PriorityTier.Rule(row["rule"]).label for row in self.round.rule_tiers}
        if tier in rules:
            return f"Voorrang {tier}: {rules[tier]}"
        is_only = all(entry.tier == tier for entry in self.field.contenders)
        return "" if is_only else "Zonder voorrang"

    def _why(self, earlier: Contender | None, entry: Contender) -> str:
        """How it came below the one before it, when the score does not say so."""
        if earlier is None or earlier.tier != entry.tier or earlier.score != entry.score:
            return ""
        for criterion in self.chain:
            first, second = (each.criterion_scores[criterion.code] for each in (earlier, entry))
            if first != second:
                return (
                    f"Evenveel punten als {earlier.ikc}. Die gaat voor: op ‘{self._names[criterion.code]}’ haalt die "
                    f"{format_number(first, 2)} en deze {format_number(second, 2)}."
                )
        return f"Helemaal gelijk met {earlier.ikc}. Is er niet genoeg geld voor beide, dan beslist het lot."

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {row["code"]: row["name"] for row in self.round.criterion_names}


def _totals(ordered: Sequence[Contender]) -> Iterator[Decimal]:
    """Per application what is asked up to and including it, in its part of the ceiling."""
    spent: dict[str | None, Decimal] = {}
    for entry in ordered:
        spent[entry.pot] = spent.get(entry.pot, Decimal(0)) + entry.amount
        yield spent[entry.pot]


def _points(figure: Decimal) -> str:
    return f"{format_number(figure, 2)} {'punt' if figure == 1 else 'punten'}"


def _count(number: int) -> str:
    return WORDS[number] if number < len(WORDS) else str(number)
