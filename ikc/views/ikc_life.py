"""The steps in the life of an IKC, each on a page that says what follows from it."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ikc import consequences
from ikc.forms.ikc_life import (
    BoardForm,
    CloseForm,
    IkcFormForm,
    MergeForm,
    OpenForm,
    RenameForm,
)
from ikc.services import ikc_life as services
from ikc.views.access import crumbs_to, get_ikc_or_404
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require

HISTORY = "Wat eerder gold, blijft in de geschiedenis staan."


def _step(request, pk, heading, make_form, run, *, text, follows=(), negative=False):
    ikc = get_ikc_or_404(request, pk)
    require(request, "ikc.change_ikc", ikc)
    form = make_form(ikc)
    if form.is_valid():
        with refusals_on(form):
            run(ikc, form.cleaned_data, {"by": request.user, "at": timezone.now()})
            messages.success(request, "De wijziging is vastgelegd.")
            return redirect(ikc)
    context = {
        "breadcrumbs": crumbs_to("IKC’s", "ikc:ikc_list", ikc, heading),
        "heading": f"{heading}: {ikc}",
        "text": text,
        "consequences": follows(ikc) if callable(follows) else follows,
        "action_label": heading,
        "negative": negative,
        "back_url": ikc.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def ikc_open(request, pk):
    """It was being founded; now it works."""
    return _step(
        request, pk, "IKC openen", lambda ikc: OpenForm(posted(request)),
        lambda ikc, words, who: services.open_ikc(ikc, **words, **who),
        text="Het IKC is daarna niet meer in oprichting.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def ikc_rename(request, pk):
    return _step(
        request, pk, "Naam wijzigen", lambda ikc: RenameForm(posted(request)),
        lambda ikc, words, who: services.rename(ikc, **words, **who),
        text="De oude naam eindigt op de dag ervoor.", follows=(HISTORY,),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def ikc_change_form(request, pk):
    """Another form, or special education, from a day on."""
    return _step(
        request, pk, "Vorm wijzigen", lambda ikc: IkcFormForm(posted(request), ikc=ikc),
        lambda ikc, words, who: services.change_form(ikc, **words, **who),
        text="De vorm bepaalt welke ondersteuning en welke rondes er voor het IKC zijn.",
        follows=(
            HISTORY,
            "Een ingediende aanvraag houdt de vorm die het IKC toen had.",
            "Buiten een aandachtsgebied hoort het IKC niet meer bij een gebied.",
            "Een predicaat Plus verandert hierdoor niet vanzelf.",
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def ikc_board(request, pk):
    """Another school board from a day on."""
    return _step(
        request, pk, "Schoolbestuur wijzigen", lambda ikc: BoardForm(posted(request)),
        lambda ikc, words, who: services.change_board(ikc, **words, **who),
        text="Het nieuwe bestuur ziet daarna de gegevens van dit IKC.",
        follows=(
            HISTORY,
            "Machtigingen van het vorige bestuur gelden niet voor het nieuwe.",
            "Lopende aanvragen en subsidies blijven van het bestuur dat ze deed.",
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def ikc_close(request, pk):
    """Closed: without a successor, merged into one, or split into several."""
    today = timezone.localdate()
    return _step(
        request, pk, "IKC sluiten",
        lambda ikc: CloseForm(posted(request), ikc=ikc, today=today),
        lambda ikc, words, who: services.close_ikc(ikc, **words, **who),
        text="Dit kan niet worden teruggedraaid.",
        follows=lambda ikc: [*consequences.of_closing(ikc), HISTORY], negative=True,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def ikc_merge(request, pk):
    """Other IKCs go on in this one."""
    today = timezone.localdate()
    return _step(
        request, pk, "IKC’s samenvoegen",
        lambda ikc: MergeForm(posted(request), ikc=ikc, today=today),
        lambda ikc, words, who: services.merge(
            list(words.pop("predecessors")), ikc, **words, **who
        ),
        text="De gekozen IKC’s sluiten op die dag. Dit kan niet worden teruggedraaid.",
        follows=(HISTORY, "Een lopend predicaat Plus van een gesloten IKC gaat in herijking."),
        negative=True,
    )  # fmt: skip
