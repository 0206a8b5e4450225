"""Layout objects for forms that crispy-forms itself does not have.

self.helper = NldsHelper()
self.helper.layout = Layout(
    Fieldset("Kosten", FormsetTable("lines", "Begroting"), Currency("own_contribution")),
    Actions(Button("next", "Opslaan en verder"), LinkButton(url, "Vorige stap")),
)
"""

from collections.abc import Iterator, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import BaseInput, Field, Layout, LayoutObject, TemplateNameMixin
from crispy_forms.layout import Fieldset as CrispyFieldset
from crispy_forms.utils import TEMPLATE_PACK, render_field
from django.template.loader import render_to_string


class NldsHelper(FormHelper):
    """`<form method="post" novalidate>` in the pack; the error summary stands outside the form."""

    template_pack = "nlds"

    def __init__(self, *, form_tag: bool = True, form_id: str = "") -> None:
        super().__init__()
        self.attrs = {"novalidate": True, "class": "lw-form"}
        self.form_tag = form_tag
        self.disable_csrf = not form_tag
        self.include_media = False
        if form_id:
            self.form_id = form_id

    def get_attributes(self, template_pack=TEMPLATE_PACK):
        """Adds the button that Enter presses: without it, a browser takes the first, 'Verwijder'."""
        main = next((part for part in walk(self.layout) if isinstance(part, Button)), None)
        return {**super().get_attributes(template_pack), "default_button": main}


def saving(*fields: Any, back: str, label: str) -> NldsHelper:
    """The helper of a plain form: its fields, the button that saves, and the way back."""
    helper = NldsHelper()
    helper.layout = Layout(*fields, Actions(Button("save", label), LinkButton(back, "Annuleren")))
    return helper


class Fieldset(CrispyFieldset):
    """A titled group of fields; `description` is a sentence under the title."""

    template = "nlds/layout/fieldset.html"

    def __init__(self, legend: str, *fields: Any, description: str = "", **kwargs: Any) -> None:
        super().__init__(legend, *fields, **kwargs)
        self.description = description

    def render(self, form, context, template_pack=TEMPLATE_PACK, **kwargs):
        fields = self.get_rendered_fields(form, context, template_pack, **kwargs)
        return render_to_string(self.template, {"fieldset": self, "fields": fields})


class Columns(LayoutObject):
    """Short fields side by side where there is room, below each other where there is not."""

    template = "nlds/layout/columns.html"

    def __init__(self, *fields: Any) -> None:
        self.fields = list(fields)

    def render(self, form, context, template_pack=TEMPLATE_PACK, **kwargs):
        columns = [
            render_field(field, form, context, template_pack=template_pack) for field in self.fields
        ]
        return render_to_string(self.template, {"columns": columns})


class Button(BaseInput):
    """A submit button; `appearance` is primary, secondary or subtle."""

    input_type = "submit"
    field_classes = ""
    template = "nlds/layout/button.html"

    def __init__(
        self,
        name: str,
        value: str,
        *,
        appearance: str = "primary",
        icon: str = "",
        icon_end: str = "",
        negative: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(name, value, **kwargs)
        self.appearance, self.negative = appearance, negative
        self.icon, self.icon_end = icon, icon_end


class LinkButton(TemplateNameMixin):
    """A link that looks like a button: 'Vorige stap', 'Annuleren'."""

    template = "nlds/layout/link_button.html"

    def __init__(
        self, href: str, label: str, *, appearance: str = "subtle", icon: str = ""
    ) -> None:
        self.href, self.label, self.appearance, self.icon = href, label, appearance, icon

    def render(self, form, context, template_pack=TEMPLATE_PACK, **kwargs):
        return render_to_string(self.template, {"button": self})


class Actions(LayoutObject):
    """The row of buttons that closes a form: the main action first."""

    template = "nlds/layout/actions.html"

    def __init__(self, *fields: Any) -> None:
        self.fields = list(fields)

    def render(self, form, context, template_pack=TEMPLATE_PACK, **kwargs):
        fields = self.get_rendered_fields(form, context, template_pack, **kwargs)
        return render_to_string(self.template, {"fields": fields})


class Affixed(Field):
    """A text box with something fixed before or after it, such as '€' or 'kinderen'."""

    template = "nlds/layout/affixed.html"

    def __init__(self, name: str, *, before: str = "", after: str = "", **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.before, self.after = before, after

    def render(self, form, context, template_pack=TEMPLATE_PACK, extra_context=None, **kwargs):
        extra = {**(extra_context or {}), "before": self.before, "after": self.after}
        return super().render(form, context, template_pack, extra_context=extra, **kwargs)


class Currency(Affixed):
    """An amount in euros."""

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(name, before="€", **kwargs)


class CharacterCount(Field):
    """A text with a countdown to the `max_length` of its field; say the maximum in the help text."""

    template = "nlds/layout/character_count.html"


class Scale(Field):
    """A radio group as a row of large targets, for scores of 1 to 5."""

    template = "nlds/layout/scale.html"


class ShortChoices(Field):
    """A radio group of a few short words, beside each other."""

    template = "nlds/layout/short_choices.html"


class FileUpload(Field):
    """A file input under the list of files that are there already.

    `files`: mappings or objects with `name`, `url`, `meta` ("PDF, 412 kB") and `remove_value`, the
    value of the submit button named `remove` (empty: no button).
    """

    template = "nlds/layout/file_upload.html"

    def __init__(self, name: str, *, files: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.files = files

    def render(self, form, context, template_pack=TEMPLATE_PACK, extra_context=None, **kwargs):
        extra = {**(extra_context or {}), "files": self.files}
        return super().render(form, context, template_pack, extra_context=extra, **kwargs)


class FormsetTable(TemplateNameMixin):
    """A formset as a table of which the rows become cards on a phone.

    The formset is found in the context by its prefix: `render_form` puts it there. `total` names the
    column that is added up; the sum is kept current in the browser and made by the server as well.
    `titled`: the legend around it says the same already, so the caption is only for who hears the page.
    """

    template = "nlds/formset_table.html"

    def __init__(
        self,
        prefix: str,
        caption: str,
        *,
        total: str = "",
        row_name: str = "regel",
        currency: Sequence[str] = (),
        titled: bool = False,
    ) -> None:
        self.prefix, self.caption, self.total = prefix, caption, total
        self.titled = titled
        self.row_name, self.currency = row_name, tuple(currency)

    def render(self, form, context, template_pack=TEMPLATE_PACK, **kwargs):
        formsets = context.get("formsets") or {}
        formset = formsets.get(self.prefix) or context[self.prefix]
        return render_to_string(self.template, {"table": self, "formset": formset})


class FormsetCards(FormsetTable):
    """A formset with too many fields for a table: each row is a card that opens and closes.

    A row form has a crispy helper of its own, `heading` (what the closed card says) and `is_open`.
    """

    template = "nlds/formset_cards.html"


def walk(layout: Any) -> Iterator[Any]:
    """What a crispy layout consists of, in page order: field names, `FormsetTable`s and `Button`s."""
    if isinstance(layout, str | FormsetTable | Button):
        yield layout
        return
    for part in getattr(layout, "fields", None) or ():
        yield from walk(part)
