"""The two-yearly review of the attention areas: planned, compared, discussed, adopted and put into effect."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ikc.forms.recalibrations import (
    AdoptForm,
    AgendaForm,
    DesignationForm,
    NoForm,
    OutcomeForm,
    PlanForm,
    ReasonForm,
)
from ikc.models import AreaDesignation, AreaRecalibration, District, RecalibratedIkc
from ikc.recalibration_page import RecalibrationPage
from ikc.services import recalibration_effect as effect
from ikc.services import recalibrations as services
from ikc.services.area_analysis import latest_map
from ikc.states_areas import RECALIBRATION_BADGES, RecalibrationState
from ikc.timelines import timeline_of
from ikc.views.area_analysis import area_crumbs
from kvk2.core.csv_export import csv_response
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require

LIST = "Herijkingen"


def _crumbs(*more):
    return area_crumbs((LIST, reverse("ikc:recalibration_list")), *more)


def _own_crumbs(recalibration, last):
    return _crumbs((str(recalibration), recalibration.get_absolute_url()), (last, None))


@require_safe
def recalibration_list(request):
    """Every version of the list, the newest first."""
    require(request, "ikc.view_area_analysis")
    found = AreaRecalibration.objects.with_counts().order_by("-year")
    rows = [(one, RECALIBRATION_BADGES[RecalibrationState(one.state)]) for one in found]
    return render(
        request,
        "ikc/recalibration_list.html",
        {
            "breadcrumbs": area_crumbs((LIST, None)),
            "rows": rows,
            "may_plan": request.user.has_perm("ikc.change_areas")
            and all(one.state == RecalibrationState.EFFECTIVE for one, _ in rows),
        },
    )


@require_http_methods(["GET", "POST"])
def recalibration_add(request):
    """Plan the next one."""
    require(request, "ikc.change_areas")
    years = list(District.objects.order_by("-year").values_list("year", flat=True).distinct())
    form = PlanForm(
        posted(request),
        map_years=years,
        initial={"map_year": latest_map(), "year": timezone.localdate().year},
        back_url=reverse("ikc:recalibration_list"),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = services.plan(form.plan(), by=request.user, at=timezone.now())
            messages.success(request, "De herijking is gepland.")
            return redirect(made)
    return render_form(
        request,
        "ikc/ikc_form.html",
        {
            "breadcrumbs": _crumbs(("Herijking plannen", None)),
            "heading": "Herijking plannen",
            "lead": "Elke twee jaar kijkt het bestuurlijk overleg of de lijst van aandachtsgebieden nog klopt.",
            "note": "",
        },
        forms=[form],
    )


@require_safe
def recalibration_detail(request, pk):
    """Old against new, on a map and in a table, with what follows for IKCs."""
    recalibration = get_object_or_404(AreaRecalibration.objects.select_related("adopted_by"), pk=pk)
    require(request, "ikc.view_area_analysis")
    page = RecalibrationPage(recalibration, request.user, today=timezone.localdate())
    if request.GET.get("export") == "csv":
        return _export(recalibration, page)
    return render(
        request,
        "ikc/recalibration_detail.html",
        {
            "breadcrumbs": _crumbs((str(recalibration), None)),
            "recalibration": recalibration,
            "page": page,
            "timeline": timeline_of(recalibration),
            "in_effect": recalibration.state == RecalibrationState.EFFECTIVE,
        },
    )


def _export(recalibration, page):
    headers = [
        "Wijkcode", "Indeling", "Wijk", "Rang", "Score", "Betrouwbaarheid", "Trend", "Was aandachtsgebied",
        "Wordt aandachtsgebied", "Verandering", "Motivering",
    ]  # fmt: skip
    return csv_response(
        f"herijking-{recalibration.year}.csv",
        headers,
        (
            [
                one.district.code,
                one.district.year,
                one.district.name,
                one.rank,
                one.score,
                one.reliability,
                one.trend,
                one.was_attention_area,
                one.is_attention_area,
                row.words,
                one.rationale,
            ]
            for row in page.rows
            for one in [row.designation]
        ),
    )


@require_http_methods(["GET", "POST"])
def designation_edit(request, pk):
    """Propose what one district will be, with the figures in sight."""
    designation = get_object_or_404(
        AreaDesignation.objects.select_related("district", "recalibration"), pk=pk
    )
    require(request, "ikc.change_areas")
    back = designation.recalibration.get_absolute_url()
    if not designation.recalibration.is_open_to_change:
        messages.error(request, "Het voorstel ligt vast.")
        return redirect(back)
    form = DesignationForm(posted(request), designation=designation, back_url=back)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.designate(
                designation,
                is_attention_area=form.cleaned_data["is_attention_area"] == "yes",
                rationale=form.cleaned_data["rationale"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, f"Het voorstel voor {designation.district.name} is bewaard.")
            return redirect(back)
    return render_form(
        request,
        "ikc/designation_edit.html",
        {
            "breadcrumbs": _own_crumbs(designation.recalibration, designation.district.name),
            "designation": designation,
        },
        forms=[form],
    )


@dataclass(frozen=True, slots=True)
class Step:
    """A deed that is asked about first: what it says, and what does it."""

    heading: str
    text: str
    done: str
    deed: Callable[..., Any]
    consequences: tuple[str, ...] = ()
    form: type = NoForm


STEPS = {
    "collect": Step(
        "Cijfers verzamelen",
        "De cijfers worden ingelezen. Daarna legt u de analyse vast.",
        "De herijking verzamelt nu cijfers.",
        services.collect,
        (
            "Een eerdere analyse wordt straks opnieuw gemaakt. Voorstellen en motiveringen blijven staan.",
        ),
    ),
    "analyse": Step(
        "Analyse vastleggen",
        "De rang en de score van elke wijk worden vastgelegd, met de cijfers van dit moment.",
        "De analyse is vastgelegd. Wijs nu de gebieden aan.",
        services.analyse,
        ("Cijfers die later veranderen, veranderen deze analyse niet.",),
    ),
    "discuss": Step(
        "Bespreking vastleggen",
        "Het bestuurlijk overleg heeft de analyse en het voorstel besproken.",
        "De bespreking is vastgelegd. Het college kan de lijst vaststellen.",
        services.discuss,
        (
            "Het portaal controleert of het overleg is gehouden, met deze herijking op de agenda.",
            "Het voorstel ligt daarna vast.",
        ),
    ),
    "reconsider": Step(
        "Voorstel aanpassen",
        "U zet het voorstel weer open.",
        "Het voorstel staat weer open.",
        services.reconsider,
        ("Het bestuurlijk overleg bespreekt het aangepaste voorstel opnieuw.",),
        ReasonForm,
    ),
    "take_effect": Step(
        "Nieuwe lijst laten ingaan",
        "De nieuwe lijst van aandachtsgebieden gaat in.",
        "De nieuwe lijst is ingegaan.",
        effect.take_effect,
        (
            "De gebieden van de oude lijst krijgen een einddatum en blijven bewaard.",
            "Van elk IKC wordt opnieuw bepaald of het in een aandachtsgebied ligt.",
            "Een predicaat Plus van een IKC dat niet meer in een gebied ligt, komt in herijking. Het wordt niet beëindigd.",
            "Aan deze herijking verandert daarna niets meer.",
        ),
    ),
}


@require_http_methods(["GET", "POST"])
def recalibration_step(request, pk, step):
    """Ask before a step, and take it."""
    recalibration = get_object_or_404(AreaRecalibration, pk=pk)
    require(request, "ikc.change_areas")
    try:
        asked = STEPS[step]
    except KeyError:
        raise Http404 from None
    form = asked.form(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            asked.deed(recalibration, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, asked.done)
            return redirect(recalibration)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": _own_crumbs(recalibration, asked.heading),
            "heading": asked.heading,
            "text": f"{recalibration}. {asked.text}",
            "consequences": asked.consequences,
            "back_url": recalibration.get_absolute_url(),
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def recalibration_agenda(request, pk):
    """Put it on the agenda of a bestuurlijk overleg."""
    recalibration = get_object_or_404(AreaRecalibration, pk=pk)
    require(request, "ikc.change_areas")
    form = AgendaForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.put_on_agenda(
                recalibration, form.cleaned_data["meeting"], by=request.user, at=timezone.now()
            )
            messages.success(request, "De herijking staat op de agenda.")
            return redirect(recalibration)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": _own_crumbs(recalibration, "Op de agenda zetten"),
            "heading": "Op de agenda zetten",
            "text": f"{recalibration} wordt besproken in een bestuurlijk overleg. Staat het overleg er niet bij? Plan het dan eerst bij Overleg.",
            "action_label": "Op de agenda zetten",
            "back_url": recalibration.get_absolute_url(),
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def recalibration_adopt(request, pk):
    """The signer records that the college adopted the list."""
    recalibration = get_object_or_404(AreaRecalibration, pk=pk)
    require(request, "ikc.adopt_recalibration")
    form = AdoptForm(posted(request), initial=AdoptForm.initial_on(timezone.localdate()))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.adopt(recalibration, form.adoption(), by=request.user, at=timezone.now())
            messages.success(request, "De lijst is vastgesteld.")
            return redirect(recalibration)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": _own_crumbs(recalibration, "Vaststellen"),
            "heading": "Lijst vaststellen",
            "text": f"U stelt de nieuwe lijst van {recalibration} vast, namens het college.",
            "consequences": [
                "De lijst gaat vanzelf in op de dag die u invult.",
                "Aan het voorstel verandert niets meer.",
            ],
            "action_label": "Vaststellen",
            "back_url": recalibration.get_absolute_url(),
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def recalibrated_ikc_handle(request, pk):
    """What was agreed about an IKC that came in or went out."""
    row = get_object_or_404(
        RecalibratedIkc.objects.select_related("ikc", "recalibration", "area"), pk=pk
    )
    require(request, "ikc.change_areas")
    form = OutcomeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.handle_ikc(
                row, outcome=form.cleaned_data["outcome"], by=request.user, at=timezone.now()
            )
            messages.success(request, "Vastgelegd.")
            return redirect(row.recalibration)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": _own_crumbs(row.recalibration, row.ikc.name),
            "heading": f"{row.ikc}: wat is er afgesproken?",
            "text": f"Het IKC {row.get_direction_display()}: {row.area}.",
            "action_label": "Vastleggen",
            "back_url": row.recalibration.get_absolute_url(),
        },
        forms=[form],
    )
