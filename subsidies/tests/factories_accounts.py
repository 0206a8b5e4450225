"""Grants whose period is over, with their accounts, at the stages that tests need; moved along by the services themselves."""

from datetime import UTC, date, datetime
from decimal import Decimal

from ikc.tests.factories import UserFactory
from kvk2.tests.worlds import world
from subsidies.models import AccountabilityReport, Decision
from subsidies.services import account_checks, accounts, letters
from subsidies.services.account_checks import Verdict
from subsidies.services.accounts import ActivityAnswer, LineAnswer
from subsidies.services.grants import open_grant
from subsidies.services.round_documents import NewFile
from subsidies.tests.factories import PDF, move
from subsidies.tests.factories_assessment import DECIDED_AT, decided_round

# The default round is a subsidy up to and including 31 July 2027; accounts are due thirteen weeks later.
OVER_AT = datetime(2027, 8, 2, 9, 0, tzinfo=UTC)
DUE_ON = date(2027, 10, 30)
SIGNED = {"signed_name": "Jan Bestuur", "signed_job_title": "bestuurder", "declared": True}


@world
def due_reports(count: int = 1, **fields) -> list[AccountabilityReport]:
    """Accounts of announced grants of which the period is over."""
    decided_round(applications=count, **fields)
    for decision in Decision.objects.filter(state="taken").order_by("pk"):
        # as the sweep does when it posts the letter, without the time that a PDF takes
        until = letters.objection_until(DECIDED_AT.date())
        move(decision, state="sent", announced_at=DECIDED_AT, objection_until=until)
        open_grant(decision, at=DECIDED_AT)
    accounts.start_reports(at=DECIDED_AT)
    accounts.open_due_reports(at=OVER_AT)
    return list(AccountabilityReport.objects.order_by("pk"))


def director_of(report: AccountabilityReport):
    return report.grant.application.created_by


def board_of(report: AccountabilityReport):
    """Somebody who speaks for the board that received the subsidy."""
    return UserFactory(school_board=True, organisation=report.grant.application.board)


def filled(
    report: AccountabilityReport, *, at: datetime = OVER_AT, cut: Decimal = Decimal(0)
) -> AccountabilityReport:
    """Complete: everything done as planned, but for `cut` euros less on the first line, with its reason."""
    by = director_of(report)
    results = report.results.order_by("order")
    report = accounts.save_activities(
        report,
        {row.pk: ActivityAnswer("done", row.reach, "") for row in results},
        summary="Alle kinderen deden mee.",
        version=report.version,
        by=by,
        at=at,
    )
    first = report.lines.order_by("order")[0]
    report = accounts.save_lines(
        report,
        {first.pk: LineAnswer(first.planned - cut, "Minder uren nodig." if cut else "")},
        version=report.version,
        by=by,
        at=at,
    )
    there = set(report.files.values_list("document", flat=True))
    for name in report.documents:
        if name not in there:
            file = NewFile(f"{name}.pdf", PDF)
            accounts.add_files(report, document=name, files=[file], by=by, at=at)
    report.refresh_from_db()
    return report


def submitted(report: AccountabilityReport, *, at: datetime = OVER_AT, **kwargs):
    report = filled(report, at=at, **kwargs)
    return accounts.submit_report(
        report, **SIGNED, version=report.version, by=board_of(report), at=at
    )


def judged(
    report: AccountabilityReport, *, verdict: str = "done", duty: str = "met", leader=None
) -> AccountabilityReport:
    """Taken up and judged, not agreed to yet."""
    leader = leader or UserFactory(project_leader=True)
    if report.state == "submitted":
        report = account_checks.start_check(report, by=leader, at=OVER_AT)
    note = (
        ""
        if verdict == "done" and duty == "met"
        else "Uit het verslag blijkt dat niet alles is gedaan."
    )
    return account_checks.judge_report(
        report,
        activities={row.pk: Verdict(verdict, note) for row in report.results.all()},
        duties={row.pk: Verdict(duty, note) for row in account_checks.standard_duties(report)},
        unnecessary={},
        assessment="De verantwoording is volledig en navolgbaar.",
        by=leader,
        at=OVER_AT,
    )


def accepted(report: AccountabilityReport, **kwargs) -> AccountabilityReport:
    leader = UserFactory(project_leader=True)
    report = judged(submitted(report), leader=leader, **kwargs)
    return account_checks.accept_report(report, by=leader, at=OVER_AT)
