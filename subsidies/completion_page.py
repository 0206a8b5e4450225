"""What the pages about completing an application tell: what was asked, what came in, and what differs."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse

from ikc.models import User
from kvk2.core.models import StoredFile
from kvk2.core.money import format_amount, format_number, format_whole
from kvk2.nlds.templatetags.nlds import dutch_date, file_size
from subsidies.attachment_page import BADGES, FileLine
from subsidies.correctable import LINES, MONEY_FIELDS
from subsidies.decision_terms import DecisionTerm, decision_term
from subsidies.models import (
    ActivityPlan,
    Application,
    BudgetLine,
    CompletionRequest,
    Correction,
)
from subsidies.states import CORRECTION_BADGES, ApplicationState, CorrectionState


@dataclass(frozen=True, slots=True)
class Change:
    """One answer, as it was and as it is after the correction."""

    label: str
    before: str
    after: str


def changes_of(correction: Correction) -> list[Change]:
    """Each answer that differs, in the words of its question."""
    return [
        Change(_label(name), _shown(name, change["before"]), _shown(name, change["after"]))
        for name, change in correction.changes.items()
    ]


def _label(name: str) -> str:
    if name == LINES:
        return "Begroting"
    model = Application if hasattr(Application, name) else ActivityPlan
    label = str(getattr(model._meta.get_field(name), "verbose_name", name))
    return label[:1].upper() + label[1:]


def _shown(name: str, value: Any) -> str:
    if name == LINES:
        return "\n".join(_line(row) for row in value)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if name in MONEY_FIELDS and isinstance(value, str):
        return format_amount(Decimal(value))
    return format_whole(value) if isinstance(value, int) else str(value)


def _line(row: Mapping[str, Any]) -> str:
    parts = [BudgetLine.Kind(row["kind"]).label, row["description"]]
    if row["hours"] and row["rate"]:
        hours = format_number(Decimal(row["hours"]), 2)
        parts.append(f"{hours} uur × {format_amount(Decimal(row['rate']))}")
    return " · ".join([*filter(None, parts), format_amount(Decimal(row["amount"]))])


def files_of(correction: Correction) -> list[FileLine]:
    """The files that came with the correction."""
    files = correction.files.select_related("stored").order_by("pk") if correction.pk else ()
    return [
        FileLine(
            pk=file.pk,
            name=file.stored.name,
            url=reverse("subsidies:correction_file", args=[file.pk]),
            meta=f"{file.get_kind_display()} · {file_size(file.stored.size)}",
            status=file.stored.get_scan_state_display(),
            badge=BADGES.get(StoredFile.ScanState(file.stored.scan_state), ""),
        )
        for file in files
    ]


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request to complete on the page of its application."""

    title: str
    hint: str
    badge: str
    kind: str
    items: list[str]
    url: str = ""


class CompletionPanel:
    """The part of an application's page about its term and about what was asked and came in."""

    def __init__(self, application: Application, user: User) -> None:
        self.application, self.user = application, user

    @property
    def term(self) -> DecisionTerm | None:
        """Until when the municipality decides; nothing for what is no longer, or not yet, to decide."""
        state = ApplicationState(self.application.state)
        left = (
            ApplicationState.DRAFT,
            ApplicationState.LAPSED,
            ApplicationState.WITHDRAWN,
            ApplicationState.DECIDED,
            ApplicationState.NOT_PROCESSED,
        )
        return None if state in left else decision_term(self.application)

    def requests(self) -> list[RequestLine]:
        """All requests, the newest first."""
        rows = (
            self.application.completion_requests.select_related("correction")
            .prefetch_related("items")
            .order_by("-pk")
        )
        return [self._line(row) for row in rows]

    def _line(self, request: CompletionRequest) -> RequestLine:
        items = [item.text for item in sorted(request.items.all(), key=lambda item: item.order)]
        correction = getattr(request, "correction", None)
        asked = f"gevraagd op {dutch_date(request.requested_at)}"
        if correction is not None and correction.state != CorrectionState.DRAFT:
            return RequestLine(
                f"Aanvulling van {dutch_date(correction.submitted_at)}",
                asked,
                correction.get_state_display(),
                CORRECTION_BADGES[CorrectionState(correction.state)],
                items,
                correction.get_absolute_url(),
            )
        if request.closed_at is None:
            return RequestLine(
                f"Aanvullen kan tot en met {dutch_date(request.due_on)}",
                asked,
                "loopt",
                "warning",
                items,
            )
        return RequestLine(
            f"Verzoek van {dutch_date(request.requested_at)}",
            f"aanvullen kon tot en met {dutch_date(request.due_on)}",
            request.get_outcome_display(),
            "inactive",
            items,
        )
