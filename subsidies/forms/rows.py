"""Rows that are added, left empty or taken away: what all tables of rows in forms do alike."""

from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet


class BaseRowFormSet(BaseFormSet):
    """Rows that were left empty or taken away do not count."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.empty_permitted = True

    def counts(self, form: forms.BaseForm) -> bool:
        return form.has_changed() and not self._should_delete_form(form)

    def kept(self) -> list[Any]:
        """The forms of the rows that count, whether or not they are valid."""
        return [form for form in self.forms if self.counts(form)]

    def rows(self) -> list[dict[str, Any]]:
        """What was filled in, of a valid formset."""
        return [form.cleaned_data for form in self.kept()]
