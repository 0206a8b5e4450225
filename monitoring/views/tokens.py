"""Keys for machines: who has one, make one (shown once), revoke one; and the description of the link for the bureau."""

from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ikc.models import User
from ikc.roles import Role
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from monitoring.api.endpoints import MOST_PER_MINUTE, api
from monitoring.forms_tokens import TokenForm
from monitoring.models import ApiToken
from monitoring.services import api_tokens as services
from monitoring.views.cycles import get_cycle_or_404

PREFIX = "/api/v1/"
METHODS = {"get": "lezen", "post": "schrijven"}


def _crumbs(cycle, *more):
    return [
        ("Monitoring", reverse("monitoring:cycle_list")),
        (str(cycle.year), cycle.get_absolute_url()),
        *more,
    ]


def _keys(cycle):
    return ("Koppeling", reverse("monitoring:token_list", args=[cycle.pk]))


@require_safe
def token_list(request, pk):
    """Who has a key to this round, and how the link works."""
    cycle = get_cycle_or_404(request, pk)
    may_manage = request.user.has_perm("monitoring.manage_tokens", cycle)
    if not (may_manage or request.user.has_perm("monitoring.read_link")):
        raise PermissionDenied
    today = timezone.localdate()
    tokens = (
        ApiToken.objects.visible_to(request.user)
        .filter(cycle=cycle)
        .select_related("holder")
        .order_by("-made_at", "-pk")
    )
    return render(
        request,
        "monitoring/token_list.html",
        {
            "cycle": cycle,
            "rows": [(token, *_state(token, today)) for token in tokens],
            "may_manage": may_manage,
            "breadcrumbs": _crumbs(cycle, (_keys(cycle)[0], None)),
        },
    )


def _state(token, today):
    """What the badge says, its kind, and whether there is something to revoke."""
    if token.revoked_at:
        return "ingetrokken", "inactive", False
    if token.expires_on < today:
        return "verlopen", "inactive", False
    return "geldig", "success", True


@never_cache
@require_http_methods(["GET", "POST"])
def token_make(request, pk):
    """The answer to the form shows the key: this page and no other, now and never again."""
    cycle = get_cycle_or_404(request, pk)
    require(request, "monitoring.manage_tokens", cycle)
    back = _keys(cycle)[1]
    crumbs = _crumbs(cycle, _keys(cycle), ("Sleutel maken", None))
    holders = (
        User.objects.filter(is_active=True, assignments__role=Role.RESEARCHER)
        .distinct()
        .order_by("last_name", "first_name", "pk")
    )
    form = TokenForm(
        posted(request), holders=holders, back=back, initial={"expires_on": cycle.submit_by}
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            token, key = services.make_token(
                cycle, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            return render(
                request,
                "monitoring/token_made.html",
                {"token": token, "key": key, "back": back, "breadcrumbs": crumbs},
            )
    return render_form(
        request,
        "monitoring/token_make.html",
        {"cycle": cycle, "breadcrumbs": crumbs},
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def token_revoke(request, pk):
    token = get_object_or_404(
        ApiToken.objects.visible_to(request.user).select_related("cycle__year__programme"), pk=pk
    )
    require(request, "monitoring.manage_tokens", token.cycle)
    back = _keys(token.cycle)[1]
    if request.method == "POST":
        services.revoke_token(token, by=request.user, at=timezone.now())
        return redirect(back)
    return render(
        request,
        "components/confirm_page.html",
        {
            "heading": "Sleutel intrekken",
            "text": f"U trekt de sleutel ‘{token}’ in. De koppeling die hem gebruikt, werkt dan meteen niet meer.",
            "form": [],
            "negative": True,
            "action_label": "Sleutel intrekken",
            "back_url": back,
            "breadcrumbs": _crumbs(token.cycle, _keys(token.cycle), ("Intrekken", None)),
        },
    )


def _described():
    return api.get_openapi_schema(path_prefix=PREFIX)


@require_safe
def link_guide(request):
    """How to use the link, out of its own description."""
    require(request, "monitoring.read_link")
    described = _described()
    return render(
        request,
        "monitoring/link_guide.html",
        {
            "ways": [
                {
                    "path": path,
                    "method": method.upper(),
                    "what": METHODS[method],
                    "summary": operation["summary"],
                    "text": operation.get("description", ""),
                }
                for path, operations in described["paths"].items()
                for method, operation in operations.items()
            ],
            "fields": [
                (name, field.get("description", ""))
                for name, field in described["components"]["schemas"]["Figure"][
                    "properties"
                ].items()
            ],
            "most": MOST_PER_MINUTE,
            "breadcrumbs": [
                ("Monitoring", reverse("monitoring:cycle_list")),
                ("Beschrijving van de koppeling", None),
            ],
        },
    )


@require_safe
def link_openapi(request):
    """The same for machines: OpenAPI."""
    require(request, "monitoring.read_link")
    return JsonResponse(
        _described(),
        headers={"Content-Disposition": 'attachment; filename="koppeling-openapi.json"'},
    )
