"""A board says whether its letters may come through the portal, or takes that back (Awb 2:8)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ikc.forms.consent import ConsentForm
from ikc.models import Organisation
from ikc.roles import Role
from ikc.services import consent as services
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require

GIVEN = (
    "De organisatie krijgt berichten van de gemeente nu in het portaal.",
    (
        "Brieven gaan vanaf nu op papier, per post.",
        "Wat al in het portaal staat, blijft verzonden.",
    ),
    "Stoppen met digitale post",
)
NOT_GIVEN = (
    "De organisatie krijgt brieven van de gemeente nu op papier.",
    (
        "Brieven en besluiten komen vanaf nu in het portaal te staan.",
        "Van elk bericht komt een e-mail, zonder wat erin staat. Een termijn kan dan gaan lopen.",
        "U kunt dit altijd weer stoppen.",
    ),
    "Digitale post aanzetten",
)


@require_http_methods(["GET", "POST"])
def organisation_consent(request, pk):
    """Agree to electronic delivery, or stop it; who represents the board does it, or somebody records its letter."""
    organisation = get_object_or_404(Organisation, pk=pk)
    require(request, "ikc.change_consent", organisation)
    own = organisation.pk in request.user.organisation_ids(Role.SCHOOL_BOARD)
    given = organisation.electronic_consent_at is not None
    form = ConsentForm(posted(request), organisation=organisation, own=own)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            deed = services.withdraw_consent if given else services.give_consent
            deed(organisation, source=form.source_text(), by=request.user, at=timezone.now())
            messages.success(request, "Het is vastgelegd.")
            return redirect(organisation)
    text, consequences, label = GIVEN if given else NOT_GIVEN
    context = {
        "breadcrumbs": [
            ("Organisaties", reverse("ikc:organisation_list")),
            (str(organisation), organisation.get_absolute_url()),
            ("Digitale post", None),
        ],
        "heading": "Digitale post",
        "text": text,
        "consequences": consequences,
        "action_label": label,
        "back_url": organisation.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])
