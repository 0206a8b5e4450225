"""Three or more years of subsidy in a row, and then less (Awb 4:51; domain reference 3.2).

The years follow from the grants of this portal and from those that were imported. An IKC carries the years of an IKC
that went on in it along; a change of board does not break them, but is told, because the recipient is the board.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from kvk2.core.money import format_amount
from subsidies.facts import known
from subsidies.models import (
    Application,
    ContinuityAssessment,
    Decision,
    SubsidyRound,
)
from subsidies.models.continuity import LONG_ENOUGH
from subsidies.services.grant_terms import rewrite_terms
from subsidies.states import DecisionState

if TYPE_CHECKING:
    from ikc.models import User

DAYS_A_YEAR = 365
LOWER = (Decision.Kind.REFUSAL, Decision.Kind.PARTIAL_GRANT)
ANNOUNCED = (
    DecisionState.SENT,
    DecisionState.FINAL,
    DecisionState.CONTESTED,
    DecisionState.UPHELD,
)

# An IKC carries the years of whatever went on in it, however many times that happened.
_GRANTS = """
WITH RECURSIVE origin (ikc, source) AS (
    SELECT id, id FROM unnest(%s::bigint[]) AS id
    UNION
    SELECT origin.ikc, succession.predecessor_id
      FROM origin JOIN ikc_ikcsuccession succession ON succession.successor_id = origin.source
     WHERE succession.confirmed
)
SELECT origin.ikc, given.board, given.name, given.amount, given.first_day, given.last_day
  FROM origin CROSS JOIN LATERAL (
        SELECT board.name AS board, round.name, decision.amount,
               round.period_start AS first_day, round.period_end AS last_day
          FROM subsidies_application application
          JOIN subsidies_decision decision ON decision.application_id = application.id
          JOIN subsidies_subsidyround round ON round.id = application.round_id
          JOIN ikc_organisation board ON board.id = application.board_id
         WHERE application.ikc_id = origin.source AND decision.amount > 0
           AND decision.state = ANY(%s) AND round.period_start < %s
        UNION ALL
        SELECT '', name, amount, make_date(year, 1, 1), make_date(year, 1, 1)
          FROM subsidies_earliergrant WHERE ikc_id = origin.source
       ) given
"""


class ContinuityNotAsked(DomainError):
    """The decision is no draft any more, or nothing in it has to be judged."""


class ContinuityIncomplete(DomainError):
    """A judgement without its reasons, its term, or with an amount that cannot be."""


class ContinuityOpen(DomainError):
    """A decision goes on while nobody judged on Awb 4:51."""


@dataclass(frozen=True, slots=True)
class EarlierYear:
    """One grant of one year; `board` is who received it, empty when the records do not say. Amount in euros."""

    year: int
    name: str
    board: str
    amount: Decimal

    def as_json(self) -> dict[str, Any]:
        return {
            "year": self.year,
            "name": self.name,
            "board": self.board,
            "amount": str(self.amount),
        }


@dataclass(frozen=True, slots=True)
class History:
    """The grants of one IKC that connect to a new period, newest first, and the years that they cover in a row."""

    years: tuple[int, ...]
    grants: tuple[EarlierYear, ...]

    @property
    def long_enough(self) -> bool:
        return len(self.years) >= LONG_ENOUGH


NOTHING = History((), ())


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the drafter finds. With `applies`: when it was announced, how long the term is, and what is still granted."""

    applies: bool
    motivation: str
    announced_on: date | None = None
    term_until: date | None = None
    continued_amount: Decimal | None = None


def histories(round_: SubsidyRound, ikcs: Iterable[int]) -> dict[int, History]:
    """The years that connect to the period of `round_`, per IKC (ids), in one query."""
    found: dict[int, list[EarlierYear]] = {ikc: [] for ikc in ikcs}
    for ikc, year in _grants(round_, found):
        found[ikc].append(year)
    first = round_.period_start.year
    return {ikc: _connecting(years, first) for ikc, years in found.items()}


def history_of(application: Application) -> History:
    """The years before `application`, of its IKC."""
    return histories(application.round, [application.ikc_id])[application.ikc_id]


def warned(round_: SubsidyRound, applications: Iterable[Application]) -> dict[int, History]:
    """Who of `applications` (by IKC id) had subsidy long enough for Awb 4:51 to matter."""
    found = histories(round_, {application.ikc_id for application in applications})
    return {ikc: history for ikc, history in found.items() if history.long_enough}


def open_assessments(
    round_: SubsidyRound, decisions: Sequence[Decision]
) -> list[ContinuityAssessment]:
    """With the drafts: a judgement to give on each that gives less than was asked after years in a row."""
    lower = [decision for decision in decisions if decision.kind in LOWER]
    found = warned(round_, [decision.application for decision in lower])
    return ContinuityAssessment.objects.bulk_create(
        ContinuityAssessment(
            decision=decision,
            years=list(found[decision.application.ikc_id].years),
            grants=[year.as_json() for year in found[decision.application.ikc_id].grants],
        )
        for decision in lower
        if decision.application.ikc_id in found
    )


