"""Overleg: the bodies, and what they have to do."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from ikc.filters_governance import OVERDUE, ActionFilter
from ikc.forms.centres import LastDayForm
from ikc.forms.governance import ActionForm, BodyForm, BodyNameForm, MemberForm, ResultForm
from ikc.models import ActionItem, Body, BodyMember, Consultation
from ikc.services import governance as services
from ikc.tables_governance import ActionTable
from ikc.timelines import timeline_of
from ikc.views.access import crumbs_to
from ikc.views.centres import PER_PAGE
from kvk2.core.csv_export import csv_response
from kvk2.nlds.components import Tile
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import dutch_date

# On the page of all bodies.
SHOWN = 5


def crumbs(obj=None, last=""):
    return crumbs_to("Overleg", "ikc:body_list", obj, last)


def get_body_or_404(request, pk):
    return get_object_or_404(Body.objects.visible_to(request.user, timezone.localdate()), pk=pk)


@require_safe
def body_list(request):
    """The bodies of the user, what comes next, and the actions that wait longest."""
    require(request, "ikc.view_bodies")
    today, user = timezone.localdate(), request.user
    bodies = list(
        Body.objects.visible_to(user, today).with_counts(today).order_by("kind", "name", "pk")
    )
    actions = ActionItem.objects.visible_to(user, today).select_related("owner", "body")
    coming = (
        Consultation.objects.visible_to(user, today)
        .planned()
        .filter(takes_place_on__gte=today)
        .select_related("body")
        .with_counts()
        .order_by("takes_place_on", "pk")[:SHOWN]
    )
    late = actions.overdue(today).count()
    return render(
        request,
        "ikc/body_list.html",
        {
            "breadcrumbs": [("Overleg", None)],
            "bodies": bodies,
            "coming": coming,
            "actions": actions.open().by_urgency()[:SHOWN],
            "today": today,
            "tiles": [
                Tile("Groepen", sum(body.ended_on is None for body in bodies), "komen bijeen"),
                Tile("Gehouden", sum(body.meeting_count for body in bodies), "overleggen"),
                Tile("Acties", sum(body.open_actions for body in bodies), "staan open"),
                Tile("Te laat", late, "acties over de afgesproken dag"),
            ],
            "late_url": f"{reverse('ikc:action_list')}?state={OVERDUE}",
            "may_manage": user.has_perm("ikc.manage_bodies"),
        },
    )


@require_safe
def body_detail(request, pk):
    body, today = get_body_or_404(request, pk), timezone.localdate()
    return render(
        request,
        "ikc/body_detail.html",
        {
            "breadcrumbs": crumbs(body),
            "body": body,
            "today": today,
            "meetings": body.meetings.with_counts().order_by("-takes_place_on", "-pk"),
            "members": body.members.select_related("user", "organisation").order_by(
                "valid_until", "user__last_name", "pk"
            ),
            "actions": body.actions.select_related("owner").by_urgency(),
            "may_manage": request.user.has_perm("ikc.manage_bodies"),
            "timeline": timeline_of(body),
        },
    )


@require_http_methods(["GET", "POST"])
def body_create(request):
    require(request, "ikc.manage_bodies")
    form = BodyForm(posted(request), back=reverse("ikc:body_list"))
    if form.is_valid():
        with refusals_on(form):
            body = services.start_body(**form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De groep is toegevoegd. Voeg nu de leden toe.")
            return redirect(body)
    return render_form(
        request,
        "ikc/ikc_form.html",
        {"breadcrumbs": crumbs(last="Groep toevoegen"), "heading": "Groep toevoegen"},
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def body_edit(request, pk):
    body = get_body_or_404(request, pk)
    require(request, "ikc.manage_bodies")
    form = BodyNameForm(posted(request), body=body)
    if form.is_valid():
        with refusals_on(form):
            services.change_body(body, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De gegevens van de groep zijn opgeslagen.")
            return redirect(body)
    return render_form(
        request,
        "ikc/ikc_form.html",
        {"breadcrumbs": crumbs(body, "Wijzigen"), "heading": "Groep wijzigen"},
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def body_end(request, pk):
    body = get_body_or_404(request, pk)
    require(request, "ikc.manage_bodies")
    form = LastDayForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            services.end_body(body, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De groep heeft een laatste dag.")
            return redirect(body)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": crumbs(body, "Groep beëindigen"),
            "heading": "Groep beëindigen",
            "text": f"{body} komt na deze dag niet meer bijeen. "
            "Verslagen en acties blijven te lezen.",
            "back_url": body.get_absolute_url(),
            "negative": True,
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def member_add(request, pk):
    body = get_body_or_404(request, pk)
    require(request, "ikc.manage_bodies")
    form = MemberForm(posted(request), body=body)
    if form.is_valid():
        with refusals_on(form):
            services.add_member(body, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "Het lid is toegevoegd.")
            return redirect(body)
    return render_form(
        request,
        "ikc/ikc_form.html",
        {
            "breadcrumbs": crumbs(body, "Lid toevoegen"),
            "heading": "Lid toevoegen",
            "lead": body.name,
            "note": "Een lid ziet de agenda’s, verslagen en acties van deze groep.",
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def member_end(request, pk):
    today = timezone.localdate()
    member = get_object_or_404(
        BodyMember.objects.select_related("body", "user"),
        pk=pk,
        body__in=Body.objects.visible_to(request.user, today),
    )
    require(request, "ikc.manage_bodies")
    form = LastDayForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            services.end_member(member, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "Het lidmaatschap heeft een laatste dag.")
            return redirect(member.body)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": crumbs(member.body, "Lidmaatschap beëindigen"),
            "heading": "Lidmaatschap beëindigen",
            "text": f"{member.user} ziet daarna de agenda’s en verslagen van {member.body} "
            "niet meer. Eigen acties blijven in de takenlijst staan.",
            "back_url": member.body.get_absolute_url(),
            "negative": True,
        },
        forms=[form],
    )


# --- actions ---


@require_safe
def action_list(request):
    require(request, "ikc.view_bodies")
    today = timezone.localdate()
    actions = ActionItem.objects.visible_to(request.user, today).select_related("owner", "body")
    filter_ = ActionFilter(request.GET, queryset=actions.by_urgency(), request=request, today=today)
    table = ActionTable(filter_.qs, today=today)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        rows = table.as_values()
        return csv_response("acties.csv", next(rows), rows)
    return render(
        request,
        "ikc/action_list.html",
        {"breadcrumbs": crumbs(last="Acties"), "table": table, "filter": filter_},
    )


@require_http_methods(["GET", "POST"])
def action_add(request, pk):
    body, today = get_body_or_404(request, pk), timezone.localdate()
    require(request, "ikc.manage_bodies")
    form = ActionForm(posted(request), body=body, today=today, back=body.get_absolute_url())
    if form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            services.add_action(
                body, item=None, title=data["action_title"], owner=data["action_owner"],
                due_on=data["action_due_on"], agreed_on=today, by=request.user, at=timezone.now(),
            )  # fmt: skip
            messages.success(request, "De actie is toegevoegd.")
            return redirect(body)
    return render_form(
        request,
        "ikc/ikc_form.html",
        {
            "breadcrumbs": crumbs(body, "Actie toevoegen"),
            "heading": "Actie toevoegen",
            "lead": body.name,
        },
        forms=[form],
    )


def _get_action_or_404(request, pk):
    visible = ActionItem.objects.visible_to(request.user, timezone.localdate())
    return get_object_or_404(visible.select_related("owner", "body", "item__meeting"), pk=pk)


@require_safe
def action_detail(request, pk):
    action = _get_action_or_404(request, pk)
    return render(
        request,
        "ikc/action_detail.html",
        {
            "breadcrumbs": [
                *crumbs(last="")[:1],
                ("Acties", reverse("ikc:action_list")),
                (action.title, None),
            ],
            "action": action,
            "today": timezone.localdate(),
            "sees_body": action.body in Body.objects.visible_to(request.user, timezone.localdate()),
            "may_close": action.is_open and request.user.has_perm("ikc.close_action", action),
            "may_drop": request.user.has_perm("ikc.drop_action", action),
        },
    )


@require_http_methods(["GET", "POST"])
def action_close(request, pk):
    return _close(request, pk, "finish")


@require_http_methods(["GET", "POST"])
def action_drop(request, pk):
    return _close(request, pk, "drop")


def _close(request, pk, step):
    action = _get_action_or_404(request, pk)
    require(request, "ikc.close_action" if step == "finish" else "ikc.drop_action", action)
    form = ResultForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            services.close_action(
                action, step=step, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "De actie is afgerond.")
            return redirect(action)
    heading = "Actie afronden" if step == "finish" else "Actie laten vervallen"
    if step == "drop":
        form.fields["result"].label = "Waarom vervalt de actie?"
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": crumbs(last=heading),
            "heading": heading,
            "text": f"{action.title} ({action.owner}, uiterlijk {dutch_date(action.due_on)}).",
            "back_url": action.get_absolute_url(),
            "negative": step == "drop",
        },
        forms=[form],
    )


@require_http_methods(["POST"])
def action_reopen(request, pk):
    action = _get_action_or_404(request, pk)
    require(request, "ikc.drop_action", action)
    services.reopen_action(action, by=request.user, at=timezone.now())
    messages.success(request, "De actie staat weer open.")
    return redirect(action)
