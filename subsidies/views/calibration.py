"""The meaning of scores, and the exercise of the commission before it scores a round."""

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core.audit import events_of
from kvk2.core.errors import DomainError
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies.anonymising import doubtful
from subsidies.calibration_page import CalibrationPage, CalibrationRoundPage
from subsidies.forms.assessment import ReasonForm, ScoreForm
from subsidies.forms.calibration import AnchorForm, CaseForm, CloseForm, OpenForm, PrepareForm
from subsidies.models import Application, Calibration, Criterion, SubsidyRound
from subsidies.services import calibrations as services
from subsidies.services.anchors import change_anchors
from subsidies.services.calibration_cases import earlier_cases, why_not
from subsidies.services.reviews import ReviewIncomplete
from subsidies.views.access import get_round_or_404
from subsidies.views.commission import crumbs

ROUND_DEEDS = ("change_anchors", "prepare_calibration", "skip_calibration")
# So many changes of the explanation are told.
LATEST = 20
DEEDS = ("change_case", "open_calibration", "close_calibration", "score_calibration")


def get_calibration_or_404(request: HttpRequest, pk: int) -> Calibration:
    rows = Calibration.objects.visible_to(request.user).select_related("round")
    return get_object_or_404(rows, pk=pk)


def _may(request: HttpRequest, deeds: tuple[str, ...], obj) -> dict[str, bool]:
    return {deed: request.user.has_perm(f"subsidies.{deed}", obj) for deed in deeds}


def _overview(round_: SubsidyRound) -> str:
    return reverse("subsidies:calibration_round", args=[round_.pk])


