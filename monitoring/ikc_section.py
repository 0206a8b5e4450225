"""The part of the page of an IKC about its figures: each year with how its indicators were judged, and the report."""

from collections import Counter, defaultdict
from datetime import date

from django.urls import reverse

from ikc.ikc_sections import MOST, Line, Mark, Section
from ikc.models import Ikc, User
from monitoring.explain import LABELS
from monitoring.models import AnnualReport, Return, StatusResult
from monitoring.shielding import as_shown, definitions_of, shield_for
from monitoring.states import ReportState
from monitoring.status import Status


def figures(ikc: Ikc, user: User, today: date) -> Section | None:
    """Counts per judgement, never averaged; the newest year first, and the newest report that the reader may have."""
    returns = list(
        Return.objects.visible_to(user)
        .filter(agreement__ikc=ikc)
        .select_related("cycle__year")
        .order_by("-cycle__year__start", "-pk")[:MOST]
    )
    marks = _marks(returns, user)
    lines = [
        Line(
            f"Jaar {row.cycle.year}",
            row.get_absolute_url(),
            badge=str(row.get_state_display()),
            kind=row.badge,
            marks=marks.get(row.pk, ()),
        )
        for row in returns
    ]
    pictures = ("Alle cijfers in beeld", reverse("monitoring:ikc_figures", args=[ikc.pk]))
    links = [pictures, *_report(ikc, user)] if returns else []
    if not lines and not user.has_perm("ikc.view_plus", ikc):
        return None
    return Section("monitoring", "Monitoring", lines, "Nog geen jaar gemeten.", links)


def _marks(returns: list[Return], user: User) -> dict[int, tuple[Mark, ...]]:
    """Per return its judgements in the order of the legend, as the reader may see them."""
    counts: dict[int, Counter[Status]] = defaultdict(Counter)
    results = list(
        StatusResult.objects.filter(of_return__in=[row.pk for row in returns]).select_related(
            "of_return__cycle__year", "indicator__definition_version"
        )
    )
    shield = shield_for(user, definitions_of(results))
    for result in results:
        counts[result.of_return_id][Status(as_shown(result, shield).status)] += 1
    return {
        key: tuple(
            Mark(label.symbol, label.text, label.tone, own[status])
            for status, label in LABELS.items()
            if status in own
        )
        for key, own in counts.items()
    }


def _report(ikc: Ikc, user: User) -> list[tuple[str, str]]:
    report = (
        AnnualReport.objects.visible_to(user)
        .filter(agreement__ikc=ikc, state=ReportState.DONE)
        .select_related("batch__cycle__year")
        .order_by("-batch__cycle__year__start", "-batch__number", "-pk")
        .first()
    )
    if report is None:
        return []
    words = f"Jaarrapport {report.batch.cycle.year} (pdf)"
    return [(words, reverse("monitoring:report_download", args=[report.pk]))]
