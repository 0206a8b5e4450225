"""Writing a round while it is a draft: begun with four facts, then step by step, in any order; each save says
what it changed.

Nothing that affects the ranking changes after adoption (Awb 4:26, 4:27): `save_step` refuses it here, and a
trigger refuses it in the database (migration 0008).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.deadlines import AMSTERDAM
from kvk2.core.errors import DomainError
from subsidies.models import (
    AmountFormula,
    ChecklistItem,
    Criterion,
    PriorityTier,
    SubCeiling,
    SubsidyRound,
)
from subsidies.round_steps import RoundStep
from subsidies.round_words import differences
from subsidies.services.anchors import anchors_of, take_along
from subsidies.services.budget_rules import write_budget_rules
from subsidies.services.round_content import (
    ROWS,
    FormulaContent,
    RoundContent,
    SubCeilingContent,
    content_of,
    lock_round,
)

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import SchemeVersion


class RoundIsFixed(DomainError):
    """A round that was adopted keeps its content."""

    code = "ROUND_FIXED"


class RoundNameTaken(DomainError):
    """Rounds are told apart by their names."""

    code = "NAME_TAKEN"


class OverflowNotLater(DomainError):
    """What a part of the ceiling leaves over may flow to a later part only (domain reference 4.1, R3)."""

    code = "OVERFLOW_ORDER"


@transaction.atomic
def create_round(
    content: RoundContent,
    *,
    by: "User | None",
    at: datetime,
    is_demo: bool = False,
    copied_from: SubsidyRound | None = None,
    to_check: Sequence[RoundStep] = (),
) -> SubsidyRound:
    """A new round in draft; it may still be incomplete. `to_check`: steps that somebody has yet to look at.

    Refusals: `RoundNameTaken`, `OverflowNotLater`.
    """
    _require_free_name(content.name)
    round_ = SubsidyRound.objects.create(
        **content.columns(),
        is_demo=is_demo,
        copied_from=copied_from,
        steps_to_check=[step.value for step in to_check],
    )
    for name in ROWS:
        _write_rows(round_, name, getattr(content, name))
    origin = {"copied_from": str(copied_from)} if copied_from else {}
    record(round_, "round_created", actor=by, at=at, after=round_.state, **origin)
    return round_


def begin_round(
    *,
    scheme_version: "SchemeVersion",
    name: str,
    year: int,
    description: str,
    by: "User",
    at: datetime,
) -> SubsidyRound:
    """A draft with the usual calendar of `year` as a proposal, and everything else still to do.

    The subsidy year is the school year and children count on 1 February before it (domain reference 10, Q10, Q11).
    Refusal: `RoundNameTaken`.
    """
    content = RoundContent(
        scheme_version=scheme_version,
        name=name,
        year=year,
        description=description,
        opens_at=datetime.combine(date(year, 2, 2), time(9), AMSTERDAM),
        closes_at=datetime.combine(date(year, 3, 15), time(17), AMSTERDAM),
        period_start=date(year, 8, 1),
        period_end=date(year + 1, 7, 31),
        reference_date=date(year, 2, 1),
        ceiling=Decimal(0),
    )
    to_check = [step for step in RoundStep if step != RoundStep.ABOUT]
    return create_round(content, by=by, at=at, to_check=to_check)


@transaction.atomic
def save_step(
    round_: SubsidyRound,
    step: RoundStep,
    changes: Mapping[str, Any],
    *,
    by: "User | None",
    at: datetime,
) -> SubsidyRound:
    """Keep one step of a draft: `changes` names parts of `RoundContent`. What reads differently goes into the trail.

    Refusals: `RoundIsFixed`, `RoundNameTaken`, `OverflowNotLater`.
    """
    round_ = lock_round(round_)
    if not round_.is_editable:
        raise RoundIsFixed("De ronde is vastgesteld. De inhoud kan niet meer veranderen.")
    before = content_of(round_)
    after = replace(before, **changes)
    _require_free_name(after.name, but=round_.pk)
    columns = {name: value for name, value in after.columns().items() if name in changes}
    for name, value in columns.items():
        setattr(round_, name, value)
    round_.steps_to_check = [name for name in round_.steps_to_check if name != step]
    round_.save(update_fields=[*columns, "steps_to_check"])
    anchors = anchors_of(round_) if "criteria" in changes else {}
    for name in ROWS:
        if name in changes:
            getattr(round_, name).all().delete()
            _write_rows(round_, name, changes[name])
    take_along(anchors, round_)
    if changed := differences(before, after):
        record(
            round_,
            "round_changed",
            actor=by,
            at=at,
            before=round_.state,
            after=round_.state,
            step=step.value,
            changes=[list(difference) for difference in changed],
        )
    return round_


def _require_free_name(name: str, *, but: int | None = None) -> None:
    others = SubsidyRound.objects.filter(name=name)
    if but is not None:
        others = others.exclude(pk=but)
    if others.exists():
        raise RoundNameTaken("Er is al een ronde met deze naam. Kies een andere naam.")


def _write_rows(round_: SubsidyRound, name: str, rows: Any) -> None:
    """The rows of one kind; there are none of them yet."""
    match name:
        case "criteria":
            Criterion.objects.bulk_create(
                Criterion(round=round_, order=order, **asdict(row))
                for order, row in enumerate(rows, 1)
            )
        case "formulas":
            AmountFormula.objects.bulk_create(
                AmountFormula(round=round_, **_columns(row)) for row in rows
            )
        case "tiers":
            PriorityTier.objects.bulk_create(
                PriorityTier(round=round_, rank=rank, rule=rule)
                for rank, rule in enumerate(rows, 1)
            )
        case "checklist":
            ChecklistItem.objects.bulk_create(
                ChecklistItem(round=round_, order=order, **row._asdict())
                for order, row in enumerate(rows, 1)
            )
        case "sub_ceilings":
            _write_sub_ceilings(round_, rows)
        case _:
            write_budget_rules(round_, rows)


def _columns(formula: FormulaContent) -> dict[str, Any]:
    return {part.name: getattr(formula, part.name) for part in fields(formula)}


def _write_sub_ceilings(round_: SubsidyRound, parts: Sequence[SubCeilingContent]) -> None:
    """The last part first, so that every part finds the later one into which it flows."""
    written: dict[str, SubCeiling] = {}
    for order, part in reversed(list(enumerate(parts, 1))):
        if part.overflow_to and part.overflow_to not in written:
            raise OverflowNotLater(
                f"Wat overblijft van ‘{part.name}’ kan alleen naar een later deelplafond."
            )
        written[part.code] = SubCeiling.objects.create(
            round=round_,
            order=order,
            code=part.code,
            name=part.name,
            rule=part.rule,
            amount=part.amount,
            overflow_to=written.get(part.overflow_to),
        )
