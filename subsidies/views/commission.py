from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ikc.models import Ikc, Organisation
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies.assignment_page import AssignmentPage
from subsidies.forms.assessment import AssignForm, ExceptionForm, InterestForm
from subsidies.models import Application, CommissionMember, InterestDeclaration, SubsidyRound
from subsidies.services import commission as services
from subsidies.views.access import get_round_or_404

# Two for who wants it, all for who can: the secretary chooses.
FEWEST, MOST = 1, 20


def crumbs(round_: SubsidyRound, *last: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    return [
        ("Rondes", reverse("subsidies:round_list")),
        (str(round_), round_.get_absolute_url()),
        *last,
    ]


def _open_applications(request, round_: SubsidyRound) -> list[Application]:
    """What the secretary may assign: admitted, and without an interest of the secretary."""
    return list(
        Application.objects.visible_to(request.user)
        .filter(round=round_, state__in=services.ASSIGNABLE)
        .select_related("ikc", "board")
        .prefetch_related("reviews")
        .order_by("number")
    )


@require_safe
def commission_round(request, pk):
    """Who sits in the commission, who may score this round and why not, and how far the assignment is."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.view_commission", round_)
    standings = services.standings(round_, day=timezone.localdate(), reader=request.user)
    applications = (
        Application.objects.visible_to(request.user)
        .filter(round=round_, state__in=services.ASSIGNABLE)
        .select_related("ikc")
        .with_review_progress()
        .order_by("number")
    )
    context = {
        "breadcrumbs": crumbs(round_, ("Commissie en belangen", None)),
        "round": round_,
        "standings": standings,
        "free": sum(row.may_score for row in standings),
        "undeclared": [row for row in standings if row.declaration is None],
        "applications": applications,
        "may_except": request.user.has_perm("subsidies.record_exception", round_),
    }
    return render(request, "subsidies/commission_round.html", context)


@require_http_methods(["GET", "POST"])
def commission_assign(request, pk):
    """Choose the reviewers: the page proposes an even spread, the secretary decides."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.assign_reviewers", round_)
    applications = _open_applications(request, round_)
    standings = services.standings(round_, day=timezone.localdate())
    per_application = _per_application(request, round_)
    form = AssignForm(
        posted(request),
        applications=applications,
        members=standings,
        proposal=services.propose(applications, standings, per_application=per_application),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            count = services.assign_round(
                round_,
                form.wanted(),
                why=form.why(per_application),
                by=request.user,
                at=timezone.now(),
            )
            messages.success(
                request, f"De beoordelaars zijn gekoppeld: {count} nieuwe beoordelingen."
            )
            return redirect("subsidies:commission_round", round_.pk)
    context = {
        "breadcrumbs": crumbs(
            round_,
            ("Commissie en belangen", reverse("subsidies:commission_round", args=[round_.pk])),
            ("Beoordelaars koppelen", None),
        ),
        "round": round_,
        "per_application": per_application,
        "free": sum(row.may_score for row in standings),
        "page": AssignmentPage(round_, request.user, standings),
    }
    return render_form(request, "subsidies/commission_assign.html", context, forms=[form])


def _per_application(request, round_: SubsidyRound) -> int:
    asked = request.GET.get("per", "")
    wanted = int(asked) if asked.isdecimal() and len(asked) < 4 else round_.min_reviews
    return min(max(wanted, FEWEST), MOST)


@require_http_methods(["GET", "POST"])
def commission_declare(request, pk):
    """A member says which interests there are, before anything opens."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.declare_interests", round_)
    member = CommissionMember.objects.active_on(timezone.localdate()).get(user=request.user)
    known = InterestDeclaration.objects.filter(member=member, round=round_).first()
    form = InterestForm(
        posted(request),
        initial=_declared(known),
        organisations=Organisation.objects.filter(
            kind__in=[Organisation.Kind.SCHOOL_BOARD, Organisation.Kind.CHILDCARE]
        ).order_by("name"),
        ikcs=Ikc.objects.open_on(timezone.localdate()).order_by("name"),
        back_url=reverse("subsidies:review_list"),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.declare_interests(
                member,
                round_,
                organisations=form.cleaned_data["organisations"],
                ikcs=form.cleaned_data["ikcs"],
                note=form.cleaned_data["note"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, "Uw belangen zijn vastgelegd.")
            return redirect("subsidies:review_list")
    context = {
        "breadcrumbs": [
            ("Beoordelen", reverse("subsidies:review_list")),
            ("Belangen opgeven", None),
        ],
        "round": round_,
        "member": member,
        "known": known,
    }
    return render_form(request, "subsidies/commission_declare.html", context, forms=[form])


def _declared(known: InterestDeclaration | None) -> dict:
    if known is None:
        return {}
    return {
        "organisations": list(known.organisations.values_list("pk", flat=True)),
        "ikcs": list(known.ikcs.values_list("pk", flat=True)),
        "note": known.note,
    }


@require_http_methods(["GET", "POST"])
def commission_exception(request, pk, member_pk):
    """The signer records that the college lets a member score despite a competing application."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.record_exception", round_)
    standings = services.standings(round_, day=timezone.localdate())
    member = get_object_or_404(
        CommissionMember.objects.select_related("user", "organisation"), pk=member_pk
    )
    standing = next((row for row in standings if row.member.pk == member.pk), None)
    back = reverse("subsidies:commission_round", args=[round_.pk])
    form = ExceptionForm(posted(request), back_url=back)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.record_exception(
                member, round_, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "De uitzondering is vastgelegd.")
            return redirect(back)
    context = {
        "breadcrumbs": crumbs(
            round_, ("Commissie en belangen", back), ("Uitzondering vastleggen", None)
        ),
        "round": round_,
        "standing": standing,
        "member": member,
    }
    return render_form(request, "subsidies/commission_exception.html", context, forms=[form])
