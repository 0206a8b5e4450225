"""Figures as a Dutch reader types them, and files that are not too large to read."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from kvk2.core.errors import DomainError
from kvk2.core.money import format_number
from kvk2.core.uploads import require_size

_TYPED = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)(?:,[0-9]+)?")

_AT_MOST = {0: "is een heel getal", 1: "heeft hoogstens 1 decimaal"}


class FigureField(forms.DecimalField):
    """`1.234,5`: a comma before the decimals, points between thousands and nowhere else.

    Django's own field takes `1.300` for one and three tenths; here it is thirteen hundred, and
    `12.5` is refused because nobody can know.
    """

    def __init__(self, *, decimals: int, missing: str = "", **kwargs: Any) -> None:
        label = kwargs["label"]
        example = format_number(Decimal("12.5"), decimals)
        sentence = f"Vul bij ‘{label}’ een getal in, bijvoorbeeld {example}."
        super().__init__(
            max_digits=14,
            decimal_places=decimals,
            localize=True,
            error_messages={
                "required": missing,
                "invalid": sentence,
                "max_digits": sentence,
                "max_whole_digits": sentence,
                "max_decimal_places": f"‘{label}’ {_AT_MOST.get(decimals, f'heeft hoogstens {decimals} decimalen')}.",
                "min_value": f"De {label.lower()} is 0 of meer.",
            },
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal | int):
            return Decimal(value)
        text = str(value).strip()
        if not _TYPED.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return Decimal(text.replace(".", "").replace(",", "."))


def small_enough(upload: UploadedFile) -> UploadedFile:
    """Refuses on the form what is too large, before it is read into memory."""
    try:
        require_size(upload.name or "", upload.size or 0)
    except DomainError as error:
        raise forms.ValidationError(error.message) from error
    return upload
