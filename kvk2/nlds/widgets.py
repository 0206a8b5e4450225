"""Dresses Django's own widgets in the classes and attributes of NL Design System.

Django 5.2 already gives `aria-invalid` and `aria-describedby="<id>_helptext <id>_error"`; the
templates use exactly those ids. What is added here: the `utrecht-*` classes, `aria-required` in
place of `required` (the browser's own messages are neither Dutch nor accessible), `inputmode` and
`autocomplete`, and Dutch notation for numbers and dates.
"""

import re
from typing import Any

from django import forms
from django.forms.widgets import DateTimeBaseInput, Input

from kvk2.core.capitals import upper_first

# The first class in this order of which the widget is an instance decides.
CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "utrecht-checkbox utrecht-checkbox--html-input"),
    (forms.RadioSelect, "utrecht-radio-button utrecht-radio-button--html-input"),
    (forms.CheckboxInput, "utrecht-checkbox utrecht-checkbox--html-input"),
    (forms.FileInput, "lw-file"),
    (forms.HiddenInput, ""),
    (forms.Textarea, "utrecht-textarea utrecht-textarea--html-textarea"),
    (forms.Select, "utrecht-select utrecht-select--html-select"),
    (forms.MultiWidget, ""),
    (Input, "utrecht-textbox utrecht-textbox--html-input"),
)
NUMBER_FIELDS = (forms.DecimalField, forms.IntegerField, forms.FloatField)
GROUPED = re.compile(r"\s*-?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]*)?\s*")
DATE_NOTATION = "%d-%m-%Y"
DATETIME_NOTATION = "%d-%m-%Y %H:%M"


def dress(field: forms.Field) -> None:
    """Give the widget of `field` its classes and attributes; doing it twice changes nothing."""
    widget = field.widget
    for part in getattr(widget, "widgets", [widget]):
        _add_class(part)
    if isinstance(widget, forms.HiddenInput):
        return
    if field.required and not widget.use_fieldset:
        widget.attrs.setdefault("aria-required", "true")
    widget.attrs.pop("maxlength", None)  # typing or pasting is never cut off: the server reports
    if isinstance(widget, forms.Textarea):
        _dress_textarea(widget)
    _dress_choices(field)
    if isinstance(field, NUMBER_FIELDS):
        _dress_number(field)
    elif isinstance(field, forms.DateField | forms.DateTimeField):
        _dress_date(field)
    elif isinstance(field, forms.EmailField):
        widget.attrs.setdefault("autocomplete", "email")
        widget.attrs.setdefault("spellcheck", "false")


def _dress_choices(field: forms.Field) -> None:
    """A label that stands by itself begins with a capital; names of rows, and `typed_labels`, are what people wrote."""
    if isinstance(field, forms.ModelChoiceField) or getattr(field, "typed_labels", False):
        return
    if isinstance(field, forms.ChoiceField):
        widget: Any = field.widget
        widget.choices = [_labelled(*choice) for choice in widget.choices]


def _labelled(value: Any, label: Any) -> tuple[Any, Any]:
    if isinstance(label, list | tuple):
        return upper_first(value), [_labelled(*choice) for choice in label]
    return value, upper_first(label)


def _dress_textarea(widget: forms.Textarea) -> None:
    """The page counts down what is left. The box grows."""
    if widget.attrs.get("rows") == "10":  # Django's default
        widget.attrs["rows"] = "5"


def _add_class(widget: forms.Widget) -> None:
    added = next((names for kind, names in CLASSES if isinstance(widget, kind)), "")
    present = widget.attrs.get("class", "").split()
    if names := dict.fromkeys([*added.split(), *present]):
        widget.attrs["class"] = " ".join(names)


def _dress_number(field: forms.Field) -> None:
    """A text box in Dutch notation: `type=number` scrolls, spins and knows no decimal comma."""
    widget = field.widget
    if not isinstance(widget, forms.TextInput | forms.NumberInput):
        return
    field.localize = widget.is_localized = True
    widget.input_type = "text"
    for attribute in ("min", "max", "step"):
        widget.attrs.pop(attribute, None)
    whole = not isinstance(field, forms.DecimalField | forms.FloatField)
    widget.attrs.setdefault("inputmode", "numeric" if whole else "decimal")
    widget.attrs.setdefault("autocomplete", "off")


def without_grouping(text: str) -> str:
    """`1.250,50` as `1250,50`: Django would take the point for a decimal one and read 1,25 in `1.250`."""
    return text.replace(".", "") if GROUPED.fullmatch(text) else text


def _dress_date(field: forms.Field) -> None:
    """Day-month-year as typed text, whatever language the browser speaks."""
    widget = field.widget
    if not isinstance(widget, DateTimeBaseInput):
        return
    with_time = isinstance(widget, forms.DateTimeInput)
    widget.format = widget.format or (DATETIME_NOTATION if with_time else DATE_NOTATION)
    widget.attrs.setdefault("autocomplete", "off")
    if not with_time:
        widget.attrs.setdefault("inputmode", "text")
