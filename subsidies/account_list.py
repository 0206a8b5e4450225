"""The lists of accounts and of recoveries: as a table, a filter bar and a file."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString

from ikc.models import User
from kvk2.nlds.tables import DateColumn, EuroColumn, NldsTable, RowHeaderColumn
from kvk2.nlds.templatetags.nlds import status_badge
from subsidies.forms.lists import ListFilter
from subsidies.models import AccountabilityReport
from subsidies.states_accountability import ACCOUNT_BADGES, AccountState

# What waits for the project leader.
TO_CHECK = "to_check"
TO_DETERMINE = "to_determine"
FILTERS = (
    (TO_CHECK, "te beoordelen"),
    (TO_DETERMINE, "vast te stellen"),
    *((state.value, state.label) for state in AccountState if state != AccountState.NOT_DUE),
)
HEADERS = (
    "Aanvraagnummer",
    "IKC",
    "Bestuur",
    "Ronde",
    "Verleend",
    "Uiterlijk",
    "Nieuwe termijn",
    "Ingediend",
    "Status",
    "Vastgesteld",
)


class ReportTable(NldsTable):
    """Accounts, the first to come in on top."""

    ikc = RowHeaderColumn(
        verbose_name="IKC",
        accessor="grant__application__ikc__name",
        linkify=lambda record: record.get_absolute_url(),
        order_by=("grant__application__ikc__name", "pk"),
    )
    number = tables.Column(
        "Nummer", accessor="grant__application__number", order_by=("grant__application__number",)
    )
    round_name = tables.Column("Ronde", accessor="grant__application__round__name", orderable=False)
    amount = EuroColumn(
        verbose_name="Verleend", accessor="grant__amount", order_by=("grant__amount", "pk")
    )
    due_on = DateColumn(verbose_name="Uiterlijk", accessor="last_day", order_by=("due_on", "pk"))
    state = tables.Column("Status", orderable=False)

    caption = "Verantwoordingen"

    def render_state(self, record: AccountabilityReport) -> SafeString:
        state = AccountState(record.state)
        return status_badge(state.label, ACCOUNT_BADGES[state])


class ReportList:
    """Those that `user` may see, as the address asks."""

    def __init__(self, user: User, wishes: Mapping[str, str]) -> None:
        self.user, self.wishes = user, wishes
        self.search, self.state = wishes.get("zoek", "").strip(), wishes.get("status", "")
        self.filter_form = ListFilter(wishes, states=FILTERS)

    @property
    def rows(self) -> QuerySet[AccountabilityReport]:
        rows = AccountabilityReport.objects.visible_to(self.user).select_related(
            "grant__application__ikc", "grant__application__round", "grant__application__board"
        )
        if self.search:
            rows = rows.filter(
                Q(grant__application__number__icontains=self.search)
                | Q(grant__application__ikc__name__icontains=self.search)
            )
        if self.state == TO_CHECK:
            rows = rows.filter(state__in=[AccountState.SUBMITTED, AccountState.CHECKING])
        elif self.state == TO_DETERMINE:
            rows = rows.filter(state=AccountState.ACCEPTED, grant__determined_amount=None)
        elif self.state in AccountState.values:
            rows = rows.filter(state=self.state)
        return rows.order_by("due_on", "pk")

    @property
    def filtered(self) -> bool:
        return bool(self.search or self.state)


def plain_rows(rows: Iterable[AccountabilityReport]) -> Iterator[list[Any]]:
    """What the file holds."""
    for report in rows:
        grant = report.grant
        application = grant.application
        handed_in: date | None = report.submitted_at.date() if report.submitted_at else None
        yield [
            application.number,
            application.ikc.name,
            str(application.board),
            application.round.name,
            grant.amount,
            report.due_on,
            report.extra_due_on,
            handed_in,
            report.get_state_display(),
            grant.determined_amount,
        ]
