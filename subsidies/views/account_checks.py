"""What the municipality does with an account: take it up, ask to complete, judge, agree, or give a new term."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies import tasks
from subsidies.account_page import AccountPage
from subsidies.forms.account_checks import JudgeForm
from subsidies.forms.accounts import AskCompletionForm, TermForm
from subsidies.models import AccountabilityReport, ActualLine, BudgetLine, SchemeVersion
from subsidies.services import account_checks as services
from subsidies.views.accounts import about, report_or_404


@require_POST
def account_check(request, pk):
    """A project leader takes it up."""
    report = report_or_404(request, pk)
    require(request, "subsidies.check_account", report)
    try:
        services.start_check(report, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(report)
    return redirect("subsidies:account_judge", report.pk)


@require_http_methods(["GET", "POST"])
def account_ask(request, pk):
    """Something is missing: say what, with a term."""
    report = report_or_404(request, pk)
    require(request, "subsidies.judge_account", report)
    form = AskCompletionForm(posted(request), back_url=report.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.request_completion(
                report, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            nudge(tasks.render_pending_letters)
            messages.success(request, "Het verzoek om aanvulling is verstuurd.")
            return redirect(report)
    context = {
        **about(request, report, "Aanvulling vragen"),
        "lead": "De ontvanger krijgt een brief en kan de verantwoording weer wijzigen. Het schoolbestuur ondertekent de "
        "aanvulling.",
    }
    return render_form(request, "subsidies/account_question.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def account_judge(request, pk):
    """What is found of each activity, duty and amount; it is kept, and with the second button agreed to."""
    report = report_or_404(request, pk)
    require(request, "subsidies.judge_account", report)
    context = about(request, report, "Verantwoording beoordelen")
    page = context["page"]
    form = JudgeForm(
        posted(request),
        results=page.results,
        duties=page.duties,
        verdicts=page.verdicts,
        lines=_cost_lines(page),
        back_url=report.get_absolute_url(),
        initial={"assessment": report.assessment},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.judge_report(
                report,
                activities=form.activities(),
                duties=form.duty_verdicts(),
                unnecessary=form.unnecessary(),
                assessment=form.cleaned_data["assessment"],
                by=request.user,
                at=timezone.now(),
            )
            return _agreed(request, report)
    return render_form(request, "subsidies/account_question.html", context, forms=[form])


def _agreed(request: HttpRequest, report: AccountabilityReport) -> HttpResponse:
    """After saving: agree when that was asked."""
    if "accept" in request.POST:
        services.accept_report(report, by=request.user, at=timezone.now())
        messages.success(
            request, "De verantwoording is akkoord. De subsidie kan worden vastgesteld."
        )
    else:
        messages.success(request, "Het oordeel is bewaard.")
    return redirect(report)


def _cost_lines(page: AccountPage) -> list[ActualLine]:
    """Only where the amount depends on the cost does it matter whether the cost was needed (Awb 4:46(3))."""
    if page.grant.subsidy_type != SchemeVersion.SubsidyType.COST:
        return []
    return [line for line in page.lines if line.budget_line.side == BudgetLine.Side.EXPENDITURE]


@require_http_methods(["GET", "POST"])
def account_term(request, pk):
    """A longer term for an account that is late (Awb 4:44(3))."""
    report = report_or_404(request, pk)
    require(request, "subsidies.set_account_term", report)
    form = TermForm(posted(request), back_url=report.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.set_extra_term(
                report, due_on=form.cleaned_data["due_on"], by=request.user, at=timezone.now()
            )
            nudge(tasks.render_pending_letters)
            messages.success(
                request, "De nieuwe termijn is vastgelegd. De ontvanger krijgt een brief."
            )
            return redirect(report)
    context = {
        **about(request, report, "Nieuwe termijn"),
        "lead": "De verantwoording is te laat. Geef de ontvanger een nieuwe termijn; de ontvanger krijgt daarover een "
        "brief. Komt er daarna niets, dan kan de subsidie zonder verantwoording worden vastgesteld (artikel 4:44, "
        "derde lid, Awb).",
    }
    return render_form(request, "subsidies/account_question.html", context, forms=[form])
