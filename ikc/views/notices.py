"""When somebody gets which e-mail."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ikc.forms.notices import NoticesForm
from ikc.notices import REQUIRED, NoticeWhen, kinds_for
from ikc.services import notices as services
from kvk2.nlds.components import Detail
from kvk2.nlds.shortcuts import posted, render_form


@require_http_methods(["GET", "POST"])
def notice_preferences(request):
    """The own choices, of what may come to somebody with these roles; and what comes whatever one chooses."""
    user = request.user
    kinds = kinds_for(user.active_roles)
    chosen = dict(user.notice_preferences.values_list("kind", "choice"))
    form = NoticesForm(
        posted(request),
        kinds=kinds,
        initial={kind.value: chosen.get(kind, NoticeWhen.AT_ONCE) for kind in kinds},
        back_url=reverse("ikc:own_data"),
    )
    if request.method == "POST" and form.is_valid():
        services.choose(user, form.choices(), at=timezone.now())
        messages.success(request, "Uw keuze is bewaard.")
        return redirect("ikc:notice_preferences")
    context = {
        "breadcrumbs": [("Uw gegevens", reverse("ikc:own_data")), ("Meldingen per e-mail", None)],
        "kinds": kinds,
        "rows": [Detail(what, why) for what, why in REQUIRED],
        "email": user.email,
    }
    return render_form(request, "ikc/notice_preferences.html", context, forms=[form])
