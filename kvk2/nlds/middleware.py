from collections.abc import Callable

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from kvk2.nlds.forms import error_items


class FormErrorsMiddleware:
    """Gives class-based views of others what `render_form` gives ours.

    A refused form answers 422, and the page has its error summary.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(
        self, request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        context = response.context_data or {}
        form = context.get("form")
        if request.method == "POST" and isinstance(form, BaseForm) and form.errors:
            context["error_items"] = error_items(form)
            response.status_code = 422
        return response
