"""The account that a board is paid on: seen, given, looked at twice."""

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ikc.bank_account_page import FOREIGN, AccountPage, badge_of, facts_of
from ikc.forms.bank_accounts import AccountForm, CheckForm, RejectForm
from ikc.models import BankAccount, Organisation
from ikc.services import bank_accounts as services
from kvk2.core.downloads import file_response
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.core.tasks import scan_pending_files
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require

TITLE = "Bankrekening"


def _crumbs(organisation: Organisation, last: str = "") -> list[tuple[str, str | None]]:
    own = reverse("ikc:bank_account_detail", args=[organisation.pk])
    trail: list[tuple[str, str | None]] = [
        ("Organisaties", reverse("ikc:organisation_list")),
        (str(organisation), organisation.get_absolute_url()),
        (TITLE, own if last else None),
    ]
    return [*trail, (last, None)] if last else trail


def _account_or_404(request: HttpRequest, pk: int) -> BankAccount:
    account = get_object_or_404(
        BankAccount.objects.select_related("organisation", "proof", "proposed_by"), pk=pk
    )
    require(request, "ikc.view_bank_account", account.organisation)
    return account


@require_safe
def bank_account_detail(request, pk):
    """The account in force by its last four characters, a change that waits, and the former ones."""
    organisation = get_object_or_404(Organisation, pk=pk)
    require(request, "ikc.view_bank_account", organisation)
    page = AccountPage(organisation, request.user)
    context = {
        "breadcrumbs": _crumbs(organisation),
        "organisation": organisation,
        "page": page,
        "earlier": [(account, *badge_of(account)) for account in page.earlier],
    }
    return render(request, "ikc/bank_account_detail.html", context)


@require_http_methods(["GET", "POST"])
def bank_account_propose(request, pk):
    """Give an account, with proof when there is any."""
    organisation = get_object_or_404(Organisation, pk=pk)
    require(request, "ikc.propose_bank_account", organisation)
    back = reverse("ikc:bank_account_detail", args=[organisation.pk])
    form = AccountForm(
        posted(request), request.FILES if request.method == "POST" else None, back_url=back
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.propose_account(
                organisation,
                **{name: form.cleaned_data[name] for name in ("iban", "holder", "source")},
                proof=form.upload(),
                by=request.user,
                at=timezone.now(),
            )
            nudge(scan_pending_files)
            messages.success(
                request,
                "De rekening is doorgegeven. Twee medewerkers van de gemeente controleren haar.",
            )
            return redirect(back)
    context = {
        "breadcrumbs": _crumbs(organisation, "Rekening doorgeven"),
        "heading": "Rekening doorgeven",
        "lead": organisation.name,
        "note": "Twee medewerkers van de gemeente controleren de rekening. Tot die tijd staan nieuwe betalingen aan dit "
        "schoolbestuur stil.",
    }
    return render_form(request, "ikc/ikc_form.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def bank_account_check(request, pk):
    """Look at the whole number and say that it is theirs: the first of two, or the second."""
    account = _account_or_404(request, pk)
    require(request, "ikc.check_bank_account", account)
    form = CheckForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            account = services.check_account(account, by=request.user, at=timezone.now())
            messages.success(
                request,
                "Uw controle is vastgelegd. Nu controleert nog iemand anders de rekening."
                if account.is_open
                else "De rekening is in gebruik. Betalingen kunnen weer door.",
            )
            return redirect(account)
    is_second = account.checked_by_id is not None
    context = {
        "breadcrumbs": _crumbs(account.organisation, "Controleren"),
        "heading": "Tweede controle van de rekening" if is_second else "Rekening controleren",
        "text": f"{account.proposed_by.full_name} gaf deze rekening door voor {account.organisation}."
        if account.proposed_by
        else "Deze rekening stond al in het register, van vóór de controle door twee medewerkers.",
        "facts": facts_of(account, whole=True),
        "foreign": FOREIGN if account.is_foreign else "",
        "proof_url": reverse("ikc:bank_account_proof", args=[account.pk]) if account.proof else "",
        "action_label": "Rekening in gebruik nemen" if is_second else "Rekening klopt",
        "back_url": account.get_absolute_url(),
    }
    return render_form(request, "ikc/bank_account_check.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def bank_account_reject(request, pk):
    """Do not take it into use, and say why."""
    account = _account_or_404(request, pk)
    require(request, "ikc.reject_bank_account", account)
    form = RejectForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.reject_account(
                account, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
            messages.success(request, "De rekening komt niet in gebruik.")
            return redirect(account)
    context = {
        "breadcrumbs": _crumbs(account.organisation, "Niet in gebruik nemen"),
        "heading": "Rekening niet in gebruik nemen",
        "text": f"Het gaat om {account.masked}, op naam van {account.holder}.",
        "consequences": [
            "Is er al een rekening in gebruik? Dan blijft die gelden.",
            "Dit kan niet worden teruggedraaid. Het bestuur kan wel opnieuw een rekening doorgeven.",
        ],
        "action_label": "Niet in gebruik nemen",
        "negative": True,
        "back_url": account.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_safe
def bank_account_proof(request, pk):
    """The proof, as a download; who took it is recorded."""
    account = _account_or_404(request, pk)
    require(request, "ikc.open_bank_proof", account.organisation)
    try:
        stored = services.open_proof(account, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(account)
    return file_response(stored)
