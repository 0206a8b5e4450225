from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kvk2.core import interrupted
from kvk2.core.csv_export import csv_response
from kvk2.core.errors import DomainError
from kvk2.core.together import Rows, keep, read_together
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies import review_page
from subsidies.application_page import ApplicationPage
from subsidies.forms.applications import new_page
from subsidies.forms.assessment import ReasonForm, RecuseForm, ReviewForm
from subsidies.models import (
    Calibration,
    Criterion,
    EarlierGrant,
    Review,
    ReviewScore,
    ScoreAnchor,
)
from subsidies.rules.assessment import is_own_review
from subsidies.services import reviews as services
from subsidies.services.reviews import CALIBRATION_FIRST, NewerReviewSaved, ReviewIncomplete

ANCHORS_OF_ROUND = "one.criterion_id IN (SELECT id FROM subsidies_criterion WHERE round_id = %s)"
# The code of the error of a page that another one overtook.
OVERTAKEN = "overtaken"


def _get_review_or_404(request, pk: int) -> Review:
    """A review that the user may see, with its scores and what it is scored on."""
    reviews = Review.objects.visible_to(request.user).select_related(
        "application__round",
        "application__ikc",
        "application__board",
        "application__plan",
        "member__user",
    )
    review = get_object_or_404(reviews, pk=pk)
    round_ = review.application.round
    ikc = review.application.ikc
    scores, criteria, before, anchors, exercises = read_together(
        Rows(ReviewScore, "one.review_id = %s", review.pk, along=("criterion",)),
        Rows(Criterion, "one.round_id = %s", round_.pk, 'one."order"'),
        Rows(EarlierGrant, "one.ikc_id = %s", ikc.pk, "one.year DESC, one.id"),
        Rows(ScoreAnchor, ANCHORS_OF_ROUND, round_.pk, "one.score"),
        Rows(Calibration, "one.round_id = %s", round_.pk),
    )
    for criterion in criteria:
        keep(criterion, "anchors", [row for row in anchors if row.criterion_id == criterion.pk])
    keep(round_, "calibrations", exercises)
    keep(ikc, "earlier_grants", before)
    keep(review, "scores", scores)
    keep(round_, "criteria", criteria)
    return review


def _crumbs(request, last: str) -> list[tuple[str, str | None]]:
    """The municipality comes here from the application: it has no reviews of its own."""
    if request.user.has_perm("subsidies.view_reviews"):
        return [("Beoordelen", reverse("subsidies:review_list")), (last, None)]
    return [("Aanvragen", reverse("subsidies:application_list")), (last, None)]


@require_safe
def review_list(request):
    """The own reviews of a member, by round, with the progress and what to do next."""
    require(request, "subsidies.view_reviews")
    page = review_page.ReviewList(request.user, request.GET, today=timezone.localdate())
    if request.GET.get("export") == "csv":
        return csv_response("beoordelingen.csv", *page.export())
    return render(
        request,
        "subsidies/review_list.html",
        {"breadcrumbs": [("Beoordelen", None)], "page": page},
    )


@never_cache
@require_http_methods(["GET", "POST"])
def review_edit(request, pk):
    """Read and score side by side; the same page shows a submitted review and, then, those of the others."""
    review = _get_review_or_404(request, pk)
    criteria = services.criteria_of(review.application)
    may_score = request.user.has_perm("subsidies.score_review", review)
    if request.method == "POST" and not is_own_review(request.user, review):
        require(request, "subsidies.score_review", review)
    waiting = _waiting(request)
    form = ReviewForm(posted(request) or waiting, review=review, criteria=criteria)
    answer = _keep(request, review, form) if request.method == "POST" else None
    if answer is not None:
        return answer
    context = {
        **_page(request, review, form, criteria, request.POST or waiting or {}),
        "may_score": may_score,
        "waits_for_exercise": _exercise_first(review),
        "may_accept": request.user.has_perm("subsidies.accept_review", review),
        "may_recuse": request.user.has_perm("subsidies.recuse_review", review),
        "may_reopen": request.user.has_perm("subsidies.reopen_review", review),
        "waiting": waiting is not None,
    }
    return render_form(request, "subsidies/review_edit.html", context, forms=[form])


def _exercise_first(review: Review) -> str:
    """Why nothing can be submitted yet, when the commission exercises first."""
    exercises = review.application.round.calibrations.all()
    return CALIBRATION_FIRST if any(row.holds_back for row in exercises) else ""


def _waiting(request) -> QueryDict | None:
    """What the reader posted when the session had ended."""
    if request.method == "POST":
        return None
    if "bewaard" in request.GET:
        interrupted.forget(request)
    return interrupted.kept(request)


def _page(request, review: Review, form: ReviewForm, criteria, sent: Mapping[str, str]) -> dict:
    """What the page shows whoever reads it. A page that was overtaken knows from now on what overtook it."""
    reading = ApplicationPage(review.application, now=timezone.now())
    overtaken = form.is_bound and form.has_error(NON_FIELD_ERRORS, OVERTAKEN)
    version = services.version_of(review)
    return {
        "breadcrumbs": _crumbs(request, str(review.application.ikc)),
        "review": review,
        "application": review.application,
        "page": review_page.ReviewPage(review, request.user, reading),
        "reading": reading,
        "total": review_page.Total.of(criteria, _given(form, review)),
        "version": version if overtaken else sent.get("version", version),
        "page_name": sent.get("page") or new_page(),
        "overtaken": overtaken,
        "typed_by": interrupted.seal(request.user.pk),
        "ask_url": reverse("subsidies:review_presence", args=[review.pk]),
    }