def _crumbs(round_: SubsidyRound, *last: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    return crumbs(round_, ("Oefenen", _overview(round_) if last else None), *last)


@require_safe
def calibration_round(request, pk):
    """What each score means, and the exercises of the round."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.view_calibrations", round_)
    context = {
        "breadcrumbs": _crumbs(round_),
        "round": round_,
        "page": CalibrationRoundPage(round_, request.user),
        "may": _may(request, ROUND_DEEDS, round_),
        "changes": events_of(round_).filter(verb="anchors_changed")[:LATEST],
    }
    return render(request, "subsidies/calibration_round.html", context)


@require_http_methods(["GET", "POST"])
def anchor_edit(request, pk, criterion_pk):
    """What 1 to 5 mean on one criterion."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.change_anchors", round_)
    criterion = get_object_or_404(
        Criterion.objects.select_related("round").prefetch_related("anchors"),
        pk=criterion_pk,
        round=round_,
    )
    back = f"{_overview(round_)}#criterium-{criterion.pk}"
    form = AnchorForm(posted(request), criterion=criterion, back_url=back)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            change_anchors(criterion, form.texts(), by=request.user, at=timezone.now())
            messages.success(request, f"De uitleg bij ‘{criterion.name}’ is bewaard.")
            return redirect(back)
    context = {
        "breadcrumbs": _crumbs(round_, (criterion.name, None)),
        "round": round_,
        "criterion": criterion,
    }
    return render_form(request, "subsidies/anchor_edit.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def calibration_new(request, pk):
    """Choose an earlier application, or make one up."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.prepare_calibration", round_)
    found = list(earlier_cases(round_, request.user))
    refused = why_not(found, round_, day=timezone.localdate())
    sources = {row.pk: row for row in found if row.pk not in refused}
    form = PrepareForm(posted(request), sources=sources.values(), back_url=_overview(round_))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            values = form.cleaned_data
            calibration = services.prepare_calibration(
                round_,
                title=values["title"],
                source=sources.get(values["source"]),
                comes_first=values["comes_first"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, "De tekst is gemaakt. Lees haar na en verbeter wat nodig is.")
            return redirect("subsidies:calibration_edit", calibration.pk)
    context = {
        "breadcrumbs": _crumbs(round_, ("Oefening maken", None)),
        "round": round_,
        "refused": [(row, refused[row.pk]) for row in found if row.pk in refused],
    }
    return render_form(request, "subsidies/calibration_new.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def calibration_detail(request, pk):
    """The case to read and score; once the own scores are in, the differences."""
    calibration = get_calibration_or_404(request, pk)
    require(request, "subsidies.view_calibrations", calibration.round)
    page = CalibrationPage(calibration, request.user, timezone.localdate())
    may = _may(request, DEEDS, calibration) | _may(
        request, ("change_anchors", "skip_calibration"), calibration.round
    )
    if request.method == "POST":
        require(request, "subsidies.score_calibration", calibration)
    form = ScoreForm(posted(request), given=page.own_scores, criteria=page.criteria)
    if request.method == "POST" and form.is_valid() and _keep(request, page, form):
        return redirect(calibration)
    context = {
        "breadcrumbs": _crumbs(calibration.round, (str(calibration), None)),
        "calibration": calibration,
        "round": calibration.round,
        "page": page,
        "may": may,
    }
    return render_form(request, "subsidies/calibration_detail.html", context, forms=[form])


def _keep(request: HttpRequest, page: CalibrationPage, form: ScoreForm) -> bool:
    """Save or submit as the pressed button says; False when the service refused, with the reasons in `form`."""
    submit = "submit" in request.POST
    try:
        services.save_scoring(
            page.calibration,
            page.seat,
            scores=form.scores(),
            submit=submit,
            by=request.user,
            at=timezone.now(),
        )
    except ReviewIncomplete as refusal:
        form.refuse(refusal.problems)
        return False
    except DomainError as error:
        form.add_error(None, error.message)
        return False
    messages.success(
        request, "Uw scores zijn ingediend." if submit else "Uw scores zijn bewaard als concept."
    )
    return True


@require_http_methods(["GET", "POST"])
def calibration_edit(request, pk):
    """Correct the text of the case."""
    calibration = get_calibration_or_404(request, pk)
    require(request, "subsidies.change_case", calibration)
    sections = list(calibration.sections.all())
    form = CaseForm(posted(request), calibration=calibration, sections=sections)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.change_case(
                calibration,
                title=form.cleaned_data["title"],
                comes_first=form.cleaned_data["comes_first"],
                parts=form.parts(),
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, "De oefenaanvraag is bewaard.")
            return redirect(calibration)
    visible = Application.objects.visible_to(request.user).select_related("ikc")
    context = {
        "breadcrumbs": _crumbs(
            calibration.round, (str(calibration), calibration.get_absolute_url()), ("Tekst", None)
        ),
        "calibration": calibration,
        "source": visible.filter(pk=calibration.source_id).first(),
        "doubtful": doubtful("\n".join(row.text for row in sections)),
    }
    return render_form(request, "subsidies/calibration_edit.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def calibration_open(request, pk):
    """Give the case to the members."""
    calibration = get_calibration_or_404(request, pk)
    require(request, "subsidies.open_calibration", calibration)
    form = OpenForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.open_calibration(calibration, by=request.user, at=timezone.now())
            messages.success(request, "De oefening is open. De leden zien haar op hun startpagina.")
            return redirect(calibration)
    text = "Alle leden die beoordelen krijgen de oefenaanvraag."
    consequences = [
        "De tekst van de oefenaanvraag ligt daarna vast.",
        "Leden zien elkaars scores pas als zij zelf hebben ingediend.",
        "De scores van de oefening tellen nergens mee.",
    ]
    context = _confirmed(calibration, "Oefening openen", text, consequences)
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def calibration_close(request, pk):
    """The exercise is over; its conclusion is kept."""
    calibration = get_calibration_or_404(request, pk)
    require(request, "subsidies.close_calibration", calibration)
    form = CloseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.close_calibration(
                calibration,
                conclusion=form.cleaned_data["conclusion"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, "De oefening is afgesloten.")
            return redirect(calibration)
    page = CalibrationPage(calibration, request.user, timezone.localdate())
    text = f"{page.done} van de {page.total} leden hebben ingediend."
    consequences = [
        *(f"{name} heeft nog niet ingediend." for name in page.waiting),
        "Daarna kan niemand meer scores geven in deze oefening.",
    ]
    context = _confirmed(calibration, "Oefening afsluiten", text, consequences)
    return render_form(request, "components/confirm_page.html", context, forms=[form])


def _confirmed(calibration: Calibration, heading: str, text: str, consequences: list[str]) -> dict:
    back = calibration.get_absolute_url()
    return {
        "breadcrumbs": _crumbs(calibration.round, (str(calibration), back), (heading, None)),
        "heading": heading,
        "text": text,
        "consequences": consequences,
        "back_url": back,
    }


@require_http_methods(["GET", "POST"])
def calibration_skip(request, pk):
    """No exercise, with the reason."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.skip_calibration", round_)
    form = ReasonForm(posted(request), label="Waarom oefent de commissie niet?")
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.skip_calibration(
                round_, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
            messages.success(request, "Vastgelegd is dat de commissie niet oefent.")
            return redirect(_overview(round_))
    context = {
        "breadcrumbs": _crumbs(round_, ("Overslaan", None)),
        "heading": "Oefening overslaan",
        "text": "De reden blijft bij de ronde staan. Een oefening die nog liep, stopt.",
        "back_url": _overview(round_),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])
