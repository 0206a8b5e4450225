"""How long things are kept, and the lists of what is destroyed (domain reference 8.4)."""

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core.audit import events_of
from kvk2.core.nudge import nudge
from kvk2.nlds.components import Detail, Tile
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime
from subsidies.forms.retention import DiscardListForm, JudgeForm
from subsidies.models import DestructionLine, DestructionList, RetentionRule
from subsidies.services import destruction as services
from subsidies.tasks import destroy_signed_cases
from subsidies.timelines import full_timeline

TITLE = "Bewaren en vernietigen"
Verdict = DestructionLine.Verdict
VERDICT_BADGES = {Verdict.OPEN: "warning", Verdict.DESTROY: "danger", Verdict.KEEP: "neutral"}


def _get(request: HttpRequest, pk: int) -> DestructionList:
    require(request, "subsidies.view_retention")
    rows = DestructionList.objects.select_related("first_signed_by", "second_signed_by")
    return get_object_or_404(rows, pk=pk)


def _about(made: DestructionList, last: str = "") -> dict:
    crumbs: list[tuple[str, str | None]] = [(TITLE, reverse("subsidies:retention"))]
    name = f"Lijst {made.year}"
    crumbs += [(name, made.get_absolute_url()), (last, None)] if last else [(name, None)]
    return {
        "breadcrumbs": crumbs,
        "made": made,
        "heading": last or f"Vernietigingslijst {made.year}",
        "back_url": made.get_absolute_url(),
    }


@require_safe
def retention(request):
    """The terms as the municipality laid them down, and the lists."""
    require(request, "subsidies.view_retention")
    context = {
        "breadcrumbs": [(TITLE, None)],
        "rules": RetentionRule.objects.order_by("result", "pk"),
        "lists": DestructionList.objects.order_by("-year", "-pk"),
        "sees_downloads": request.user.has_perm("ikc.view_downloads"),
        "may_propose": request.user.has_perm("subsidies.propose_destruction"),
    }
    return render(request, "subsidies/retention.html", context)


@require_http_methods(["GET", "POST"])
def destruction_propose(request):
    """Put every case whose term is over on a list."""
    require(request, "subsidies.propose_destruction")
    form = NldsForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = services.propose_list(by=request.user, at=timezone.now())
            messages.success(request, "De lijst is gemaakt. Beoordeel nu elke regel.")
            return redirect(made)
    context = {
        "breadcrumbs": [(TITLE, reverse("subsidies:retention")), ("Lijst maken", None)],
        "heading": "Vernietigingslijst maken",
        "text": "Op de lijst komt elk dossier waarvan de bewaartermijn voorbij is. Er wordt nog niets vernietigd.",
        "back_url": reverse("subsidies:retention"),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_safe
def destruction_list(request, pk):
    """One list: its lines, its signatures, and how far it is."""
    made = _get(request, pk)
    lines = list(made.lines.select_related("judged_by").order_by("case", "pk"))
    user = request.user
    context = {
        **_about(made),
        "lines": [(line, VERDICT_BADGES[Verdict(line.verdict)]) for line in lines],
        "tiles": _tiles(lines),
        "signatures": _signatures(made),
        "timeline": full_timeline(events_of(made)),
        "may_judge": user.has_perm("subsidies.judge_destruction", made),
        "may_sign": user.has_perm("subsidies.sign_destruction_first", made)
        or user.has_perm("subsidies.sign_destruction_second", made),
        "may_discard": user.has_perm("subsidies.discard_destruction", made),
    }
    return render(request, "subsidies/destruction_list.html", context)


@require_http_methods(["GET", "POST"])
def destruction_judge(request, pk, line_pk):
    """Destroy or keep one case."""
    made = _get(request, pk)
    require(request, "subsidies.judge_destruction", made)
    line = get_object_or_404(made.lines, pk=line_pk)
    form = JudgeForm(posted(request), back_url=made.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.judge_line(line, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, f"{line.case} is beoordeeld.")
            return redirect(made)
    context = {
        **_about(made, line.case),
        "rows": [
            Detail("IKC", line.ikc),
            Detail("Grond", line.rule),
            Detail("Termijn begon op", dutch_date(line.ended_on)),
            Detail("Bewaard tot en met", dutch_date(line.retention_until)),
        ],
    }
    return render_form(request, "subsidies/archive_form.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def destruction_sign(request, pk):
    """The first signature, or the second by somebody else."""
    made = _get(request, pk)
    first = request.user.has_perm("subsidies.sign_destruction_first", made)
    require(request, f"subsidies.sign_destruction_{'first' if first else 'second'}", made)
    form = NldsForm(posted(request))
    if request.method == "POST" and form.is_valid():
        sign = services.sign_first if first else services.sign_second
        with refusals_on(form):
            sign(made, by=request.user, at=timezone.now())
            if not first:
                nudge(destroy_signed_cases)
            messages.success(request, "Uw handtekening is vastgelegd.")
            return redirect(made)
    context = {
        **_about(made, "Lijst ondertekenen"),
        "text": "U verklaart dat deze dossiers vernietigd mogen worden."
        if first
        else "Na uw handtekening vernietigt het portaal deze dossiers. Dat kan niet terug.",
        "negative": not first,
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def destruction_discard(request, pk):
    """Give up a list before it takes effect."""
    made = _get(request, pk)
    require(request, "subsidies.discard_destruction", made)
    form = DiscardListForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.discard_list(made, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De lijst is vervallen.")
            return redirect(made)
    context = {**_about(made, "Lijst laten vervallen"), "negative": True}
    return render_form(request, "components/confirm_page.html", context, forms=[form])


def _tiles(lines: list[DestructionLine]) -> list[Tile]:
    def count(verdict: str) -> str:
        return str(sum(line.verdict == verdict for line in lines))

    done = sum(line.done_at is not None for line in lines)
    return [
        Tile("Dossiers", str(len(lines))),
        Tile("Nog te beoordelen", count(Verdict.OPEN)),
        Tile("Vernietigen", count(Verdict.DESTROY), f"{done} vernietigd"),
        Tile("Langer bewaren", count(Verdict.KEEP)),
    ]


def _signatures(made: DestructionList) -> list[Detail]:
    rows = [Detail("Gemaakt", dutch_datetime(made.proposed_at))]
    for label, who, when in (
        ("Eerste handtekening", made.first_signed_by, made.first_signed_at),
        ("Tweede handtekening", made.second_signed_by, made.second_signed_at),
    ):
        words = f"{who.full_name}, {dutch_datetime(when)}" if who else "Nog niet"
        rows.append(Detail(label, words))
    if made.finished_at:
        rows.append(Detail("Vernietigd", dutch_datetime(made.finished_at)))
    return rows
