"""The steps of a return: each on a page that says what it does."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kvk2.nlds.forms import ConfirmForm
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from monitoring.forms import CheckForm, ReopenForm, SendBackForm
from monitoring.models import Return
from monitoring.services import returns
from monitoring.views.returns import breadcrumbs, get_return_or_404

BOTH = ["GET", "POST"]


def _step(
    request: HttpRequest,
    pk: int,
    permission: str,
    form_class: type[BaseForm],
    deed: Callable[..., Return],
    *,
    done: str,
    **page: object,
) -> HttpResponseBase:
    """Ask, do it, and go back to the return; what the service refuses stands on the page."""
    return_ = get_return_or_404(request, pk)
    require(request, permission, return_)
    form = form_class(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            deed(return_, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, done.format(ikc=return_.version.ikc_name))
            return redirect(return_)
    context = {
        "text": f"{return_.version.ikc_name}, {return_.cycle.year.full_label}.",
        "back_url": return_.get_absolute_url(),
        "breadcrumbs": breadcrumbs(return_, (str(page["action_label"]), None)),
        **page,
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(BOTH)
def return_submit(request, pk):
    return _step(
        request,
        pk,
        "monitoring.submit_return",
        ConfirmForm,
        returns.submit_return,
        done="De cijfers van {ikc} zijn ingediend.",
        heading="Cijfers indienen?",
        action_label="Cijfers indienen",
        consequences=[
            "Na het indienen staan de cijfers vast. Alleen het onderzoeksbureau kan ze met een reden teruggeven.",
            "Een onderzoeker die de cijfers niet invoerde, controleert ze. Daarna stelt de Ontwikkelgroep ze vast.",
        ],
    )


@require_http_methods(BOTH)
def return_send_back(request, pk):
    return _step(
        request,
        pk,
        "monitoring.send_back_return",
        SendBackForm,
        returns.send_back,
        done="De cijfers zijn teruggegeven en kunnen weer worden gewijzigd.",
        heading="Cijfers teruggeven?",
        action_label="Teruggeven",
        consequences=["Wie de cijfers invoert, krijgt een e-mail met uw reden."],
    )


@require_http_methods(BOTH)
def return_check(request, pk):
    return _step(
        request,
        pk,
        "monitoring.check_return",
        CheckForm,
        returns.check_return,
        done="De cijfers van {ikc} zijn goedgekeurd.",
        heading="Cijfers goedkeuren?",
        action_label="Cijfers goedkeuren",
        consequences=[
            "U zegt hiermee dat de cijfers kloppen. Daarna stelt de Ontwikkelgroep ze vast."
        ],
    )


@require_http_methods(BOTH)
def return_adopt(request, pk):
    return _step(
        request,
        pk,
        "monitoring.adopt_return",
        ConfirmForm,
        returns.adopt_return,
        done="De cijfers van {ikc} zijn vastgesteld.",
        heading="Cijfers vaststellen?",
        action_label="Cijfers vaststellen",
        consequences=["De cijfers gaan daarna op slot zodra het jaar wordt geanalyseerd."],
    )


@require_http_methods(BOTH)
def return_reopen(request, pk):
    return _step(
        request,
        pk,
        "monitoring.reopen_return",
        ReopenForm,
        returns.reopen_return,
        done="De cijfers zijn heropend.",
        heading="Vergrendelde cijfers heropenen?",
        action_label="Heropenen",
        negative=True,
        consequences=[
            "De oude cijfers blijven bewaard en leesbaar; nieuwe cijfers worden een herziening.",
            "Ook een herziening wordt ingediend, gecontroleerd en vastgesteld, telkens door een ander.",
            "Is dat na de laatste dag niet ingediend? Dan gelden de oude cijfers weer.",
        ],
    )
