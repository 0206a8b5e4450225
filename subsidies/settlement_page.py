"""What the pages of a determination and of a claim show."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from ikc.models import User
from kvk2.core.money import format_amount
from kvk2.nlds.components import Detail, Tile
from kvk2.nlds.templatetags.nlds import dutch_date, euro
from subsidies.forms.lists import ListFilter
from subsidies.grant_panel import Panel
from subsidies.models import (
    AccountabilityReport,
    BudgetLine,
    Decision,
    Done,
    DutyVerdict,
    Grant,
    Recovery,
    RecoveryReceipt,
)
from subsidies.services.account_checks import efforts
from subsidies.services.account_letters import spent
from subsidies.services.determinations import (
    is_determinable,
    needs_view,
    open_act,
    report_of,
    view_on,
)
from subsidies.services.recoveries import open_draft
from subsidies.services.settlements import paid_so_far
from subsidies.settlement import SubsidyType
from subsidies.states import DecisionState
from subsidies.states_accountability import AccountState, RecoveryState
from subsidies.states_grants import GrantState
from subsidies.states_obligations import ObligationState

PER_PAGE = 50
RECOVERY_HEADERS = (
    "Aanvraagnummer",
    "IKC",
    "Bedrag",
    "Vergoeding",
    "Ontvangen",
    "Te betalen uiterlijk",
    "Status",
)


class DeterminationFacts:
    """What a project leader weighs while determining: the account, and what was found of it."""

    def __init__(self, grant: Grant) -> None:
        self.grant = grant

    @cached_property
    def report(self) -> AccountabilityReport | None:
        return report_of(self.grant)

    @cached_property
    def _sums(self) -> dict[str, Decimal]:
        """Cost that this subsidy could pay for, and the part of it that was not needed."""
        if self.report is None or self.report.state != AccountState.ACCEPTED:
            return {}
        rows = list(self.report.lines.select_related("budget_line"))
        income = sum(
            (row.actual for row in rows if row.budget_line.side == BudgetLine.Side.INCOME),
            Decimal(0),
        )
        needless = sum((row.unnecessary for row in rows), Decimal(0))
        return {
            "actual_cost": max(spent(rows, "actual") - income, Decimal(0)),
            "unnecessary_cost": needless,
        }

    @property
    def initial(self) -> dict[str, Any]:
        report = self.report
        start: dict[str, Any] = {"motivation": report.assessment if report else ""}
        if self.grant.subsidy_type == SubsidyType.COST.value:
            start |= self._sums
        return start

    @property
    def rows(self) -> list[Detail]:
        rows = [
            Detail("Soort subsidie", self.grant.get_subsidy_type_display()),
            Detail("Verleend", euro(self.grant.amount)),
            Detail("Betaalde voorschotten", euro(paid_so_far(self.grant))),
        ]
        if self._sums:
            rows.append(
                Detail("Werkelijke kosten na bijdragen", format_amount(self._sums["actual_cost"]))
            )
        return rows

    @cached_property
    def warnings(self) -> list[str]:
        """What was found wanting; none of it lowers anything by itself."""
        report = self.report
        if report is None or report.state != AccountState.ACCEPTED:
            return ["Er is geen verantwoording: u stelt ambtshalve vast (artikel 4:47 Awb)."]
        found = [
            f"{row}: {row.get_verdict_display()}. {row.verdict_note}"
            for row in report.results.select_related("activity").order_by("order")
            if row.verdict in (Done.PARTLY, Done.NOT_DONE)
        ]
        found += [
            f"Verplichting: {row}. {row.note}"
            for row in report.duties.select_related("obligation").order_by("pk")
            if row.verdict != DutyVerdict.Verdict.MET
        ]
        found += [
            f"Inspanningsverplichting {row.get_state_display()}: {row.text}"
            for row in efforts(report)
            if row.state in (ObligationState.NOT_MET, ObligationState.PARTLY_MET)
        ]
        return found


def determination_panel(grant: Grant, user: User) -> Panel | None:
    """The determination: what it came to, or the way there."""
    act = open_act(grant)
    shown = act if act and (user.is_municipal or act.announced_at) else None
    may = user.has_perm("subsidies.draft_determination", grant) and act is None
    running = grant.state in (GrantState.ACCOUNTING, GrantState.ACTIVE) and may
    if not (grant.is_determined or shown or running):
        return None
    rows = []
    if grant.is_determined:
        rows = [
            Detail("Vastgesteld bedrag", euro(grant.determined_amount)),
            Detail("Vastgesteld op", dutch_date(grant.determined_on)),
        ]
    view = view_on(shown) if shown and needs_view(shown) else None
    if view is not None and user.is_municipal:
        rows.append(Detail("Zienswijze", view.get_state_display()))
    announces = shown is not None and user.has_perm("subsidies.announce_lowering", shown)
    return Panel(
        "vaststelling",
        "Vaststelling",
        "subsidies/_determination_panel.html",
        {
            "rows": rows,
            "act": shown,
            "grant": grant,
            "may_draft": running
            and is_determinable(grant, getattr(grant, "report", None), timezone.localdate()),
            "may_announce": announces and view is None,
        },
    )


def recovery_panel(grant: Grant, user: User) -> Panel | None:
    """What has to come back, if anything."""
    found = list(Recovery.objects.visible_to(user).filter(grant=grant).order_by("pk"))
    if not found:
        return None
    return Panel(
        "terugvordering", "Terugvordering", "subsidies/_recovery_panel.html", {"recoveries": found}
    )


class RecoveryList:
    """Those that `user` may see, the first to be paid on top."""

    def __init__(self, user: User, wishes: Mapping[str, str]) -> None:
        self.user, self.wishes = user, wishes
        self.search, self.state = wishes.get("zoek", "").strip(), wishes.get("status", "")
        self.filter_form = ListFilter(wishes, states=RecoveryState.choices)

    @property
    def found(self) -> QuerySet[Recovery]:
        rows = (
            Recovery.objects.visible_to(self.user)
            .select_related("grant__application__ikc")
            .annotate(received=Sum("receipts__amount"))
        )
        if self.search:
            rows = rows.filter(
                Q(grant__application__number__icontains=self.search)
                | Q(grant__application__ikc__name__icontains=self.search)
            )
        if self.state in RecoveryState.values:
            rows = rows.filter(state=self.state)
        return rows.order_by("due_on", "pk")

    @cached_property
    def shown(self) -> Page:
        return Paginator(self.found, PER_PAGE).get_page(self.wishes.get("page", "1"))

    @property
    def filtered(self) -> bool:
        return bool(self.search or self.state)


def recovery_rows(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """What the file holds."""
    for row in rows:
        application = row.grant.application
        yield [
            application.number,
            application.ikc.name,
            row.amount,
            row.fee,
            row.received or Decimal(0),
            row.due_on,
            row.get_state_display(),
        ]


class RecoveryPage:
    """One claim."""

    def __init__(self, recovery: Recovery) -> None:
        self.recovery = recovery

    @cached_property
    def receipts(self) -> list[RecoveryReceipt]:
        rows = self.recovery.receipts.select_related("recorded_by")
        return list(rows.order_by("received_on", "pk"))

    @cached_property
    def draft(self) -> Decision | None:
        return open_draft(self.recovery)

    @property
    def tiles(self) -> list[Tile]:
        received = sum((row.amount for row in self.receipts), Decimal(0))
        recovery = self.recovery
        tiles = [Tile("Terug te betalen", euro(recovery.amount))]
        if recovery.fee:
            tiles.append(Tile("Vergoeding aanmaning", euro(recovery.fee)))
        return [
            *tiles,
            Tile("Ontvangen", euro(received)),
            Tile("Nog open", euro(recovery.owed - received)),
        ]

    @property
    def facts(self) -> list[Detail]:
        recovery = self.recovery
        facts = (
            ("Vaststelling", recovery.determination.reference),
            ("Betaalde voorschotten", euro(recovery.advanced)),
            ("Besluiten kan tot en met", dutch_date(recovery.decide_before)),
            ("Te betalen uiterlijk", dutch_date(recovery.due_on)),
            ("Aangemaand op", dutch_date(recovery.reminded_on)),
            ("Termijn van de aanmaning", dutch_date(recovery.reminder_due_on)),
            ("Dwangbevel op", dutch_date(recovery.enforced_on)),
            ("Uitstel tot en met", dutch_date(recovery.deferred_until)),
            ("Verjaart na", dutch_date(recovery.lapses_on)),
            ("Reden", recovery.reason),
        )
        return [Detail(term, text) for term, text in facts if text]

    @property
    def decision_is_open(self) -> bool:
        return self.draft is not None and self.draft.state != DecisionState.SENT
