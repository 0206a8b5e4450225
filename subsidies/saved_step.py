"""Two versions of one step side by side: what is saved, and what somebody typed in an older window."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.forms import BaseForm, BaseFormSet, DecimalField, HiddenInput
from django.forms.boundfield import BoundField
from django.http import QueryDict

from kvk2.core.money import format_number

ROW_TITLES = {
    "costs": "Uitgaven",
    "income": "Andere inkomsten",
    "activities": "Activiteiten",
}


# Before the name of a question (or of a table): which of two answers somebody wants, `SAVED` or what was typed.
CHOICE, SAVED = "kies-", "bewaard"


class Difference(NamedTuple):
    """One question whose answers differ, as text; `name` is that of its field, or of its table."""

    name: str
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
        Difference(field.html_name, str(field.label), _shown(saved[field.name]), _shown(field))
        for field in typed
        if not isinstance(field.field.widget, HiddenInput)
    ]


def _rows(saved: BaseFormSet, typed: BaseFormSet) -> list[Difference]:
    prefix = str(typed.prefix)
    return [Difference(prefix, ROW_TITLES[prefix], _table(saved), _table(typed))]


def chosen(data: QueryDict, saved: Callable[[], list[Any]]) -> QueryDict:
    """`data` as it was posted, with the saved answer wherever the page of two versions got that choice."""
    wanted = {
        name.removeprefix(CHOICE)
        for name, choice in data.items()
        if name.startswith(CHOICE) and choice == SAVED
    }
    if not wanted:
        return data
    mixed = data.copy()
    for form in saved():
        if isinstance(form, BaseFormSet):
            if form.prefix in wanted:
                _take_table(mixed, form)
        else:
            for field in form:
                if field.html_name in wanted:
                    mixed.setlist(field.html_name, _as_posted(field))
    return mixed


def _take_table(data: QueryDict, formset: BaseFormSet) -> None:
    for name in [name for name in data if name.startswith(f"{formset.prefix}-")]:
        del data[name]
    data[f"{formset.prefix}-TOTAL_FORMS"] = str(len(formset.forms))
    data[f"{formset.prefix}-INITIAL_FORMS"] = "0"
    for form in formset.forms:
        for field in form:
            data.setlist(field.html_name, _as_posted(field))


def _as_posted(field: BoundField) -> list[str]:
    """What a browser would send for this field as the page shows it."""
    value = field.value()
    if value is None or value is False:
        return []
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    shown = field.field.widget.format_value(value)
    shown = shown[0] if isinstance(shown, list) and shown else shown
    return [] if shown in (None, []) else [str(shown)]


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
