"""What somebody hands in for one indicator, through the form, a file or the API: one shape for all three."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from monitoring.models import Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The figure of one category of a breakdown, by the key of the category; the columns of the whole figure."""

    category: int
    value: Decimal | None = None
    numerator: int | None = None
    denominator: int | None = None

    @property
    def is_empty(self) -> bool:
        return self.value is None and self.numerator is None and self.denominator is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A value, two counts, a level or a day; or the reason why there is none.

    `n`: on how many children, parents or employees it rests. `parts`: None leaves a breakdown as it is.
    """

    value: Decimal | None = None
    numerator: int | None = None
    denominator: int | None = None
    level: int | None = None
    reached_on: date | None = None
    missing_reason: str = ""
    coverage: Decimal = Decimal(1)
    reference_date: date | None = None
    source: str = ""
    n: int | None = None
    data_status: str = Measurement.DataStatus.DEFINITIVE
    note: str = ""
    via: str = Measurement.Via.FORM
    parts: tuple[Part, ...] | None = None

    def columns(self) -> dict[str, Any]:
        """What is kept on the measurement itself."""
        facts = asdict(self)
        del facts["parts"]
        return facts
