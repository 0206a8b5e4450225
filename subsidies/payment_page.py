"""The list of payments with its sums, one payment, and the part that a grant shows of them."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from ikc.models import Organisation, User
from kvk2.core.charts import Chart
from kvk2.nlds.components import Detail, Milestone, Tile
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime, euro, euro0
from subsidies.forms.payments import PaymentFilter
from subsidies.grant_panel import Panel
from subsidies.models import Grant, Payment, PaymentSuspension
from subsidies.payment_picture import payments_picture
from subsidies.states_payments import (
    DONE_PAYMENTS,
    OPEN_PAYMENTS,
    PAYMENT_BADGES,
    PaymentState,
)

LATE, FROZEN = "late", "frozen"
STATES = [
    (LATE, "te laat"),
    (FROZEN, "wacht op de bankrekening"),
    *PaymentState.choices,
]
S = PaymentState


class PaymentList:
    """Those that `user` may see, the earliest day first."""

    def __init__(self, user: User, wishes: Mapping[str, str], *, today: date) -> None:
        self.user, self.today = user, today
        self.search, self.state = wishes.get("zoek", "").strip(), wishes.get("status", "")
        self.round = wishes.get("ronde", "")
        self.filter_form = PaymentFilter(wishes, user=user, states=STATES)

    @cached_property
    def found(self) -> QuerySet[Payment]:
        rows = Payment.objects.visible_to(self.user).for_page()
        if self.search:
            rows = rows.filter(
                Q(reference__icontains=self.search)
                | Q(grant__application__ikc__name__icontains=self.search)
                | Q(grant__application__board__name__icontains=self.search)
                | Q(order__reference__icontains=self.search)
            )
        if self.round.isdecimal():
            rows = rows.filter(grant__application__round=int(self.round[:9]))
        if self.state == LATE:
            rows = rows.late(self.today)
        elif self.state == FROZEN:
            rows = rows.frozen().filter(state__in=[S.PLANNED, S.APPROVED])
        elif self.state in PaymentState.values:
            rows = rows.filter(state=self.state)
        return rows.order_by("due_on", "reference")

    @property
    def filtered(self) -> bool:
        return bool(self.search or self.state or self.round)

    @cached_property
    def tiles(self) -> list[Tile]:
        late = Q(state__in=OPEN_PAYMENTS, due_on__lt=self.today) & ~Q(state=S.SUSPENDED)
        sums = self.found.order_by().aggregate(
            count=Count("pk"),
            open=Sum("amount", filter=Q(state__in=OPEN_PAYMENTS), default=Decimal(0)),
            paid=Sum("amount", filter=Q(state__in=DONE_PAYMENTS), default=Decimal(0)),
            late=Count("pk", filter=late),
        )
        return [
            Tile("Nog te betalen", euro0(sums["open"])),
            Tile("Betaald", euro0(sums["paid"])),
            Tile("Te laat", str(sums["late"]), "na de uiterste dag, nog niet betaald"),
        ]


class PaymentPage:
    """One payment for one reader."""

    def __init__(self, payment: Payment, user: User) -> None:
        self.payment, self.user = payment, user
        self.application = payment.grant.application

    @property
    def badge(self) -> tuple[str, str]:
        return badge_of(self.payment, today=timezone.localdate())

    @property
    def facts(self) -> list[Detail]:
        row = self.payment
        rows = [
            Detail("Bedrag", euro(row.amount)),
            Detail("Uiterlijk op", dutch_date(row.due_on)),
            Detail("Besluit", f"{row.decision.reference}, {row.decision.get_kind_display()}"),
        ]
        if row.set_off_amount:
            rows[1:1] = [
                Detail("Verrekend", euro(row.set_off_amount)),
                Detail("Over te maken", euro(row.to_pay)),
            ]
        if row.account:
            rows.append(Detail("Bankrekening", f"{row.account.masked}, {row.account.holder}"))
        if row.order and self.user.is_municipal:
            rows.append(Detail("Betaalopdracht", row.order.reference))
        if row.failure:
            rows.append(Detail("Teruggemeld door de bank", row.failure))
        if row.end_reason:
            rows.append(Detail("Waarom vervallen", row.end_reason))
        return rows

    @property
    def steps(self) -> list[Milestone]:
        """Who did what, for municipal eyes; others see the days."""
        row = self.payment
        done = [
            ("Gepland", row.planned_at, None),
            ("Goedgekeurd", row.approved_at, row.approved_by),
            ("Opdracht gegeven", row.ordered_at, row.ordered_by),
        ]
        steps = [
            Milestone(
                label,
                "done" if at else "todo",
                f"{dutch_datetime(at)}{f', {who.full_name}' if who and self.user.is_municipal else ''}"
                if at
                else "",
            )
            for label, at, who in done
        ]
        paid = "done" if row.paid_on else "todo"
        steps.append(Milestone("Betaald", paid, dutch_date(row.paid_on) if row.paid_on else ""))
        return steps

    @property
    def interest(self) -> str:
        """What is owed for paying late, in a sentence (Awb 4:98, 4:99)."""
        row = self.payment
        if row.interest_amount is None or row.paid_on is None:
            return ""
        days = (row.paid_on - row.due_on).days
        late = f"Deze betaling kwam {days} {'dag' if days == 1 else 'dagen'} te laat."
        if not row.interest_amount:
            return f"{late} De wettelijke rente is minder dan € 10. Dan is zij niet verschuldigd (artikel 4:98 Awb)."
        return (
            f"{late} De gemeente is {euro(row.interest_amount)} wettelijke rente verschuldigd en stelt dat bedrag bij "
            "besluit vast (artikelen 4:98 en 4:99 Awb)."
        )

    @cached_property
    def setoffs(self) -> list[str]:
        return [
            f"{euro(row.amount)} verrekend met vordering {row.claim_reference} van {euro(row.claim_amount)}: {row.reason}"
            for row in self.payment.setoffs.order_by("pk")
        ]

    @property
    def is_frozen(self) -> bool:
        open_ = self.payment.state in (S.PLANNED, S.APPROVED)
        return (
            open_
            and not Organisation.objects.payable().filter(pk=self.application.board_id).exists()
        )

    def may(self, verb: str) -> bool:
        return self.user.has_perm(f"subsidies.{verb}", self.payment)


def badge_of(payment: Payment, *, today: date) -> tuple[str, str]:
    """Label and kind: too late before anything else."""
    state = PaymentState(payment.state)
    if state in OPEN_PAYMENTS and state != S.SUSPENDED and payment.due_on < today:
        return "te laat", "danger"
    return state.label, PAYMENT_BADGES[state]


class GrantPayments:
    """What the page of a grant says of its payments."""

    def __init__(self, grant: Grant, user: User) -> None:
        self.grant, self.user, self.today = grant, user, timezone.localdate()

    @cached_property
    def payments(self) -> list[Payment]:
        return list(self.grant.payments.order_by("due_on", "number"))

    @property
    def rows(self) -> list[tuple[Payment, str, str]]:
        return [(row, *badge_of(row, today=self.today)) for row in self.payments]

    @property
    def picture(self) -> Chart | None:
        standing = [row for row in self.payments if row.state != S.CANCELLED]
        return payments_picture(standing, self.grant.amount) if standing else None

    @cached_property
    def suspensions(self) -> Sequence[PaymentSuspension]:
        return sorted(
            self.grant.suspensions.all(), key=lambda row: (row.started_on, row.pk), reverse=True
        )

    @property
    def suspension(self) -> PaymentSuspension | None:
        return next((row for row in self.suspensions if row.ended_on is None), None)

    @property
    def suspension_words(self) -> str:
        """Until when; the suspicion itself is for municipal eyes and in the letter."""
        found = self.suspension
        if found is None:
            return ""
        said = (
            f"Vanaf {dutch_date(found.started_on)}, tot en met uiterlijk {dutch_date(found.until)}."
        )
        return f"{said} {found.suspicion}" if self.user.is_municipal else said

    @property
    def may_suspend(self) -> bool:
        held = any(row.state in (S.PLANNED, S.APPROVED) for row in self.payments)
        return held and self.user.has_perm("subsidies.suspend_payments", self.grant)

    @property
    def may_end(self) -> bool:
        return self.user.has_perm("subsidies.end_suspension", self.grant)

    @property
    def may_advance(self) -> bool:
        return self.user.has_perm("subsidies.draft_advance", self.grant)

    @property
    def account_url(self) -> str:
        """Where the account stands, for who may see it."""
        board = self.grant.application.board
        if not self.user.has_perm("ikc.view_bank_account", board):
            return ""
        return reverse("ikc:bank_account_detail", args=[board.pk])


def payments_panel(grant: Grant, user: User) -> Panel | None:
    """The payments of `grant`, for everybody who may see the grant."""
    page = GrantPayments(grant, user)
    return Panel(
        "betalingen", "Betalingen", "subsidies/_grant_payments.html", {"page": page, "grant": grant}
    )
