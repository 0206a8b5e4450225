"""Looking back on a year: per goal the four questions, per result a conclusion, and what the parties say to it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agreements.models import AgreedResult
from ikc.models import Organisation
from ikc.roles import Role
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from monitoring import pdca_page
from monitoring.forms_pdca import (
    AmendmentForm,
    ConclusionForm,
    NoActionForm,
    ReplyForm,
    ReviewForm,
)
from monitoring.models import QUESTIONS, Conclusion, Return
from monitoring.services import amending, concluding, judging, reviewing
from monitoring.states_pdca import ConclusionState, Verdict
from monitoring.views.returns import breadcrumbs as of_return


def breadcrumbs(return_: Return, *more):
    url = reverse("monitoring:review_overview", args=[return_.pk])
    return of_return(return_, ("Terugblik", url if more else None), *more)


def get_return_or_404(request, pk: int) -> Return:
    visible = Return.objects.visible_to(request.user).for_list()
    return get_object_or_404(visible.prefetch_related("version__parties"), pk=pk)


def get_result_or_404(return_: Return, pk: int) -> AgreedResult:
    return get_object_or_404(return_.version.results.select_related("goal"), pk=pk)


def get_conclusion_or_404(request, pk: int) -> Conclusion:
    visible = Conclusion.objects.visible_to(request.user).for_page()
    return get_object_or_404(visible.prefetch_related("of_return__version__parties"), pk=pk)


def goal_url(return_: Return, goal_pk: int) -> str:
    return reverse("monitoring:goal_review", args=[return_.pk, goal_pk])


@require_safe
def review_overview(request, pk):
    """What was done with the conclusions of last year, and how far the review of this year is."""
    return_, user = get_return_or_404(request, pk), request.user
    pages = pdca_page.pages_of(return_, user)
    return render(
        request,
        "monitoring/review_overview.html",
        {
            "return_": return_,
            "pages": pages,
            "earlier": pdca_page.standing(pdca_page.actions_before(return_), timezone.localdate()),
            "may_review": user.has_perm("monitoring.review_goal", return_),
            "may_adopt": user.has_perm("monitoring.adopt_conclusions", return_)
            and any(
                row.conclusion is not None and not row.conclusion.is_adopted
                for page in pages
                for row in page.results
            ),
            "breadcrumbs": breadcrumbs(return_),
        },
    )


@require_http_methods(["GET", "POST"])
def goal_review(request, pk, goal_pk):
    """One goal: figures, symbols and why beside the four questions; under it conclusions and actions."""
    return_, user = get_return_or_404(request, pk), request.user
    page = _page_or_404(return_, user, goal_pk)
    may_review = user.has_perm("monitoring.review_goal", return_)
    writes = may_review and (request.method == "POST" or "wijzig" in request.GET or _is_new(page))
    form = None
    if request.method == "POST":
        require(request, "monitoring.review_goal", return_)
    if writes:
        form = ReviewForm(
            posted(request),
            initial={name: getattr(page.review, name, "") for name in QUESTIONS},
            back=reverse("monitoring:review_overview", args=[return_.pk]),
        )
        if form.is_valid():
            with refusals_on(form):
                finish = "finish" in request.POST
                reviewing.save_review(
                    return_, page.goal, form.cleaned_data,
                    finish=finish, by=user, at=timezone.now(),
                )  # fmt: skip
                done = "is afgerond" if finish else "is bewaard als concept"
                messages.success(request, f"Uw terugblik op ‘{page.goal.title}’ {done}.")
                return redirect(goal_url(return_, page.goal.pk))
    return render_form(
        request,
        "monitoring/goal_review.html",
        {
            "return_": return_,
            "page": page,
            "form": form,
            "may": {
                "review": may_review,
                "conclude": user.has_perm("monitoring.conclude", return_),
                "act": user.has_perm("monitoring.agree_action", return_)
                or user.has_perm("monitoring.propose_action", return_),
                "explain": user.has_perm("monitoring.explain_no_action", return_),
            },
            "breadcrumbs": breadcrumbs(return_, (page.goal.title, None)),
        },
        forms=[form] if form else [],
    )


def _is_new(page: pdca_page.GoalPage) -> bool:
    return page.review is None


def _page_or_404(return_: Return, user, goal_pk: int) -> pdca_page.GoalPage:
    for page in pdca_page.pages_of(return_, user):
        if page.goal.pk == goal_pk:
            return page
    raise Http404


@require_http_methods(["GET", "POST"])
def conclusion_edit(request, pk, result_pk):
    """Propose a conclusion about one result, beside what the rules suggest."""
    return_ = get_return_or_404(request, pk)
    require(request, "monitoring.conclude", return_)
    result = get_result_or_404(return_, result_pk)
    present = return_.conclusions.filter(result=result).first()
    back = f"{goal_url(return_, result.goal_id)}#resultaat-{result.pk}"
    suggested = present.suggested if present else _suggested(return_, result)
    form = ConclusionForm(
        posted(request),
        initial={
            "verdict": present.verdict if present else suggested,
            "override_reason": present.override_reason if present else "",
        },
        suggested=suggested,
        back=back,
    )
    if form.is_valid():
        with refusals_on(form):
            concluding.conclude(
                return_, result, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "De conclusie is bewaard.")
            return redirect(back)
    return _form_page(
        request, return_, result, form,
        heading="Conclusie",
        lead=f"De rekenregels stellen voor: {Verdict(suggested).label}.",
    )  # fmt: skip


def _suggested(return_: Return, result: AgreedResult) -> str:
    rows = [row for row in judging.indicators_of(return_) if row.result_id == result.pk]
    return concluding.suggestions(return_, rows).get(result.pk, Verdict.NOT_JUDGEABLE)


def _form_page(request, return_, result, form, *, heading: str, lead: str = ""):
    return render_form(
        request,
        "monitoring/result_form.html",
        {
            "return_": return_,
            "result": result,
            "heading": heading,
            "lead": lead,
            "breadcrumbs": breadcrumbs(
                return_,
                (result.goal.title, goal_url(return_, result.goal_id)),
                (heading, None),
            ),
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def no_action_explain(request, pk, result_pk):
    return_ = get_return_or_404(request, pk)
    require(request, "monitoring.explain_no_action", return_)
    result = get_result_or_404(return_, result_pk)
    present = return_.conclusions.filter(result=result).first()
    back = f"{goal_url(return_, result.goal_id)}#resultaat-{result.pk}"
    form = NoActionForm(
        posted(request),
        initial={"reason": present.no_action_reason if present else ""},
        back=back,
    )
    if form.is_valid():
        with refusals_on(form):
            concluding.explain_no_action(
                return_, result, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "Uw reden is bewaard.")
            return redirect(back)
    return _form_page(
        request, return_, result, form,
        heading="Geen actie",
        lead="Bij een kernindicator die niet op koers is, hoort een actie of een reden waarom die er niet komt.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def conclusion_reply(request, pk):
    """A board says what it thinks of a conclusion before it is adopted."""
    conclusion = get_conclusion_or_404(request, pk)
    return_ = conclusion.of_return
    require(request, "monitoring.reply_conclusion", return_)
    own = request.user.organisation_ids(Role.SCHOOL_BOARD, Role.CHILDCARE_BOARD)
    parties = return_.version.parties.filter(organisation__in=own).values("organisation")
    form = ReplyForm(
        posted(request),
        organisations=Organisation.objects.filter(pk__in=parties).order_by("name", "pk"),
        back=conclusion.get_absolute_url(),
    )
    if form.is_valid():
        with refusals_on(form):
            concluding.reply(conclusion, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "Uw reactie staat bij de conclusie.")
            return redirect(conclusion)
    return _form_page(
        request, return_, conclusion.result, form,
        heading="Reageren",
        lead=f"Conclusie: {conclusion.get_verdict_display()}. Uw reactie kan niet meer worden gewijzigd.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def conclusions_adopt(request, pk):
    """The Ontwikkelgroep adopts the conclusions about one IKC."""
    return_ = get_return_or_404(request, pk)
    require(request, "monitoring.adopt_conclusions", return_)
    back = reverse("monitoring:review_overview", args=[return_.pk])
    error = ""
    if request.method == "POST":
        try:
            number = concluding.adopt_all(return_, by=request.user, at=timezone.now())
        except concluding.NothingToAdopt as refusal:
            error = refusal.message
        else:
            messages.success(request, f"{number} conclusies zijn vastgesteld.")
            return redirect(back)
    waiting = return_.conclusions.filter(state=ConclusionState.PROPOSED).count()
    return render(
        request,
        "monitoring/confirm.html",
        {
            "heading": "Conclusies vaststellen?",
            "text": f"{waiting} conclusies over {return_.version.ikc_name} staan daarna vast. "
            "Lees eerst de reacties van de partijen.",
            "button": "Conclusies vaststellen",
            "back": back,
            "error": error,
            "breadcrumbs": breadcrumbs(return_, ("Vaststellen", None)),
        },
        status=422 if error else 200,
    )


@require_http_methods(["GET", "POST"])
def amendment_start(request, pk):
    """From 'bijstellen' to a draft of the agreement with other targets."""
    conclusion = get_conclusion_or_404(request, pk)
    require(request, "monitoring.start_amendment", conclusion)
    form = AmendmentForm(
        posted(request),
        initial={"reason": conclusion.override_reason},
        conclusion=conclusion,
        back=conclusion.get_absolute_url(),
    )
    if form.is_valid():
        with refusals_on(form):
            version = amending.start_amendment(
                conclusion, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "Het concept is gemaakt. Pas nu de streefwaarden aan.")
            return redirect("agreements:version_goals", version.pk)
    return _form_page(
        request, conclusion.of_return, conclusion.result, form,
        heading="Bijstelling starten",
        lead="Er komt een concept met dezelfde inhoud. De huidige afspraak geldt tot alle partijen de nieuwe "
        "hebben ondertekend.",
    )  # fmt: skip
