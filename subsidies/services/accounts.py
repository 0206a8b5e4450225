"""The account of a grant by its recipient: opened by the clock, filled in, signed and handed in (domain reference 3.8).

It is the activities and the budget of the application over again, each with what became of it, so that only what
went otherwise needs words (Awb 4:45). After the subsidy was determined nothing is handed in any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction

from kvk2.core.audit import record, record_download
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from kvk2.core.scanning import require_openable
from kvk2.core.storage import remove
from subsidies.account_differences import asks_why
from subsidies.models import (
    AccountabilityReport,
    AccountabilityRule,
    ActivityResult,
    ActualLine,
    Done,
    Grant,
    ReportFile,
)
from subsidies.services.account_letters import order_receipt
from subsidies.services.round_documents import NewFile, keep_decision
from subsidies.services.scheme_terms import rule_for
from subsidies.states_accountability import ACCOUNT_WORKFLOW, EDITABLE, AccountState
from subsidies.states_grants import GRANT_WORKFLOW, GrantState

if TYPE_CHECKING:
    from ikc.models import User

Document = AccountabilityRule.Document
DECLARATIONS = (
    "Ik heb deze verantwoording naar waarheid ingevuld.",
    "De bedragen staan zo in onze administratie, en de bewijzen zijn bij ons te vinden.",
    "Ik mag deze verantwoording doen namens het schoolbestuur.",
    "De stukken bevatten geen gegevens over afzonderlijke kinderen.",
)
MOST_FILES = 20


class Step(StrEnum):
    """The pages of an account; the value stands in the address."""

    ACTIVITIES = "activiteiten"
    BUDGET = "begroting"
    FILES = "stukken"
    SIGN = "ondertekenen"


class AccountFixed(DomainError):
    """The account is handed in, or the subsidy is determined: the recipient changes nothing any more."""


class AccountChanged(DomainError):
    """Somebody saved the account after this page was opened."""


class AccountIncomplete(DomainError):
    """What is still missing, or who signs without name, function or declaration."""


class Missing(NamedTuple):
    """One thing that is still to do, and the page to do it on."""

    text: str
    step: Step


@dataclass(frozen=True, slots=True)
class ActivityAnswer:
    outcome: str
    reach: int | None
    explanation: str


@dataclass(frozen=True, slots=True)
class LineAnswer:
    actual: Decimal
    explanation: str


# ------------------------------------------------------------ by the clock


def start_reports(*, at: datetime) -> int:
    """A report for each grant that is to be accounted for and has none yet; the number made."""
    waiting = (
        Grant.objects.filter(
            state__in=[GrantState.ACTIVE, GrantState.ACCOUNTING],
            account_due_on__isnull=False,
            report=None,
        )
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return sum(_start(pk, at) for pk in waiting)


@transaction.atomic
def _start(pk: int, at: datetime) -> bool:
    grant = (
        Grant.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("application__round__scheme_version")
        .filter(pk=pk, report=None)
        .first()
    )
    if grant is None or grant.account_due_on is None:
        return False
    version = grant.application.round.scheme_version
    rule = rule_for(version, grant.amount)
    documents = [*rule.documents]
    if version.per_financial_year:
        # Awb 4:75: such an application comes with both; what an accountant does is up to the scheme (4:78).
        documents += [
            name
            for name in (Document.FINANCIAL_REPORT, Document.ACTIVITY_REPORT)
            if name not in documents
        ]
    report = AccountabilityReport.objects.create(
        grant=grant,
        due_on=grant.account_due_on,
        documents=documents,
        explain_above=rule.explain_above,
    )
    application = grant.application
    ActivityResult.objects.bulk_create(
        ActivityResult(report=report, activity=activity, order=order, reach=activity.reach)
        for order, activity in enumerate(application.activities.order_by("order", "pk"), 1)
    )
    ActualLine.objects.bulk_create(
        ActualLine(
            report=report, budget_line=line, order=order, planned=line.amount, actual=line.amount
        )
        for order, line in enumerate(application.budget_lines.order_by("order", "pk"), 1)
    )
    return True


def open_due_reports(*, at: datetime) -> int:
    """The subsidy period is over: the recipient can account for it; the number opened."""
    due = AccountabilityReport.objects.to_open(local_date(at)).order_by("pk")
    return sum(_open(pk, at) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _open(pk: int, at: datetime) -> bool:
    report = _locked(pk, skip=True)
    if report is None or not ACCOUNT_WORKFLOW.allows("open", state=report.state):
        return False
    grant = Grant.objects.select_for_update(of=("self",)).get(pk=report.grant_id)
    if not GRANT_WORKFLOW.allows("account", state=grant.state):
        return False
    move(report, "open", "account_opened", by=None, at=at)
    before, grant.state = grant.state, GRANT_WORKFLOW.target("account", state=grant.state)
    grant.save(update_fields=["state"])
    record(grant, "grant_accounting", actor=None, at=at, before=before, after=grant.state)
    return True


# ------------------------------------------------------------ filling in


@transaction.atomic
def save_activities(
    report: AccountabilityReport,
    answers: Mapping[int, ActivityAnswer],
    *,
    summary: str,
    version: int,
    by: "User",
    at: datetime,
) -> AccountabilityReport:
    """Keep what became of the activities, by the id of the row; gaps may stay until it is handed in.

    Refusals: `AccountFixed`, `AccountChanged`.
    """
    report = lock_editable(report, version)
    rows = list(report.results.all())
    for row in rows:
        if answer := answers.get(row.pk):
            row.outcome = answer.outcome
            row.reach, row.explanation = answer.reach, answer.explanation.strip()
    ActivityResult.objects.bulk_update(rows, ["outcome", "reach", "explanation"])
    report.summary = summary.strip()
    return _saved(report, "activities", by=by, at=at)


@transaction.atomic
def save_lines(
    report: AccountabilityReport,
    answers: Mapping[int, LineAnswer],
    *,
    version: int,
    by: "User",
    at: datetime,
) -> AccountabilityReport:
    """Keep what the lines of the budget came to, by the id of the row. Refusals: `AccountFixed`, `AccountChanged`."""
    report = lock_editable(report, version)
    rows = list(report.lines.all())
    for row in rows:
        if answer := answers.get(row.pk):
            row.actual, row.explanation = answer.actual, answer.explanation.strip()
    ActualLine.objects.bulk_update(rows, ["actual", "explanation"])
    return _saved(report, "budget", by=by, at=at)


def _saved(
    report: AccountabilityReport, part: str, *, by: "User", at: datetime
) -> AccountabilityReport:
    report.version += 1
    report.saved_at, report.saved_by = at, by
    report.save(update_fields=["summary", "version", "saved_at", "saved_by"])
    note(report, "account_saved", by=by, at=at, part=part)
    return report


@transaction.atomic
def add_files(
    report: AccountabilityReport,
    *,
    document: str,
    files: Sequence[NewFile],
    by: "User",
    at: datetime,
) -> list[ReportFile]:
    """Keep evidence, to be scanned for viruses; all of it, or nothing. Refusals: `AccountFixed`, `FileRefused`."""
    report = lock_editable(report)
    if report.files.count() + len(files) > MOST_FILES:
        raise AccountIncomplete(f"U kunt hoogstens {MOST_FILES} bestanden toevoegen.")
    kept = [
        ReportFile.objects.create(
            report=report, document=document, stored=keep_decision(file, by=by, at=at)
        )
        for file in files
    ]
    for file in kept:
        note(report, "account_file_added", by=by, at=at, name=file.stored.name)
    return kept


@transaction.atomic
def remove_file(file: ReportFile, *, by: "User", at: datetime) -> AccountabilityReport:
    """Take away what was not handed in yet. Refusal: `AccountFixed`."""
    report = lock_editable(file.report)
    stored = file.stored
    file.delete()
    remove(stored)
    note(report, "account_file_removed", by=by, at=at, name=stored.name)
    return report


@transaction.atomic
def open_file(file: ReportFile, *, by: "User", at: datetime) -> StoredFile:
    """Hand out the file and record who took it. Refusals: `NotScannedYet`, `FileInfected`."""
    require_openable(file.stored)
    application = file.report.grant.application
    record_download(
        application,
        "account_file_opened",
        file.stored,
        about=f"Verantwoording bij {application}",
        actor=by,
        at=at,
    )
    return file.stored


# ------------------------------------------------------------ handing in


def why_line(report: AccountabilityReport, line: ActualLine) -> bool:
    """Whether the line needs an explanation."""
    return asks_why(line.planned, line.actual, report.explain_above)


def why_activity(report: AccountabilityReport, row: ActivityResult) -> bool:
    """Whether the activity needs an explanation: it was not (wholly) done, or reached a different number."""
    if row.outcome in (Done.PARTLY, Done.NOT_DONE):
        return True
    planned, reached = row.activity.reach, row.reach
    if planned is None or reached is None:
        return False
    return asks_why(planned, reached, report.explain_above)


def missing(
    report: AccountabilityReport,
    results: Sequence[ActivityResult],
    lines: Sequence[ActualLine],
    files: Sequence[ReportFile],
) -> list[Missing]:
    """What stands between the account and the signature, in the order of the pages."""
    found = []
    if not report.summary.strip():
        found.append(Missing("Schrijf op wat is bereikt.", Step.ACTIVITIES))
    for row in results:
        if not row.outcome:
            found.append(Missing(f"Kies of ‘{row}’ is uitgevoerd.", Step.ACTIVITIES))
        elif why_activity(report, row) and not row.explanation:
            found.append(Missing(f"Licht toe wat er anders ging bij ‘{row}’.", Step.ACTIVITIES))
    found += [
        Missing(f"Licht het verschil toe bij ‘{line_name(line)}’.", Step.BUDGET)
        for line in lines
        if why_line(report, line) and not line.explanation
    ]
    there = {
        file.document for file in files if file.stored.scan_state != StoredFile.ScanState.INFECTED
    }
    found += [
        Missing(f"Voeg toe: {Document(name).label}.", Step.FILES)
        for name in report.documents
        if name not in there
    ]
    found += [
        Missing(f"‘{file}’ is geweigerd. Haal het weg en voeg een ander bestand toe.", Step.FILES)
        for file in files
        if file.stored.scan_state == StoredFile.ScanState.INFECTED
    ]
    return found


def line_name(line: ActualLine) -> str:
    """What the line is called on pages and in letters."""
    return line.budget_line.description or line.budget_line.get_kind_display()


@transaction.atomic
def submit_report(
    report: AccountabilityReport,
    *,
    signed_name: str,
    signed_job_title: str,
    declared: bool,
    version: int,
    by: "User",
    at: datetime,
) -> AccountabilityReport:
    """The board signs and hands in; with it, it asks for the determination (Awb 4:44). An addition goes the same way.

    Refusals: `AccountFixed`, `AccountChanged`, `AccountIncomplete`.
    """
    report = lock_editable(report, version)
    if not (signed_name.strip() and signed_job_title.strip() and declared):
        raise AccountIncomplete("Vul uw naam en functie in en zet een vinkje bij de verklaring.")
    results = list(report.results.select_related("activity").order_by("order"))
    lines = list(report.lines.select_related("budget_line").order_by("order"))
    files = list(report.files.select_related("stored").order_by("pk"))
    if gaps := missing(report, results, lines, files):
        raise AccountIncomplete(gaps[0].text)
    adds = report.state == AccountState.INCOMPLETE
    report.submitted_at, report.signed_by = at, by
    report.signed_name, report.signed_job_title = signed_name.strip(), signed_job_title.strip()
    report.declarations = list(DECLARATIONS)
    if adds:
        report.completions.filter(closed_at=None).update(closed_at=at, outcome="completed")
    move(
        report,
        "complete" if adds else "submit",
        "account_completed" if adds else "account_submitted",
        "submitted_at",
        "signed_by",
        "signed_name",
        "signed_job_title",
        "declarations",
        by=by,
        at=at,
    )
    order_receipt(report, results, lines, files, at=at)
    return report


# ------------------------------------------------------------ what all deeds share


def lock_editable(report: AccountabilityReport, version: int | None = None) -> AccountabilityReport:
    """The row, locked, while the recipient may write in it. Refusals: `AccountFixed`, `AccountChanged`."""
    report = lock(report)
    if report.grant.is_determined:
        raise AccountFixed(
            "De subsidie is al vastgesteld. Verantwoorden kan daarna niet meer. Bent u het niet eens met de "
            "vaststelling, dan kunt u bezwaar maken."
        )
    if report.state not in EDITABLE:
        raise AccountFixed("Deze verantwoording kunt u nu niet wijzigen.")
    if version is not None and version != report.version:
        raise AccountChanged(
            "Iemand anders heeft deze verantwoording intussen bewaard. Open de pagina opnieuw."
        )
    return report


def lock(report: AccountabilityReport) -> AccountabilityReport:
    found = _locked(report.pk)
    if found is None:  # a report is never taken away
        raise AccountFixed("Deze verantwoording is er niet meer.")
    return found


def _locked(pk: int, *, skip: bool = False) -> AccountabilityReport | None:
    return (
        AccountabilityReport.objects.select_for_update(of=("self",), skip_locked=skip)
        .select_related("grant__application__board", "grant__application__ikc")
        .filter(pk=pk)
        .first()
    )


def move(
    report: AccountabilityReport,
    transition: str,
    verb: str,
    *written: str,
    by: "User | None",
    at: datetime,
    **data: Any,
) -> None:
    """To the next state, with what was written for it."""
    before = report.state
    report.state = ACCOUNT_WORKFLOW.target(transition, state=before)
    report.save(update_fields=["state", *written])
    note(report, verb, by=by, at=at, before=before, after=report.state, **data)


def note(
    report: AccountabilityReport,
    verb: str,
    *,
    by: "User | None",
    at: datetime,
    before: str = "",
    after: str = "",
    **data: Any,
) -> None:
    """Everything about an account stands in the trail of its application."""
    application = report.grant.application
    record(
        application,
        verb,
        actor=by,
        at=at,
        on_behalf_of="" if by is None or by.is_municipal else str(application.board),
        before=before,
        after=after,
        account=report.pk,
        **data,
    )
