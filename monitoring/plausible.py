"""What no figure can be, whatever its indicator: the same for a form, a file and the link for machines."""

from datetime import date
from decimal import Decimal

from kvk2.core.money import format_whole
from monitoring.personal_data import holds_citizen_number

MOST_CHILDREN = 100_000
LARGEST = Decimal(999_999_999)
FIRST_YEAR, LAST_YEAR = 2000, 2100


def implausible(
    *,
    value: Decimal | None,
    counts: dict[str, int | None],
    days: dict[str, date | None],
    texts: dict[str, str],
) -> tuple[str, str] | None:
    """The field and the sentence of what cannot be; None when all of it may be. Fields are the keys given."""
    return _figures(value, counts) or _days(days) or _texts(texts)


def _figures(value: Decimal | None, counts: dict[str, int | None]) -> tuple[str, str] | None:
    if value is not None and not value.is_finite():
        return "value", "Vul een getal in, bijvoorbeeld 12,5."
    if value is not None and abs(value) > LARGEST:
        return "value", f"De waarde is te groot: hoogstens {format_whole(int(LARGEST))}."
    for name, count in counts.items():
        if count is not None and not 0 <= count <= MOST_CHILDREN:
            return name, f"Vul een aantal in van 0 tot en met {format_whole(MOST_CHILDREN)}."
    return None


def _days(days: dict[str, date | None]) -> tuple[str, str] | None:
    for name, day in days.items():
        if day is not None and not FIRST_YEAR <= day.year < LAST_YEAR:
            return name, f"Het jaar {day.year} kan niet kloppen."
    return None


def _texts(texts: dict[str, str]) -> tuple[str, str] | None:
    for name, text in texts.items():
        if holds_citizen_number(text):
            return (
                name,
                "Hierin staat een nummer dat een burgerservicenummer (BSN) kan zijn. Haal dat weg.",
            )
    return None
