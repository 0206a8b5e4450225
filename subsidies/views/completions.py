"""Asking to complete an application, completing it, and judging what came in."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kvk2.core.downloads import file_response
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.nlds.forms import data_after_row_button, without_errors
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies import tasks
from subsidies.completion_page import changes_of, files_of
from subsidies.correctable import LINES, corrected, corrected_lines, why_fixed
from subsidies.forms.completions import (
    COSTS,
    INCOME,
    ITEMS,
    AskedFormSet,
    CompletionRequestForm,
    CorrectionFileForm,
    CorrectionForm,
    JudgeForm,
    budget_formsets,
    lines_as_json,
)
from subsidies.models import (
    Application,
    CheckAnswer,
    CompletionRequest,
    Correction,
    CorrectionFile,
    Subject,
)
from subsidies.services import corrections
from subsidies.services.admission import subject_of
from subsidies.services.completions import open_request, request_completion
from subsidies.states import CORRECTION_BADGES, CorrectionState
from subsidies.views.access import get_application_or_404


def _crumbs(application: Application, last: str) -> list[tuple[str, str | None]]:
    return [
        ("Aanvragen", reverse("subsidies:application_list")),
        (application.number, application.get_absolute_url()),
        (last, None),
    ]


@require_http_methods(["GET", "POST"])
def completion_request(request, pk):
    """Say what is missing and until when; what the check found stands there already."""
    application = get_application_or_404(request, pk)
    require(request, "subsidies.request_completion", application)
    now = timezone.now()
    subjects = [one for one in Subject if not why_fixed(one, application.round, now)]
    changed = data_after_row_button(request.POST, ITEMS) if request.method == "POST" else None
    data = changed if changed is not None else posted(request)
    back_url = reverse("subsidies:application_check", args=[application.pk])
    days = application.round.scheme_version.completion_term_days
    form = CompletionRequestForm(data, initial={"term_days": days}, back_url=back_url)
    rows = AskedFormSet(
        data,
        prefix=ITEMS,
        initial=None if data is not None else _found(application, subjects),
        form_kwargs={"subjects": subjects},
    )
    if changed is not None:
        form, rows = without_errors(form), without_errors(rows)
    elif request.method == "POST" and all([form.is_valid(), rows.is_valid()]):
        with refusals_on(form):
            request_completion(
                application, items=rows.asked(), **form.cleaned_data, by=request.user, at=now
            )
            nudge(tasks.render_pending_letters)
            messages.success(request, "De aanvrager krijgt een brief en een taak om aan te vullen.")
            return redirect(application)
    context = {
        "breadcrumbs": _crumbs(application, "Aanvulling vragen"),
        "application": application,
        "limited": len(subjects) < len(Subject),
    }
    return render_form(request, "subsidies/completion_request.html", context, forms=[form, rows])


def _found(application: Application, subjects: list[Subject]) -> list[dict[str, str]]:
    """A row for each question of the check that was answered with no; one empty row when there is none."""
    answers = application.check_answers.filter(answer=CheckAnswer.Answer.NO).order_by("pk")
    rows = []
    for answer in answers:
        subject = subject_of(application.round, answer.code)
        chosen = subject if subject in {one.value for one in subjects} else ""
        rows.append({"subject": chosen, "text": answer.note, "check_code": answer.code})
    return rows or [{}]


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


@require_http_methods(["GET", "POST"])
def correction_edit(request, pk):
    """The questions that were asked again, and nothing else; kept half-way as often as one likes."""
    asked = _asked_or_404(request, pk)
    draft = _draft_of(asked)
    if request.method == "GET":
        return _show_correction(request, asked, draft, _correction_forms(asked, draft, None))
    for prefix in (COSTS, INCOME):
        if (changed := data_after_row_button(request.POST, prefix)) is not None:
            forms = [without_errors(form) for form in _correction_forms(asked, draft, changed)]
            return _show_correction(request, asked, draft, forms)
    forms = _correction_forms(asked, draft, request.POST)
    if not [form for form in forms if not form.is_valid()]:  # every form, also after the first
        form = forms[0]
        values = form.values()
        if len(forms) > 1:
            values[LINES] = lines_as_json(forms[1:])
        with refusals_on(form):
            corrections.save_correction(
                asked,
                values=values,
                explanation=form.cleaned_data["explanation"],
                version=form.cleaned_data["version"] or 0,
                by=request.user,
                at=timezone.now(),
            )
            if "later" in request.POST:
                messages.success(request, "Wij hebben bewaard wat u invulde.")
                return redirect(asked.application)
            return redirect("subsidies:correction_submit", asked.application_id)
    return _show_correction(request, asked, draft, forms)


def _correction_forms(asked: CompletionRequest, draft: Correction, data: Any) -> list[Any]:
    now = timezone.now()
    subjects = corrections.changeable(asked, at=now)
    shown = corrected(asked.application, draft.changes)
    elsewhere = {None: None, True: "true", False: "false"}[shown.applied_elsewhere]
    initial: dict[str, Any] = {
        **{field.name: getattr(shown.plan, field.name) for field in shown.plan._meta.fields},
        **{field.attname: getattr(shown, field.attname) for field in shown._meta.fields},
        "applied_elsewhere": elsewhere,
        "explanation": draft.explanation,
        "version": draft.version,
    }
    items = asked.asked
    forms: list[Any] = [CorrectionForm(data, initial=initial, asked=items, subjects=subjects)]
    if Subject.BUDGET in subjects:
        lines = corrected_lines(asked.application, draft.changes)
        activities = asked.application.activities.order_by("order", "pk")
        choices = [(str(row.pk), str(row)) for row in activities]
        forms += budget_formsets(lines, data, activities=choices)
    return forms


def _show_correction(
    request: HttpRequest,
    asked: CompletionRequest,
    draft: Correction,
    forms: list[Any],
    file_form: CorrectionFileForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    subjects = corrections.changeable(asked, at=now)
    kinds = corrections.kinds_asked(subjects)
    context = {
        "breadcrumbs": _crumbs(asked.application, "Aanvullen"),
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
    }
    bound = [file_form] if file_form else []
    return render_form(request, "subsidies/correction_edit.html", context, forms=[*forms, *bound])


@require_POST
def correction_upload(request, pk):
    """Keep files with the correction, each for itself; what is refused of one is told of that one."""
    asked = _asked_or_404(request, pk)
    kinds = corrections.kinds_asked(corrections.changeable(asked, at=timezone.now()))
    form = CorrectionFileForm(request.POST, request.FILES, kinds=kinds)
    if form.is_valid():
        kept = 0
        for upload in form.cleaned_data["file"]:
            try:
                corrections.add_correction_file(
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
    missing = corrections.missing_for_correction(draft, at=timezone.now())
    if request.method == "POST":
        try:
            corrections.submit_correction(asked, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
            return redirect("subsidies:correction_submit", asked.application_id)
        messages.success(request, "Uw aanvulling is ingediend. De gemeente kijkt ernaar.")
        return redirect(asked.application)
    context = {
        "breadcrumbs": _crumbs(asked.application, "Aanvulling indienen"),
        "application": asked.application,
        "asked": asked,
        "draft": draft,
        "changes": changes_of(draft),
        "files": files_of(draft),
        "missing": missing,
    }
    return render_form(request, "subsidies/correction_submit.html", context, forms=[])


def _correction_or_404(request: HttpRequest, pk: int) -> Correction:
    """A correction of an application that the user may see; a draft is the applicant's own."""
    rows = Correction.objects.select_related(
        "request__application__round",
        "request__application__ikc__board",
        "request__application__board",
        "submitted_by",
        "judged_by",
    ).filter(request__application__in=Application.objects.visible_to(request.user))
    if request.user.is_municipal:
        rows = rows.exclude(state=CorrectionState.DRAFT)
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
def correction_detail(request, pk):
    """What was, what it became and what came with it; the project leader takes it over, or says why not."""
    correction = _correction_or_404(request, pk)
    application = correction.request.application
    form = None
    if request.method == "POST" or request.user.has_perm("subsidies.judge_correction", correction):
        require(request, "subsidies.judge_correction", correction)
        form = JudgeForm(posted(request))
    if request.method == "POST" and form is not None and form.is_valid():
        judge = (
            corrections.reject_correction
            if "reject" in request.POST
            else corrections.accept_correction
        )
        with refusals_on(form):
            judged = judge(correction, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, f"De aanvulling is {judged.get_state_display()}.")
            return redirect("subsidies:application_check", application.pk)
    context = {
        "breadcrumbs": _crumbs(application, "Aanvulling"),
        "application": application,
        "correction": correction,
        "badge": CORRECTION_BADGES[CorrectionState(correction.state)],
        "items": correction.request.asked,
        "changes": changes_of(correction),
        "files": files_of(correction),
        "form": form,
    }
    return render_form(
        request, "subsidies/correction_detail.html", context, forms=[form] if form else []
    )


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
        stored = corrections.open_correction_file(file, by=request.user, at=timezone.now())
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
        corrections.remove_correction_file(file, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(application)
    messages.success(request, f"‘{file.stored.name}’ is verwijderd.")
    return redirect("subsidies:correction_edit", application.pk)
