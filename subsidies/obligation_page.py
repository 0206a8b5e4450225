"""The list of efforts that grants ask for, and the page of one of them."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.urls import reverse

from ikc.models import User
from kvk2.core.models import StoredFile
from kvk2.nlds.components import Detail
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime
from subsidies.attachment_page import BADGES as FILE_BADGES
from subsidies.forms.lists import ListFilter
from subsidies.models import Obligation
from subsidies.states_obligations import OBLIGATION_BADGES, ObligationState

# So long before its day an open effort is among the tasks of who has to show it.
REMINDER = timedelta(days=42)
PER_PAGE = 50
LATE = "late"
FILTERS = [(LATE, "te laat"), *ObligationState.choices]


class ObligationList:
    """Those that `user` may see, the earliest day first."""

    def __init__(self, user: User, wishes: Mapping[str, str], *, today: date) -> None:
        self.user, self.wishes, self.today = user, wishes, today
        self.search, self.state = wishes.get("zoek", "").strip(), wishes.get("status", "")
        self.filter_form = ListFilter(wishes, states=FILTERS)

    @cached_property
    def found(self) -> QuerySet[Obligation]:
        rows = Obligation.objects.visible_to(self.user).select_related(
            "decision__application__ikc", "decision__application__round"
        )
        if self.search:
            rows = rows.filter(
                Q(decision__application__number__icontains=self.search)
                | Q(decision__application__ikc__name__icontains=self.search)
            )
        if self.state == LATE:
            rows = rows.filter(state=ObligationState.OPEN, due_on__lte=self.today)
        elif self.state in ObligationState.values:
            rows = rows.filter(state=self.state)
        return rows.order_by("due_on", "pk")

    @cached_property
    def shown(self) -> Page:
        return Paginator(self.found, PER_PAGE).get_page(self.wishes.get("page", "1"))

    @property
    def rows(self) -> list["ObligationPage"]:
        return [ObligationPage(row, today=self.today) for row in self.shown]

    @property
    def filtered(self) -> bool:
        return bool(self.search or self.state)


class ObligationPage:
    """One effort: what was asked, what was shown, what was found."""

    def __init__(self, obligation: Obligation, *, today: date) -> None:
        self.obligation, self.today = obligation, today
        self.application = obligation.decision.application

    @property
    def is_late(self) -> bool:
        """It had to be shown before its day, and was not."""
        due, state = self.obligation.due_on, self.obligation.state
        return state == ObligationState.OPEN and due is not None and due <= self.today

    @property
    def badge(self) -> tuple[str, str]:
        """Label and kind."""
        if self.is_late:
            return "te laat", "danger"
        state = ObligationState(self.obligation.state)
        return state.label, OBLIGATION_BADGES[state]

    @property
    def facts(self) -> list[Detail]:
        return [
            Detail("Wat is gevraagd", self.obligation.text),
            Detail("Te laten zien vóór", dutch_date(self.obligation.due_on)),
            Detail("Besluit", self.obligation.decision.reference),
        ]

    @property
    def evidence(self) -> list[Detail]:
        row = self.obligation
        if row.evidence_by is None:
            return []
        when = f"{dutch_datetime(row.evidence_at)}, door {row.evidence_by.full_name}"
        return [Detail("Ingediend", when), Detail("Wat is gedaan en bereikt", row.evidence)]

    @property
    def verdict(self) -> list[Detail]:
        row = self.obligation
        if row.judged_by is None:
            return []
        rows = [
            Detail("Oordeel", row.get_state_display()),
            Detail("Waarom", row.verdict_reason),
            Detail("Vastgelegd", dutch_datetime(row.judged_at)),
        ]
        if row.commission_view:
            rows.insert(2, Detail("Wat de IKC-commissie vindt", row.commission_view))
        return rows

    @cached_property
    def files(self) -> list[dict[str, str]]:
        return [
            {
                "name": file.stored.name,
                "url": reverse("subsidies:obligation_file", args=[self.obligation.pk, file.pk])
                if file.stored.scan_state in ("clean", "own")
                else "",
                "status": file.stored.get_scan_state_display(),
                "badge": FILE_BADGES.get(StoredFile.ScanState(file.stored.scan_state), "neutral"),
            }
            for file in self.obligation.files.select_related("stored").order_by("pk")
        ]

    @property
    def may_follow(self) -> bool:
        """Whether to say what a verdict may lead to."""
        return self.obligation.state in (ObligationState.PARTLY_MET, ObligationState.NOT_MET)
