"""The letters about an account: reminder (L12), new term (L12T), request to complete (L12A) and receipt (L12O)."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from kvk2.core.capitals import upper_first
from kvk2.core.deadlines import DeadlineKind, deadline, local_date
from kvk2.core.money import format_amount
from subsidies.letter_catalogue.kinds import Table, table
from subsidies.models import (
    AccountabilityReport,
    ActivityResult,
    ActualLine,
    BudgetLine,
    Letter,
    ReportCompletion,
    ReportFile,
)
from subsidies.receipts import file_size
from subsidies.services.standard_letters import order_standard_letter

Document = AccountabilityReport.Document
Code = Letter.Code


def order_reminder(report: AccountabilityReport, *, at: datetime) -> Letter:
    return order_standard_letter(
        Code.ACCOUNT_REMINDER,
        report.grant.application,
        {
            "periode_tot": report.grant.period_end,
            "uiterlijk": report.due_on,
            "stukken": wanted(report),
            "verleend": report.grant.amount,
        },
        at=at,
    )


def order_new_term(report: AccountabilityReport, *, at: datetime) -> Letter:
    return order_standard_letter(
        Code.ACCOUNT_TERM,
        report.grant.application,
        {
            "uiterlijk": report.due_on,
            "nieuwe_termijn": report.extra_due_on,
            "stukken": wanted(report),
            "verleend": report.grant.amount,
        },
        at=at,
    )


def order_completion(request: ReportCompletion, *, at: datetime) -> Letter:
    report = request.report
    received = report.submitted_at or at
    return order_standard_letter(
        Code.ACCOUNT_COMPLETION,
        report.grant.application,
        {
            "ontvangen_op": local_date(received),
            "ontbreekt": [line.strip() for line in request.asked.splitlines() if line.strip()],
            "uiterlijk": request.due_on,
        },
        at=at,
    )


def order_receipt(
    report: AccountabilityReport,
    results: Sequence[ActivityResult],
    lines: Sequence[ActualLine],
    files: Sequence[ReportFile],
    *,
    at: datetime,
) -> Letter:
    """The copy of what was handed in (Awb 2:17)."""
    return order_standard_letter(
        Code.ACCOUNT_RECEIPT,
        report.grant.application,
        {
            "ontvangen_op": local_date(at),
            "beslissen_voor": determine_before(local_date(at)),
            "ondertekenaar": f"{report.signed_name}, {report.signed_job_title}",
            "verklaringen": list(report.declarations),
            "bereikt": report.summary,
            "activiteiten": activity_table(results),
            "bedragen": line_table(lines),
            "bestanden": [
                f"{upper_first(file.get_document_display())}: {file.stored.name}, "
                f"{file_size(file.stored.size)}, code {file.stored.sha256}"
                for file in files
            ],
        },
        at=at,
    )


def determine_before(received_on: date) -> date:
    """The last day to determine (domain reference 3.0.2)."""
    return deadline(DeadlineKind.DETERMINE, received_on).last_day


def wanted(report: AccountabilityReport) -> list[str]:
    """The documents that go with the account, as printed."""
    return [upper_first(str(Document(name).label)) for name in report.documents]


def activity_table(results: Sequence[ActivityResult]) -> Table:
    return table(
        "Wat van de activiteiten werd",
        ("Activiteit", "Uitgevoerd", "Bereik", "Toelichting"),
        [
            (
                str(row),
                upper_first(row.get_outcome_display()),
                f"{'–' if row.reach is None else row.reach} van {row.activity.reach or '–'}",
                row.explanation or "–",
            )
            for row in results
        ],
    )


def line_table(lines: Sequence[ActualLine]) -> Table:
    return table(
        "Begroot en werkelijk",
        ("Regel", "Begroot", "Werkelijk", "Verschil", "Toelichting"),
        [
            (
                f"{line.budget_line.description or upper_first(line.budget_line.get_kind_display())}"
                + (" (inkomst)" if line.budget_line.side == BudgetLine.Side.INCOME else ""),
                format_amount(line.planned),
                format_amount(line.actual),
                format_amount(line.actual - line.planned),
                line.explanation or "–",
            )
            for line in lines
        ],
        total=(
            "Kosten samen",
            format_amount(spent(lines, "planned")),
            format_amount(spent(lines, "actual")),
            format_amount(spent(lines, "actual") - spent(lines, "planned")),
            "",
        ),
        numeric=(1, 2, 3),
    )


def spent(lines: Sequence[ActualLine], column: str) -> Decimal:
    """The sum of `column` over the expenditure."""
    return sum(
        (
            getattr(line, column)
            for line in lines
            if line.budget_line.side == BudgetLine.Side.EXPENDITURE
        ),
        Decimal(0),
    )
