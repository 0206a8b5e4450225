"""What the pages of an account show: where it stands, what is still to do, and what went otherwise than planned."""

from datetime import date
from decimal import Decimal
from functools import cached_property

from django.urls import reverse

from ikc.models import User
from kvk2.core.capitals import upper_first
from kvk2.core.charts import Chart, bar_chart
from kvk2.core.charts.lines import Series
from kvk2.core.models import StoredFile
from kvk2.core.money import format_amount
from kvk2.core.scanning import why_refused
from kvk2.nlds.components import Detail, Milestone, Step, StepState, Tile
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime, euro
from subsidies.attachment_page import BADGES as FILE_BADGES
from subsidies.models import (
    AccountabilityReport,
    ActivityResult,
    ActualLine,
    BudgetLine,
    DutyVerdict,
    Obligation,
    ReportCompletion,
    ReportFile,
)
from subsidies.services import accounts
from subsidies.services.account_letters import determine_before, spent, wanted
from subsidies.services.accounts import Missing, line_name, why_activity, why_line
from subsidies.services.determinations import open_act
from subsidies.states_accountability import EDITABLE, AccountState
from subsidies.states_obligations import ObligationState

TITLES = {
    accounts.Step.ACTIVITIES: "Activiteiten",
    accounts.Step.BUDGET: "Begroting en werkelijke bedragen",
    accounts.Step.FILES: "Bewijsstukken",
    accounts.Step.SIGN: "Controleren en indienen",
}
URLS = {
    accounts.Step.ACTIVITIES: "subsidies:account_activities",
    accounts.Step.BUDGET: "subsidies:account_budget",
    accounts.Step.FILES: "subsidies:account_files",
    accounts.Step.SIGN: "subsidies:account_sign",
}
# So many bars fit in one picture.
MOST_BARS = 12


