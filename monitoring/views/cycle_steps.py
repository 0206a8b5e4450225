"""The steps of a year after the entering: each on a page that says what it does and what is still lacking."""

from collections.abc import Mapping
from typing import NamedTuple

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kvk2.nlds.forms import ConfirmForm
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from monitoring import cycle_guards
from monitoring.forms import AdoptCycleForm
from monitoring.models import MonitoringCycle
from monitoring.services import cycles, returns
from monitoring.views.cycles import LIST, get_cycle_or_404


class StepPage(NamedTuple):
    """Words of one step."""

    permission: str
    heading: str
    action: str
    consequences: tuple[str, ...]
    done: str


PAGES: Mapping[str, StepPage] = {
    "analyse": StepPage(
        "monitoring.analyse_cycle",
        "Gegevens vastzetten en analyseren?",
        "Gegevens vastzetten",
        (
            "Alle cijfers gaan op slot. Het portaal bewaart ze als één gegevensset met een vingerafdruk.",
            "Daarna kan een cijfer alleen nog veranderen als de Ontwikkelgroep het heropent.",
        ),
        "De gegevens staan vast. De analyse kan beginnen.",
    ),
    "draft": StepPage(
        "monitoring.draft_cycle",
        "Conceptrapport klaarzetten?",
        "Conceptrapport klaarzetten",
        ("Betrokkenen lezen vanaf nu het concept van het jaarrapport.",),
        "Het conceptrapport staat klaar.",
    ),
    "check_facts": StepPage(
        "monitoring.check_facts_cycle",
        "Feiten laten controleren?",
        "Feiten laten controleren",
        (
            f"Directeuren en besturen krijgen {cycles.FACT_CHECK_DAYS} werkdagen om te zeggen wat niet klopt.",
        ),
        "De feitencontrole is begonnen.",
    ),
    "publish": StepPage(
        "monitoring.publish_cycle",
        "Jaarrapport publiceren?",
        "Publiceren",
        ("Publiek is alleen de publieksversie, zonder kleine groepen.",),
        "Het jaarrapport is gepubliceerd.",
    ),
    "act": StepPage(
        "monitoring.act_cycle",
        "Bijsturen beginnen?",
        "Bijsturen beginnen",
        ("De partijen werken nu aan de acties uit het jaarrapport.",),
        "Het bijsturen is begonnen.",
    ),
    "close": StepPage(
        "monitoring.end_cycle",
        "Dit jaar afsluiten?",
        "Jaar afsluiten",
        ("Een afgesloten jaar verandert niet meer. Cijfers heropenen kan dan ook niet meer.",),
        "Het jaar is afgesloten.",
    ),
}
DEEDS = {
    "analyse": cycles.start_analysis,
    "draft": cycles.draft_report,
    "check_facts": cycles.start_fact_check,
}


def _breadcrumbs(cycle: MonitoringCycle, last: str) -> list[tuple[str, str | None]]:
    return [
        (LIST[0], reverse(LIST[1])),
        (str(cycle.year), cycle.get_absolute_url()),
        (last, None),
    ]


@require_http_methods(["GET", "POST"])
def cycle_step(request, pk, step):
    """Any step but opening, closing the entering and adopting, which have pages of their own."""
    page = PAGES.get(step)
    if page is None:
        raise Http404
    cycle = get_cycle_or_404(request, pk)
    require(request, page.permission, cycle)
    form = ConfirmForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            _take(cycle, step, by=request.user, at=timezone.now())
            messages.success(request, page.done)
            return redirect(cycle)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "heading": page.heading,
            "text": " ".join(cycle_guards.obstacles(step, cycle)),
            "consequences": page.consequences,
            "action_label": page.action,
            "back_url": cycle.get_absolute_url(),
            "breadcrumbs": _breadcrumbs(cycle, page.action),
        },
        forms=[form],
    )


def _take(cycle: MonitoringCycle, step: str, **deed) -> None:
    if step in DEEDS:
        DEEDS[step](cycle, **deed)
    else:
        cycles.advance(cycle, step, **deed)


@require_http_methods(["GET", "POST"])
def cycle_adopt(request, pk):
    """Adopt the report of the year, in the meeting in which it was discussed."""
    cycle = get_cycle_or_404(request, pk)
    require(request, "monitoring.adopt_cycle", cycle)
    form = AdoptCycleForm(posted(request), items=cycles.meetings_about(cycle))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            cycles.adopt_cycle(
                cycle, item=form.cleaned_data["item"], by=request.user, at=timezone.now()
            )
            messages.success(request, "Het jaarrapport is vastgesteld.")
            return redirect(cycle)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "heading": "Jaarrapport vaststellen?",
            "text": " ".join(cycle_guards.obstacles("adopt", cycle)),
            "consequences": [
                "De Ontwikkelgroep stelt het rapport vast in een vergadering waarin het is besproken.",
                "Wat over dit jaar is afgesproken, kan daarna niet meer veranderen, behalve met een correctie.",
            ],
            "action_label": "Jaarrapport vaststellen",
            "back_url": cycle.get_absolute_url(),
            "breadcrumbs": _breadcrumbs(cycle, "Vaststellen"),
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def returns_adopt(request, pk):
    """Adopt all checked returns of the year at once."""
    cycle = get_cycle_or_404(request, pk)
    require(request, "monitoring.adopt_returns", cycle)
    form = ConfirmForm(posted(request))
    waiting = cycle.returns.waiting_for_adoption().select_related("version").order_by("pk")
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            count = returns.adopt_returns(cycle, by=request.user, at=timezone.now())
            messages.success(request, f"{count} aanlevering{'en' * (count > 1)} vastgesteld.")
            return redirect(cycle)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "heading": "Gecontroleerde cijfers vaststellen?",
            "text": f"Gecontroleerd en nog niet vastgesteld over {cycle.year}:",
            "consequences": [row.version.ikc_name for row in waiting]
            or ["geen enkele aanlevering"],
            "action_label": "Vaststellen",
            "back_url": cycle.get_absolute_url(),
            "breadcrumbs": _breadcrumbs(cycle, "Cijfers vaststellen"),
        },
        forms=[form],
    )
