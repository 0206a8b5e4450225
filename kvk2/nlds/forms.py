"""Base classes of forms in the `nlds` template pack, and the items of the error summary.

A form that inherits `NldsForm` or `NldsModelForm` needs no attributes for its looks. Give every
field one specific Dutch sentence in `error_messages`, never "Dit veld is verplicht".
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.forms.utils import ErrorDict, ErrorList

from kvk2.core.pasted import plain
from kvk2.nlds.layout import FormsetTable, walk
from kvk2.nlds.widgets import NUMBER_FIELDS, dress, without_grouping


class NldsBoundField(BoundField):
    """A field of a form, dressed as soon as anybody asks for it; also when it was added later."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        dress(field)
        super().__init__(form, field, name)

    @property
    def data(self) -> Any:
        """What was posted, as a reader sees it; a password is taken as it is."""
        data = super().data
        if isinstance(self.field.widget, forms.PasswordInput):
            return data
        if isinstance(data, list):
            return [plain(item) if isinstance(item, str) else item for item in data]
        if not isinstance(data, str):
            return data
        data = plain(data)
        if not isinstance(self.field.widget, forms.Textarea):
            data = data.replace("\n", " ")  # pasted into one line
        return without_grouping(data) if isinstance(self.field, NUMBER_FIELDS) else data

    @property
    def anchor(self) -> str:
        """The id to link to: the control, or the first option of a group."""
        return f"{self.auto_id}_0" if self.use_fieldset else self.auto_id


if TYPE_CHECKING:
    _MixinBase = forms.BaseForm
else:
    _MixinBase = object


class NldsFormMixin(_MixinBase):
    """For a form class that has a base of its own, such as those of a library."""

    bound_field_class: type[BoundField] | None = NldsBoundField
    use_required_attribute = False

    @property
    def error_items(self) -> "list[ErrorItem]":
        """What `components/error_summary.html` shows, for a page with this one form."""
        return error_items(self)


class NldsForm(NldsFormMixin, forms.Form):
    """A plain form in the style of the portal."""


class ConfirmForm(NldsForm):
    """Asks nothing but whether one is sure: it carries what the service refuses."""


class NldsModelForm(NldsFormMixin, forms.ModelForm):
    """A model form in the style of the portal."""


@dataclass(frozen=True, slots=True)
class ErrorItem:
    """One line of the error summary; `href` is empty for a message about the form as a whole."""

    text: str
    href: str = ""


def error_items(*forms_on_page: forms.BaseForm | BaseFormSet) -> list[ErrorItem]:
    """The errors of forms and formsets in the order in which the page shows them.

    A form with a crispy layout is read in the order of that layout, and a formset that stands in it
    as a `FormsetTable` (found by its prefix) at that place. Anything else follows in the given order.
    """
    formsets = {str(part.prefix): part for part in forms_on_page if isinstance(part, BaseFormSet)}
    items: list[ErrorItem] = []
    for part in forms_on_page:
        if not isinstance(part, BaseFormSet):
            items += _form_items(part, formsets)
    for formset in formsets.values():
        items += _formset_items(formset)
    return items


def without_errors(form: Any) -> Any:
    """The same bound form or formset, with what was typed but not judged: for 'Regel toevoegen'.

    Sets what Django's validation would have set, so that nothing starts it.
    """
    if isinstance(form, BaseFormSet):
        rows: Any = form
        rows._errors = [without_errors(row).errors for row in form.forms]
        rows._non_form_errors = ErrorList()
    else:
        form._errors = ErrorDict()
        form.cleaned_data = {}
    return form


def _form_items(
    form: forms.BaseForm, formsets: dict[str, BaseFormSet], prefix: str = ""
) -> Iterator[ErrorItem]:
    for error in form.non_field_errors():
        yield ErrorItem(f"{prefix}{error}")
    for part in _in_page_order(form):
        if isinstance(part, FormsetTable):
            if formset := formsets.pop(part.prefix, None):
                yield from _formset_items(formset, name=part.caption, row=part.row_name)
        else:
            yield from _field_items(form[part], prefix)


def _in_page_order(form: forms.BaseForm) -> Iterable[str | FormsetTable]:
    layout = getattr(getattr(form, "helper", None), "layout", None)
    parts = [
        part
        for part in walk(layout)
        if isinstance(part, FormsetTable) or (isinstance(part, str) and part in form.fields)
    ]
    return [*parts, *(name for name in form.fields if name not in parts)]


def _field_items(field: BoundField, prefix: str) -> Iterator[ErrorItem]:
    anchor = getattr(field, "anchor", field.auto_id)
    for error in field.errors:
        yield ErrorItem(f"{prefix}{error}", "" if field.is_hidden else f"#{anchor}")


def _formset_items(
    formset: BaseFormSet, *, name: str = "", row: str = "regel"
) -> Iterator[ErrorItem]:
    for error in formset.non_form_errors():
        yield ErrorItem(str(error), f"#{formset.prefix}")
    for number, form in enumerate(visible_rows(formset), 1):
        prefix = (
            f"{name.rstrip('?')}, {row} {number}: " if name else f"{row.capitalize()} {number}: "
        )
        yield from _form_items(form, {}, prefix)


def visible_rows(formset: BaseFormSet) -> list[forms.BaseForm]:
    """The rows that the page shows: all but those that the user took away."""
    return [form for form in formset.forms if not is_marked_deleted(form)]


def is_marked_deleted(form: forms.BaseForm) -> bool:
    return form.is_bound and "DELETE" in form.fields and bool(form["DELETE"].value())


def data_after_row_button(data: Mapping[str, Any], prefix: str) -> Any | None:
    """POST data after 'Regel toevoegen' or 'Verwijder', pressed in a page without JavaScript.

    None when neither button was pressed. A row is never dropped but marked with its DELETE box, so
    that rows keep their numbers and a stored row is really deleted at the next save.
    """
    add, delete = f"{prefix}-add" in data, data.get(f"{prefix}-delete")
    if not add and delete is None:
        return None
    changed = data.copy()  # type: ignore[attr-defined]  # a QueryDict
    if add:
        changed[f"{prefix}-TOTAL_FORMS"] = str(int(data.get(f"{prefix}-TOTAL_FORMS") or 0) + 1)
    if delete is not None:
        changed[f"{prefix}-{delete}-DELETE"] = "on"
    return changed