class AccountPage:
    """Reads of one account for one reader; each is asked at most once."""

    def __init__(self, report: AccountabilityReport, user: User, *, today: date) -> None:
        self.report, self.user, self.today = report, user, today
        self.grant = report.grant
        self.application = report.grant.application

    # ------------------------------------------------------------ reads

    @cached_property
    def results(self) -> list[ActivityResult]:
        return list(self.report.results.select_related("activity").order_by("order"))

    @cached_property
    def lines(self) -> list[ActualLine]:
        return list(self.report.lines.select_related("budget_line").order_by("order"))

    @cached_property
    def report_files(self) -> list[ReportFile]:
        return list(self.report.files.select_related("stored").order_by("pk"))

    @cached_property
    def _obligations(self) -> list[Obligation]:
        return list(self.grant.decision.obligations.order_by("order"))

    @cached_property
    def duties(self) -> list[Obligation]:
        return [row for row in self._obligations if row.kind == Obligation.Kind.STANDARD]

    @cached_property
    def verdicts(self) -> dict[int, DutyVerdict]:
        return {row.obligation_id: row for row in self.report.duties.all()}

    @cached_property
    def efforts(self) -> list[Obligation]:
        return [row for row in self._obligations if row.kind == Obligation.Kind.EFFORT]

    @cached_property
    def missing(self) -> list[Missing]:
        return accounts.missing(self.report, self.results, self.lines, self.report_files)

    @cached_property
    def asked(self) -> ReportCompletion | None:
        """The request to complete that is open, if any."""
        return self.report.completions.filter(closed_at=None).first()

    # ------------------------------------------------------------ where it stands

    @property
    def is_editable(self) -> bool:
        return self.report.state in EDITABLE and not self.grant.is_determined

    @property
    def is_late(self) -> bool:
        return self.report.state == AccountState.OVERDUE

    @cached_property
    def determination(self) -> tuple[str, str] | None:
        """Label and address of what comes after an account that was agreed to, for who prepares it."""
        if self.report.state != AccountState.ACCEPTED or self.grant.is_determined:
            return None
        if not self.user.has_perm("subsidies.draft_determination", self.grant):
            return None
        if act := open_act(self.grant):
            return f"Naar de vaststelling: {act.get_state_display()}", act.get_absolute_url()
        address = reverse("subsidies:determination_draft", args=[self.grant.pk])
        return "Vaststelling voorbereiden", address

    @property
    def facts(self) -> list[Detail]:
        report = self.report
        rows = [
            Detail(
                "Subsidieperiode",
                f"{dutch_date(self.grant.period_start)} t/m {dutch_date(self.grant.period_end)}",
            ),
            Detail("In te dienen uiterlijk", dutch_date(report.due_on)),
        ]
        if report.extra_due_on:
            rows.append(Detail("Nieuwe termijn", dutch_date(report.extra_due_on)))
        rows.append(Detail("Stukken", ", ".join(wanted(report)) or "Geen"))
        if report.submitted_at:
            signed = f"{report.signed_name}, {report.signed_job_title}"
            rows += [
                Detail("Ingediend", dutch_datetime(report.submitted_at)),
                Detail("Ondertekend door", signed),
            ]
        elif report.saved_at:
            rows.append(Detail("Laatst bewaard", dutch_datetime(report.saved_at)))
        if report.submitted_at and not self.grant.is_determined:
            rows.append(
                Detail(
                    "Vaststellen uiterlijk",
                    dutch_date(determine_before(report.submitted_at.date())),
                )
            )
        return rows

    @property
    def tiles(self) -> list[Tile]:
        planned, actual = spent(self.lines, "planned"), spent(self.lines, "actual")
        done = sum(row.outcome == "done" for row in self.results)
        return [
            Tile("Verleend", euro(self.grant.amount)),
            Tile("Begrote kosten", euro(planned)),
            Tile("Werkelijke kosten", euro(actual), _against(actual - planned)),
            Tile("Activiteiten uitgevoerd", f"{done} van {len(self.results)}"),
        ]

    @property
    def milestones(self) -> list[Milestone]:
        order = ["in te dienen", "ingediend", "beoordeeld", "vastgesteld"]
        place = {
            AccountState.SUBMITTED: 1,
            AccountState.CHECKING: 1,
            AccountState.INCOMPLETE: 0,
            AccountState.ACCEPTED: 2,
            AccountState.EX_OFFICIO: 3,
        }.get(AccountState(self.report.state), 0)
        if self.grant.is_determined:
            place = 3
        return [
            Milestone(
                upper_first(label),
                "done"
                if number < place or place == 3
                else "current"
                if number == place
                else "todo",
            )
            for number, label in enumerate(order)
        ]

    # ------------------------------------------------------------ the steps

    def steps(self, current: accounts.Step | None = None) -> list[Step]:
        lacking = {item.step for item in self.missing}
        started = self.report.version > 1 or bool(self.report_files)
        rows = []
        for step in accounts.Step:
            state = StepState.TODO
            if step == current:
                state = StepState.CURRENT
            elif step == accounts.Step.SIGN:
                state = StepState.TODO
            elif step not in lacking and started:
                state = StepState.DONE
            rows.append(Step(TITLES[step], state, reverse(URLS[step], args=[self.report.pk])))
        return rows

    @property
    def missing_links(self) -> list[dict[str, str]]:
        return [
            {"text": item.text, "url": reverse(URLS[item.step], args=[self.report.pk])}
            for item in self.missing
        ]

    # ------------------------------------------------------------ what went otherwise

    @property
    def outcomes(self) -> list[dict[str, object]]:
        return [
            {
                "row": row,
                "name": str(row),
                "outcome": upper_first(row.get_outcome_display()) or "Nog niet ingevuld",
                "reach": f"{'–' if row.reach is None else row.reach} van {row.activity.reach or '–'}",
                "differs": why_activity(self.report, row),
                "verdict": upper_first(row.get_verdict_display()),
            }
            for row in self.results
        ]

    @property
    def amounts(self) -> list[dict[str, object]]:
        return [
            {
                "line": line,
                "name": line_name(line),
                "is_income": line.budget_line.side == BudgetLine.Side.INCOME,
                "difference": line.actual - line.planned,
                "differs": why_line(self.report, line),
            }
            for line in self.lines
        ]

    @property
    def changed(self) -> int:
        """How many activities and lines went otherwise."""
        return sum(bool(row["differs"]) for row in [*self.outcomes, *self.amounts])

    @property
    def duty_rows(self) -> list[Detail]:
        rows = []
        for duty in self.duties:
            given = self.verdicts.get(duty.pk)
            words = (
                "Nog geen oordeel" if given is None else upper_first(given.get_verdict_display())
            )
            if given and given.note:
                words = f"{words}: {given.note}"
            rows.append(Detail(duty.text, words))
        return rows

    @property
    def failed_efforts(self) -> list[Obligation]:
        """Efforts that were found wanting: for who determines to weigh, never by themselves a lower amount."""
        return [
            row
            for row in self.efforts
            if row.state in (ObligationState.NOT_MET, ObligationState.PARTLY_MET)
        ]

    @cached_property
    def chart(self) -> Chart | None:
        shown = [line for line in self.lines if line.planned or line.actual][:MOST_BARS]
        if not shown:
            return None
        planned, actual = spent(self.lines, "planned"), spent(self.lines, "actual")
        return bar_chart(
            (
                Series("Begroot", [line.planned for line in shown], "begroot"),
                Series("Werkelijk", [line.actual for line in shown], "werkelijk"),
            ),
            [line_name(line)[:60] for line in shown],
            title="Begroot en werkelijk",
            description=(
                f"Begroot {format_amount(planned)} aan kosten, werkelijk {format_amount(actual)}: "
                f"{_against(actual - planned)}."
            ),
            unit="€",
            first_header="Regel",
        )

    @property
    def files(self) -> list[dict[str, object]]:
        rows = []
        for file in self.report_files:
            stored = file.stored
            opens = stored.scan_state in (StoredFile.ScanState.CLEAN, StoredFile.ScanState.OWN)
            infected = stored.scan_state == StoredFile.ScanState.INFECTED
            rows.append(
                {
                    "pk": file.pk,
                    "name": stored.name,
                    "kind": upper_first(file.get_document_display()),
                    "url": reverse("subsidies:account_file", args=[self.report.pk, file.pk])
                    if opens
                    else "",
                    "status": stored.get_scan_state_display(),
                    "badge": FILE_BADGES.get(StoredFile.ScanState(stored.scan_state), "neutral"),
                    "refusal": why_refused(stored) if infected else "",
                }
            )
        return rows


def _against(difference: Decimal) -> str:
    """A difference with the plan in words."""
    if not difference:
        return "precies zoals begroot"
    return f"{format_amount(abs(difference))} {'meer' if difference > 0 else 'minder'} dan begroot"
