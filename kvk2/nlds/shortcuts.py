"""What views share: who may, what was posted, and how a refused submission is answered, always the same way."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from kvk2.core.errors import DomainError
from kvk2.nlds.forms import error_items


def require(request: HttpRequest, permission: str, obj: Model | None = None) -> None:
    """403 unless the user may do `permission` with `obj`."""
    if not request.user.has_perm(permission, obj):
        raise PermissionDenied


def require_sight(request: HttpRequest, permission: str, obj: Model) -> None:
    """404 unless the user may see `obj`: what somebody may not see is not there."""
    if not request.user.has_perm(permission, obj):
        raise Http404


def posted(request: HttpRequest) -> QueryDict | None:
    """What was posted, for a form that is bound by a POST and by nothing else; also when that is empty."""
    return request.POST if request.method == "POST" else None


@contextmanager
def refusals_on(form: BaseForm) -> Iterator[None]:
    """What a service refuses inside the block is told on `form`, at the field that it is about, and the block ends there.

    The block does the deed and returns where to go; after it the page with the form comes again.
    """
    try:
        yield
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)


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