@transaction.atomic
def judge_continuity(
    decision: Decision, judgement: Judgement, *, by: "User", at: datetime
) -> ContinuityAssessment:
    """Keep the judgement of the drafter; an amount for the rest of the term becomes part of the decision.

    Raises ContinuityNotAsked or ContinuityIncomplete.
    """
    decision = (
        Decision.objects.select_for_update(of=("self",))
        .select_related("application__round__scheme_version", "application__advice")
        .get(pk=decision.pk)
    )
    row = ContinuityAssessment.objects.filter(decision=decision).first()
    if row is None or decision.state != DecisionState.DRAFT:
        raise ContinuityNotAsked("Over dit besluit valt nu niets te beoordelen.")
    _refuse_half(decision, judgement)
    _grant(decision, row, judgement.continued_amount or Decimal(0), at=at)
    row.applies, row.motivation = judgement.applies, judgement.motivation.strip()
    row.announced_on, row.term_until = judgement.announced_on, judgement.term_until
    row.continued_amount = judgement.continued_amount
    row.recorded_at, row.recorded_by = at, by
    row.save()
    record(
        decision,
        "continuity_judged",
        actor=by,
        at=at,
        before=decision.state,
        after=decision.state,
        applies=row.applies,
        years=row.years,
        amount=row.continued_amount,
    )
    return row


def refuse_open(decisions: Sequence[Decision]) -> None:
    """Raises ContinuityOpen while somebody still has to judge on one of `decisions`."""
    waiting = (
        ContinuityAssessment.objects.filter(decision__in=decisions, applies=None)
        .order_by("decision__reference")
        .values_list("decision__reference", flat=True)
    )
    if references := list(waiting):
        raise ContinuityOpen(
            f"Leg eerst vast of artikel 4:51 Awb geldt bij {', '.join(references)}. "
            "Het IKC kreeg drie of meer jaar achter elkaar subsidie."
        )


def above_division(decisions: Sequence[Decision]) -> dict[int, Decimal]:
    """What each decision (by id) gives on top of the division, because the Act asks for it."""
    rows = ContinuityAssessment.objects.filter(decision__in=decisions, above_division__gt=0)
    return dict(rows.values_list("decision_id", "above_division"))


def words_of(history: Sequence[int]) -> str:
    """`2023, 2024 en 2025`, oldest first."""
    *head, last = [str(year) for year in sorted(history)]
    return f"{', '.join(head)} en {last}" if head else last


def _refuse_half(decision: Decision, judgement: Judgement) -> None:
    if not judgement.motivation.strip():
        raise ContinuityIncomplete("Schrijf op waarom artikel 4:51 wel of niet geldt.")
    announced, until = judgement.announced_on, judgement.term_until
    amount = judgement.continued_amount
    if not judgement.applies:
        if announced or until or amount:
            raise ContinuityIncomplete(
                "Een aankondiging, een termijn of een bedrag horen alleen bij ‘ja’."
            )
        return
    if announced is None or until is None or until <= announced:
        raise ContinuityIncomplete(
            "Vul in wanneer de verlaging is aangekondigd, en tot en met welke latere dag de redelijke termijn loopt."
        )
    connects = until >= decision.application.round.period_start
    if connects and amount is None:
        raise ContinuityIncomplete(
            "De redelijke termijn loopt door in de nieuwe periode. Vul in welk bedrag het IKC voor die tijd krijgt "
            "(artikel 4:51, tweede lid, Awb)."
        )
    if amount is not None and not connects:
        raise ContinuityIncomplete(
            "De redelijke termijn is voorbij als de nieuwe periode begint. Dan hoort er geen bedrag bij."
        )
    requested = known(decision.application.requested_amount)
    if amount is not None and not 0 < amount <= requested:
        raise ContinuityIncomplete(
            f"Het bedrag is hoger dan nul en niet hoger dan het gevraagde bedrag van {format_amount(requested)}."
        )


def _grant(
    decision: Decision, row: ContinuityAssessment, continued: Decimal, *, at: datetime
) -> None:
    """Give the draft the higher of what the division gives and what the term asks for."""
    divided = decision.amount - row.above_division
    amount = max(divided, continued)
    row.above_division = amount - divided
    if amount == decision.amount:
        return
    requested = decision.application.requested_amount
    decision.amount = amount
    if not amount:
        decision.kind = Decision.Kind.REFUSAL
    else:
        decision.kind = Decision.Kind.GRANT if amount == requested else Decision.Kind.PARTIAL_GRANT
    decision.save(update_fields=["amount", "kind"])
    rewrite_terms(decision, at=at)


def _grants(round_: SubsidyRound, ikcs: Iterable[int]) -> list[tuple[int, EarlierYear]]:
    """By IKC what it was granted before `round_`, itself or as what it went on from; a grant counts in each of its years."""
    with connection.cursor() as cursor:
        cursor.execute(_GRANTS, [list(ikcs), list(ANNOUNCED), round_.period_start])
        rows = cursor.fetchall()
    return [
        (ikc, EarlierYear(year, name, board, amount))
        for ikc, board, name, amount, start, end in rows
        for year in _years(start, end)
    ]


def _years(start: date, end: date) -> range:
    """The subsidy years of a period, each by the calendar year in which it begins."""
    count = max(round(((end - start).days + 1) / DAYS_A_YEAR), 1)
    return range(start.year, start.year + count)


def _connecting(grants: Sequence[EarlierYear], first: int) -> History:
    """The unbroken row of years up to the one before `first`."""
    covered = {grant.year for grant in grants}
    years = []
    year = first - 1
    while year in covered:
        years.append(year)
        year -= 1
    kept = [grant for grant in grants if grant.year in years]
    return History(
        tuple(sorted(years)),
        tuple(sorted(kept, key=lambda grant: (-grant.year, grant.name, grant.board))),
    )
