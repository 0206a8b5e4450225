"""What the pages about completing an application tell: what was asked, what came in, and what differs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.urls import reverse

from kvk2.core.capitals import upper_first
from kvk2.core.models import StoredFile
from kvk2.core.money import format_amount, format_number, format_whole
from kvk2.core.together import Rows, keep, read_together
from kvk2.nlds.templatetags.nlds import dutch_date, file_size
from subsidies.attachment_page import BADGES, FileLine
from subsidies.content import ApplicationContent
from subsidies.correctable import LINES, MONEY_FIELDS, fields_of
from subsidies.correctable_rows import ACTIVITIES, STATE_AID, SUB_APPLICATION, content_with
from subsidies.decision_terms import DecisionTerm, decision_term
from subsidies.filled_content import activity_answers, state_aid_answers, sub_answers
from subsidies.models import (
    ActivityPlan,
    Application,
    BudgetLine,
    ClockStop,
    CompletionItem,
    CompletionRequest,
    Correction,
    PenaltyDecision,
    RefusalFinding,
    Subject,
)
from subsidies.states import CORRECTION_BADGES, ApplicationState, CorrectionState
from subsidies.term_page import fixed_sentence


@dataclass(frozen=True, slots=True)
class Change:
    """One answer, as it was and as it is after the correction."""

    label: str
    before: str
    after: str


def changes_of(correction: Correction) -> list[Change]:
    """Each answer that differs, in the words of its question and in the order of the page."""
    found: list[Change] = []
    names = [name for subject in Subject for name in fields_of(subject)]
    for name in sorted(correction.changes, key=names.index):
        before, after = correction.changes[name]["before"], correction.changes[name]["after"]
        if name == ACTIVITIES:
            found += _changed_activities(before, after)
        elif name in WORDS:
            found += _in_words(WORDS[name](before), WORDS[name](after))
        else:
            found.append(Change(_label(name), _shown(name, before), _shown(name, after)))
    return found


def _in_words(before: Mapping[str, str], after: Mapping[str, str], of: str = "") -> list[Change]:
    """What differs between two lists of answers by question."""
    return [
        Change(f"{of}{label}", before.get(label, ""), after.get(label, ""))
        for label in dict.fromkeys([*before, *after])
        if before.get(label, "") != after.get(label, "")
    ]


def _changed_activities(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> list[Change]:
    """Question by question for an activity that stays; a new one, or one that goes, as a whole."""
    old, new = _by_key(before), _by_key(after)
    found: list[Change] = []
    for key in dict.fromkeys([*new, *old]):
        was, now = old.get(key, {}), new.get(key, {})
        of = f"Activiteit ‘{(now or was)['Naam']}’"
        if was and now:
            found += _in_words(was, now, of=f"{of}: ")
        else:
            found.append(Change(of, _as_text(was), _as_text(now)))
    return found


def _by_key(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    content = content_with(ApplicationContent(), {ACTIVITIES: rows})
    return {
        row.key: {"Naam": str(row)} | {one.label: one.text for one in activity_answers(row)}
        for row in content.activities
    }


def _as_text(answers: Mapping[str, str]) -> str:
    return "\n".join(f"{label}: {text}" for label, text in answers.items() if text)


def _sub(value: Mapping[str, Any]) -> dict[str, str]:
    content = content_with(ApplicationContent(), {SUB_APPLICATION: value})
    answers = sub_answers(content.sub) if content.sub else ()
    return {answer.label: answer.text for answer in answers}


def _aid(value: Mapping[str, Any]) -> dict[str, str]:
    content = content_with(ApplicationContent(), {STATE_AID: value})
    return {answer.label: answer.text for answer in state_aid_answers(content)}


# How the answers to a step read, by their name in a correction.
WORDS: Mapping[str, Callable[[Any], dict[str, str]]] = MappingProxyType(
    {SUB_APPLICATION: _sub, STATE_AID: _aid}
)


def _label(name: str) -> str:
    if name == LINES:
        return "Begroting"
    model = Application if hasattr(Application, name) else ActivityPlan
    label = str(getattr(model._meta.get_field(name), "verbose_name", name))
    return upper_first(label)


def _shown(name: str, value: Any) -> str:
    if name == LINES:
        return "\n".join(_line(row) for row in value)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Ja" if value else "Nee"
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
    """The part of an application's page about its term, what was asked and came in, and what followed from it."""

    def __init__(self, application: Application) -> None:
        self.application = application
        of_it = "one.application_id = %s"
        asked = "one.request_id IN (SELECT id FROM subsidies_completionrequest WHERE application_id = %s)"
        noticed = (
            "one.notice_id IN (SELECT id FROM subsidies_defaultnotice WHERE application_id = %s)"
        )
        stops, self._requests, items, corrections, findings, penalties = read_together(
            Rows(ClockStop, of_it, application.pk, along=("request",)),
            Rows(CompletionRequest, of_it, application.pk, "one.id DESC"),
            Rows(CompletionItem, asked, application.pk, 'one."order", one.id'),
            Rows(Correction, asked, application.pk),
            Rows(RefusalFinding, of_it, application.pk),
            Rows(PenaltyDecision, noticed, application.pk, "one.taken_at, one.id"),
        )
        keep(application, "clock_stops", stops)
        self._items, self._corrections = items, {row.request_id: row for row in corrections}
        self.findings = [row for row in findings if row.withdrawn_at is None]
        # What a late decision cost.
        self.penalties = [fixed_sentence(row) for row in penalties]

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
        return [self._line(row) for row in self._requests]

    def _line(self, request: CompletionRequest) -> RequestLine:
        items = [item.text for item in self._items if item.request_id == request.pk]
        correction = self._corrections.get(request.pk)
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
