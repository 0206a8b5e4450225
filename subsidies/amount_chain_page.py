"""The page of the chain of amounts: pictures with their tables, filters, and the same rows as CSV."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from django.db.models import QuerySet

from ikc.models import User
from kvk2.core.capitals import upper_first
from kvk2.core.charts import Chart, Series, bar_chart
from kvk2.core.money import format_amount
from kvk2.nlds.components import Tile
from kvk2.nlds.templatetags.nlds import euro0
from subsidies.amount_chain import GROUPS, STEPS, ChainRow, chain, total
from subsidies.forms.amount_chain import ChainFilter
from subsidies.models import Application

# With more groups than this the picture shows the largest; the table has them all.
MOST_BARS = 15


class ChainPage:
    """The chain as the address asks for it."""

    def __init__(self, user: User, wishes: Mapping[str, str]) -> None:
        self.user = user
        self.group = wishes.get("per", "") if wishes.get("per", "") in GROUPS else "ronde"
        self.year, self.round = wishes.get("jaar", ""), wishes.get("ronde", "")
        self.filter_form = ChainFilter({**wishes, "per": self.group}, user=user)

    @property
    def _applications(self) -> QuerySet[Application]:
        rows = Application.objects.visible_to(self.user)
        if self.year.isdecimal():
            rows = rows.filter(round__year=int(self.year[:4]))
        if self.round.isdecimal():
            rows = rows.filter(round=int(self.round[:9]))
        return rows

    @cached_property
    def rows(self) -> list[ChainRow]:
        return chain(self._applications, self.group)

    @cached_property
    def total(self) -> ChainRow:
        return total(self.rows)

    @property
    def steps(self):
        return STEPS

    @property
    def heading(self) -> str:
        return GROUPS[self.group][1]

    @property
    def per(self) -> str:
        """'per ronde'."""
        return f"per {self.heading if self.group == 'ikc' else self.heading.lower()}"

    @property
    def filtered(self) -> bool:
        return bool(self.year or self.round)

    @property
    def tiles(self) -> list[Tile]:
        return [
            Tile(step.label, euro0(amount), step.meaning)
            for step, amount in zip(STEPS, self.total.amounts, strict=True)
        ]

    @property
    def picture(self) -> Chart:
        """All together, from what was asked to what was determined."""
        sums = self.total.amounts
        asked, granted, paid = sums[0], sums[3], sums[4]
        return bar_chart(
            (Series("Bedrag", sums),),
            [step.label for step in STEPS],
            title="Van gevraagd naar vastgesteld",
            description=f"Van {format_amount(asked)} die is gevraagd, is {format_amount(granted)} verleend en "
            f"{format_amount(paid)} betaald.",
            unit="€",
            first_header="Stap",
        )

    @property
    def group_picture(self) -> Chart:
        """Asked, granted and paid beside each other, for the groups with the most money."""
        shown = sorted(self.rows, key=lambda row: (-row.amounts[3], -row.amounts[0], row.name))
        shown = shown[:MOST_BARS]
        most = shown[0]
        return bar_chart(
            tuple(
                Series(label, [row.amounts[place] for row in shown])
                for label, place in (("Gevraagd", 0), ("Verleend", 3), ("Betaald", 4))
            ),
            [row.name for row in shown],
            title=upper_first(self.per),
            description=f"Het meeste is verleend aan {most.name}: {format_amount(most.amounts[3])}."
            if most.amounts[3]
            else "Er is nog niets verleend.",
            unit="€",
            first_header=self.heading,
        )

    @property
    def is_cut(self) -> bool:
        return len(self.rows) > MOST_BARS

    def csv(self) -> tuple[list[str], Iterable[Iterable[object]]]:
        """Headers and rows, the total last."""
        headers = [self.heading, "Aanvragen", *(step.label for step in STEPS)]
        return headers, ((row.name, row.count, *row.amounts) for row in [*self.rows, self.total])
