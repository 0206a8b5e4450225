"""What the portal holds about whoever asks (AVG article 15)."""

from django.http import JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ikc.services.own_data import own_data as data_of
from kvk2.nlds.components import Detail
from kvk2.nlds.templatetags.nlds import dutch_date


@require_http_methods(["GET", "POST"])
def own_data(request):
    """The page says what there is; a POST gives all of it as a file, and is written down."""
    user = request.user
    if request.method == "POST":
        return JsonResponse(
            data_of(user, at=timezone.now()),
            json_dumps_params={"ensure_ascii": False, "indent": 1},
            headers={
                "Content-Disposition": 'attachment; filename="mijn-gegevens.json"',
                "Cache-Control": "private, no-store",
            },
        )
    roles = user.assignments.select_related("organisation", "ikc").order_by("valid_from", "pk")
    context = {
        "breadcrumbs": [("Uw gegevens", None)],
        "rows": [
            Detail("Naam", user.full_name),
            Detail("E-mailadres", user.email),
            Detail("Functie", user.job_title or "Niet ingevuld"),
            Detail("Account sinds", dutch_date(user.date_joined)),
            *(
                Detail(
                    "Rol",
                    f"{role.get_role_display()}, {role.ikc or role.organisation}, vanaf {dutch_date(role.valid_from)}",
                )
                for role in roles
            ),
        ],
    }
    return render(request, "ikc/own_data.html", context)
