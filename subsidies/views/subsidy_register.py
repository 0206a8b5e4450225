"""The subsidy register for who keeps it: check, change, publish, leave out, and objections (Woo 3.3a, 3.1, 5.1)."""

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core.audit import events_of
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies.forms.subsidy_register import (
    KeptBackForm,
    ObjectionForm,
    ObjectionVerdictForm,
    PublicTextForm,
    PublishForm,
)
from subsidies.models import RegisterEntry
from subsidies.services import subsidy_register as services
from subsidies.states_subsidy_register import RegisterState
from subsidies.subsidy_register_page import (
    ManagePage,
    clean_entries,
    history_of,
    objection_rows,
    public_facts,
    state_rows,
)
from subsidies.timelines import full_timeline

TITLE = "Subsidieregister bijhouden"


def _get(request: HttpRequest, pk: int) -> RegisterEntry:
    require(request, "subsidies.view_subsidy_register")
    return get_object_or_404(RegisterEntry, pk=pk)


def _about(entry: RegisterEntry, heading: str) -> dict:
    return {
        "breadcrumbs": [
            (TITLE, reverse("subsidies:subsidy_register")),
            (entry.code, entry.get_absolute_url()),
            (heading, None),
        ],
        "heading": heading,
        "entry": entry,
        "back_url": entry.get_absolute_url(),
    }


@require_safe
def subsidy_register(request):
    """Every entry, with how much the check on personal data found."""
    require(request, "subsidies.view_subsidy_register")
    context = {
        "breadcrumbs": [(TITLE, None)],
        "page": (page := ManagePage(request.GET)),
        "filter_form": page.filter_form,
        "may_publish": request.user.has_perm("subsidies.publish_register_entries"),
    }
    return render(request, "subsidies/subsidy_register.html", context)


@require_safe
def subsidy_register_entry(request, pk):
    """One entry: what the public reads or will read, what was found in it, and what it said before."""
    entry = _get(request, pk)
    user = request.user
    is_leader = user.has_perm("subsidies.edit_register_entry")
    context = {
        "breadcrumbs": [(TITLE, reverse("subsidies:subsidy_register")), (entry.code, None)],
        "entry": entry,
        "rows": public_facts(entry),
        "state_rows": state_rows(entry),
        "objection_rows": objection_rows(entry),
        "findings": services.findings_of(entry),
        "versions": history_of(entry),
        "timeline": full_timeline(events_of(entry)),
        "may_edit": is_leader,
        "may_object": is_leader and not entry.objection_is_open,
        "may_judge": is_leader and entry.objection_is_open,
        "may_publish": user.has_perm("subsidies.publish_register_entry", entry),
        "may_leave_out": user.has_perm("subsidies.leave_out_register_entry", entry),
        "may_withdraw": user.has_perm("subsidies.withdraw_register_entry", entry),
    }
    return render(request, "subsidies/subsidy_register_entry.html", context)


@require_http_methods(["GET", "POST"])
def register_edit(request, pk):
    """Change the public text; once public, with a reason."""
    entry = _get(request, pk)
    require(request, "subsidies.edit_register_entry", entry)
    public = entry.state == RegisterState.PUBLISHED
    form = PublicTextForm(
        posted(request),
        public=public,
        back_url=entry.get_absolute_url(),
        initial={"activities": entry.activities, "provisions": entry.provisions},
    )
    if request.method == "POST" and form.is_valid():
        change = services.correct_entry if public else services.edit_entry
        with refusals_on(form):
            change(entry, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De tekst is bewaard.")
            return redirect(entry)
    context = {**_about(entry, "Tekst wijzigen"), "findings": services.findings_of(entry)}
    return render_form(request, "subsidies/register_form.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def register_publish(request, pk):
    """Make one entry public, after reading what the check found."""
    entry = _get(request, pk)
    require(request, "subsidies.publish_register_entry", entry)
    findings = services.findings_of(entry)
    form = PublishForm(posted(request), found=bool(findings))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.publish_entry(entry, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, f"{entry.code} is openbaar.")
            return redirect(entry)
    context = {
        **_about(entry, "Openbaar maken"),
        "text": "Iedereen kan deze regel dan lezen en downloaden, ook zonder in te loggen.",
        "rows": public_facts(entry),
        "findings": findings,
    }
    return render_form(request, "subsidies/register_publish.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def subsidy_register_publish(request):
    """Make the oldest that wait public at once: only those in which the check found nothing."""
    require(request, "subsidies.publish_register_entries")
    entries = clean_entries()
    if not entries:
        messages.info(request, "Er is geen regel die zonder bevindingen klaarstaat.")
        return redirect("subsidies:subsidy_register")
    form = NldsForm(posted(request))
    if request.method == "POST" and form.is_valid():
        wanted = [entry for entry in entries if str(entry.pk) in request.POST.getlist("entry")]
        with refusals_on(form):
            made = services.publish_entries(wanted, by=request.user, at=timezone.now())
            messages.success(request, f"Openbaar gemaakt: {made}.")
            return redirect("subsidies:subsidy_register")
    context = {
        "breadcrumbs": [(TITLE, reverse("subsidies:subsidy_register")), ("Openbaar maken", None)],
        "heading": "Gecontroleerde regels openbaar maken",
        "text": "Lees elke regel. De controle vond geen persoonsgegevens, maar u beslist. Iedereen kan deze regels "
        "daarna lezen en downloaden, ook zonder in te loggen.",
        "entries": entries,
        "back_url": reverse("subsidies:subsidy_register"),
    }
    return render_form(request, "subsidies/register_publish_all.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def register_keep_back(request, pk):
    """Leave it out, or take it away again when it is public."""
    entry = _get(request, pk)
    public = entry.state == RegisterState.PUBLISHED
    deed = "withdraw" if public else "leave_out"
    require(request, f"subsidies.{deed}_register_entry", entry)
    form = KeptBackForm(posted(request))
    if request.method == "POST" and form.is_valid():
        close = services.withdraw_entry if public else services.leave_out
        with refusals_on(form):
            close(entry, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, f"{entry.code} is niet openbaar.")
            return redirect(entry)
    heading = "Terugtrekken uit het register" if public else "Niet openbaar maken"
    context = {**_about(entry, heading), "negative": True}
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def register_objection(request, pk):
    """Write down that somebody with an interest minds."""
    entry = _get(request, pk)
    require(request, "subsidies.edit_register_entry", entry)
    form = ObjectionForm(posted(request), back_url=entry.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.record_objection(
                entry, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "De bedenking is vastgelegd.")
            return redirect(entry)
    context = _about(entry, "Bedenking vastleggen")
    return render_form(request, "subsidies/register_form.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def register_objection_verdict(request, pk):
    """Decide on an objection against publication."""
    entry = _get(request, pk)
    require(request, "subsidies.edit_register_entry", entry)
    form = ObjectionVerdictForm(posted(request), back_url=entry.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.decide_objection(
                entry, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "Het oordeel is vastgelegd.")
            return redirect(entry)
    context = {**_about(entry, "Oordeel over de bedenking"), "rows": objection_rows(entry)}
    return render_form(request, "subsidies/register_form.html", context, forms=[form])
