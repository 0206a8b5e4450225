"""Two versions of one step side by side: what is saved, and what somebody typed in an older window."""

from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.forms import BaseForm, BaseFormSet, DecimalField, HiddenInput
from django.forms.boundfield import BoundField

from kvk2.core.money import format_number

ROW_TITLES = {
    "costs": "Uitgaven",
    "income": "Andere inkomsten",
    "activities": "Activiteiten",
}


class Difference(NamedTuple):
    """One question whose answers differ, as text."""

    label: str
    saved: str
    typed: str


def differences(saved: list[Any], typed: list[Any]) -> list[Difference]:
    """What differs between the forms of a step as they are saved and as they were posted."""
    found = []
    for mine, theirs in zip(saved, typed, strict=True):
        pairs = _rows(mine, theirs) if isinstance(mine, BaseFormSet) else _fields(mine, theirs)
        found += [pair for pair in pairs if pair.saved != pair.typed]
    return found


def _fields(saved: BaseForm, typed: BaseForm) -> list[Difference]:
    return [
        Difference(str(field.label), _shown(saved[field.name]), _shown(field))
        for field in typed
        if not isinstance(field.field.widget, HiddenInput)
    ]


def _rows(saved: BaseFormSet, typed: BaseFormSet) -> list[Difference]:
    return [Difference(ROW_TITLES[str(typed.prefix)], _table(saved), _table(typed))]


def _table(formset: BaseFormSet) -> str:
    lines = (
        " · ".join(
            filter(
                None, (_shown(field) for field in form.visible_fields() if field.name != "DELETE")
            )
        )
        for form in formset.forms
        if not form["DELETE"].value()
    )
    return "\n".join(line for line in lines if line)


def _as_number(field: BoundField) -> Any:
    """The amount, however it was written; what is no amount as it was typed."""
    value = field.value()
    try:
        return field.field.to_python(value)
    except ValidationError:
        return value


def _shown(field: BoundField) -> str:
    value = _as_number(field) if isinstance(field.field, DecimalField) else field.value()
    choices = {str(code): str(label) for code, label in getattr(field.field, "choices", ())}
    if isinstance(value, list | tuple):
        return ", ".join(choices.get(str(item), str(item)) for item in value)
    if isinstance(value, bool):
        value = str(value).lower()
    if isinstance(value, Decimal):
        return format_number(value, 2)
    text = "" if value is None else str(value)
    return choices.get(text, text) if text else ""
