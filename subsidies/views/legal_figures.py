"""Amounts and terms that the law sets, or that a new scheme begins with: the list, a new one, and taking one away."""

from typing import Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core.errors import DomainError
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import dutch_date
from subsidies import figure_page
from subsidies.forms.legal_figures import PREVIEW, FigureForm, TariffForm
from subsidies.querysets import reads_schemes
from subsidies.services import legal_figures as services

HEADING = "Bedragen en termijnen"


def _about(last: str = "") -> dict[str, Any]:
    figures = reverse("subsidies:legal_figure_list")
    crumbs = [
        ("Regelingen", reverse("subsidies:scheme_list")),
        (HEADING, figures if last else None),
    ]
    if last:
        crumbs.append((last, None))
    return {"breadcrumbs": crumbs, "back_url": figures}


def _kind_or_404(request, slug: str) -> str:
    kind = figure_page.kind_of(slug)
    if kind is None or not reads_schemes(request.user):
        raise Http404
    return kind


@require_safe
def legal_figure_list(request):
    """What holds now, what held before and what is to come, each with its source."""
    if not reads_schemes(request.user):
        raise Http404
    context = {
        **_about(),
        "sections": figure_page.sections(request.user, today=timezone.localdate()),
    }
    return render(request, "subsidies/legal_figure_list.html", context)


@require_http_methods(["GET", "POST"])
def legal_figure_new(request, slug):
    """What holds from a day on; first a look at what it comes to, if wanted."""
    kind = _kind_or_404(request, slug)
    require(request, "subsidies.set_legal_figure")
    page = _about("Nieuw")
    is_tariff = kind == figure_page.PENALTY
    form = (
        TariffForm(posted(request), back_url=page["back_url"])
        if is_tariff
        else FigureForm(posted(request), kind=kind, back_url=page["back_url"])
    )
    context = {**page, "title": figure_page.TITLES[kind], "about": figure_page.ABOUT[kind]}
    if request.method == "POST" and form.is_valid():
        if PREVIEW in request.POST:
            context["preview"] = _preview(kind, form)
        else:
            with refusals_on(form):
                deed = {"by": request.user, "at": timezone.now()}
                if isinstance(form, TariffForm):
                    services.set_tariff(form.tariff(), **deed)
                else:
                    services.set_figure(kind, form.figure(), **deed)
                messages.success(request, "Het is vastgelegd.")
                return redirect("subsidies:legal_figure_list")
    return render_form(request, "subsidies/legal_figure_new.html", context, forms=[form])


def _preview(kind: str, form: TariffForm | FigureForm) -> list:
    today = timezone.localdate()
    if isinstance(form, TariffForm):
        days = form.cleaned_data["days"] or figure_page.MOST_DAYS
        return figure_page.tariff_preview(form.tariff(), figure_page.current_tariff(today), days)
    return figure_page.figure_preview(kind, form.figure(), today=today)


@require_http_methods(["GET", "POST"])
def legal_figure_withdraw(request, slug, pk):
    """Take away what does not hold yet, after asking."""
    kind = _kind_or_404(request, slug)
    require(request, "subsidies.set_legal_figure")
    row = figure_page.row_of(slug, pk)
    if row is None:
        raise Http404
    if request.method == "POST":
        try:
            services.withdraw_figure(row, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, "Het is weggehaald.")
        return redirect("subsidies:legal_figure_list")
    context = {
        **_about("Weghalen"),
        "heading": f"Haalt u weg wat vanaf {dutch_date(row.valid_from)} zou gelden?",
        "text": f"{figure_page.TITLES[kind]}: {figure_page.in_words(row)}.",
        "action_label": "Weghalen",
    }
    return render(request, "components/confirm_page.html", context)
