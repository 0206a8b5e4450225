"""The list of applications: looking, taking along, keeping it as one likes, and one deed for many."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ikc.roles import Role
from kvk2.core.nudge import nudge
from kvk2.core.spreadsheet import xlsx_response
from kvk2.nlds.list_export import as_csv, as_workbook
from kvk2.nlds.row_list import COLUMNS, PAGING, SELECT, RowList
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies import tasks
from subsidies.application_list import KEY
from subsidies.application_list import application_list as list_for
from subsidies.forms.bulk import FORMS
from subsidies.forms.saved_views import SaveViewForm
from subsidies.models import Application, SavedView, SubsidyRound
from subsidies.saved_lists import kept_by
from subsidies.services.bulk import DEEDS, MOST_AT_ONCE, BulkDeed, do_for_each, obstacle
from subsidies.services.lists import note_export, remember_columns, remove_view, save_view

# In the address of a list that shows everything, whatever opens by itself.
EVERYTHING = "all"
# Not a deed: the chosen rows as a file.
SELECTION = "selection"


@require_safe
def application_list(request):
    """All filed applications for municipal eyes; for others what is theirs or assigned to them."""
    kept = kept_by(request.user, KEY)
    if kept.default and not request.GET:
        return redirect(f"{request.path}?{kept.default.query}")
    may_choose = request.user.has_perm("subsidies.bulk_check_applications")
    list_ = list_for(
        request.user,
        request.GET.dict(),
        shown=kept.columns,
        choose=may_choose and bool(request.GET.get(SELECT)),
    )
    if kind := request.GET.get("export"):
        return _export(request, list_, kind)
    context = {
        "breadcrumbs": [("Aanvragen", None)],
        "list": list_,
        "views": kept.views,
        "may_choose": may_choose,
        "deeds": DEEDS.values() if list_.choose else (),
        "selection": SELECTION,
        "may_export": request.user.has_perm("subsidies.export_applications"),
        "reset_url": f"?{EVERYTHING}=1",
        "open_rounds": _open_rounds(request),
    }
    return render(request, "subsidies/application_list.html", context)


def _open_rounds(request: HttpRequest):
    if not request.user.has_role(Role.IKC_DIRECTOR, Role.SCHOOL_BOARD):
        return []
    rounds = SubsidyRound.objects.visible_to(request.user)
    return rounds.filter(state="open").order_by("closes_at", "pk")


def _export(request: HttpRequest, list_: RowList, kind: str) -> HttpResponseBase:
    """The list as a file, exactly as it is shown, and who took it along in the trail."""
    require(request, "subsidies.export_applications")
    now = timezone.now()
    note_export(
        kind="csv" if kind == "csv" else "xlsx",
        words=list_.words,
        columns=[column.key for column in list_.columns],
        by=request.user,
        at=now,
    )
    if kind == "csv":
        return as_csv(list_, "aanvragen.csv")
    file = as_workbook(list_, "Aanvragen", by=request.user.full_name, at=now)
    return xlsx_response("aanvragen.xlsx", file)


# ------------------------------------------------------------ as one likes it


@require_http_methods(["GET", "POST"])
def application_columns(request):
    """Choose the columns of the list, and keep them."""
    back = _back(request)
    list_ = list_for(request.user, _query_of(back), shown=kept_by(request.user, KEY).columns)
    if request.method == "POST":
        if "reset" in request.POST:
            remember_columns(KEY, [], by=request.user)
            messages.success(request, "De lijst heeft weer de gewone kolommen.")
            return redirect(_without(back, COLUMNS))
        wanted = request.POST.getlist("column")
        chosen = [column.key for column in list_.offered if column.key in wanted]
        if chosen:
            remember_columns(KEY, chosen, by=request.user)
            messages.success(request, "Uw kolommen zijn bewaard.")
            return redirect(_without(back, COLUMNS))
        messages.error(request, "Kies ten minste één kolom.")
    context = {
        "breadcrumbs": [("Aanvragen", back), ("Kolommen kiezen", None)],
        "columns": list_.offered,
        "chosen": {column.key for column in list_.columns},
        "back": back,
    }
    return render(request, "subsidies/list_columns.html", context)


@require_http_methods(["GET", "POST"])
def application_view_save(request):
    """Keep the filters, the sorting and the columns of the list under a name."""
    back = _back(request)
    list_ = list_for(request.user, _query_of(back))
    form = SaveViewForm(posted(request), may_share=request.user.is_municipal, back_url=back)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            view = save_view(
                KEY,
                query=urlencode(list_.lasting) or f"{EVERYTHING}=1",
                **form.cleaned_data,
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, f"‘{view}’ is bewaard.")
            return redirect(f"{reverse('subsidies:application_list')}?{view.query}")
    context = {
        "breadcrumbs": [("Aanvragen", back), ("Lijst bewaren", None)],
        "words": list_.words,
    }
    return render_form(request, "subsidies/list_view_save.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def application_view_remove(request, pk):
    """Forget a saved list."""
    view = get_object_or_404(SavedView.objects.filter(user=request.user, list_key=KEY), pk=pk)
    back = reverse("subsidies:application_list")
    if request.method == "POST":
        remove_view(view, by=request.user, at=timezone.now())
        messages.success(request, f"‘{view}’ is verwijderd.")
        return redirect(f"{back}?{EVERYTHING}=1")
    context = {
        "breadcrumbs": [("Aanvragen", back), ("Bewaarde lijst verwijderen", None)],
        "heading": f"‘{view}’ verwijderen",
        "text": "Alleen de bewaarde filters verdwijnen. Aan de aanvragen verandert niets."
        + (" Uw collega's kunnen deze lijst dan ook niet meer openen." if view.is_shared else ""),
        "action_label": "Verwijderen",
        "negative": True,
        "back_url": f"{back}?{view.query}",
    }
    return render(request, "components/confirm_page.html", context)


def _back(request: HttpRequest) -> str:
    """The list that the user came from, with its filters."""
    asked = request.POST.get("back") or request.GET.get("back", "")
    own = reverse("subsidies:application_list")
    is_safe = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_safe and asked.partition("?")[0] == own else own


def _query_of(address: str) -> dict[str, str]:
    return QueryDict(address.partition("?")[2]).dict()


def _without(address: str, *names: str) -> str:
    """The address from its first page, without some names; with nothing left it asks for everything."""
    left = {
        name: value
        for name, value in _query_of(address).items()
        if name not in (*names, *PAGING) and value
    }
    return f"{address.partition('?')[0]}?{urlencode(left or {EVERYTHING: '1'})}"


# ------------------------------------------------------------ one deed for many


@require_POST
def application_bulk(request):
    """First a page that names the chosen applications, then one that tells what happened to each."""
    require(request, "subsidies.bulk_check_applications")
    key = request.POST.get("deed", "")
    if key not in DEEDS and key != SELECTION:
        raise Http404
    keys = [key for key in request.POST.getlist("row") if key.isdecimal()][: MOST_AT_ONCE + 1]
    back = _back(request)
    if not keys or len(keys) > MOST_AT_ONCE:
        messages.error(
            request,
            f"Kies ten minste één en hoogstens {MOST_AT_ONCE} aanvragen."
            if keys
            else "U hebt nog geen aanvraag gekozen. Zet een vinkje voor de aanvragen die u bedoelt.",
        )
        return redirect(back)
    if key == SELECTION:
        return _export_chosen(request, keys, back)
    chosen = list(
        Application.objects.visible_to(request.user)
        .filter(pk__in=keys)
        .select_related("ikc", "board")
        .order_by("number", "pk")
    )
    return _do_together(request, DEEDS[key], chosen, back)


def _export_chosen(request: HttpRequest, keys: list[str], back: str) -> HttpResponseBase:
    """The chosen rows of the list as a file, in its columns and its order."""
    list_ = list_for(
        request.user, _query_of(back), shown=kept_by(request.user, KEY).columns, only=keys
    )
    return _export(request, list_, "xlsx")


def _do_together(
    request: HttpRequest, deed: BulkDeed, chosen: list[Application], back: str
) -> HttpResponse:
    is_confirmed = "confirmed" in request.POST
    asked = FORMS.get(deed.key)
    form = asked(request.POST if is_confirmed else None) if asked else None
    context = {"breadcrumbs": [("Aanvragen", back), (deed.label, None)], "deed": deed, "back": back}
    if is_confirmed and (form is None or form.is_valid()):
        values = form.cleaned_data if form else {}
        outcomes = do_for_each(deed, chosen, by=request.user, at=timezone.now(), **values)
        done = [outcome for outcome in outcomes if not outcome.refusal]
        refused = [outcome for outcome in outcomes if outcome.refusal]
        if done or form is None:
            if deed.sends_letters:
                nudge(tasks.render_pending_letters)
            context |= {"done": done, "refused": refused}
            return render(request, "subsidies/application_bulk_done.html", context)
        for sentence in dict.fromkeys(outcome.refusal for outcome in refused):
            form.add_error(None, sentence)
    judged = [(one, obstacle(deed, one, by=request.user)) for one in chosen]
    context |= {
        "possible": [application for application, reason in judged if not reason],
        "impossible": [(application, reason) for application, reason in judged if reason],
    }
    return render_form(
        request, "subsidies/application_bulk.html", context, forms=[form] if form else []
    )
