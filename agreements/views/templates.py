from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agreements.forms.versions import TemplateForm
from agreements.models import AgreementTemplate
from agreements.services import templates
from agreements.views.loading import breadcrumbs, get_version_or_404
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require

MANAGE = "agreements.manage_templates"


@require_safe
def template_list(request):
    """The texts that a new agreement can start from."""
    require(request, MANAGE)
    rows = AgreementTemplate.objects.select_related("version__agreement").order_by("title")
    return render(
        request,
        "agreements/template_list.html",
        {
            "templates": rows,
            "breadcrumbs": [
                ("Resultaatafspraken", reverse("agreements:agreement_list")),
                ("Sjablonen", None),
            ],
        },
    )


@require_http_methods(["GET", "POST"])
def template_create(request, pk):
    version = get_version_or_404(request, pk)
    require(request, MANAGE)
    form = TemplateForm(posted(request), back_url=version.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            template = templates.make_template(
                version, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, f"‘{template}’ is nu een sjabloon.")
            return redirect("agreements:template_list")
    page = {"version": version, "breadcrumbs": breadcrumbs(version, "Sjabloon maken")}
    return render_form(request, "agreements/template_create.html", page, forms=[form])


@require_http_methods(["GET", "POST"])
def template_retire(request, pk):
    require(request, MANAGE)
    template = get_object_or_404(AgreementTemplate.objects.select_related("version"), pk=pk)
    if request.method == "POST":
        templates.retire_template(template, by=request.user, at=timezone.now())
        messages.success(request, f"Sjabloon ‘{template}’ is ingetrokken.")
        return redirect("agreements:template_list")
    return render(
        request,
        "components/confirm_page.html",
        {
            "heading": f"Sjabloon ‘{template}’ intrekken?",
            "consequences": [
                "Een nieuwe afspraak kan er niet meer mee beginnen.",
                "Afspraken die ermee begonnen zijn, veranderen niet.",
            ],
            "action_label": "Sjabloon intrekken",
            "negative": True,
            "back_url": reverse("agreements:template_list"),
            "breadcrumbs": [
                ("Sjablonen", reverse("agreements:template_list")),
                ("Intrekken", None),
            ],
        },
    )
