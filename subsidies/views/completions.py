"""Asking to complete an application, and judging what came in."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kvk2.core import interrupted
from kvk2.core.nudge import nudge
from kvk2.nlds.forms import data_after_row_button, without_errors
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies import tasks
from subsidies.completion_page import changes_of, files_of
from subsidies.correctable import subjects_of, why_fixed
from subsidies.forms.completions import (
    ITEMS,
    AskedFormSet,
    CompletionRequestForm,
    JudgeForm,
)
from subsidies.models import (
    Application,
    CheckAnswer,
    Correction,
    Subject,
)
from subsidies.services import corrections as services
from subsidies.services.admission import subject_of
from subsidies.services.completions import request_completion
from subsidies.states import CORRECTION_BADGES, CorrectionState
from subsidies.views.access import get_application_or_404


def crumbs(application: Application, last: str) -> list[tuple[str, str | None]]:
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
    if "bewaard" in request.GET:
        interrupted.forget(request)
        return redirect(request.path)
    now = timezone.now()
    parts = subjects_of(application.round)
    subjects = [one for one in parts if not why_fixed(one, application.round, now)]
    changed = data_after_row_button(request.POST, ITEMS) if request.method == "POST" else None
    waiting = interrupted.kept(request) if request.method == "GET" else None
    form, rows = _request_forms(application, subjects, changed or waiting or posted(request))
    if changed is not None or waiting is not None:
        form, rows = without_errors(form), without_errors(rows)
    elif request.method == "POST" and all([form.is_valid(), rows.is_valid()]):
        with refusals_on(form):
            request_completion(
                application, items=rows.asked(), **form.cleaned_data, by=request.user, at=now
            )
            interrupted.forget(request)
            nudge(tasks.render_pending_letters)
            messages.success(request, "De aanvrager krijgt een brief en een taak om aan te vullen.")
            return redirect(application)
    context = {
        "breadcrumbs": crumbs(application, "Aanvulling vragen"),
        "application": application,
        "limited": len(subjects) < len(parts),
        "waiting": waiting is not None,
        "typed_by": interrupted.seal(request.user.pk),
    }
    return render_form(request, "subsidies/completion_request.html", context, forms=[form, rows])


def _request_forms(
    application: Application, subjects: list[Subject], data: QueryDict | None
) -> tuple[CompletionRequestForm, Any]:
    """The request and its rows; of what was posted, or of what the check found."""
    form = CompletionRequestForm(
        data,
        initial={"term_days": application.round.scheme_version.completion_term_days},
        back_url=reverse("subsidies:application_check", args=[application.pk]),
    )
    rows = AskedFormSet(
        data,
        prefix=ITEMS,
        initial=None if data is not None else _found(application, subjects),
        form_kwargs={"subjects": subjects},
    )
    return form, rows


def _found(application: Application, subjects: list[Subject]) -> list[dict[str, str]]:
    """A row for each question of the check that was answered with no; one empty row when there is none."""
    answers = application.check_answers.filter(answer=CheckAnswer.Answer.NO).order_by("pk")
    rows = []
    for answer in answers:
        subject = subject_of(application.round, answer.code)
        chosen = subject if subject in {one.value for one in subjects} else ""
        rows.append({"subject": chosen, "text": answer.note, "check_code": answer.code})
    return rows or [{}]


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
            services.reject_correction if "reject" in request.POST else services.accept_correction
        )
        with refusals_on(form):
            judged = judge(correction, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, f"De aanvulling is {judged.get_state_display()}.")
            return redirect("subsidies:application_check", application.pk)
    context = {
        "breadcrumbs": crumbs(application, "Aanvulling"),
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