def _opened(data: QueryDict) -> services.Opened | None:
    """The page of the form; None for a request that does not come from it."""
    if "version" not in data:
        return None
    return services.Opened(data.get("page", ""), data["version"])


def _keep(request, review: Review, form: ReviewForm) -> HttpResponse | None:
    """Save or submit as the pressed button says; None when it was refused, with the reasons in `form`."""
    in_passing = interrupted.wants_data(request)
    if not form.is_valid():
        return _not_kept(form) if in_passing else None
    submit = "submit" in request.POST and not in_passing
    deed = services.submit_review if submit else services.save_review
    try:
        review = deed(
            review,
            scores=form.scores(),
            note=form.cleaned_data["note"],
            opened=_opened(request.POST),
            by=request.user,
            at=timezone.now(),
        )
    except ReviewIncomplete as refusal:
        form.refuse(refusal.problems)
    except NewerReviewSaved as error:
        form.add_error(None, ValidationError(error.message, code=OVERTAKEN))
    except DomainError as error:
        form.add_error(None, error.message)
    else:
        interrupted.forget(request)
        return _kept(review) if in_passing else _onward(request, review, submit=submit)
    return _not_kept(form) if in_passing else None


def _kept(review: Review) -> JsonResponse:
    """The answer to saving on the way: when it was, and which version the page holds now."""
    context = {"version": services.version_of(review)}
    parts = {"versie": render_to_string("subsidies/_review_version.html", context)}
    return JsonResponse({"saved": f"{timezone.localtime(review.saved_at):%H.%M}", "parts": parts})


def _not_kept(form: ReviewForm) -> JsonResponse:
    """Why a save on the way was refused; trying again does not help."""
    found = [str(error) for errors in form.errors.values() for error in errors]
    return JsonResponse({"problem": found[0]}, status=409)


def _onward(request, review: Review, *, submit: bool) -> HttpResponse:
    ikc = review.application.ikc
    told = "ingediend" if submit else "bewaard als concept"
    messages.success(request, f"Uw beoordeling van {ikc} is {told}.")
    if "save" in request.POST:
        return redirect("subsidies:review_edit", review.pk)
    following = review_page.next_review(request.user, after=review)
    if following:
        return redirect("subsidies:review_edit", following)
    return redirect("subsidies:review_list")


@require_safe
def review_presence(request, pk):
    """What an open page asks every half minute: was this review saved in another window since?"""
    review = _get_review_or_404(request, pk)
    require(request, "subsidies.score_review", review)
    opened = _opened(request.GET)
    newer = opened is not None and services.is_newer(review, opened)
    context = {"newer": newer, "url": review.get_absolute_url()}
    shown = render_to_string("subsidies/_review_newer.html", context)
    return JsonResponse({"parts": {"ook-open": shown}})


def _given(form: ReviewForm, review: Review) -> dict:
    if form.is_bound:
        form.is_valid()
        return form.scores()
    return {
        row.criterion.code: services.Given(row.score, row.motivation) for row in review.scores.all()
    }


@require_POST
def review_score(request, pk):
    """The total while scoring (htmx); keeps nothing."""
    review = _get_review_or_404(request, pk)
    require(request, "subsidies.score_review", review)
    criteria = services.criteria_of(review.application)
    form = ReviewForm(request.POST, review=review, criteria=criteria)
    form.is_valid()
    total = review_page.Total.of(criteria, form.scores())
    return render(request, "subsidies/_review_scorebar.html", {"total": total})


@require_POST
def review_accept(request, pk):
    """'Geen belang': opens the scoring form."""
    review = _get_review_or_404(request, pk)
    require(request, "subsidies.accept_review", review)
    try:
        services.accept_review(review, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("subsidies:review_edit", review.pk)


@require_http_methods(["GET", "POST"])
def review_recuse(request, pk):
    """The member steps aside; the application disappears from sight at once."""
    review = _get_review_or_404(request, pk)
    require(request, "subsidies.recuse_review", review)
    form = RecuseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.recuse_review(
                review, reason=form.full_reason(), by=request.user, at=timezone.now()
            )
            messages.success(
                request, "U beoordeelt deze aanvraag niet. De secretaris kan uw reden lezen."
            )
            return redirect("subsidies:review_list")
    context = {
        "breadcrumbs": _crumbs(request, "Niet beoordelen"),
        "heading": "Deze aanvraag niet beoordelen",
        "text": f"U draagt de beoordeling van {review.application.ikc} over.",
        "consequences": [
            "U ziet deze aanvraag daarna niet meer.",
            "Uw scores, als u die al gaf, tellen niet mee.",
            "Dit kunt u niet zelf terugdraaien.",
        ],
        "action_label": "Ja, ik beoordeel niet",
        "negative": True,
        "back_url": review.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def review_reopen(request, pk):
    """The secretary gives a submitted review back to its member."""
    review = _get_review_or_404(request, pk)
    require(request, "subsidies.reopen_review", review)
    form = ReasonForm(
        posted(request),
        label="Waarom heropent u deze beoordeling?",
        help_text="Het lid leest de reden. De oude scores blijven in het dossier.",
    )
    back = reverse("subsidies:advice_detail", args=[review.application_id])
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.reopen_review(
                review, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
            messages.success(request, f"De beoordeling van {review.member.user} is heropend.")
            return redirect(back)
    context = {
        "breadcrumbs": [(str(review.application.ikc), back), ("Beoordeling heropenen", None)],
        "heading": "Beoordeling heropenen",
        "text": f"{review.member.user} kan de scores van {review.application.ikc} daarna aanpassen en opnieuw indienen.",
        "action_label": "Beoordeling heropenen",
        "back_url": back,
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])
