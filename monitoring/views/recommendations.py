"""What the bureau recommends after a year: the page, its forms, and what became of those of the year before."""

from collections.abc import Callable

from crispy_forms.layout import Layout
from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core.csv_export import csv_response
from kvk2.nlds.forms import ConfirmForm, NldsForm
from kvk2.nlds.layout import Actions, Button, LinkButton, NldsHelper
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from monitoring.models import MonitoringCycle, Recommendation
from monitoring.querysets import sees_every_ikc
from monitoring.services import recommending
from monitoring.views.cycles import LIST, get_cycle_or_404

EDIT, ANSWER = "monitoring.edit_recommendations", "monitoring.answer_recommendation"
CSV_HEADERS = ("Jaar", "Voor", "Aanbeveling", "Wat ermee is gedaan", "Toelichting")
BOTH = ["GET", "POST"]


class _WordsForm(NldsForm):
    """Its fields under each other."""

    def __init__(self, *args, back_url: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            *self.fields, Actions(Button("save", "Bewaren"), LinkButton(back_url, "Annuleren"))
        )


class RecommendationForm(_WordsForm):
    addressee = forms.ChoiceField(
        label="Voor",
        choices=Recommendation.Addressee.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies voor wie de aanbeveling is."},
    )
    text = forms.CharField(
        label="Aanbeveling",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Eén aanbeveling, zo dat iedereen kan nagaan of zij is opgevolgd. Hoogstens 500 tekens.",
        error_messages={
            "required": "Schrijf de aanbeveling op.",
            "max_length": "Schrijf hoogstens 500 tekens.",
        },
    )


class AnswerForm(_WordsForm):
    outcome = forms.ChoiceField(
        label="Wat is ermee gedaan?",
        choices=Recommendation.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat ermee is gedaan."},
    )
    note = forms.CharField(
        label="Toelichting",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Staat zo in het volgende samenvattende jaarrapport. Hoogstens 400 tekens.",
        error_messages={
            "required": "Schrijf op wat ermee is gedaan, of waarom niet.",
            "max_length": "Schrijf hoogstens 400 tekens.",
        },
    )


def _cycle_or_404(request, pk: int) -> MonitoringCycle:
    """For who reads the summary."""
    if not sees_every_ikc(request.user):
        raise Http404
    return get_cycle_or_404(request, pk)


def _get_or_404(request, pk: int) -> Recommendation:
    visible = Recommendation.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("cycle__year__programme"), pk=pk)


def _trail(cycle: MonitoringCycle, *more):
    place = cycle.get_absolute_url()
    own = reverse("monitoring:recommendation_list", args=[cycle.pk])
    return [
        (LIST[0], reverse(LIST[1])),
        (str(cycle.year), place),
        ("Aanbevelingen", own if more else None),
        *more,
    ]


@require_safe
def recommendation_list(request, pk):
    """Of this year and of the year before; `?csv=1` gives the same rows as a file."""
    cycle = _cycle_or_404(request, pk)
    visible = Recommendation.objects.visible_to(request.user).in_order()
    rows = list(
        visible.filter(
            cycle__year__programme=cycle.year.programme_id,
            cycle__year__index__in=[cycle.year.index - 1, cycle.year.index],
        ).select_related("cycle__year")
    )
    own = [row for row in rows if row.cycle_id == cycle.pk]
    before = [row for row in rows if row.cycle_id != cycle.pk]
    if request.GET.get("csv"):
        return csv_response(
            "aanbevelingen.csv", CSV_HEADERS, (_csv_row(row) for row in (*own, *before))
        )
    return render(
        request,
        "monitoring/recommendation_list.html",
        {
            "cycle": cycle,
            "own": own,
            "before": before,
            "may_edit": request.user.has_perm(EDIT, cycle),
            "answerable": {row.pk for row in rows if request.user.has_perm(ANSWER, row.cycle)},
            "breadcrumbs": _trail(cycle),
        },
    )


def _csv_row(row: Recommendation):
    return (
        row.cycle.year.label,
        row.get_addressee_display(),
        row.text,
        row.get_outcome_display(),
        row.outcome_note,
    )


@require_http_methods(BOTH)
def recommendation_add(request, pk):
    cycle = _cycle_or_404(request, pk)
    require(request, EDIT, cycle)
    return _edit(request, Recommendation(cycle=cycle), "Aanbeveling schrijven")


@require_http_methods(BOTH)
def recommendation_edit(request, pk):
    recommendation = _get_or_404(request, pk)
    require(request, EDIT, recommendation.cycle)
    return _edit(request, recommendation, "Aanbeveling wijzigen")


def _edit(request, recommendation: Recommendation, heading: str):
    return _written(
        request,
        recommendation,
        RecommendationForm,
        recommending.keep_recommendation,
        initial={"addressee": recommendation.addressee, "text": recommendation.text},
        done="De aanbeveling is bewaard.",
        heading=heading,
        lead="Wat u bewaart, komt in samenvattende rapporten die daarna worden besteld. Na het vaststellen van het jaarrapport staat de tekst vast.",
    )


@require_http_methods(BOTH)
def recommendation_answer(request, pk):
    recommendation = _get_or_404(request, pk)
    require(request, ANSWER, recommendation.cycle)
    return _written(
        request,
        recommendation,
        AnswerForm,
        recommending.answer_recommendation,
        initial={"outcome": recommendation.outcome, "note": recommendation.outcome_note},
        done="Het antwoord is bewaard.",
        heading="Wat is er met deze aanbeveling gedaan?",
        lead=recommendation.text,
    )


def _written(
    request,
    recommendation: Recommendation,
    form_class: type[_WordsForm],
    deed: Callable[..., Recommendation],
    *,
    initial: dict[str, str],
    done: str,
    **page: str,
):
    """Ask, keep it, and go back to the list; what the service refuses stands on the page."""
    back = recommendation.get_absolute_url()
    form = form_class(posted(request), initial=initial, back_url=back)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            deed(recommendation, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, done)
            return redirect(back)
    context = page | {"breadcrumbs": _trail(recommendation.cycle, (page["heading"], None))}
    return render_form(request, "monitoring/recommendation_form.html", context, forms=[form])


@require_http_methods(BOTH)
def recommendation_remove(request, pk):
    recommendation = _get_or_404(request, pk)
    require(request, EDIT, recommendation.cycle)
    back, form = recommendation.get_absolute_url(), ConfirmForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            recommending.remove_recommendation(recommendation, by=request.user, at=timezone.now())
            messages.success(request, "De aanbeveling is verwijderd.")
            return redirect(back)
    page = {
        "heading": "Aanbeveling verwijderen?",
        "text": recommendation.text,
        "consequences": [
            "De aanbeveling komt niet in rapporten die hierna worden besteld.",
            "In de tijdlijn van het jaar blijft staan wat er stond.",
        ],
        "action_label": "Verwijderen",
        "negative": True,
        "back_url": back,
        "breadcrumbs": _trail(recommendation.cycle, ("Verwijderen", None)),
    }
    return render_form(request, "components/confirm_page.html", page, forms=[form])
