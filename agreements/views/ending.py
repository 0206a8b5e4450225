from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agreements.forms.ending import EvaluationForm
from agreements.forms.versions import ReasonForm
from agreements.models import AgreementParty
from agreements.services import ending
from agreements.states import AgreementState
from agreements.views.loading import breadcrumbs, get_part_or_404, get_version_or_404
from kvk2.nlds.shortcuts import posted, refusals_on, render_form


@require_http_methods(["GET", "POST"])
def version_evaluate(request, pk):
    """The yearly evaluation; one for each calendar year, and it stays as it was written."""
    version = get_version_or_404(request, pk, perm="agreements.evaluate_version")
    done = set(version.agreement.evaluations.values_list("year", flat=True))
    last = min(version.period_end.year, timezone.localdate().year)
    years = [y for y in range(last, version.period_start.year - 1, -1) if y not in done]
    form = EvaluationForm(posted(request), years=years, back_url=version.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            evaluation = ending.evaluate(
                version.agreement, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, f"De evaluatie over {evaluation.year} is vastgelegd.")
            return redirect(version)
    return render_form(
        request,
        "agreements/version_evaluate.html",
        {"version": version, "breadcrumbs": breadcrumbs(version, "Evaluatie")},
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def party_notice(request, pk):
    """Giving notice; what follows from it stands first."""
    party, version = get_part_or_404(request, AgreementParty, pk, perm="agreements.give_notice")
    if version.state != AgreementState.IN_FORCE:
        messages.info(request, "Alleen een afspraak die in werking is, kan worden opgezegd.")
        return redirect(version)
    form = ReasonForm(
        posted(request), button="Afspraak opzeggen", back_url=version.get_absolute_url()
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            notice = ending.give_notice(
                party, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
            messages.success(
                request,
                f"De opzegging is vastgelegd. De afspraak geldt tot {notice.ends_on:%d-%m-%Y}.",
            )
            return redirect(version)
    return render_form(
        request,
        "agreements/party_notice.html",
        {
            "version": version,
            "party": party,
            "ends_on": ending.end_after_notice(timezone.localdate(), months=version.notice_months),
            "breadcrumbs": breadcrumbs(version, "Opzeggen"),
        },
        forms=[form],
    )
