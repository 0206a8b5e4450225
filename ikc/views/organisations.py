from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from ikc.filters import OrganisationFilter
from ikc.forms.centres import OrganisationForm
from ikc.models import Ikc, Organisation
from ikc.services import centres as services
from ikc.tables import OrganisationTable
from ikc.timelines import timeline_of
from ikc.views.access import crumbs_to
from ikc.views.centres import PER_PAGE
from kvk2.core.csv_export import csv_response
from kvk2.core.errors import DomainError
from kvk2.nlds.shortcuts import render_form, require


def crumbs(obj=None, last=""):
    return crumbs_to("Organisaties", "ikc:organisation_list", obj, last)


@require_safe
def organisation_list(request):
    require(request, "ikc.view_organisation")
    organisations = Organisation.objects.with_ikc_counts(timezone.localdate())
    filter_ = OrganisationFilter(
        request.GET,
        queryset=organisations.order_by("name", "pk"),
        with_accounts=request.user.is_municipal,
    )
    table = OrganisationTable(filter_.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        rows = table.as_values()
        return csv_response("organisaties.csv", next(rows), rows)
    return render(
        request,
        "ikc/organisation_list.html",
        {"breadcrumbs": [("Organisaties", None)], "table": table, "filter": filter_},
    )


@require_safe
def organisation_detail(request, pk):
    require(request, "ikc.view_organisation")
    organisation = get_object_or_404(Organisation, pk=pk)
    today = timezone.localdate()
    visible = Ikc.objects.visible_to(request.user).with_plus(today).with_latest_pupils()
    may_change = request.user.has_perm("ikc.change_organisation", organisation)
    return render(
        request,
        "ikc/organisation_detail.html",
        {
            "breadcrumbs": crumbs(organisation),
            "organisation": organisation,
            "ikcs": visible.filter(board=organisation).order_by("name", "pk"),
            "partnerships": organisation.partnerships.filter(
                ikc__in=Ikc.objects.visible_to(request.user)
            )
            .select_related("ikc")
            .order_by("ikc__name", "pk"),
            "may_change": may_change,
            "account": organisation.known_account,
            "may_see_bank": request.user.has_perm("ikc.view_bank_account", organisation),
            "timeline": timeline_of(organisation) if may_change else [],
        },
    )


@require_http_methods(["GET", "POST"])
def organisation_edit(request, pk):
    organisation = get_object_or_404(Organisation, pk=pk)
    require(request, "ikc.change_organisation", organisation)
    form = OrganisationForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_organisation(
                organisation, facts=form.facts(), by=request.user, at=timezone.now()
            )
        except DomainError as error:
            form.add_error("name", error.message)
        else:
            messages.success(request, "De gegevens van de organisatie zijn opgeslagen.")
            return redirect(organisation)
    return render_form(
        request,
        "ikc/ikc_form.html",
        {
            "breadcrumbs": crumbs(organisation, "Wijzigen"),
            "heading": "Organisatie wijzigen",
            "lead": organisation.get_kind_display(),
        },
        forms=[form],
    )
