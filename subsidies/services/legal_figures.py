"""Which amount or term holds on a day, and what holds from another day on (Awb 4:17(2); domain reference 3.0.2, 3.13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.de_minimis import Limit
from subsidies.models import LegalFigure, PenaltyTariff

if TYPE_CHECKING:
    from ikc.models import User

Kind = LegalFigure.Kind
MOST = {
    Kind.DE_MINIMIS: Decimal(10_000_000),
    Kind.SGEI_DE_MINIMIS: Decimal(10_000_000),
    Kind.DECISION_WEEKS: Decimal(104),
    Kind.COMPLETION_DAYS: Decimal(365),
    Kind.REMINDER_FEE: Decimal(1000),
    Kind.REMINDER_FEE_HIGH: Decimal(1000),
    Kind.REMINDER_BOUND: Decimal(100_000),
}
REMINDER = (Kind.REMINDER_FEE, Kind.REMINDER_FEE_HIGH, Kind.REMINDER_BOUND)
AID = (Kind.DE_MINIMIS, Kind.SGEI_DE_MINIMIS)
AMOUNTS = (*AID, *REMINDER)


class FigureInvalid(DomainError):
    """A figure without a source, out of range, or of a day on which there is one already."""

    code = "FIGURE_INVALID"


class FigureHolds(DomainError):
    """What held is kept: only what is still to come can be taken away."""

    code = "FIGURE_HOLDS"


class FigureMissing(DomainError):
    """Nothing is known for this day."""

    code = "FIGURE_MISSING"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFigure:
    """A figure from a day on. `value`: euros, weeks or days."""

    value: Decimal
    valid_from: date
    source: str
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTariff:
    """The amounts of Awb 4:17(2) from a day on, in euros a day."""

    first_rate: Decimal
    second_rate: Decimal
    third_rate: Decimal
    valid_from: date
    source: str

    @property
    def rates(self) -> tuple[Decimal, Decimal, Decimal]:
        return self.first_rate, self.second_rate, self.third_rate


def figure_on(kind: str, day: date) -> LegalFigure | None:
    """What holds on `day`: the row that began last, unless it ended."""
    row = LegalFigure.objects.filter(kind=kind, valid_from__lte=day).order_by("-valid_from").first()
    return None if row is None or (row.valid_until and row.valid_until < day) else row


def term_on(kind: str, day: date) -> int:
    """The weeks or days that hold on `day`. Refusal: `FigureMissing`."""
    figure = figure_on(kind, day)
    if figure is None:
        raise FigureMissing(
            f"Er is geen {Kind(kind).label} vastgelegd. Vul die in bij ‘Bedragen en termijnen’."
        )
    return int(figure.value)


def limit_on(outcome: str, day: date) -> Limit | None:
    """The ceiling of de-minimis aid that holds on `day`; None when no regulation does."""
    figure = figure_on(outcome, day)
    return None if figure is None else Limit(outcome, figure.value, figure.source)


@transaction.atomic
def set_figure(kind: str, new: NewFigure, *, by: "User", at: datetime) -> LegalFigure:
    """Write down what holds from a day on. Refusal: `FigureInvalid`."""
    most = MOST[Kind(kind)]
    whole = kind in AMOUNTS or new.value == int(new.value)
    _require(
        (0 < new.value <= most and whole, f"Vul een getal in van 1 tot en met {most}."),
        *_of_any(new.source, new.valid_from, LegalFigure.objects.filter(kind=kind)),
        (
            new.valid_until is None or new.valid_until >= new.valid_from,
            "De laatste dag ligt niet vóór de eerste.",
        ),
    )
    figure = LegalFigure.objects.create(
        kind=kind,
        value=new.value,
        valid_from=new.valid_from,
        valid_until=new.valid_until,
        source=new.source.strip(),
        entered_at=at,
        entered_by=by,
    )
    record(
        figure,
        "legal_figure_set",
        actor=by,
        at=at,
        kind=kind,
        value=figure.value,
        valid_from=figure.valid_from,
    )
    return figure


@transaction.atomic
def set_tariff(new: NewTariff, *, by: "User", at: datetime) -> PenaltyTariff:
    """Write down the amounts of the penalty from a day on. Refusal: `FigureInvalid`."""
    _require(
        (min(new.rates) > 0, "Een dwangsom is meer dan nul euro per dag."),
        *_of_any(new.source, new.valid_from, PenaltyTariff.objects.all()),
    )
    tariff = PenaltyTariff.objects.create(
        valid_from=new.valid_from,
        first_rate=new.first_rate,
        second_rate=new.second_rate,
        third_rate=new.third_rate,
        source=new.source.strip(),
        entered_at=at,
        entered_by=by,
    )
    record(
        tariff,
        "legal_figure_set",
        actor=by,
        at=at,
        kind="penalty",
        value=list(new.rates),
        valid_from=tariff.valid_from,
    )
    return tariff


@transaction.atomic
def withdraw_figure(
    figure: LegalFigure | PenaltyTariff, *, by: "User", at: datetime
) -> LegalFigure | PenaltyTariff:
    """Take away what does not hold yet. Refusal: `FigureHolds`."""
    figure = type(figure).objects.select_for_update(of=("self",)).get(pk=figure.pk)
    if figure.valid_from <= local_date(at):
        raise FigureHolds("Dit geldt al. Leg vast wat vanaf een latere dag geldt.")
    record(figure, "legal_figure_withdrawn", actor=by, at=at, valid_from=figure.valid_from)
    figure.delete()
    return figure


def _of_any(source: str, valid_from: date, rows: QuerySet[Any]) -> Sequence[tuple[object, str]]:
    """History stays as it was, so nothing comes before the last row that is there."""
    last = rows.order_by("-valid_from").values_list("valid_from", flat=True).first()
    return (
        (source.strip(), "Vul in waar dit staat, bijvoorbeeld in welk Staatsblad."),
        (
            last is None or valid_from > last,
            "Er is al iets vastgelegd vanaf die dag of later. Kies een latere dag.",
        ),
    )


def _require(*conditions: tuple[object, str]) -> None:
    for holds, sentence in conditions:
        if not holds:
            raise FigureInvalid(sentence)
