"""The controls of forms, written as Django's own templates do, without those templates.

A radio button takes four templates and a page of scores has thirty of them: half of what such a page costs. What is
not named here Django renders. The lines between the options of a list are left out.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.formats import localize
from django.utils.html import conditional_escape

Widget = Mapping[str, Any]


def _attributes(widget: Widget) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _input(widget: Widget) -> str:
    value = widget["value"]
    written = "" if value is None else f' value="{conditional_escape(value)}"'
    name = conditional_escape(widget["name"])
    return f'<input type="{widget["type"]}" name="{name}"{written}{_attributes(widget)}>'


def _textarea(widget: Widget) -> str:
    text = conditional_escape(widget["value"]) if widget["value"] else ""
    name = conditional_escape(widget["name"])
    return f'<textarea name="{name}"{_attributes(widget)}>\n{text}</textarea>'


def _select(widget: Widget) -> str:
    groups = "".join(_options(name, options) for name, options, _ in widget["optgroups"])
    name = conditional_escape(widget["name"])
    return f'<select name="{name}"{_attributes(widget)}>{groups}</select>'


def _options(group: str | None, options: list[Widget]) -> str:
    written = "".join(
        f'<option value="{conditional_escape(option["value"])}"{_attributes(option)}>'
        f"{conditional_escape(localize(option['label']))}</option>"
        for option in options
    )
    if not group:
        return written
    return f'<optgroup label="{conditional_escape(group)}">{written}</optgroup>'


_INPUTS = (
    "input",
    "text",
    "number",
    "email",
    "password",
    "search",
    "hidden",
    "date",
    "datetime",
    "checkbox",
    "radio_option",
    "checkbox_option",
)
_WRITERS: Mapping[str, Callable[[Widget], str]] = MappingProxyType(
    {
        **{f"django/forms/widgets/{name}.html": _input for name in _INPUTS},
        "django/forms/widgets/textarea.html": _textarea,
        "django/forms/widgets/select.html": _select,
    }
)


class ControlRenderer(DjangoTemplates):
    def render(self, template_name: str, context: Any, request: Any = None) -> str:
        write = _WRITERS.get(template_name)
        widget = context.get("widget")
        # A label around a choice is not how the pack writes one.
        if write is None or widget.get("wrap_label"):
            return str(super().render(template_name, context, request))
        return write(widget)
