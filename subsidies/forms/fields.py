"""Form fields of the subsidy forms: amounts, hours and counts as a Dutch reader types them."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from kvk2.core.errors import DomainError
from kvk2.core.identifiers import bsn_like
from kvk2.core.money import format_number, parse_amount
from kvk2.core.pasted import plain

# What people and spreadsheets write around an amount: the sign or code of the euro, and ",-" for no cents.
_ORNAMENT = re.compile(r"^(?:€|EUR)\s*|\s*(?:€|EUR)$|,(?:--?|–|—)$", re.IGNORECASE)
_SPACE_BETWEEN_THOUSANDS = re.compile(r"(?<=[0-9]) (?=[0-9]{3}(?![0-9]))")


class AmountField(forms.DecimalField):
    """Euros, written as `1.234,56`; at most ten million (domain reference 7.2)."""

    def __init__(self, *, missing: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("localize", True)
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        )
        super().__init__(error_messages={"required": missing} if missing else None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """As the reader writes it; what was typed stays as it was typed."""
        return format_number(value, 2) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        text = _ORNAMENT.sub("", plain(str(value)).strip())
        text = _SPACE_BETWEEN_THOUSANDS.sub("", text)
        try:
            return parse_amount(text)
        except DomainError as error:
            raise ValidationError(error.message, code="invalid") from error


def personal_numbers(parts: Iterable[forms.BaseForm | forms.BaseFormSet]) -> list[str]:
    """A warning for each text that has what looks like a citizen service number in it (domain reference 7.1).

    It blocks nothing: an RSIN or the number of an invoice may pass the same test.
    """
    flat = [one for part in parts for one in getattr(part, "forms", [part])]
    return [
        f"In ‘{field.label}’ staat {number}. Is dat het burgerservicenummer van iemand? Haal het dan weg: "
        "dat mogen wij niet bewaren."
        for form in flat
        for field in form
        if isinstance(field.field, forms.CharField) and not field.is_hidden
        for number in bsn_like(str(field.value() or ""))
    ]


def text(label: str, missing: str, *, longest: int = 120, **kwargs: Any) -> forms.CharField:
    """One line of text; `missing` is the sentence when it is empty."""
    return forms.CharField(
        label=label,
        max_length=longest,
        error_messages={
            "required": missing,
            "max_length": f"‘{label}’ is te lang: hoogstens {longest} tekens.",
        },
        **kwargs,
    )


def story(
    label: str, missing: str, *, longest: int = 3000, rows: int = 6, **kwargs: Any
) -> forms.CharField:
    """A text of some paragraphs, counted down to `longest` characters."""
    return forms.CharField(
        label=label,
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "required": missing,
            "max_length": f"‘{label}’ is te lang: hoogstens {longest} tekens.",
        },
        **kwargs,
    )


def count(label: str, missing: str, **kwargs: Any) -> forms.IntegerField:
    """A number of children or reviews: whole and not negative."""
    whole = f"Vul bij ‘{label}’ een heel getal in, bijvoorbeeld 25."
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=9999,
        error_messages={
            "required": missing,
            "invalid": whole,
            "min_value": f"‘{label}’ kan niet kleiner zijn dan 0.",
            "max_value": f"‘{label}’ kan niet groter zijn dan 9.999.",
        },
        **kwargs,
    )


def day(label: str, missing: str, **kwargs: Any) -> forms.DateField:
    """A date, typed as day-month-year."""
    kwargs.setdefault("help_text", "Bijvoorbeeld 1-3-2026.")
    return forms.DateField(
        label=label,
        error_messages={
            "required": missing,
            "invalid": f"Vul bij ‘{label}’ een datum in, bijvoorbeeld 1-3-2026.",
        },
        **kwargs,
    )


def clock(label: str, missing: str, **kwargs: Any) -> forms.TimeField:
    """A time, to the minute."""
    kwargs.setdefault("help_text", "Bijvoorbeeld 17:00.")
    return forms.TimeField(
        label=label,
        input_formats=["%H:%M", "%H.%M"],
        widget=forms.TimeInput(format="%H:%M", attrs={"inputmode": "text"}),
        error_messages={
            "required": missing,
            "invalid": f"Vul bij ‘{label}’ een tijd in, bijvoorbeeld 17:00.",
        },
        **kwargs,
    )


def share(label: str, missing: str, **kwargs: Any) -> forms.DecimalField:
    """A percentage from 0 to 100."""
    sentence = f"Vul bij ‘{label}’ een percentage van 0 tot en met 100 in."
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        localize=True,
        error_messages={
            "required": missing,
            **dict.fromkeys(
                ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places"), sentence
            ),
        },
        **kwargs,
    )
