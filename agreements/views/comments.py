from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agreements.forms.negotiation import WordsForm
from agreements.models import AgreementVersion, Comment
from agreements.places import places
from agreements.services import commenting
from agreements.views.loading import breadcrumbs, get_version_or_404
from kvk2.core.csv_export import csv_response
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require

PAGE_SIZE = 50
CSV_HEADERS = ("Plek", "Opmerking", "Van", "Namens", "Geschreven op", "Afgehandeld op", "Uitkomst")


@require_safe
def version_comments(request, pk):
    """All that was said about this version, by place; `?open=1` only what is not settled, `?csv=1` as a file."""
    version = get_version_or_404(request, pk)
    require(request, "agreements.view_negotiation", version)
    comments = Comment.objects.filter(version=version)
    only_open = bool(request.GET.get("open"))
    found = (comments.open() if only_open else comments).for_page()
    if request.GET.get("csv"):
        return csv_response("opmerkingen.csv", CSV_HEADERS, map(_csv_row, found))
    counts = comments.order_by().aggregate(
        total=Count("pk"), open=Count("pk", filter=Q(settled_at=None))
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "agreements/version_comments.html",
        {
            "version": version,
            "page": page,
            "rows": [
                (row, request.user.has_perm("agreements.settle_comment", row)) for row in page
            ],
            "only_open": only_open,
            "total": counts["total"],
            "open_count": counts["open"],
            "may_comment": request.user.has_perm("agreements.comment_version", version),
            "breadcrumbs": breadcrumbs(version, "Opmerkingen"),
        },
    )


def _csv_row(comment: Comment) -> tuple[object, ...]:
    return (
        comment.place_label,
        comment.text,
        comment.author.full_name,
        comment.on_behalf_of,
        comment.written_at,
        comment.settled_at,
        comment.outcome,
    )


def _list_of(version: AgreementVersion) -> str:
    return reverse("agreements:version_comments", args=[version.pk])


@require_http_methods(["GET", "POST"])
def comment_create(request, pk, place, key=""):
    version = get_version_or_404(request, pk, perm="agreements.comment_version")
    label = places(version).get((place, key))
    if label is None:
        raise Http404
    form = WordsForm(
        posted(request),
        label="Uw opmerking",
        missing="Schrijf uw opmerking op.",
        button="Opmerking plaatsen",
        back_url=version.get_absolute_url(),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            commenting.comment_on(
                version,
                (place, key),
                text=form.cleaned_data["text"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, "Uw opmerking staat erbij. De anderen krijgen een e-mail.")
            return redirect(_list_of(version))
    return render_form(
        request,
        "agreements/comment_form.html",
        {
            "version": version,
            "heading": "Opmerking maken",
            "label": label,
            "earlier": Comment.objects.filter(
                version=version, place=place, place_key=key
            ).for_page(),
            "breadcrumbs": breadcrumbs(version, "Opmerking maken"),
        },
        forms=[form],
    )


def _comment_or_404(request, pk) -> tuple[Comment, AgreementVersion]:
    comment = get_object_or_404(
        Comment.objects.filter(
            version__in=AgreementVersion.objects.visible_to(request.user)
        ).for_page(),
        pk=pk,
    )
    return comment, get_version_or_404(request, comment.version_id)


@require_http_methods(["GET", "POST"])
def comment_answer(request, pk):
    comment, version = _comment_or_404(request, pk)
    require(request, "agreements.comment_version", version)
    return _deed(
        request, version, comment, "Opmerking beantwoorden",
        {"label": "Uw antwoord", "missing": "Schrijf uw antwoord op.", "button": "Antwoord plaatsen"},
        lambda words, **who: commenting.answer(comment, text=words, **who),
        "Uw antwoord staat bij de opmerking.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def comment_settle(request, pk):
    comment, version = _comment_or_404(request, pk)
    require(request, "agreements.settle_comment", comment)
    return _deed(
        request, version, comment, "Opmerking afhandelen",
        {
            "label": "Wat is ermee gedaan?",
            "missing": "Schrijf op wat er met de opmerking is gedaan.",
            "button": "Opmerking afhandelen",
        },
        lambda words, **who: commenting.settle(comment, outcome=words, **who),
        "De opmerking is afgehandeld.",
    )  # fmt: skip


def _deed(request, version, comment, heading, words, run, told):
    """One box under an earlier comment; `run` does something with what was typed."""
    form = WordsForm(posted(request), **words, back_url=_list_of(version))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            run(form.cleaned_data["text"], by=request.user, at=timezone.now())
            messages.success(request, told)
            return redirect(_list_of(version))
    return render_form(
        request,
        "agreements/comment_form.html",
        {
            "version": version,
            "heading": heading,
            "label": comment.place_label,
            "earlier": [comment],
            "breadcrumbs": breadcrumbs(version, heading),
        },
        forms=[form],
    )
