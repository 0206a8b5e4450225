"""Controls are written as Django's own templates write them, but for white space between tags."""

import re

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe

from kvk2.nlds.renderer import ControlRenderer

CHOICES = [("", "Kies"), (1, "Één & ander"), (2026, 2026), ("a<b", mark_safe("<b>vet</b>"))]
GROUPED = [("Groep <1>", [("x", "Iks"), ("y", "Ij")]), ("z", "Zet")]
ODD = {"class": "a b", "data-x": '"<&>', "disabled": True, "hidden": False, "rows": 4}
WIDGETS = {
    "text": (forms.TextInput(ODD), 'Jan & "Piet"'),
    "empty": (forms.TextInput(), None),
    "number": (forms.NumberInput(), 12_500),
    "email": (forms.EmailInput(), "a@b.example"),
    "password": (forms.PasswordInput(), "geheim"),
    "hidden": (forms.HiddenInput(), "1"),
    "date": (forms.DateInput(format="%d-%m-%Y"), "01-02-2026"),
    "checkbox": (forms.CheckboxInput(ODD), True),
    "textarea": (forms.Textarea(ODD), "een\n<twee>\n"),
    "textarea without text": (forms.Textarea(), ""),
    "select": (forms.Select(ODD, choices=CHOICES), "1"),
    "select in groups": (forms.Select(choices=GROUPED), "y"),
    "select of several": (forms.SelectMultiple(choices=CHOICES), ["1", "a<b"]),
    "radio": (forms.RadioSelect(ODD, choices=CHOICES), "2026"),
    "checkboxes": (forms.CheckboxSelectMultiple(choices=GROUPED), ["x"]),
    "file": (forms.ClearableFileInput(), None),
}


@pytest.mark.parametrize("name", WIDGETS)
def test_a_widget_is_written_as_django_does(name):
    widget, value = WIDGETS[name]
    theirs, ours = (
        re.sub(
            r">\s+<(?!/textarea)", "><", widget.render("na<am", value, {"id": "id"}, renderer=by)
        )
        for by in (DjangoTemplates(), ControlRenderer())
    )

    assert ours == theirs


def _choices(renderer):
    class Form(forms.Form):
        choice = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect(ODD))

    return [option.tag() for option in Form({"choice": "1"}, renderer=renderer)["choice"]]


def test_a_choice_by_itself_is_written_as_django_does():
    assert _choices(ControlRenderer()) == _choices(DjangoTemplates())
    assert " checked" in _choices(ControlRenderer())[1]
