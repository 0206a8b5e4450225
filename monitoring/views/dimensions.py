"""Along what figures are broken down: the list, and a form to add or change one."""

from crispy_forms.layout import Layout
from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agreements.models import IndicatorDefinition
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, LinkButton, NldsHelper
from kvk2.nlds.shortcuts import posted, render_form, require
from monitoring.models import Dimension, MonitoringCycle
from monitoring.services.dimensions import DimensionRefused, keep_dimension
from monitoring.views.cycles import LIST

TITLE = "Uitsplitsingen"


class DimensionForm(NldsForm):
    name = forms.CharField(
        label="Waarnaar splitst u uit?",
        max_length=100,
        help_text="Bijvoorbeeld: leeftijd.",
        error_messages={"required": "Vul in waarnaar u uitsplitst."},
    )
    groups = forms.CharField(
        label="Groepen",
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Elke groep op een eigen regel. Een groep met cijfers kan niet meer weg.",
        error_messages={"required": "Noem de groepen, elk op een regel."},
    )
    is_exhaustive = forms.BooleanField(
        label="Samen zijn de groepen alle kinderen",
        required=False,
        help_text="Dan telt het portaal na of de groepen samen het hele cijfer zijn.",
    )
    definitions = forms.ModelMultipleChoiceField(
        label="Bij welke indicatoren?",
        queryset=IndicatorDefinition.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Kiest u er geen, dan vraagt het portaal deze uitsplitsing nergens.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["definitions"].queryset = IndicatorDefinition.objects.filter(
            type__in=["number", "percentage", "amount"]
        ).order_by("name", "pk")
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            "name",
            "groups",
            "is_exhaustive",
            "definitions",
            Actions(
                Button("save", "Bewaren"),
                LinkButton(reverse("monitoring:dimension_list"), "Annuleren"),
            ),
        )

    def clean_groups(self) -> list[str]:
        lines = (" ".join(line.split()) for line in self.cleaned_data["groups"].splitlines())
        groups = list(filter(None, lines))
        if any(len(group) > 100 for group in groups):
            raise forms.ValidationError("Een groep is hoogstens 100 tekens.")
        return groups


def _visible(request):
    """For everybody who sees a year of monitoring."""
    if not MonitoringCycle.objects.visible_to(request.user).exists():
        raise Http404
    return Dimension.objects.prefetch_related("categories", "definitions").order_by("name", "pk")


@require_safe
def dimension_list(request):
    return render(
        request,
        "monitoring/dimension_list.html",
        {
            "dimensions": _visible(request),
            "may_keep": request.user.has_perm("monitoring.keep_dimension"),
            "breadcrumbs": [(LIST[0], reverse(LIST[1])), (TITLE, None)],
        },
    )


@require_http_methods(["GET", "POST"])
def dimension_create(request):
    require(request, "monitoring.keep_dimension")
    return _form(request, None, "Uitsplitsing toevoegen")


@require_http_methods(["GET", "POST"])
def dimension_edit(request, pk):
    dimension = get_object_or_404(_visible(request), pk=pk)
    require(request, "monitoring.keep_dimension")
    return _form(request, dimension, "Uitsplitsing wijzigen")


def _form(request, dimension: Dimension | None, heading: str):
    form = DimensionForm(posted(request), initial=_initial(dimension))
    if request.method == "POST" and form.is_valid():
        try:
            keep_dimension(dimension, **form.cleaned_data, by=request.user, at=timezone.now())
        except DimensionRefused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, "De uitsplitsing is bewaard.")
            return redirect("monitoring:dimension_list")
    return render_form(
        request,
        "monitoring/dimension_form.html",
        {
            "heading": heading,
            "breadcrumbs": [
                (LIST[0], reverse(LIST[1])),
                (TITLE, reverse("monitoring:dimension_list")),
                (heading, None),
            ],
        },
        forms=[form],
    )


def _initial(dimension: Dimension | None) -> dict:
    if dimension is None:
        return {"is_exhaustive": True}
    names = [group.name for group in dimension.categories.order_by("order", "pk")]
    return {
        "name": dimension.name,
        "groups": "\n".join(names),
        "is_exhaustive": dimension.is_exhaustive,
        "definitions": list(dimension.definitions.all()),
    }
