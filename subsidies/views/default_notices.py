"""Default notices: written down, looked at with what they cost by today, and judged."""

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core.downloads import file_response
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import euro
from subsidies import tasks
from subsidies.decision_terms import decision_term
from subsidies.forms.terms import DefaultNoticeForm, NoPenaltyForm
from subsidies.models import Application, DefaultNotice
from subsidies.services import default_notices as services
from subsidies.services.penalty_decisions import fix_penalty
from subsidies.term_page import NoticePage
from subsidies.views.application_terms import about, filed_application_or_404


def _notice_or_404(request: HttpRequest, pk: int, notice_pk: int) -> DefaultNotice:
    application: Application = filed_application_or_404(request, pk)
    rows = application.default_notices.select_related(
        "document", "recorded_by", "penalty_decision__taken_by"
    )
    notice = get_object_or_404(rows, pk=notice_pk)
    notice.application = application
    return notice


@require_http_methods(["GET", "POST"])
def default_notice_record(request, pk):
    """A default notice that came in."""
    application = filed_application_or_404(request, pk)
    # whether one may come in and the page itself both count the days of the term
    prefetch_related_objects([application], "clock_stops__request")
    require(request, "subsidies.record_default_notice", application)
    page = about(application, "Ingebrekestelling vastleggen")
    initial = {"received_on": timezone.localdate(), "sender": application.board.name}
    form = DefaultNoticeForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        initial=initial,
        back_url=page["back_url"],
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            notice = services.record_default_notice(
                application, form.notice(), by=request.user, at=timezone.now()
            )
            messages.success(request, "De ingebrekestelling is vastgelegd.")
            return redirect(notice)
    context = {**page, "term": decision_term(application)}
    return render_form(request, "subsidies/default_notice_record.html", context, forms=[form])


@require_safe
def default_notice(request, pk, notice_pk):
    """What came in, until when one may decide, and the sum of the penalty by today."""
    notice = _notice_or_404(request, pk, notice_pk)
    context = {
        **about(notice.application, "Ingebrekestelling"),
        "notice": notice,
        "page": NoticePage(notice, request.user, today=timezone.localdate()),
        "may_set_aside": request.user.has_perm("subsidies.set_aside_default_notice", notice),
    }
    return render_form(request, "subsidies/default_notice.html", context, forms=[])


@require_safe
def default_notice_file(request, pk, notice_pk):
    """The letter, as a download; who took it is recorded."""
    notice = _notice_or_404(request, pk, notice_pk)
    try:
        stored = services.open_notice(notice, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(notice)
    return file_response(stored)


@require_http_methods(["GET", "POST"])
def penalty_fix(request, pk, notice_pk):
    """The signer fixes what is due, after reading the sum once more; the letter goes out."""
    notice = _notice_or_404(request, pk, notice_pk)
    require(request, "subsidies.fix_penalty", notice)
    page = NoticePage(notice, request.user, today=timezone.localdate())
    if request.method == "POST":
        try:
            fix_penalty(notice, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            nudge(tasks.render_pending_letters)
            messages.success(request, "De dwangsom is vastgesteld. De aanvrager krijgt een brief.")
        return redirect(notice)
    context = {
        **about(notice.application, "Dwangsom vaststellen"),
        "page": page,
        "heading": f"Stelt u de dwangsom vast op {euro(page.penalty.amount)}?",
        "text": f"{notice.application.number} · {notice.application.ikc}",
        "consequences": [
            "De aanvrager krijgt het besluit en kan bezwaar maken.",
            "De gemeente betaalt binnen zes weken na de brief (artikel 4:87 Awb).",
            "Dit kan niet worden teruggedraaid.",
        ],
        "action_label": "Dwangsom vaststellen",
        "back_url": notice.get_absolute_url(),
    }
    return render_form(request, "subsidies/penalty_fix.html", context, forms=[])


@require_http_methods(["GET", "POST"])
def default_notice_set_aside(request, pk, notice_pk):
    """Why no penalty is due."""
    notice = _notice_or_404(request, pk, notice_pk)
    require(request, "subsidies.set_aside_default_notice", notice)
    form = NoPenaltyForm(posted(request), back_url=notice.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.set_aside_notice(
                notice, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "Vastgelegd: er is geen dwangsom.")
            return redirect(notice)
    context = {**about(notice.application, "Geen dwangsom"), "notice": notice}
    return render_form(request, "subsidies/default_notice_set_aside.html", context, forms=[form])
