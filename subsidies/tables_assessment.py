"""The columns of the lists from the allocation to the letter; the CSV export has the same columns."""

from collections.abc import Collection
from typing import Any

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.urls import reverse

from kvk2.core.capitals import upper_first
from kvk2.nlds.tables import (
    BadgeColumn,
    DateColumn,
    EuroColumn,
    NldsTable,
    NumberColumn,
    RowHeaderColumn,
)
from subsidies.allocation_page import OUTCOME_BADGES
from subsidies.models import AllocationResult, Decision, Letter
from subsidies.motivation import RankingFacts, in_short

DECISION_BADGES = {
    "draft": "neutral",
    "legal_check": "warning",
    "ready": "warning",
    "taken": "warning",
    "sent": "success",
    "final": "success",
    "contested": "danger",
    "upheld": "success",
    "replaced": "inactive",
    "discarded": "inactive",
}


class ResultTable(NldsTable):
    """Who gets what in a run, and why."""

    rank = tables.Column("Plaats", default="–", order_by=("rank", "application__number"))
    ikc = RowHeaderColumn(
        verbose_name="IKC",
        accessor="application__ikc__name",
        order_by=("application__ikc__name", "pk"),
        linkify=lambda record: record.application.get_absolute_url(),
    )
    number = tables.Column(
        "Nummer",
        accessor="application__number",
        attrs={"td": {"class": "lw-nowrap"}},
        order_by=("application__number", "pk"),
    )
    tier = tables.Column(
        "Voorrang", accessor="application__tier", order_by=("application__tier", "rank", "pk")
    )
    score = NumberColumn(
        places=2,
        verbose_name="Score",
        accessor="application__score",
        order_by=("application__score", "pk"),
    )
    eligible = EuroColumn(verbose_name="Subsidiabel", order_by=("eligible", "pk"))
    granted = EuroColumn(verbose_name="Te verlenen", order_by=("granted", "pk"))
    outcome = BadgeColumn(
        kinds=OUTCOME_BADGES, verbose_name="Uitkomst", order_by=("outcome", "rank", "pk")
    )
    why = tables.Column(
        "Waarom",
        empty_values=(),
        orderable=False,
        linkify=lambda record: reverse(
            "subsidies:allocation_explain",
            args=[record.run.round_id, record.run_id, record.application_id],
        ),
        attrs={"a": {"class": "nl-link"}},
    )

    caption = "Uitkomst van de verdeling"

    def __init__(
        self, data: Any, *, facts: RankingFacts, earlier: Collection[int] = (), **kwargs: Any
    ) -> None:
        self.facts, self.earlier = facts, earlier
        super().__init__(data, **kwargs)

    def render_why(self, record: AllocationResult) -> str:
        why = upper_first(in_short(record, self.facts))
        # Awb 4:51: the reader of the list sees for whom a reasonable term may be due.
        lower = record.outcome != AllocationResult.Outcome.GRANT
        known = lower and record.application.ikc_id in self.earlier
        return f"{why}. Kreeg drie of meer jaar achter elkaar subsidie" if known else why

    def order_rank(self, queryset: QuerySet, is_descending: bool) -> tuple[QuerySet, bool]:
        """Who took no part comes last, whichever way the list is sorted."""
        rank = F("rank").desc(nulls_last=True) if is_descending else F("rank").asc(nulls_last=True)
        return queryset.order_by(rank, "application__number"), True


class DecisionTable(NldsTable):
    """The decisions of a round."""

    ikc = RowHeaderColumn(
        verbose_name="IKC",
        accessor="application__ikc__name",
        order_by=("application__ikc__name", "pk"),
        linkify=lambda record: record.get_absolute_url(),
    )
    reference = tables.Column(
        "Kenmerk", order_by=("reference",), attrs={"td": {"class": "lw-nowrap"}}
    )
    kind = tables.Column("Besluit", order_by=("kind", "pk"))
    requested = EuroColumn(
        verbose_name="Gevraagd",
        accessor="application__requested_amount",
        order_by=("application__requested_amount", "pk"),
    )
    amount = EuroColumn(verbose_name="Verleend", order_by=("amount", "pk"))
    state = BadgeColumn(kinds=DECISION_BADGES, verbose_name="Status", order_by=("state", "pk"))
    objection_until = DateColumn(
        verbose_name="Bezwaar tot en met", default="–", order_by=("objection_until", "pk")
    )

    caption = "Besluiten van de ronde"

    def render_kind(self, record: Decision) -> str:
        return upper_first(record.get_kind_display())

    def value_kind(self, record: Decision) -> str:
        return record.get_kind_display()


class LetterTable(NldsTable):
    """Letters that were ordered, with what became of them."""

    code = RowHeaderColumn(verbose_name="Brief", order_by=("code", "pk"))
    ikc = tables.Column(
        "IKC", accessor="application__ikc__name", order_by=("application__ikc__name", "pk")
    )
    board = tables.Column(
        "Aan",
        accessor="application__board__short_name",
        order_by=("application__board__name", "pk"),
    )
    ordered_at = DateColumn(with_time=True, verbose_name="Besteld", order_by=("ordered_at", "pk"))
    rendered_at = DateColumn(
        with_time=True, verbose_name="Gemaakt", default="–", order_by=("rendered_at", "pk")
    )
    status = tables.TemplateColumn(
        template_name="subsidies/_letter_status.html",
        verbose_name="Stand",
        orderable=False,
        exclude_from_export=True,
    )

    caption = "Brieven"

    def render_code(self, record: Letter) -> str:
        return record.get_code_display()

    def value_code(self, record: Letter) -> str:
        return record.get_code_display()
