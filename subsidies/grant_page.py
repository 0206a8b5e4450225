"""The list of grants and the page of one of them: what was given, where it stands, what was decided since."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Q, QuerySet, Sum

from ikc.models import User
from kvk2.nlds.components import Detail, Milestone, Tile
from kvk2.nlds.templatetags.nlds import dutch_date, euro, euro0
from subsidies.forms.lists import ListFilter
from subsidies.grant_panel import Panel
from subsidies.grant_panels import panels_of
from subsidies.models import Decision, Grant
from subsidies.states_grants import GRANT_BADGES, GrantState
from subsidies.tables_assessment import DECISION_BADGES


class GrantList:
    """Those that `user` may see, the newest first."""

    def __init__(self, user: User, wishes: Mapping[str, str]) -> None:
        self.user = user
        self.search, self.state = wishes.get("zoek", "").strip(), wishes.get("status", "")
        self.filter_form = ListFilter(wishes, states=GrantState.choices)

    @cached_property
    def found(self) -> QuerySet[Grant]:
        rows = Grant.objects.visible_to(self.user).for_page()
        if self.search:
            rows = rows.filter(
                Q(application__number__icontains=self.search)
                | Q(application__ikc__name__icontains=self.search)
                | Q(application__board__name__icontains=self.search)
            )
        if self.state in GrantState.values:
            rows = rows.filter(state=self.state)
        return rows.order_by("-period_start", "application__number")

    @property
    def filtered(self) -> bool:
        return bool(self.search or self.state)

    @cached_property
    def tiles(self) -> list[Tile]:
        sums = self.found.order_by().aggregate(
            count=Count("pk"),
            granted=Sum("amount", default=Decimal(0)),
            determined=Sum("determined_amount", default=Decimal(0)),
        )
        return [
            Tile("Verleningen", str(sums["count"])),
            Tile("Verleend", euro0(sums["granted"])),
            Tile("Vastgesteld", euro0(sums["determined"])),
        ]


class GrantPage:
    """One grant for one reader."""

    def __init__(self, grant: Grant, user: User) -> None:
        self.grant, self.user, self.application = grant, user, grant.application

    @property
    def badge(self) -> str:
        return GRANT_BADGES[GrantState(self.grant.state)]

    @property
    def tiles(self) -> list[Tile]:
        grant = self.grant
        tiles = [
            Tile("Verleend", euro(grant.amount)),
            Tile("Gevraagd", euro(self.application.requested_amount)),
        ]
        if grant.is_determined:
            tiles.append(Tile("Vastgesteld", euro(grant.determined_amount)))
        return tiles

    @property
    def facts(self) -> list[Detail]:
        grant = self.grant
        rows = [
            Detail("IKC", self.application.ikc),
            Detail("Schoolbestuur", self.application.board),
            Detail("Ronde", self.application.round),
            Detail(
                "Periode",
                f"{dutch_date(grant.period_start)} tot en met {dutch_date(grant.period_end)}",
            ),
            Detail("Soort", grant.get_subsidy_type_display()),
            Detail("Verantwoording", grant.get_band_display()),
        ]
        if grant.account_due_on:
            rows.append(Detail("Verantwoorden uiterlijk", dutch_date(grant.account_due_on)))
        return rows

    @property
    def milestones(self) -> list[Milestone]:
        """Where the grant stands, from its announcement to its end."""
        order = [GrantState.ACTIVE, GrantState.ACCOUNTING, GrantState.DETERMINED, GrantState.CLOSED]
        if self.grant.state == GrantState.REVOKED:
            return [Milestone("Verleend", "done"), Milestone("Ingetrokken", "current")]
        place = order.index(GrantState(self.grant.state))
        words = ("Loopt", "Verantwoording", "Vastgesteld", "Afgesloten")
        return [
            Milestone(word, "done" if n < place else "current" if n == place else "todo")
            for n, word in enumerate(words)
        ]

    @cached_property
    def decisions(self) -> list[dict]:
        """Every decision in this case that the reader may see, oldest first."""
        rows = Decision.objects.visible_to(self.user).filter(application=self.application)
        return [
            {
                "decision": row,
                "url": row.get_absolute_url(),
                "when": dutch_date(row.announced_at) if row.announced_at else "nog niet verstuurd",
                "badge": DECISION_BADGES[row.state],
            }
            for row in rows.order_by("pk")
        ]

    @cached_property
    def panels(self) -> list[Panel]:
        return panels_of(self.grant, self.user)
