"""Completing an application on request: answering again, adding files, filing it or throwing it away."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kvk2.core import interrupted
from kvk2.core.downloads import file_response
from kvk2.core.errors import DomainError
from kvk2.core.middleware import arrival
from kvk2.nlds.forms import data_after_row_button, without_errors
from kvk2.nlds.shortcuts import render_form, require
from subsidies import presence
from subsidies.completion_page import changes_of, files_of
from subsidies.content import ApplicationContent
from subsidies.correctable import corrected, corrected_lines, value_of, why_fixed
from subsidies.correctable_rows import ACTIVITIES, STATE_AID, SUB_APPLICATION, content_with
from subsidies.forms.applications import new_page
from subsidies.forms.completions import (
    CorrectionFileForm,
)
from subsidies.forms.content_steps import answer_of
from subsidies.forms.corrections import (
    AID,
    COSTS,
    INCOME,
    SUB,
    CorrectionForm,
    activity_formset,
    budget_formsets,
    rows_as_json,
    step_initial,
)
from subsidies.forms.fields import personal_numbers
from subsidies.models import (
    Application,
    CompletionRequest,
    Correction,
    CorrectionFile,
    Subject,
)
from subsidies.services import corrections as services
from subsidies.services.completions import open_request
from subsidies.services.state_aid_statements import years_of
from subsidies.states import CorrectionState
from subsidies.views.access import get_application_or_404
from subsidies.views.completions import crumbs
from subsidies.views.steps import EDITORS, NUMBERS


def _asked_or_404(request: HttpRequest, pk: int) -> CompletionRequest:
    """The request that waits for an answer, of an application for which the user may act (else 403)."""
    application = get_application_or_404(request, pk)
    require(request, "subsidies.complete_application", application)
    asked = open_request(application)
    if asked is None:
        raise Http404
    asked.application = application
    return asked


def _draft_of(asked: CompletionRequest) -> Correction:
    draft = Correction.objects.filter(request=asked).first()
    draft = draft or Correction(request=asked)
    draft.request = asked
    return draft


@never_cache
@require_http_methods(["GET", "POST"])
def correction_edit(request, pk):
    """The questions that were asked again, and nothing else; kept while one types, finished or not."""
    asked = _asked_or_404(request, pk)
    draft = _draft_of(asked)
    if request.method == "GET":
        return _open_correction(request, asked, draft)
    for prefix in (COSTS, INCOME, ACTIVITIES):
        if (changed := data_after_row_button(request.POST, prefix)) is not None:
            forms = [without_errors(form) for form in _correction_forms(asked, draft, changed)]
            return _show_correction(request, asked, draft, forms)
    return _save(request, asked, draft)


def _save(request: HttpRequest, asked: CompletionRequest, draft: Correction) -> HttpResponse:
    """Keep what was posted; then on to filing it, or back to the page with what is wrong."""
    forms = _correction_forms(asked, draft, request.POST)
    invalid = [form for form in forms if not form.is_valid()]  # every form, also after the first
    try:
        draft = _keep_correction(request, asked, forms, typed=request.POST if invalid else None)
    except DomainError as error:
        if interrupted.wants_data(request):
            return JsonResponse({"problem": error.message}, status=409)
        forms[0].add_error(None, error.message)
        return _show_correction(request, asked, draft, forms)
    interrupted.forget(request)
    if interrupted.wants_data(request):
        return _kept(request, asked, draft, forms)
    if "later" in request.POST:
        messages.success(request, "Wij hebben bewaard wat u invulde.")
        return redirect(asked.application)
    if invalid:
        return _show_correction(request, asked, draft, forms)
    if _adds_to_choose_from(forms):
        messages.info(
            request,
            "U voegde een activiteit toe. Kies in de begroting welke kosten erbij horen, en ga dan verder.",
        )
        return redirect(f"{request.path}#{COSTS}")
    return redirect("subsidies:correction_submit", asked.application_id)


def _adds_to_choose_from(forms: list[Any]) -> bool:
    """Whether the page brought a new activity that its own budget could not yet name."""
    by_prefix = {form.prefix: form for form in forms}
    return COSTS in by_prefix and ACTIVITIES in by_prefix and by_prefix[ACTIVITIES].adds_a_card


def _keep_correction(
    request: HttpRequest, asked: CompletionRequest, forms: list[Any], *, typed: QueryDict | None
) -> Correction:
    form, *formsets = forms
    cleaned = form.cleaned_data
    page = cleaned.get("page") or ""
    return services.save_correction(
        asked,
        values={} if typed else form.values() | rows_as_json(formsets, page),
        explanation=cleaned.get("explanation", ""),
        typed=_answers_in(typed) if typed else (),
        version=cleaned.get("version") or 0,
        page=page,
        turn=cleaned.get("turn") or 0,
        by=request.user,
        at=timezone.now(),
    )


def _answers_in(typed: QueryDict) -> list[tuple[str, list[str]]]:
    """What was posted, without what travels along with it."""
    own = ("csrfmiddlewaretoken", interrupted.FIELD, "next", "later", *CorrectionForm.TRAVELLING)
    return [(name, values) for name, values in typed.lists() if name not in own]


def _open_correction(
    request: HttpRequest, asked: CompletionRequest, draft: Correction
) -> HttpResponse:
    """The page as it was left, with what is no value yet; or as it was posted when the session had ended."""
    if "bewaard" in request.GET:
        interrupted.forget(request)
        return redirect(request.path)
    data = waiting = interrupted.kept(request)
    if waiting is None and draft.typed:
        data = QueryDict(mutable=True)
        for name, values in draft.typed:
            data.setlist(name, values)
        data.update({"version": str(draft.version), "page": new_page()})
    forms = _correction_forms(asked, draft, data)
    if data is not None:
        forms = [without_errors(form) for form in forms]
    return _show_correction(request, asked, draft, forms, waiting=waiting is not None)


def _kept(
    request: HttpRequest, asked: CompletionRequest, draft: Correction, forms: list[Any]
) -> JsonResponse:
    """The answer to saving on the way: when it was kept, and the parts of the page that follow from it."""
    context = {**_editors(request, asked), "numbers": personal_numbers(forms)}
    parts = {place: render_to_string(template, context) for place, template in (EDITORS, NUMBERS)}
    return JsonResponse({"saved": f"{timezone.localtime(draft.saved_at):%H.%M}", "parts": parts})


def _editors(request: HttpRequest, asked: CompletionRequest) -> dict[str, Any]:
    others = presence.others_in(
        asked.application, "aanvullen", user=request.user, at=timezone.now()
    )
    return {"others": presence.sentence(others), "newer": ""}


@require_safe
def correction_presence(request, pk):
    """What an open page asks every half minute: who else has it open, and whether it was saved since."""
    asked = _asked_or_404(request, pk)
    draft, opened = _draft_of(asked), request.GET.get("version", "")
    newer = (
        opened.isdecimal()
        and int(opened) != draft.version
        and request.GET.get("page", "") != draft.page
    )
    context = _editors(request, asked)
    if newer:
        context["newer"] = reverse("subsidies:correction_edit", args=[pk])
    place, template = EDITORS
    return JsonResponse({"parts": {place: render_to_string(template, context)}})


def _correction_forms(asked: CompletionRequest, draft: Correction, data: Any) -> list[Any]:
    application = asked.application
    subjects = services.changeable(asked, at=timezone.now())
    after = {name: change["after"] for name, change in draft.changes.items()}
    shown = corrected(application, draft.changes)
    filed_on = timezone.localdate(application.received_at or application.created_at)
    initial: dict[str, Any] = {
        **{field.name: getattr(shown.plan, field.name) for field in shown.plan._meta.fields},
        **{field.attname: getattr(shown, field.attname) for field in shown._meta.fields},
        "applied_elsewhere": answer_of(shown.applied_elsewhere),
        "explanation": draft.explanation,
        "version": draft.version,
        "page": new_page(),
    }
    for subject, name, prefix in (
        (Subject.SUB_APPLICATION, SUB_APPLICATION, SUB),
        (Subject.STATE_AID, STATE_AID, AID),
    ):
        if subject in subjects:
            initial |= step_initial(after.get(name) or value_of(application, name), prefix)
    forms: list[Any] = [
        CorrectionForm(
            data,
            initial=initial,
            asked=asked.asked,
            subjects=subjects,
            years=years_of(filed_on),
            sub_name=application.round.sub_application_name,
        )
    ]
    activities = list(application.activities.order_by("order", "pk"))
    choices = [(str(row.pk), str(row)) for row in activities]
    if Subject.ACTIVITIES in subjects:
        rows = content_with(ApplicationContent(activities=tuple(activities)), after).activities
        cards = activity_formset(rows, data)
        forms.append(cards)
        choices += cards.new_ones(known={row.key for row in activities})
    if Subject.BUDGET in subjects:
        lines = corrected_lines(application, draft.changes)
        forms += budget_formsets(lines, data, activities=choices)
    return forms


def _show_correction(
    request: HttpRequest,
    asked: CompletionRequest,
    draft: Correction,
    forms: list[Any],
    file_form: CorrectionFileForm | None = None,
    *,
    waiting: bool = False,
) -> HttpResponse:
    now = timezone.now()
    subjects = services.changeable(asked, at=now)
    kinds = services.kinds_asked(subjects)
    context = {
        "breadcrumbs": crumbs(asked.application, "Aanvullen"),
        "application": asked.application,
        "asked": asked,
        "items": asked.asked,
        "draft": draft,
        "fixed": [
            reason
            for item in asked.asked
            if (reason := why_fixed(Subject(item.subject), asked.application.round, now))
        ],
        "files": files_of(draft),
        "file_form": (file_form or CorrectionFileForm(kinds=kinds)) if kinds else None,
        "waiting": waiting,
        "saved_at": draft.saved_at,
        "typed_by": interrupted.seal(request.user.pk),
        "ask_url": reverse("subsidies:correction_presence", args=[asked.application_id]),
        **_editors(request, asked),
        "numbers": personal_numbers(forms),
    }
    bound = [file_form] if file_form else []
    return render_form(request, "subsidies/correction_edit.html", context, forms=[*forms, *bound])


@require_http_methods(["GET", "POST"])
def correction_discard(request, pk):
    """Ask first: what was typed and added does not come back."""
    asked = _asked_or_404(request, pk)
    back_url = reverse("subsidies:correction_edit", args=[pk])
    if request.method == "POST":
        try:
            services.discard_correction(asked, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, "Uw concept is weg. U kunt opnieuw beginnen.")
        return redirect(back_url)
    files = len(files_of(_draft_of(asked)))
    context = {
        "breadcrumbs": crumbs(asked.application, "Concept weggooien"),
        "heading": "Concept van uw aanvulling weggooien?",
        "text": "Uw aanvraag zelf verandert niet. Tot en met de laatste dag kunt u opnieuw beginnen.",
        "consequences": [
            "Wat u in deze aanvulling typte, is daarna weg.",
            *([f"Ook de stukken die u toevoegde, gaan weg: {files}."] if files else []),
        ],
        "action_label": "Concept weggooien",
        "negative": True,
        "back_url": back_url,
    }
    return render(request, "components/confirm_page.html", context)


@require_POST
def correction_upload(request, pk):
    """Keep files with the correction, each for itself; what is refused of one is told of that one."""
    asked = _asked_or_404(request, pk)
    kinds = services.kinds_asked(services.changeable(asked, at=timezone.now()))
    form = CorrectionFileForm(request.POST, request.FILES, kinds=kinds)
    if form.is_valid():
        kept = 0
        for upload in form.cleaned_data["file"]:
            try:
                services.add_correction_file(
                    asked,
                    kind=form.cleaned_data["kind"],
                    name=upload.name,
                    content=upload.read(),
                    by=request.user,
                    at=timezone.now(),
                )
                kept += 1
            except DomainError as error:
                form.add_error("file", error.message)
        if kept:
            messages.success(
                request, f"{kept} {'bestand' if kept == 1 else 'bestanden'} toegevoegd."
            )
        if form.is_valid():
            return redirect("subsidies:correction_edit", asked.application_id)
    draft = _draft_of(asked)
    return _show_correction(request, asked, draft, _correction_forms(asked, draft, None), form)


@require_http_methods(["GET", "POST"])
def correction_submit(request, pk):
    """What changes, once more, and then file it."""
    asked = _asked_or_404(request, pk)
    draft = _draft_of(asked)
    missing = services.missing_for_correction(draft, at=timezone.now())
    if request.method == "POST":
        try:
            services.submit_correction(asked, by=request.user, at=arrival(request))
        except DomainError as error:
            messages.error(request, error.message)
            return redirect("subsidies:correction_submit", asked.application_id)
        messages.success(request, "Uw aanvulling is ingediend. De gemeente kijkt ernaar.")
        return redirect(asked.application)
    context = {
        "breadcrumbs": crumbs(asked.application, "Aanvulling indienen"),
        "application": asked.application,
        "asked": asked,
        "draft": draft,
        "changes": changes_of(draft),
        "files": files_of(draft),
        "missing": missing,
    }
    return render_form(request, "subsidies/correction_submit.html", context, forms=[])


def _file_or_404(request: HttpRequest, pk: int) -> CorrectionFile:
    visible = Application.objects.visible_to(request.user)
    rows = CorrectionFile.objects.filter(correction__request__application__in=visible)
    if request.user.is_municipal:
        rows = rows.filter(~Q(correction__state=CorrectionState.DRAFT))
    return get_object_or_404(
        rows.select_related(
            "stored", "correction__request__application__ikc", "correction__request__application"
        ),
        pk=pk,
    )


@require_safe
def correction_file(request, pk):
    """The file, as a download and never shown in the page; who took it is recorded."""
    file = _file_or_404(request, pk)
    try:
        stored = services.open_correction_file(file, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(file.correction.request.application)
    return file_response(stored)


@require_POST
def correction_file_remove(request, pk):
    file = _file_or_404(request, pk)
    application = file.correction.request.application
    require(request, "subsidies.complete_application", application)
    try:
        services.remove_correction_file(file, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(application)
    messages.success(request, f"‘{file.stored.name}’ is verwijderd.")
    return redirect("subsidies:correction_edit", application.pk)
