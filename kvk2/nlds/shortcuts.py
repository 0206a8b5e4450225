"""Rendering a page with forms on it, so that a refused submission always answers the same way."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kvk2.nlds.forms import error_items


def render_form(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    forms: Sequence[BaseForm | BaseFormSet],
) -> HttpResponse:
    """Render `template`; with status 422 when a bound form of the page is invalid.

    Adds to the context: `form` (the first form, unless the view gives one), `formsets` by prefix and
    `error_items` for the error summary, in page order. `base.html` prints the summary and 'Fout: '
    in the title.
    """
    formsets = {part.prefix: part for part in forms if isinstance(part, BaseFormSet)}
    first = next((part for part in forms if not isinstance(part, BaseFormSet)), None)
    items = error_items(*(part for part in forms if part.is_bound))
    page = {"form": first, **(context or {}), "formsets": formsets, "error_items": items}
    return render(request, template, page, status=422 if items else 200)
