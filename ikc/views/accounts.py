from django.contrib import messages
from django.forms import Form
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from ikc.filters import UserFilter
from ikc.forms.accounts import (
    BlockForm,
    InvitationForm,
    MandateForm,
    PersonForm,
    RoleForm,
    person_initial,
)
from ikc.forms.centres import LastDayForm
from ikc.models import Mandate, RoleAssignment, User
from ikc.services import accounts as services
from ikc.tables import UserTable
from ikc.timelines import timeline_of
from ikc.views.access import crumbs_to
from ikc.views.centres import PER_PAGE
from kvk2.core.csv_export import csv_response
from kvk2.nlds.shortcuts import refusals_on, render_form, require


def crumbs(obj=None, last=""):
    return crumbs_to("Gebruikers", "ikc:user_list", obj, last)


def _person_or_404(pk):
    """The user that a page is about, without what no page shows."""
    return get_object_or_404(User.objects.defer("password"), pk=pk)


@require_safe
def user_list(request):
    require(request, "ikc.view_users")
    today = timezone.localdate()
    users = User.objects.with_roles(today).order_by("last_name", "first_name", "pk")
    filter_ = UserFilter(request.GET, queryset=users, today=today)
    table = UserTable(filter_.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        rows = table.as_values()
        return csv_response("gebruikers.csv", next(rows), rows)
    return render(
        request,
        "ikc/user_list.html",
        {
            "breadcrumbs": [("Gebruikers", None)],
            "table": table,
            "filter": filter_,
            "may_manage": request.user.has_perm("ikc.manage_users"),
        },
    )


@require_safe
def user_detail(request, pk):
    require(request, "ikc.view_users")
    user = _person_or_404(pk)
    return render(
        request,
        "ikc/user_detail.html",
        {
            "breadcrumbs": crumbs(user),
            "person": user,
            "today": timezone.localdate(),
            "assignments": user.assignments.select_related("organisation", "ikc").order_by(
                "-valid_from", "pk"
            ),
            "mandates": user.mandates.select_related("organisation", "ikc").order_by(
                "-valid_from", "pk"
            ),
            "timeline": timeline_of(user),
            "may_manage": request.user.has_perm("ikc.manage_users"),
            "is_self": user.pk == request.user.pk,
        },
    )


@require_http_methods(["GET", "POST"])
def user_invite(request):
    require(request, "ikc.manage_users")
    form = InvitationForm(request.POST or None, back_url=reverse("ikc:user_list"))
    if request.method == "POST" and form.is_valid():
        try:
            user = services.invite_user(**form.cleaned_data, by=request.user, at=timezone.now())
        except services.EmailTaken as error:
            form.add_error("email", error.message)
        else:
            messages.success(request, "De uitnodiging is verstuurd. Geef de gebruiker nu een rol.")
            return redirect(user)
    return _form_page(request, form, None, "Gebruiker uitnodigen")


@require_http_methods(["GET", "POST"])
def user_edit(request, pk):
    require(request, "ikc.manage_users")
    user = _person_or_404(pk)
    form = PersonForm(
        request.POST or None, initial=person_initial(user), back_url=user.get_absolute_url()
    )
    return _deed(
        request,
        form,
        user,
        "Gegevens wijzigen",
        lambda: services.change_user(user, **form.cleaned_data, by=request.user, at=timezone.now()),
        "De gegevens zijn opgeslagen.",
    )


@require_http_methods(["GET", "POST"])
def role_add(request, pk):
    require(request, "ikc.manage_users")
    user = _person_or_404(pk)
    form = RoleForm(
        request.POST or None,
        initial={"valid_from": timezone.localdate()},
        back_url=user.get_absolute_url(),
    )
    return _deed(
        request,
        form,
        user,
        "Rol geven",
        lambda: services.give_role(user, **form.cleaned_data, by=request.user, at=timezone.now()),
        "De rol is gegeven.",
    )


@require_http_methods(["GET", "POST"])
def mandate_add(request, pk):
    require(request, "ikc.manage_users")
    user = _person_or_404(pk)
    form = MandateForm(
        request.POST or None,
        initial={"valid_from": timezone.localdate()},
        back_url=user.get_absolute_url(),
    )
    return _deed(
        request,
        form,
        user,
        "Machtiging vastleggen",
        lambda: services.give_mandate(
            user, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
        "De machtiging is vastgelegd.",
    )


@require_http_methods(["GET", "POST"])
def role_end(request, pk):
    require(request, "ikc.manage_users")
    assignment = get_object_or_404(
        RoleAssignment.objects.select_related("user", "organisation", "ikc"), pk=pk
    )
    today = timezone.localdate()
    form = LastDayForm(request.POST or None, initial={"last_day": today})
    return _deed(
        request,
        form,
        assignment.user,
        "Rol beëindigen",
        lambda: services.end_role(
            assignment, **form.cleaned_data, by=request.user, at=timezone.now(), today=today
        ),
        "De rol heeft een einddatum.",
        question=f"{assignment.user} is dan geen {assignment.get_role_display()} meer "
        f"bij {assignment.organisation}. Wat met deze rol is gedaan, blijft bewaard.",
    )


@require_http_methods(["GET", "POST"])
def mandate_end(request, pk):
    require(request, "ikc.manage_users")
    mandate = get_object_or_404(Mandate.objects.select_related("user", "organisation"), pk=pk)
    today = timezone.localdate()
    form = LastDayForm(request.POST or None, initial={"last_day": today})
    return _deed(
        request,
        form,
        mandate.user,
        "Machtiging beëindigen",
        lambda: services.end_mandate(
            mandate, **form.cleaned_data, by=request.user, at=timezone.now(), today=today
        ),
        "De machtiging heeft een einddatum.",
        question=f"{mandate.user} mag dan niet meer namens {mandate.organisation} aanvragen.",
    )


@require_http_methods(["GET", "POST"])
def user_block(request, pk):
    require(request, "ikc.manage_users")
    user = _person_or_404(pk)
    form = BlockForm(request.POST or None)
    return _deed(
        request,
        form,
        user,
        "Toegang blokkeren",
        lambda: services.block_user(user, **form.cleaned_data, by=request.user, at=timezone.now()),
        "De toegang is geblokkeerd.",
        question=f"{user} wordt meteen uitgelogd en kan niet meer inloggen. "
        "Rollen en machtigingen blijven staan.",
    )


@require_http_methods(["GET", "POST"])
def user_unblock(request, pk):
    require(request, "ikc.manage_users")
    user = _person_or_404(pk)
    form = Form(request.POST if request.method == "POST" else None)
    return _deed(
        request,
        form,
        user,
        "Toegang herstellen",
        lambda: services.unblock_user(user, by=request.user, at=timezone.now()),
        "De toegang is hersteld.",
        question=f"{user} kan daarna weer inloggen, met dezelfde rollen.",
    )


def _deed(request, form, user, heading, deed, done, *, question=""):
    """The form, or what `deed` refuses, or back to the user; with a `question` the page asks first."""
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            deed()
            messages.success(request, done)
            return redirect(user)
    if question:
        context = {
            "breadcrumbs": crumbs(user, heading),
            "heading": heading,
            "text": question,
            "back_url": user.get_absolute_url(),
            "negative": heading != "Toegang herstellen",
        }
        return render_form(request, "components/confirm_page.html", context, forms=[form])
    return _form_page(request, form, user, heading)


def _form_page(request, form, user, heading):
    context = {
        "breadcrumbs": crumbs(user, heading),
        "heading": heading,
        "lead": user.full_name if user else "",
    }
    return render_form(request, "ikc/ikc_form.html", context, forms=[form])
