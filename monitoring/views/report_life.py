"""The way of a report: what it is and where it stands, reactions of the parties, adoption, publication."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core.audit import events_of
from kvk2.core.deadlines import local_date
from kvk2.core.nudge import nudge
from kvk2.core.timeline import entries
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import dutch_date
from monitoring import tasks
from monitoring.events import SENTENCES
from monitoring.models import AnnualReport, ReportBatch
from monitoring.report_forms import AdoptForm, HearingForm, ReactionForm
from monitoring.report_page import ReportPage
from monitoring.services import adopting, distributing, hearing, reports
from monitoring.views.reports import get_batch_or_404

LIST = ("Rapporten", "monitoring:report_list")


def get_report_or_404(request, pk: int) -> AnnualReport:
    return get_object_or_404(
        AnnualReport.objects.visible_to(request.user)
        .select_related(
            "agreement__ikc",
            "batch__cycle__year",
            "current__stored",
            "adopted_in__meeting__body",
        )
        .defer("current__dataset")
        .prefetch_related("reactions"),
        pk=pk,
    )


def _crumbs(batch: ReportBatch, *trail: str, report: AnnualReport | None = None):
    """Up to the page itself: the list, the order, perhaps the report."""
    crumbs = [
        (LIST[0], reverse(LIST[1])),
        (f"{batch.cycle.year}, nummer {batch.number}", batch.get_absolute_url()),
    ]
    if report:
        crumbs.append((report.title, report.get_absolute_url() if trail else None))
    return [*crumbs, *((last, None) for last in trail)]


def crumbs_of(batch: ReportBatch, *, report: AnnualReport, trail: bool = False):
    """Up to the page of a report, which is a link when there is a `trail` after it."""
    return [
        *_crumbs(batch),
        (report.title, report.get_absolute_url() if trail else None),
    ]


@require_safe
def report_detail(request, pk):
    """One report: where it stands, what it can be read as, who said what, and its earlier and later numbers."""
    report = get_report_or_404(request, pk)
    page = ReportPage(report, request.user, today=local_date(timezone.now()))
    context = {
        "breadcrumbs": _crumbs(report.batch, report=report),
        "report": report,
        "page": page,
        "may_react": request.user.has_perm("monitoring.react_to_report", report)
        and hearing.is_heard(report, page.today),
        "receipt": distributing.own_row(report, request.user),
        "may_confirm": request.user.has_perm("monitoring.confirm_receipt", report),
        "may_see_distribution": request.user.has_perm("monitoring.view_distribution", report),
        "events": entries(events_of(report)[:20], SENTENCES) if request.user.is_municipal else [],
    }
    return render(request, "monitoring/report_detail.html", context)


@require_http_methods(["GET", "POST"])
def hearing_start(request, pk):
    """The leader lays the concepts before the parties."""
    batch = get_batch_or_404(request, pk)
    require(request, "monitoring.start_hearing", batch)
    earliest = hearing.first_last_day(local_date(timezone.now()))
    form = HearingForm(posted(request), initial={"until": earliest})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            laid = hearing.start_hearing(
                batch, until=form.cleaned_data["until"], by=request.user, at=timezone.now()
            )
            messages.success(
                request, f"{len(laid)} concepten liggen bij de partijen. Zij kregen een e-mail."
            )
            return redirect(batch)
    context = {
        "breadcrumbs": _crumbs(batch, "Voorleggen"),
        "heading": "Concepten aan de partijen voorleggen?",
        "text": "Gemeente, schoolbestuur, kinderopvang en de directeur lezen het rapport over hun eigen IKC. "
        "Elke partij kan één keer reageren. De reacties komen in het vastgestelde rapport.",
        "consequences": [
            f"De eerste dag waarop u kunt afsluiten is {dutch_date(earliest)}: tien werkdagen na vandaag.",
            "Het samenvattende rapport gaat niet langs de partijen: daarin staan ook andere IKC’s.",
        ],
        "action_label": "Voorleggen",
        "back_url": batch.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def report_react(request, pk):
    """A party, or the director, says what it thinks of the concept."""
    report = get_report_or_404(request, pk)
    require(request, "monitoring.react_to_report", report)
    page = ReportPage(report, request.user, today=local_date(timezone.now()))
    form = ReactionForm(posted(request), voices=page.voices)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            hearing.react(report, **form.deed(), by=request.user, at=timezone.now())
            messages.success(
                request, "Uw reactie is bewaard. Zij komt in het vastgestelde rapport."
            )
            return redirect(report)
    context = {
        "breadcrumbs": _crumbs(report.batch, "Reageren", report=report),
        "heading": f"Reageren op het rapport van {report.title}",
        "text": f"Lees eerst het concept. Reageren kan tot en met {dutch_date(report.hearing_until)}, "
        "en één keer per partij. U kunt uw reactie daarna niet meer veranderen.",
        "action_label": "Reactie geven",
        "back_url": report.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def batch_adopt(request, pk):
    """A member of the Ontwikkelgroep writes down which reports it adopted, and in which meeting."""
    batch = get_batch_or_404(request, pk)
    require(request, "monitoring.adopt_reports", batch)
    ready = adopting.ready(batch, local_date(timezone.now()))
    items = adopting.discussed(batch)
    form = AdoptForm(posted(request), items=items, reports=ready)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            adopted = adopting.adopt_reports(
                batch,
                form.cleaned_data["item"],
                only={int(pk) for pk in form.cleaned_data["reports"]},
                by=request.user,
                at=timezone.now(),
            )
            nudge(tasks.render_pending_reports)
            messages.success(
                request,
                f"{len(adopted)} rapporten zijn vastgesteld. Zij worden nu afgedrukt met de reacties en de datum.",
            )
            return redirect(batch)
    context = {
        "breadcrumbs": _crumbs(batch, "Vaststellen"),
        "heading": "Jaarrapporten vaststellen?",
        "text": "Een vastgesteld rapport verandert nooit meer. Een verbetering wordt een volgend nummer.",
        "consequences": _why_not(batch, ready, items),
        "action_label": "Vaststellen",
        "back_url": batch.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


def _why_not(batch: ReportBatch, ready: list, items) -> list[str]:
    """What keeps the reader from adopting everything now."""
    reasons = []
    if not items:
        reasons.append(
            "Er is nog geen overleg van de Ontwikkelgroep waarin deze rapporten zijn besproken. "
            "De projectleider zet ze op de agenda en sluit het overleg daarna af."
        )
    if not ready:
        reasons.append(
            "Er is nog geen rapport dat u kunt vaststellen: de partijen hebben nog tijd om te reageren, "
            "of de rapporten worden nog gemaakt."
        )
    return reasons


@require_http_methods(["GET", "POST"])
def batch_publish(request, pk):
    batch = get_batch_or_404(request, pk)
    require(request, "monitoring.publish_reports", batch)
    return _confirmed(
        request,
        batch,
        deed=adopting.publish_reports,
        done="De rapporten zijn gepubliceerd.",
        heading="Vastgestelde rapporten publiceren?",
        text="De publieksversie is daarna voor iedereen te lezen, zonder in te loggen.",
        action_label="Publiceren",
    )


@require_http_methods(["GET", "POST"])
def batch_cancel(request, pk):
    batch = get_batch_or_404(request, pk)
    require(request, "monitoring.cancel_reports", batch)
    return _confirmed(
        request,
        batch,
        deed=reports.cancel_reports,
        done="Het maken is gestopt. Wat klaar was, blijft.",
        heading="Het maken van de rapporten stoppen?",
        text="Rapporten die klaar zijn, blijven staan. Wat gestopt is, kunt u later alsnog laten maken.",
        action_label="Stoppen",
    )


def _confirmed(request, batch: ReportBatch, *, deed, done: str, **words: str):
    """A deed on an order that asks first, and takes nothing but the order."""
    form = NldsForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            deed(batch, by=request.user, at=timezone.now())
            messages.success(request, done)
            return redirect(batch)
    context = {
        "breadcrumbs": _crumbs(batch, words["action_label"]),
        "back_url": batch.get_absolute_url(),
        **words,
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])
